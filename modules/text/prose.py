"""What people read of a lesson or a quiz, as plain passages: everything but titles, headings and names.

They are taken from the values of the content files, so that files, the CMS and an editor's draft are measured alike.
"""

from dataclasses import fields

from quizzes.wording.marks import plain

from . import values_of_streams as streams
from .richtext.document import Heading, ListOf
from .richtext.markdown import read_markdown

# Whatever a lesson points to has no words of its own here.
_NO_NAMES = streams.Names(**{kind.name: {} for kind in fields(streams.Names)})


def passages_of_lesson(lesson):
    """Return the passages of a lesson as its file has it: `{"warning": …, "body": [{"text": …}, …]}`."""
    passages = _lines(lesson, "warning")
    for block in lesson["body"]:
        for kind, value in block.items():
            passages += _PASSAGES.get(kind, lambda value: [])(value)
    return passages


def passages_of_page(page):
    """Return the passages of a LessonPage, published or draft."""
    return passages_of_lesson(value_of_page(page))


def value_of_page(page):
    """Return of a LessonPage, published or draft, what its file would have of words: its warning and its body."""
    return {"warning": page.warning, "body": streams.lesson_body(page.body, _NO_NAMES)}


def scenes_of_page(page):
    """Return the scenes of a LessonPage, published or draft, as its file has them."""
    return [block["scenario"] for block in streams.lesson_body(page.body, _NO_NAMES) if "scenario" in block]


def passages_of_questions(questions):
    """Return the passages of questions as their quiz's file has them; one named by `same_as` counts where it stands."""
    passages = []
    for question in questions:
        passages += _lines(question, "text")
        for choice in question.get("choices", []):
            passages += _lines(choice, "text", "match", "feedback")
        passages += _lines(question, "feedback", "right_feedback", "partly_feedback", "wrong_feedback")
    return passages


def passages_of_quiz(quiz):
    """Return the passages of a quiz as its file has it."""
    return _text(quiz.get("intro", "")) + passages_of_questions(quiz["questions"])


def passages_of_survey(survey):
    """Return the passages of the survey as its file has it: its statements, and the answers of its scales."""
    passages = [passage for theme in survey["themes"] for one in theme["statements"] for passage in _lines(one, "text")]
    return passages + [
        passage for scale in survey["scales"] for one in scale["options"] for passage in _lines(one, "label")
    ]


def passages_of_piece(piece):
    """Return the passages of a lesson, a quiz or the survey, as its file has it."""
    if "themes" in piece:
        return passages_of_survey(piece)
    return passages_of_quiz(piece) if "questions" in piece else passages_of_lesson(piece)


def _lines(value, *names):
    return [plain(value[name]) for name in names if value.get(name)]


def _text(markdown):
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
    return plain("".join(run.text for run in runs).replace("\n", " "))


def _scenario(scenario):
    passages = _lines(scenario, "warning")
    for step in scenario["steps"]:
        passages += _lines(step, "text")
        for choice in step["choices"]:
            passages += _lines(choice, "text", "consequence", "feedback", "their_side")
    return passages


_PASSAGES = {
    "text": _text,
    "key_message": lambda value: [plain(value)],
    "role_tips": lambda tips: [plain(tip) for tip in tips.values()],
    "do_avoid": lambda value: [line for row in value["rows"] for line in _lines(row, "do", "avoid", "why")],
    "figure": lambda value: _lines(value, "caption"),
    "scenario": _scenario,
    "checklist": lambda value: [plain(item) for item in value["items"]],
    "callout": lambda value: _text(value["text"]),
    "reflection": lambda value: _lines(value, "prompt", "feedback"),
}
