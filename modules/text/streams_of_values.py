"""StreamFields from values of content files; block ids are deterministic."""

import uuid
from dataclasses import dataclass

from quizzes.base.identifiers import stable_key

from .richtext import markdown_to_html


@dataclass
class Rows:
    pages: dict
    quizzes: dict
    printables: dict
    voices: dict
    photos: dict
    recordings: dict
    films: dict


def text_stream(markdown, seed, rows):
    return [_block("text", _text(markdown, seed, rows), seed)] if markdown else []


def line_stream(lines, seed):
    return [_block("line", line, f"{seed}/{position}") for position, line in enumerate(lines)]


def tip_stream(tips, seed):
    return [_block("tip", {"role": role, "tip": tip}, f"{seed}/{role}") for role, tip in tips.items()]


def practice_stream(parts, seed):
    stream = []
    for position, part in enumerate(parts):
        ((kind, value),) = part.items()
        stream.append(_block(kind, {"role": "", **value}, f"{seed}/{position}"))
    return stream


def body_stream(blocks, seed, rows):
    stream = []
    for position, block in enumerate(blocks):
        ((kind, value),) = block.items()
        place = f"{seed}/{position}"
        stream.append(_block(kind, _WRITERS.get(kind, _as_it_is)(value, place, rows), place))
    return stream


def printable_stream(parts, seed):
    stream = []
    for position, part in enumerate(parts):
        ((kind, value),) = part.items()
        place = f"{seed}/{position}"
        stream.append(_block(kind, _PRINTABLE_WRITERS.get(kind, _with_title)(value, place), place))
    return stream


def _block(kind, value, place):
    return {"type": kind, "value": value, "id": str(uuid.uuid5(stable_key("block"), place))}


def _items(values, place):
    return [_block("item", value, f"{place}/{position}") for position, value in enumerate(values)]


def _text(markdown, place, rows):
    return markdown_to_html(markdown, seed=place, page_pks=rows.pages)


def _as_it_is(value, place, rows):
    return value


def _words(value, *names):
    return {name: value.get(name, "") for name in names}


def _said(value, *names):
    return {name: value[name] for name in names if value.get(name)}


def _tips(tips, place, rows):
    return _items([{"role": role, "tip": tip} for role, tip in tips.items()], place)


def _do_avoid(value, place, rows):
    rows_of_table = [_words(row, "do", "avoid", "why") for row in value["rows"]]
    return {**_words(value, "title"), "rows": _items(rows_of_table, place)}


def _scenario(value, place, rows):
    steps = []
    for number, step in enumerate(value["steps"]):
        choices = [
            {
                **_words(choice, "text", "rating", "consequence", "feedback", "next"),
                **_said(choice, "ending", "cost", "their_side"),
            }
            for choice in step["choices"]
        ]
        said = {**_words(step, "name", "text"), **_said(step, "speaker")}
        steps.append({**said, "choices": _items(choices, f"{place}/{number}")})
    return {
        "identifier": value["id"],
        **_words(value, "title", "role", "warning"),
        **_said(value, "act", "place"),
        **_heard(value, place, rows),
        "steps": _items(steps, place),
    }


def _heard(value, place, rows):
    recordings = [rows.recordings[name] for name in value.get("recordings", []) if name in rows.recordings]
    return {"recordings": _items(recordings, f"{place}/recordings")} if recordings else {}


_WRITERS = {
    "text": _text,
    "role_tips": _tips,
    "do_avoid": _do_avoid,
    "figure": lambda value, place, rows: _words(value, "drawing", "alt", "caption"),
    "scenario": _scenario,
    "quiz": lambda value, place, rows: rows.quizzes.get(value),
    "checklist": lambda value, place, rows: {**_words(value, "title"), "items": _items(value["items"], place)},
    "directory": lambda value, place, rows: {**_words(value, "title"), "needs": _items(value["needs"], place)},
    "callout": lambda value, place, rows: {**value, "text": _text(value["text"], place, rows)},
    "reflection": lambda value, place, rows: _words(value, "prompt", "feedback"),
    "printable": lambda value, place, rows: rows.printables.get(value),
    "voice": lambda value, place, rows: rows.voices.get(value),
    "photo": lambda value, place, rows: {"photo": rows.photos.get(value["photo"]), **_words(value, "alt", "caption")},
    "listen": lambda value, place, rows: {**_words(value, "title"), **_heard(value, place, rows)},
    "film": lambda value, place, rows: {"film": rows.films.get(value["film"]), **_words(value, "caption")},
}


def _with_title(value, place):
    lists = {name: _items(inner, f"{place}/{name}") for name, inner in value.items() if isinstance(inner, list)}
    return {"title": "", **value, **lists}


def _answered_checklist(value, place):
    groups = [
        {**group, "points": _items(group["points"], f"{place}/{number}")}
        for number, group in enumerate(value["groups"])
    ]
    return {"answers": _items(value["answers"], f"{place}/answers"), "groups": _items(groups, place)}


_PRINTABLE_WRITERS = {
    "text": lambda value, place: value,
    "sentence": lambda value, place: value,
    "checklist": _answered_checklist,
    "by_role": lambda value, place: {**_words(value, "title"), "roles": _tips(value["roles"], place, None)},
    "signatures": lambda value, place: {"rows": 0, "posts": [], **_with_title(value, place)},
}
