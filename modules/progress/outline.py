"""Published pages of the course, cached and shared: do not change them."""

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

from modules.labels import lang_attribute
from modules.models import CoursePage, Edition, LessonPage, ModulePage, StructureStamp, TranslationOrigin
from quizzes.base.languages import interface_language
from quizzes.base.view_registry import serves
from quizzes.models import Quiz


class Structure(NamedTuple):
    """The published courses by language, and every page by its path below the course, such as `m1/2`.
    The Spanish course decides what exists; untranslated pages are shown in Spanish. Aliases are no translations.
    """

    courses: dict[str, CoursePage]
    modules: dict[str, list[ModulePage]]
    pages: dict[str, dict[str, ModulePage | LessonPage]]
    editions: dict[int, Edition]
    # Cached values of other modules, valid as long as the structure.
    derived: dict

    def course_in(self, language):
        return self.courses.get(language) or self.courses.get(settings.LANGUAGE_CODE)

    def modules_in(self, language):
        return self.modules.get(language) or self.modules.get(settings.LANGUAGE_CODE, [])

    def page_at(self, language, path):
        pages = self.pages.get(language) or self.pages.get(settings.LANGUAGE_CODE, {})
        return pages.get(path)

    def lesson_of(self, language, key):
        modules = self.modules_in(language)
        return next((found for module in modules for found in module.lessons if found.translation_key == key), None)

    def derive(self, name, make):
        if name not in self.derived:
            self.derived[name] = make()
        return self.derived[name]


_cached = (None, None)


def get_course_structure(stamp=None):
    """Return the current `Structure`, in one query if unchanged; in none if the caller has read the `stamp`."""
    global _cached
    stamp = stamp or StructureStamp.now()
    known_stamp, structure = _cached
    if known_stamp != stamp:
        # Read after the stamp, so that the next request notices a change in between.
        structure = _read_structure()
        _cached = (stamp, structure)
    return structure


@serves(CoursePage, "below")
def find_page(course, path):
    page = get_course_structure().page_at(course.locale.language_code, path)
    if page is None:
        raise Http404
    return RouteResult(page)


def _read_structure():
    courses = CoursePage.objects.live().select_related("locale").order_by("-path")
    all_modules = ModulePage.objects.live().select_related("quiz__locale", "locale").order_by("path")
    question_counts = Quiz.objects.question_counts()
    lessons_by_module = {}
    for lesson in LessonPage.objects.live().filter(alias_of=None).defer_streamfields().order_by("path"):
        lessons_by_module.setdefault(_parent_path(lesson), []).append(lesson)
    copies = _find_plain_copies([*courses, *all_modules])
    for page in (*courses, *all_modules):
        page.is_placeholder = bool(page.alias_of_id) or (page.translation_key, page.locale.language_code) in copies
    for module in all_modules:
        language = module.locale.language_code
        lessons = lessons_by_module.get(module.path, [])
        module.lessons = [lesson for lesson in lessons if (lesson.translation_key, language) not in copies]
        module.scored_questions = question_counts.get(module.quiz_id, 0)
        for lesson in module.lessons:
            lesson.locale = module.locale
    # The first of two courses in one language wins, so it comes last.
    by_language = {course.locale.language_code: course for course in courses}
    written = {
        language: [module for module in all_modules if _parent_path(module) == course.path]
        for language, course in by_language.items()
    }
    source, own = written.get(settings.LANGUAGE_CODE), by_language.get(settings.LANGUAGE_CODE)
    by_language = {
        language: copy(own) if course.is_placeholder and own else course for language, course in by_language.items()
    }
    structure = Structure(by_language, {}, {}, _read_editions(by_language), {})
    structure_key = uuid4()
    for language, course in by_language.items():
        # Part of cache keys: rendered pages expire with the structure.
        course.structure_key = structure_key
        is_translation = source is not None and language != settings.LANGUAGE_CODE
        modules = _merge_translations(source, written[language]) if is_translation else written[language]
        _link_parents(course, modules)
        structure.modules[language] = modules
        structure.pages[language] = _pages_by_path(source if is_translation else modules, modules)
    _share_paths(structure.pages.values())
    return structure


def _read_editions(courses):
    course = courses.get(settings.LANGUAGE_CODE) or next(iter(courses.values()), None)
    if course is None:
        return {}
    editions = Edition.objects.filter(course_key=course.translation_key).order_by("number")
    return {edition.pk: edition for edition in editions}


def _find_plain_copies(pages):
    if all(page.locale.language_code == settings.LANGUAGE_CODE for page in pages):
        return set()
    copies = TranslationOrigin.objects.filter(digest=TranslationOrigin.COPY)
    return set(copies.values_list("translation_key", "language"))


def _merge_translations(source, translations):
    modules = {module.translation_key: module for module in translations if not module.is_placeholder}
    lessons = {lesson.translation_key: lesson for module in translations for lesson in module.lessons}
    result = []
    for original in source:
        module = modules.get(original.translation_key) or copy(original)
        module.lessons = [lessons.get(lesson.translation_key) or copy(lesson) for lesson in original.lessons]
        if not _is_usable_quiz(module.quiz, original.quiz):
            # A translation cannot replace or remove the quiz of a module.
            module.quiz, module.scored_questions = original.quiz, original.scored_questions
        result.append(module)
    return result


