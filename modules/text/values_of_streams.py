"""Values of content files from StreamFields."""

from dataclasses import dataclass

from .richtext import html_to_markdown, one_line


@dataclass
class Names:
    pages: dict
    quizzes: dict
    printables: dict
    voices: dict
    photos: dict
    recordings: dict
    films: dict


def lines(stream):
    return [text for block in stream.raw_data if (text := one_line(block["value"] or ""))]


def text(stream, names):
    parts = [html_to_markdown(block["value"] or "", names.pages) for block in stream.raw_data]
    return "\n\n".join(part for part in parts if part)


def role_tips(stream):
    return _tips([block["value"] for block in stream.raw_data])


def practice(stream):
    parts = ({block["type"]: _words(block["value"], *_IN_PRACTICE[block["type"]])} for block in stream.raw_data)
    return [part for part in parts if any(value[name] for value in part.values() for name in value if name != "role")]


_IN_PRACTICE = {
    "phrase": ("role", "moment", "words"),
    "pair_card": ("role", "line", "insists"),
    "moment": ("role", "text"),
    "act": ("role", "text"),
}


def lesson_body(stream, names):
    blocks = ((block["type"], _EXPORTERS[block["type"]](block["value"], names)) for block in stream.raw_data)
    return [{kind: value} for kind, value in blocks if value]


def printable_body(stream):
    parts = ((block["type"], _PRINTABLE_EXPORTERS[block["type"]](block["value"])) for block in stream.raw_data)
    return [{kind: value} for kind, value in parts if value]


def _tips(pairs):
    tips = {}
    for pair in pairs:
        tip = one_line(pair.get("tip") or "")
        if tip:
            tips[pair["role"]] = f"{tips[pair['role']]} {tip}" if pair["role"] in tips else tip
    return tips


def _items(raw):
    is_item = lambda entry: isinstance(entry, dict) and entry.get("type") == "item"  # noqa: E731
    return [entry["value"] if is_item(entry) else entry for entry in raw or []]


def _words(value, *names):
    return {name: one_line(value.get(name) or "") for name in names}


def _text(value, names):
    return html_to_markdown(value or "", names.pages)


def _do_avoid(value, names):
    rows = [_words(row, "do", "avoid", "why") for row in _items(value.get("rows"))]
    return {**_words(value, "title"), "rows": rows}


def _checklist(value, names):
    return {**_words(value, "title"), "items": [one_line(item) for item in _items(value.get("items")) if item]}


def _callout(value, names):
    return {"kind": value["kind"], **_words(value, "title"), "text": _text(value.get("text"), names)}


def _directory(value, names):
    return {**_words(value, "title"), "needs": list(dict.fromkeys(_items(value.get("needs"))))}


def _scenario(value, names):
    return {
        "id": one_line(value.get("identifier") or ""),
        **_words(value, "title", "role", "warning", "act", "place"),
        "recordings": _heard(value, names),
        "steps": [
            {
                **_words(step, "name", "text", "speaker"),
                "choices": [
                    {
                        **_words(choice, "text", "rating", "consequence", "feedback", "next", "ending", "their_side"),
                        "cost": bool(choice.get("cost")),
                    }
                    for choice in _items(step.get("choices"))
                ],
            }
            for step in _items(value.get("steps"))
        ],
    }


def _heard(value, names):
    return [names.recordings[pk] for pk in _items(value.get("recordings")) if pk in names.recordings]


def _photo(value, names):
    photo = names.photos.get(value.get("photo"))
    return photo and {"photo": photo, **_words(value, "alt", "caption")}


def _listen(value, names):
    recordings = _heard(value, names)
    return recordings and {**_words(value, "title"), "recordings": recordings}


def _film(value, names):
    film = names.films.get(value.get("film"))
    return film and {"film": film, **_words(value, "caption")}


_EXPORTERS = {
    "text": _text,
    "key_message": lambda value, names: one_line(value or ""),
    "role_tips": lambda value, names: _tips(_items(value)),
    "do_avoid": _do_avoid,
    "figure": lambda value, names: _words(value, "drawing", "alt", "caption"),
    "scenario": _scenario,
    "quiz": lambda value, names: names.quizzes.get(value, ""),
    "checklist": _checklist,
    "directory": _directory,
    "callout": _callout,
    "reflection": lambda value, names: _words(value, "prompt", "feedback"),
    "printable": lambda value, names: names.printables.get(value, ""),
    "voice": lambda value, names: names.voices.get(value, ""),
    "photo": _photo,
    "listen": _listen,
    "film": _film,
}


def _lines(raw):
    return [line for item in _items(raw) if (line := one_line(item or ""))]


def _answered_checklist(value):
    groups = [
        {**_words(group, "title"), "points": _lines(group.get("points"))} for group in _items(value.get("groups"))
    ]
    return {"answers": list(dict.fromkeys(_lines(value.get("answers")))), "groups": groups}


def _pairs(value):
    rows = [_words(row, "when", "then") for row in _items(value.get("rows"))]
    return {**_words(value, "title", "when", "then"), "rows": rows}


def _empty_table(value):
    columns = [_words(column, "title", "width") for column in _items(value.get("columns"))]
    return {**_words(value, "title"), "columns": columns, "rows": value["rows"], "lines": value["lines"]}


def _agenda(value):
    steps = [{"minutes": step["minutes"], **_words(step, "text")} for step in _items(value.get("steps"))]
    return {**_words(value, "title"), "steps": steps}


def _signatures(value):
    # Omitted when None.
    return {**_words(value, "title"), "posts": _lines(value.get("posts")), "rows": value.get("rows") or None}


_PRINTABLE_EXPORTERS = {
    "text": lambda value: one_line(value or ""),
    "sentence": lambda value: one_line(value or ""),
    "blanks": lambda value: {**_words(value, "title"), "fields": _lines(value.get("fields"))},
    "checklist": _answered_checklist,
    "numbered": lambda value: {**_words(value, "title"), "items": _lines(value.get("items"))},
    "pairs": _pairs,
    "table": _empty_table,
    "by_role": lambda value: {**_words(value, "title"), "roles": _tips(_items(value.get("roles")))},
    "agenda": _agenda,
    "signatures": _signatures,
    "note": lambda value: {**_words(value, "title"), "lines": _lines(value.get("lines"))},
}
