"""The published pages of the course, remembered by each process until somebody changes one.

Finding a lesson the usual way takes Wagtail and us six queries over wide rows, more than everything else on the page
together. Here it takes one narrow query: the stamp, which every change of the structure renews. Pages come without
the bodies of lessons, and are shared between requests: whoever gets one only reads it.
"""

from copy import copy
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings
from django.http import Http404
from wagtail.url_routing import RouteResult

from modules.models import CoursePage, Edition, LessonPage, ModulePage, StructureStamp, TranslatedFrom
from quizzes.base.view_registry import shows
from quizzes.models import Quiz


class Structure(NamedTuple):
    """The published courses by language, and by language every page by its path below the course: `m1/2`.

    The course is the Spanish one whatever its readers' language: what nobody has translated yet stands in a translation
    in Spanish, and what Spanish does not have is no part of it. So nobody gains or loses by changing the language.
    What only repeats the original is no translation either: an alias, which holds a place for what stands below it, or
    a page that was one until somebody publishes its translation.
    """

    courses: dict[str, CoursePage]
    modules: dict[str, list[ModulePage]]
    pages: dict[str, dict[str, ModulePage | LessonPage]]
    # The editions of the course by pk, the oldest first.
    editions: dict[int, Edition]
    # What others derive from the pages and is true as long as they are, by a name of its own.
    derived: dict

    def course_in(self, language):
        """Return the course in `language`, else in Spanish, else None."""
        return self.courses.get(language) or self.courses.get(settings.LANGUAGE_CODE)

    def modules_in(self, language):
        """Return the modules of the course that `course_in(language)` answers, in order."""
        return self.modules.get(language) or self.modules.get(settings.LANGUAGE_CODE, [])

    def page_at(self, language, path):
        """Return the module or lesson at `path` of the course that `course_in(language)` answers, or None."""
        pages = self.pages.get(language) or self.pages.get(settings.LANGUAGE_CODE, {})
        return pages.get(path)

    def lesson_of(self, language, key):
        """Return the lesson with this translation key as `course_in(language)` has it, or None."""
        modules = self.modules_in(language)
        return next((found for module in modules for found in module.lessons if found.translation_key == key), None)

    def derive(self, name, make):
        """Return what `make()` answered the first time that somebody asked under this name."""
        if name not in self.derived:
            self.derived[name] = make()
        return self.derived[name]


_remembered = (None, None)


def course_structure(stamp=None):
    """Return the `Structure` of now, in one query when it is as it was at the last request of this process.

    Whoever has just read the `stamp` with something else spares that one.
    """
    global _remembered
    stamp = stamp or StructureStamp.now()
    remembered, structure = _remembered
    if remembered != stamp:
        # Read after the stamp: a change in between makes the next request read again.
        structure = read_structure()
        _remembered = (stamp, structure)
    return structure


def structure_seen():
    """Return the `Structure` that this process saw last, in no query; None before it saw any."""
    return _remembered[1]


@shows(CoursePage, "below")
def find_page(course, path):
    """Return the way to the module or lesson at `path` below a course, each knowing its neighbours. Raises Http404."""
    page = course_structure().page_at(course.locale.language_code, path)
    if page is None:
        raise Http404
    return RouteResult(page)


