"""The course of `content/`, read once by each process that tests it, in every language in which it is whole.

Nothing is read where tests are only collected: what they are called comes from the names of files.
"""

from functools import cache

import pytest
from django.conf import settings

from modules.content.loading.files import read_course
from tools.course import pieces_of, scenes_of
from tools.guessing.pools import pools_of

FOLDER = settings.BASE_DIR / "content"
ORIGINAL = "es"
LANGUAGES = (ORIGINAL, "en")
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def course_in(language):
    """Return the CourseText; nobody may change it."""
    return read_course(FOLDER, language)


@cache
def pools_in(language):
    """Return the pools of what can be guessed."""
    return pools_of(course_in(language))


def modules_in(language):
    """Return {"M1": ModuleText}."""
    return {module.module["id"]: module for module in course_in(language).modules}


def scenes_in(language):
    return scenes_of(course_in(language))


def names_of_modules():
    return [f"M{number}" for number in range(1, len(list((FOLDER / ORIGINAL).glob("m*/module.yaml"))) + 1)]


def names_of_pieces(language):
    """Return the names of all lessons and quizzes, such as "m1/lesson-1.yaml", and of the survey."""
    paths = [*(FOLDER / language).glob("m*/lesson-*.yaml"), *(FOLDER / language).glob("m*/quiz.yaml")]
    return [*sorted(path.relative_to(FOLDER / language).as_posix() for path in paths), "survey.yaml"]


def piece_in(language, name):
    """Return the value of one of these."""
    return pieces_of(course_in(language))[name]
