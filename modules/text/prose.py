"""Body text of a lesson as plain passages, from values of content files."""

from dataclasses import fields

from modules.text.richtext.document import Heading, ListOf
from modules.text.richtext.markdown import read_markdown
from quizzes.base.markup import strip_markup

from . import values_of_streams as streams

_NO_NAMES = streams.Names(**{kind.name: {} for kind in fields(streams.Names)})


def passages_of_lesson(lesson):
    """Return the passages of a lesson as in its file: `{"warning": …, "body": [{"text": …}, …]}`."""
    passages = lines_of(lesson, "warning")
    for block in lesson["body"]:
        for kind, value in block.items():
            passages += _PASSAGES.get(kind, lambda value: [])(value)
    return passages


def passages_of_page(page):
    return passages_of_lesson({"warning": page.warning, "body": streams.lesson_body(page.body, _NO_NAMES)})


def scenes_of_page(page):
    return [block["scenario"] for block in streams.lesson_body(page.body, _NO_NAMES) if "scenario" in block]


def is_only_scenes(kinds):
    """Whether a lesson of these kinds of blocks is scenes and what introduces them."""
    return "scenario" in kinds and kinds <= {"scenario", "text", "callout"}


def lines_of(value, *names):
    return [strip_markup(value[name]) for name in names if value.get(name)]


def lines_of_markdown(markdown):
    return _of_blocks(read_markdown(markdown))


def _of_blocks(blocks):
    passages = []
    for block in blocks:
        if isinstance(block, ListOf):
            for item in block.items:
                passages += [_words(item.runs), *_of_blocks(item.lists)]
        elif not isinstance(block, Heading):
            passages.append(_words(block.runs))
    return passages


def _words(runs):
    return strip_markup("".join(run.text for run in runs).replace("\n", " "))


def _scenario(scenario):
    passages = lines_of(scenario, "warning")
    for step in scenario["steps"]:
        passages += lines_of(step, "text")
        for choice in step["choices"]:
            passages += lines_of(choice, "text", "consequence", "feedback", "their_side")
    return passages


_PASSAGES = {
    "text": lines_of_markdown,
    "key_message": lambda value: [strip_markup(value)],
    "role_tips": lambda tips: [strip_markup(tip) for tip in tips.values()],
    "do_avoid": lambda value: [line for row in value["rows"] for line in lines_of(row, "do", "avoid", "why")],
    "figure": lambda value: lines_of(value, "caption"),
    "scenario": _scenario,
    "checklist": lambda value: [strip_markup(item) for item in value["items"]],
    "callout": lambda value: lines_of_markdown(value["text"]),
    "reflection": lambda value: lines_of(value, "prompt", "feedback"),
}
