"""What the course consists of: its page, its modules, their lessons and quizzes, in order."""

from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language

from modules.wording.translations import language_mark

from .structure import course_structure, own_path

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
