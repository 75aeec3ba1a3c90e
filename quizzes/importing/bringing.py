"""Reads an uploaded file of questions in the sandbox."""

from quizzes.base.sandbox.parent import run_sandboxed
from quizzes.importing.parts.images import look_at
from quizzes.importing.parts.percent import read_as
from quizzes.importing.parts.plain import from_plain, to_plain
from quizzes.importing.parts.reading import UnreadableFile, refuse_long_readings

from .formats import read_file


def bring_file(content, *, name="", format_name="auto"):
    """Return the Reading of a file, with checked images, as a plain value; raises UnreadableFile."""
    return run_sandboxed(read_wholly, content, refusal=UnreadableFile, name=name, format_name=format_name)


def reading_of(plain):
    """Inverse of `bring_file`; raises ValueError."""
    return from_plain(plain)


def choose_kinds(reading, kinds):
    """Convert questions of ambiguous kind; `kinds` is {number of the question, from 1: kind}."""
    for number, kind in kinds.items():
        question = reading.questions[number - 1] if 1 <= number <= len(reading.questions) else None
        if question and kind in question.either:
            read_as(question, kind)


def read_wholly(content, *, name, format_name):
    """Read a file; runs in the sandboxed process, because it takes time and memory."""
    reading = read_file(content, name=name, format_name=format_name)
    refuse_long_readings(reading)
    for question in reading.questions:
        question.image = question.image and look_at(question.image)
    for case in {id(question.case): question.case for question in reading.questions if question.case}.values():
        case.image = case.image and look_at(case.image)
    return to_plain(reading)
