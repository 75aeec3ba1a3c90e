"""When somebody needs help in a module that is begun and not finished: a rule, and the reason in words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, nonmember
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from modules.models import Edition, Registration
from modules.wording import language_mark
from quizzes.attempts.results import QuizOutcome

from .outline import ModuleOutline


class HelpRule(NamedTuple):
    """After how many attempts without passing, or days without activity, somebody needs help."""

    tries: int = 2
    quiet_days: int = 14

    def is_stuck(self, quiz):
        """Whether the person has sent so many attempts at the quiz (its `QuizOutcome`, or None) without passing."""
        return bool(quiz and not quiz.passed and not quiz.pending and quiz.failed >= self.tries)

    def is_quiet(self, quiet):
        """Whether somebody who was last active this `timedelta` ago has been quiet for too long."""
        return quiet >= timedelta(days=self.quiet_days)


# What people see of themselves; a group may have a rule of its own.
USUAL_HELP_RULE = HelpRule()


def why_help_is_needed(quiz, *, last_activity, rule, now):
    """Return the rule, in words, by which an unfinished module needs help, or nothing."""
    if rule.is_stuck(quiz):
        return ngettext(
            "The quiz was sent %(count)d time and is not passed yet.",
            "The quiz was sent %(count)d times and is not passed yet.",
            quiz.failed,
        ) % {"count": quiz.failed}
    quiet = now - last_activity
    if rule.is_quiet(quiet):
        return ngettext(
            "Begun, and %(days)d day without activity.", "Begun, and %(days)d days without activity.", quiet.days
        ) % {"days": quiet.days}
    return ""


class State(Enum):
    """How far someone is in a module; the value is also the name of its style."""

    NOT_STARTED = "todo"
    IN_PROGRESS = "current"
    NEEDS_HELP = "help"
    PENDING = "pending"
    FINISHED = "done"

    # Templates would call the class to make an instance of it.
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
    """Where a person goes on: a lesson, a quiz, or an attempt in course."""

    label: str
    url: str
    language: str = settings.LANGUAGE_CODE

    @property
    def marked(self):
        """The label, marked where the interface is in another language."""
        lang = language_mark(self.language)
        return format_html("<span{}>{}</span>", lang, self.label) if lang else self.label


@dataclass(frozen=True)
class ModuleProgress:
    """How far one person is in one module; `help_reason` holds the rule in words when the state is «needs help»."""

    outline: ModuleOutline
    state: State
    lessons_read: frozenset[UUID]
    quiz: QuizOutcome | None = None
    help_reason: str = ""
    last_activity: datetime | None = None
    # When the person attended a session that counts as reading the lessons; they stay unread.
    attended_at: datetime | None = None
    # When the person was last at a session on the module, whatever it counts for.
    was_there_at: datetime | None = None
    # When the person last did anything in the course: nobody is quiet in a module while they do another.
    active_at: datetime | None = None
    # When it was finished, as it is on record; and when before the person began the course anew, if it counts again.
    recorded_at: datetime | None = None
    finished_before: datetime | None = None
    # Whether it was finished before the person began the course anew, and counts on.
    is_carried: bool = False
    # When the person began the course anew: nobody was quiet before that.
    anew_at: datetime | None = None
    # Whether the edition that the person takes holds the module: what was published since is not asked.
    is_asked: bool = True

    @property
    def is_finished(self):
        return self.state is State.FINISHED

    @property
    def quiet_since(self):
        """The person's last activity, or when they began the course anew, whichever is later; None before any."""
        begun_at = self.last_activity or self.was_there_at
        return begun_at and later_of(self.active_at or begun_at, self.anew_at)

    @property
    def quiz_passed(self):
        return self.quiz is not None and self.quiz.passed

    @property
    def quiz_pending(self):
        """Whether the quiz was sent and only a mark is missing: it is neither passed nor failed."""
        return self.quiz is not None and self.quiz.pending and not self.quiz.passed

    @property
    def lessons_asked(self):
        """The keys of the lessons that are asked of the person."""
        return self.outline.lesson_keys

    @property
    def unread_lessons(self):
        """Those that are still to be read: none where a session counts for them."""
        if self.attended_at:
            return []
        return [lesson for lesson in self.outline.lessons if lesson.key not in self.lessons_read]

    @property
    def step_to_take(self):
        """What the person can do now: an attempt in course first, then the first unread lesson, then the quiz, or None.

        There is nothing to do in a finished module, in one that was published before its lessons, and where only a quiz
        is left that is a draft or waits for a marker.
        """
        quiz_is_due = self.outline.quiz_key is not None and self.outline.quiz_is_open and not self.quiz_passed
        if quiz_is_due and self.quiz and self.quiz.asks_again:
            return NextStep(gettext("one question is missing"), self.outline.quiz_continue_url, get_language())
        if quiz_is_due and self.quiz and self.quiz.open_attempt:
            return NextStep(self.outline.quiz_title, self.outline.quiz_continue_url, self.outline.quiz_language)
        if unread := self.unread_lessons:
            return NextStep(unread[0].title, unread[0].url, unread[0].language)
        if quiz_is_due and not self.quiz_pending:
            return NextStep(self.outline.quiz_title, self.outline.quiz_url, self.outline.quiz_language)
        return None

    @property
    def has_begun(self):
        """Whether the person did anything in it; of whoever takes the course again, since then."""
        moments = [moment for moment in (self.last_activity, self.was_there_at) if moment]
        return bool(moments) and (self.anew_at is None or max(moments) >= self.anew_at)

    @property
    def first_page(self):
        """The module's own page, which says what it is for."""
        label = f"{self.outline.number}. {self.outline.title}"
        return NextStep(label, self.outline.url, self.outline.language)

    @property
    def next_step(self):
        """The step to take, else the module's own page; None when the module is finished."""
        if self.is_finished:
            return None
        return self.step_to_take or NextStep(self.outline.title, self.outline.url, self.outline.language)

    @property
    def minutes_left(self):
        """What the unread lessons and the quiz take by their own minutes; at least one until the module is finished."""
        if self.is_finished:
            return 0
        quiz = 0 if self.quiz_passed or self.quiz_pending else self.outline.quiz_minutes
        return max(1, sum(lesson.minutes for lesson in self.unread_lessons) + quiz)


