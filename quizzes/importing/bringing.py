"""A file of questions that somebody brings: read in a process of its own, with all that its pages need of it."""

from quizzes.base.sandbox.parent import run_sandboxed
from quizzes.importing.parts.images import look_at
from quizzes.importing.parts.percent import read_as
from quizzes.importing.parts.plain import from_plain, to_plain
from quizzes.importing.parts.reading import UnreadableFile, refuse_long_readings

from .formats import read_file


def bring_file(content, *, name="", format_name="auto"):
    """Return the Reading of a file as a plain value, for `reading_of`; raises UnreadableFile.

    Its images have been looked at, so that no page has to decode one.
    """
    return run_sandboxed(read_wholly, content, refusal=UnreadableFile, name=name, format_name=format_name)


def reading_of(plain):
    """Return the Reading that `bring_file` returned as a plain value; raises ValueError for what is none."""
    return from_plain(plain)


def choose_kinds(reading, kinds):
    """Read some questions of a Reading as another kind, where the file leaves it open; `kinds` has it by their number.

    Numbers begin at 1; what a question can't be read as is passed over.
    """
    for number, kind in kinds.items():
        question = reading.questions[number - 1] if 1 <= number <= len(reading.questions) else None
        if question and kind in question.either:
            read_as(question, kind)


def read_wholly(content, *, name, format_name):
    """Return what `bring_file` does. This is what takes time and memory: it is called in the other process."""
    reading = read_file(content, name=name, format_name=format_name)
    refuse_long_readings(reading)
    for question in reading.questions:
        question.image = question.image and look_at(question.image)
    for case in {id(question.case): question.case for question in reading.questions if question.case}.values():
        case.image = case.image and look_at(case.image)
    return to_plain(reading)
