"""Where things are taught: questions name lessons, and whoever holds the lessons says where they stand."""

from typing import NamedTuple

from quizzes.signals import lessons_asked


class LessonLink(NamedTuple):
    """A lesson, or the module of a quiz, as it is called and where it stands; `language` is that of the title."""

    title: str
    address: str
    language: str


def lesson_links(references, quiz_key):
    """Return {reference: LessonLink} of those that are there, and under "" that of the module which the quiz closes."""
    asked = lessons_asked.send(None, references=sorted(set(references)), quiz_key=quiz_key)
    return {reference: LessonLink(*where) for _receiver, found in asked for reference, where in found.items()}
