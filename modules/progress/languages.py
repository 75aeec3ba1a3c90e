"""What of the course there is in which language, for who reads it and for who could read it in another one."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import get_language

from quizzes.base.languages import interface_language

from .structure import course_structure, structure_seen


class Written(NamedTuple):
    """How many of some lessons are written in a language, and whether it is the reader's."""

    language: str
    count: int
    total: int
    is_own: bool


def offered_languages():
    """Return the codes of the languages to choose from: those of the interface, and those with something public.

    Of the others it tells what this process saw last, without a query: it stands at the foot of every page.
    """
    seen = structure_seen()
    written = _lessons_by_language(seen) if seen else {}
    interface = dict(settings.INTERFACE_LANGUAGES)
    return [code for code, _name in settings.LANGUAGES if code in interface or written.get(code)]


def lessons_written(keys=None):
    """Return [Written] of all lessons of the course, or of those with these keys.

    The reader's language, where some of them are not in it; and the others without an interface that some are in.
    """
    structure, own = course_structure(), get_language()
    lessons = {lesson.translation_key for lesson in _all_lessons(structure, settings.LANGUAGE_CODE)}
    lessons = lessons if keys is None else lessons & set(keys)
    by_language = _lessons_by_language(structure)
    if own != settings.LANGUAGE_CODE:
        # Nothing of the course may be in the language that somebody reads in.
        by_language = {own: frozenset()} | by_language
    found = []
    for code, written in by_language.items():
        count, is_own = len(written & lessons), code == own
        if count < len(lessons) if is_own else count and interface_language(code) != code:
            found.append(Written(code, count, len(lessons), is_own))
    return found


def other_languages_of(lesson):
    """Return the codes of the languages in which somebody may want to read a lesson instead of in this one.

    Who reads in a language of the interface changes into the others of them for all pages, at the foot of each.
    """
    here = lesson.locale.language_code
    others = [
        code
        for code, written in _lessons_by_language(course_structure()).items()
        if lesson.translation_key in written and code != here
    ]
    return others if interface_language(here) != here else [code for code in others if interface_language(code) != code]


def _lessons_by_language(structure):
    """Return {language: keys of the lessons written in it}, in the order of the settings."""

    def read():
        return {
            code: {
                lesson.translation_key
                for lesson in _all_lessons(structure, code)
                if lesson.locale.language_code == code
            }
            for code, _name in settings.LANGUAGES
            if code in structure.modules
        }

    return structure.derive("lessons by language", read)


def _all_lessons(structure, language):
    return [lesson for module in structure.modules_in(language) for lesson in module.lessons]