def _is_usable_quiz(quiz, original):
    if quiz is None or original is None:
        return quiz is original
    return quiz.translation_key == original.translation_key and (quiz.live or not original.live)


def _link_parents(course, modules):
    for module in modules:
        module.course = course
        for lesson in module.lessons:
            lesson.module = module


def _pages_by_path(source, modules):
    pages, of_source = {}, {}
    for original, module in zip(source, modules, strict=True):
        of_source[path_in_course(original)] = pages[path_in_course(module)] = module
        for written, lesson in zip(original.lessons, module.lessons, strict=True):
            of_source[path_in_course(written)] = pages[path_in_course(lesson)] = lesson
            of_source[f"{module.slug}/{lesson.slug}"] = lesson
    return of_source | pages


def _share_paths(languages):
    keys = {path: page.translation_key for pages in languages for path, page in pages.items()}
    for pages in languages:
        by_key = {page.translation_key: page for page in pages.values()}
        for path, key in keys.items():
            if key in by_key:
                pages.setdefault(path, by_key[key])


def path_in_course(page):
    return page.url_path.strip("/").partition("/")[2]


def _parent_path(page):
    return page.path[: -page.steplen]


class LanguageCoverage(NamedTuple):
    language: str
    count: int
    total: int
    is_own: bool


def get_language_choices():
    """Return the codes of interface languages and others with public lessons, without a query."""
    _stamp, structure = _cached
    written = _lessons_by_language(structure) if structure else {}
    interface = dict(settings.INTERFACE_LANGUAGES)
    return [code for code, _name in settings.LANGUAGES if code in interface or written.get(code)]


def get_language_coverage(keys=None):
    """Return [LanguageCoverage] of all or these lessons, for incomplete languages."""
    structure, own = get_course_structure(), get_language()
    lessons = {lesson.translation_key for lesson in _all_lessons(structure, settings.LANGUAGE_CODE)}
    lessons = lessons if keys is None else lessons & set(keys)
    by_language = _lessons_by_language(structure)
    if own != settings.LANGUAGE_CODE:
        by_language = {own: frozenset()} | by_language
    found = []
    for code, written in by_language.items():
        count, is_own = len(written & lessons), code == own
        if count < len(lessons) if is_own else count and interface_language(code) != code:
            found.append(LanguageCoverage(code, count, len(lessons), is_own))
    return found


def get_other_languages(lesson):
    """Return the codes of other languages of a lesson; the footer switches interface languages."""
    here = lesson.locale.language_code
    others = [
        code
        for code, written in _lessons_by_language(get_course_structure()).items()
        if lesson.translation_key in written and code != here
    ]
    return others if interface_language(here) != here else [code for code in others if interface_language(code) != code]


def _lessons_by_language(structure):
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


# The course plans five minutes to read, answer and review nine or ten questions.
MINUTES_PER_QUESTION = 0.5


@dataclass(frozen=True)
class LessonOutline:
    key: UUID
    title: str
    language: str
    minutes: int
    url: str
    number: int

    @property
    def lang(self):
        return lang_attribute(self.language)

    @property
    def title_html(self):
        return format_html("<span{}>{}</span>", self.lang, self.title) if self.lang else self.title


@dataclass(frozen=True)
class ModuleOutline:
    """A module with its lessons. A quiz that became a draft again is closed and still required."""

    key: UUID
    number: int
    title: str
    language: str
    subtitle: str
    summary: str
    minutes: int
    url: str
    quiz_key: UUID | None = None
    # The quiz of an edition whose module has another quiz now; passing either is enough.
    former_quiz_key: UUID | None = None
    quiz_identifier: str = ""
    quiz_title: str = ""
    quiz_language: str = ""
    quiz_is_open: bool = True
    quiz_minutes: int = 0
    attendance_counts: bool = False
    practice_url: str = ""
    lessons: list[LessonOutline] = field(default_factory=list)

    @cached_property
    def lesson_keys(self):
        return frozenset(lesson.key for lesson in self.lessons)

    @property
    def lang(self):
        return lang_attribute(self.language)

    @property
    def quiz_lang(self):
        return lang_attribute(self.quiz_language)

    @property
    def quiz_url(self):
        return reverse("quiz_entry", args=[self.quiz_identifier]) if self.quiz_key else ""

    @property
    def quiz_continue_url(self):
        return reverse("quiz_continue", args=[self.quiz_identifier]) if self.quiz_key else ""


def page_path(page):
    """Return the address in the active language; `Page.get_url()` would use the page's language."""
    return reverse("wagtail_serve", args=[path_in_course(page) + "/"])


def course_page(language=None):
    """Return the published course in `language` (default: the active one), else in Spanish, else None."""
    return get_course_structure().course_in(language or get_language() or settings.LANGUAGE_CODE)


def course_outline(language=None, structure=None):
    structure = structure or get_course_structure()
    modules = structure.modules_in(language or get_language() or settings.LANGUAGE_CODE)
    return [get_module_outline(module, structure) for module in modules]


def get_module_outline(module, structure):
    name = ("outline", module.pk, get_language())
    return structure.derive(name, lambda: build_module_outline(module, module.lessons))


def build_module_outline(module, lessons):
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
        quiz_minutes=max(1, ceil(module.scored_questions * MINUTES_PER_QUESTION)) if quiz else 0,
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