def read_structure():
    """Read the published pages and the editions in five queries, six with translations, each knowing its neighbours."""
    courses = CoursePage.objects.live().select_related("locale").order_by("-path")
    all_modules = ModulePage.objects.live().select_related("quiz__locale", "locale").order_by("path")
    counts_of_questions = Quiz.objects.counts_of_questions()
    lessons_by_module = {}
    for lesson in LessonPage.objects.live().filter(alias_of=None).defer_streamfields().order_by("path"):
        lessons_by_module.setdefault(parent_path(lesson), []).append(lesson)
    copies = copies_among([*courses, *all_modules])
    for page in (*courses, *all_modules):
        page.holds_place = bool(page.alias_of_id) or (page.translation_key, page.locale.language_code) in copies
    for module in all_modules:
        language = module.locale.language_code
        lessons = lessons_by_module.get(module.path, [])
        module.lessons = [lesson for lesson in lessons if (lesson.translation_key, language) not in copies]
        module.scored_questions = counts_of_questions.get(module.quiz_id, 0)
        for lesson in module.lessons:
            lesson.locale = module.locale
    # Of two courses in a language the first one counts, so it comes last.
    by_language = {course.locale.language_code: course for course in courses}
    written = {
        language: [module for module in all_modules if parent_path(module) == course.path]
        for language, course in by_language.items()
    }
    source, own = written.get(settings.LANGUAGE_CODE), by_language.get(settings.LANGUAGE_CODE)
    by_language = {
        language: copy(own) if course.holds_place and own else course for language, course in by_language.items()
    }
    structure = Structure(by_language, {}, {}, read_editions(by_language), {})
    mark = uuid4()
    for language, course in by_language.items():
        # What is kept of these pages is kept under this mark, and forgotten with them.
        course.remembered_as = mark
        is_translation = source is not None and language != settings.LANGUAGE_CODE
        modules = translated(source, written[language]) if is_translation else written[language]
        introduce(course, modules)
        structure.modules[language] = modules
        structure.pages[language] = pages_by_path(source if is_translation else modules, modules)
    share_paths(structure.pages.values())
    return structure


def read_editions(courses):
    """Return {pk: Edition} of the course, which is the Spanish one, the oldest first."""
    course = courses.get(settings.LANGUAGE_CODE) or next(iter(courses.values()), None)
    if course is None:
        return {}
    editions = Edition.objects.filter(course_key=course.translation_key).order_by("number")
    return {edition.pk: edition for edition in editions}


def copies_among(pages):
    """Return {(key, language)} of translations that only repeat the original; one query where there are any."""
    if all(page.locale.language_code == settings.LANGUAGE_CODE for page in pages):
        return set()
    copies = TranslatedFrom.objects.filter(digest=TranslatedFrom.COPY)
    return set(copies.values_list("translation_key", "language"))


def translated(source, translations):
    """Return the modules of `source` in order, they and their lessons as translated, or copied where nobody did."""
    modules = {module.translation_key: module for module in translations if not module.holds_place}
    lessons = {lesson.translation_key: lesson for module in translations for lesson in module.lessons}
    result = []
    for original in source:
        module = modules.get(original.translation_key) or copy(original)
        module.lessons = [lessons.get(lesson.translation_key) or copy(lesson) for lesson in original.lessons]
        if not may_stand_for(module.quiz, original.quiz):
            # Nobody passes a module without its quiz because the translation leads to another one or to none.
            module.quiz, module.scored_questions = original.quiz, original.scored_questions
        result.append(module)
    return result


def may_stand_for(quiz, original):
    """Say whether a translation leads to the quiz of the source, and does not close it by being a draft."""
    if quiz is None or original is None:
        return quiz is original
    return quiz.translation_key == original.translation_key and (quiz.live or not original.live)


def introduce(course, modules):
    """Let every page know the one above it."""
    for module in modules:
        module.course = course
        for lesson in module.lessons:
            lesson.module = module


def pages_by_path(source, modules):
    """Return every page by its own path, and where that names none, by the path of what it translates."""
    pages, of_source = {}, {}
    for original, module in zip(source, modules, strict=True):
        of_source[own_path(original)] = pages[own_path(module)] = module
        for written, lesson in zip(original.lessons, module.lessons, strict=True):
            of_source[own_path(written)] = pages[own_path(lesson)] = lesson
            # A lesson in Spanish below a module in translation.
            of_source[f"{module.slug}/{lesson.slug}"] = lesson
    return of_source | pages


def share_paths(languages):
    """Let a path of one language lead to the same page in the others: who changes the language stays where they are."""
    keys = {path: page.translation_key for pages in languages for path, page in pages.items()}
    for pages in languages:
        by_key = {page.translation_key: page for page in pages.values()}
        for path, key in keys.items():
            if key in by_key:
                pages.setdefault(path, by_key[key])


def own_path(page):
    """Return the path of a page below its course, which is the first part of `url_path`."""
    return page.url_path.strip("/").partition("/")[2]


def parent_path(page):
    return page.path[: -page.steplen]