@dataclass(frozen=True)
class CourseProgress:
    """How far one person is in the edition of the course that they take; without a row they take that in force."""

    modules: list[ModuleProgress]
    edition: Edition | None = None
    registration: Registration | None = None
    # When the person last did anything, since they began anew: read, tried a quiz (of no module too), was at a session.
    active_at: datetime | None = None
    # That the whole was finished is on record since then, and under this key.
    recorded_at: datetime | None = None
    record_key: UUID | None = None
    recorded_modules: frozenset[UUID] = frozenset()
    # When everything was finished before the person began the course anew.
    finished_before: datetime | None = None

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
        """When everything was finished, by the record, else by the last thing done; None before."""
        moments = [module.last_activity for module in self.modules if module.last_activity]
        return self.recorded_at or (max(moments, default=None) if self.finished else None)

    @property
    def begins_anew(self):
        """Whether the person takes the course once more."""
        return self.registration is not None and self.registration.counts_from is not None

    @property
    def was_moved(self):
        """Whether the person was taken along, in the middle, to another edition than they began."""
        return self.registration is not None and self.registration.moved_at is not None

    @property
    def next_step(self):
        """The first thing in order that the person can do; where nothing can be done, the first unfinished module.

        A module begins with its own page, which says what for.
        """
        module = self.next_module
        if module is None:
            return None
        return module.next_step if module.has_begun or not module.step_to_take else module.first_page

    @property
    def next_module(self):
        """The module that `next_step` belongs to, or None."""
        unfinished = [module for module in self.modules if not module.is_finished]
        return next((module for module in unfinished if module.step_to_take), unfinished[0] if unfinished else None)

    @property
    def has_begun(self):
        """Whether the person did anything in the course, in this registration or in one before."""
        return self.begins_anew or self.recorded_at is not None or self.active_at is not None

    @property
    def minutes_left(self):
        return sum(module.minutes_left for module in self.modules)

    def by_rule(self, rule, *, now):
        """Return the same progress with «needs help» by another `HelpRule`."""
        return replace(self, modules=[_by_rule(module, rule, now=now) for module in self.modules])


def later_of(moment, other):
    return max(moment, other) if other else moment


def _by_rule(module, rule, *, now):
    if module.state not in (State.IN_PROGRESS, State.NEEDS_HELP):
        return module
    reason = why_help_is_needed(module.quiz, last_activity=module.quiet_since, now=now, rule=rule)
    return replace(module, state=State.NEEDS_HELP if reason else State.IN_PROGRESS, help_reason=reason)
