"""The published pages of the course, remembered by each process until somebody changes one.

Finding a lesson the usual way takes Wagtail and us six queries over wide rows, more than everything else on the page
together. Here it takes one narrow query: the stamp, which every change of the structure renews. Pages come without
the bodies of lessons, and are shared between requests: whoever gets one only reads it.
"""

from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from wagtail.url_routing import RouteResult

from modules.models import CoursePage, Edition, LessonPage, ModulePage, StructureStamp, TranslatedFrom
from modules.wording import language_mark
from quizzes.base.languages import interface_language
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


# Reading, answering and reviewing: the course plans five minutes for nine or ten questions.
MINUTES_A_QUESTION = 0.5


@dataclass(frozen=True)
class LessonOutline:
    """A lesson's place in its module; `number` counts from 1."""

    key: UUID
    title: str
    language: str
    minutes: int
    url: str
    number: int

    @property
    def lang(self):
        """The mark for its title where the interface is in another language."""
        return language_mark(self.language)

    @property
    def marked(self):
        """Its title with that mark, to stand in a sentence of the interface."""
        return format_html("<span{}>{}</span>", self.lang, self.title) if self.lang else self.title


@dataclass(frozen=True)
class ModuleOutline:
    """A module with its lessons in order; a module without a quiz has no `quiz_key`.

    A quiz that an editor took back to a draft is not open, and still counts: nobody earns a certificate without it.
    """

    key: UUID
    number: int
    title: str
    language: str
    subtitle: str
    summary: str
    minutes: int
    url: str
    quiz_key: UUID | None = None
    # That of an edition whose module has another quiz by now: whoever passed it has passed.
    former_quiz_key: UUID | None = None
    quiz_identifier: str = ""
    quiz_title: str = ""
    quiz_language: str = ""
    quiz_is_open: bool = True
    quiz_minutes: int = 0
    # What a new session on it counts for, unless somebody chooses otherwise.
    attendance_counts: bool = False
    # Where its words and cards to practise are, if it has any.
    practice_url: str = ""
    lessons: list[LessonOutline] = field(default_factory=list)

    @cached_property
    def lesson_keys(self):
        return frozenset(lesson.key for lesson in self.lessons)

    @property
    def lang(self):
        """The mark for its titles where the interface is in another language."""
        return language_mark(self.language)

    @property
    def quiz_lang(self):
        """The same for the title of its quiz."""
        return language_mark(self.quiz_language)

    @property
    def quiz_url(self):
        return reverse("quiz_entry", args=[self.quiz_identifier]) if self.quiz_key else ""

    @property
    def quiz_continue_url(self):
        """Where an attempt in course goes on."""
        return reverse("quiz_continue", args=[self.quiz_identifier]) if self.quiz_key else ""


def page_path(page):
    """Return the address of a page of the course in the active language of the interface.

    `Page.get_url()` would answer with the language that the page is written in. The course is the root of its site.
    """
    return reverse("wagtail_serve", args=[own_path(page) + "/"])


def course_page(language=None):
    """Return the published course in `language` (the active one by default), else in Spanish, else None."""
    return course_structure().course_in(language or get_language() or settings.LANGUAGE_CODE)


def course_outline(language=None, structure=None):
    """Return the published modules of the course as a list of `ModuleOutline`, in one query as a rule.

    Whoever has the `structure` already spares it.
    """
    structure = structure or course_structure()
    modules = structure.modules_in(language or get_language() or settings.LANGUAGE_CODE)
    return [outline_of(module, structure) for module in modules]


def outline_of(module, structure):
    """Return the `ModuleOutline` of a page of the structure; its addresses are those of the active language."""
    name = ("outline", module.pk, get_language())
    return structure.derive(name, lambda: module_outline(module, module.lessons))


def module_outline(module, lessons):
    """Return the `ModuleOutline` of a module page and its published lessons, without any query."""
    quiz = module.quiz
    return ModuleOutline(
        key=module.translation_key,
        number=module.number,
        title=module.title,
        language=module.locale.language_code,
        subtitle=module.subtitle,
        summary=module.summary,
        minutes=module.minutes,
        url=page_path(module),
        quiz_key=quiz.translation_key if quiz else None,
        quiz_identifier=quiz.identifier if quiz else "",
        quiz_title=quiz.title if quiz else "",
        quiz_language=quiz.locale.language_code if quiz else "",
        quiz_is_open=quiz is None or quiz.live,
        quiz_minutes=max(1, ceil(module.scored_questions * MINUTES_A_QUESTION)) if quiz else 0,
        attendance_counts=module.attendance_counts,
        practice_url=reverse("practice", args=[module.slug]) if module.practice else "",
        lessons=[
            LessonOutline(
                key=lesson.translation_key,
                title=lesson.title,
                language=lesson.locale.language_code,
                minutes=lesson.minutes,
                url=page_path(lesson),
                number=number,
            )
            for number, lesson in enumerate(lessons, start=1)
        ],
    )
