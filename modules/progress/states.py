"""Progress of a learner in a module and in the course. Pure functions."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, nonmember
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from modules.labels import lang_attribute
from modules.models import Edition, Registration
from quizzes.attempts.results import QuizOutcome

from .outline import ModuleOutline


class HelpRule(NamedTuple):
    attempts: int = 2
    quiet_days: int = 14

    def is_stuck(self, quiz):
        return bool(quiz and not quiz.passed and not quiz.pending and quiz.failed >= self.attempts)

    def is_quiet(self, quiet):
        return quiet >= timedelta(days=self.quiet_days)


# Shown to learners; a group may have its own rule.
USUAL_HELP_RULE = HelpRule()


def help_reason(quiz, *, last_activity, rule, now):
    if rule.is_stuck(quiz):
        return ngettext(
            "The quiz was sent %(count)d time and is not passed yet.",
            "The quiz was sent %(count)d times and is not passed yet.",
            quiz.failed,
        ) % {"count": quiz.failed}
    quiet = now - last_activity
    if rule.is_quiet(quiet):
        return ngettext(
            "Started; no activity for %(days)d day.", "Started; no activity for %(days)d days.", quiet.days
        ) % {"days": quiet.days}
    return ""


class State(Enum):
    """State of a learner in a module; the value is also the CSS class."""

    NOT_STARTED = "todo"
    IN_PROGRESS = "current"
    NEEDS_HELP = "help"
    PENDING = "pending"
    FINISHED = "done"

    # Templates would call the class.
    do_not_call_in_templates = nonmember(True)

    @property
    def label(self):
        return _STATE_LABELS[self]


_STATE_LABELS = {
    State.NOT_STARTED: gettext_lazy("Not started"),
    State.IN_PROGRESS: gettext_lazy("In progress"),
    State.NEEDS_HELP: gettext_lazy("Needs help"),
    State.PENDING: gettext_lazy("Waiting to be marked"),
    State.FINISHED: gettext_lazy("Finished"),
}


class NextStep(NamedTuple):
    label: str
    url: str
    language: str = settings.LANGUAGE_CODE

    @property
    def label_html(self):
        lang = lang_attribute(self.language)
        return format_html("<span{}>{}</span>", lang, self.label) if lang else self.label


@dataclass(frozen=True)
class ModuleProgress:
    outline: ModuleOutline
    state: State
    lessons_read: frozenset[UUID]
    quiz: QuizOutcome | None = None
    help_reason: str = ""
    last_activity: datetime | None = None
    # The first session that counts as reading the lessons; they remain unread.
    attended_at: datetime | None = None
    last_session_at: datetime | None = None
    # Last activity in the course: a learner who works in another module is not quiet in this one.
    active_at: datetime | None = None
    recorded_at: datetime | None = None
    previously_finished_at: datetime | None = None
    is_carried: bool = False
    restarted_at: datetime | None = None
    # False for a module published after the learner's edition.
    is_required: bool = True

    @property
    def is_finished(self):
        return self.state is State.FINISHED

    @property
    def quiet_since(self):
        started_at = self.last_activity or self.last_session_at
        return started_at and later_of(self.active_at or started_at, self.restarted_at)

    @property
    def quiz_passed(self):
        return self.quiz is not None and self.quiz.passed

    @property
    def quiz_pending(self):
        return self.quiz is not None and self.quiz.pending and not self.quiz.passed

    @property
    def unread_lessons(self):
        if self.attended_at:
            return []
        return [lesson for lesson in self.outline.lessons if lesson.key not in self.lessons_read]

    @property
    def available_step(self):
        """The open attempt, else the first unread lesson, else the quiz; None for a draft or during marking."""
        quiz_is_due = self.outline.quiz_key is not None and self.outline.quiz_is_open and not self.quiz_passed
        if quiz_is_due and self.quiz and self.quiz.is_in_second_chance:
            return NextStep(gettext("one question is missing"), self.outline.quiz_continue_url, get_language())
        if quiz_is_due and self.quiz and self.quiz.has_open_attempt:
            return NextStep(self.outline.quiz_title, self.outline.quiz_continue_url, self.outline.quiz_language)
        if unread := self.unread_lessons:
            return NextStep(unread[0].title, unread[0].url, unread[0].language)
        if quiz_is_due and not self.quiz_pending:
            return NextStep(self.outline.quiz_title, self.outline.quiz_url, self.outline.quiz_language)
        return None

    @property
    def has_started(self):
        moments = [moment for moment in (self.last_activity, self.last_session_at) if moment]
        return bool(moments) and (self.restarted_at is None or max(moments) >= self.restarted_at)

    @property
    def first_page(self):
        label = f"{self.outline.number}. {self.outline.title}"
        return NextStep(label, self.outline.url, self.outline.language)

    @property
    def next_step(self):
        if self.is_finished:
            return None
        return self.available_step or NextStep(self.outline.title, self.outline.url, self.outline.language)

    @property
    def minutes_left(self):
        if self.is_finished:
            return 0
        quiz = 0 if self.quiz_passed or self.quiz_pending else self.outline.quiz_minutes
        return max(1, sum(lesson.minutes for lesson in self.unread_lessons) + quiz)


@dataclass(frozen=True)
class CourseProgress:
    modules: list[ModuleProgress]
    edition: Edition | None = None
    registration: Registration | None = None
    # Last lesson, quiz (outside modules too) or session since the restart.
    active_at: datetime | None = None
    recorded_at: datetime | None = None
    record_key: UUID | None = None
    recorded_modules: frozenset[UUID] = frozenset()
    previously_finished_at: datetime | None = None

    @property
    def total(self):
        return len(self.modules)

    @cached_property
    def done_count(self):
        return sum(module.is_finished for module in self.modules)

    @property
    def finished(self):
        return self.recorded_at is not None or (bool(self.modules) and self.done_count == self.total)

    @property
    def finished_at(self):
        moments = [module.last_activity for module in self.modules if module.last_activity]
        return self.recorded_at or (max(moments, default=None) if self.finished else None)

    @property
    def is_restart(self):
        return self.registration is not None and self.registration.counts_from is not None

    @property
    def was_moved(self):
        return self.registration is not None and self.registration.moved_at is not None

    @property
    def next_step(self):
        module = self.next_module
        if module is None:
            return None
        # A module begins with its own page, the course with the first lesson.
        skips_page = module.has_started or not self.has_started or not module.available_step
        return module.next_step if skips_page else module.first_page

    @property
    def next_module(self):
        unfinished = [module for module in self.modules if not module.is_finished]
        return next((module for module in unfinished if module.available_step), unfinished[0] if unfinished else None)

    @property
    def has_started(self):
        return self.is_restart or self.recorded_at is not None or self.active_at is not None

    @property
    def is_at_opening(self):
        """Whether the first lesson of the first module is read and nothing else was done."""
        if not self.modules or self.is_restart or self.recorded_at is not None:
            return False
        first, *others = self.modules
        if not first.lessons_read or first.lessons_read != {first.outline.lessons[0].key}:
            return False
        return first.quiz is None and first.last_session_at is None and not any(module.has_started for module in others)

    @property
    def minutes_left(self):
        return sum(module.minutes_left for module in self.modules)

    def with_rule(self, rule, *, now):
        return replace(self, modules=[_with_rule(module, rule, now=now) for module in self.modules])


def later_of(moment, other):
    return max(moment, other) if other else moment


def _with_rule(module, rule, *, now):
    if module.state not in (State.IN_PROGRESS, State.NEEDS_HELP):
        return module
    reason = help_reason(module.quiz, last_activity=module.quiet_since, now=now, rule=rule)
    return replace(module, state=State.NEEDS_HELP if reason else State.IN_PROGRESS, help_reason=reason)
