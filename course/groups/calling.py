"""Whom to call today: people of one's open groups who are stuck, quiet or have not begun, most urgent first.

Only facts count: lessons read, attempts and sessions attended. Whoever finished, or only waits for a mark, is never on
the list.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.models import Call, Cohort, Enrolment, User
from course.people.audit import audit_log
from course.people.cohorts import help_rule, learners_of
from quizzes.base.languages import interface_language
from quizzes.models import Attempt

from .grid import cohort_grid

# More than a trainer calls in a day is no list of whom to call.
SHOWN = 10
LEFT_ALONE_AFTER_A_CALL = timedelta(days=7)


class CallReason(IntEnum):
    """Why a person is called, the most urgent first."""

    STUCK = 1
    QUIET = 2
    NOT_BEGUN = 3


@dataclass(frozen=True)
class DueCall:
    """A person to call: `amount` is how many attempts or days, and `words` the reason."""

    learner: User
    cohort: Cohort
    kind: CallReason
    amount: int
    words: str

    @property
    def urgency(self):
        return self.kind, -self.amount, self.learner.sort_key, self.learner.pk


@dataclass(frozen=True)
class CallList:
    """Everybody to call, most urgent first, and the calls of the last days, newest first."""

    due: list[DueCall]
    called: list[Call]

    @property
    def today(self):
        return self.due[:SHOWN]


def call_list(grids_by_cohort, *, by, now):
    """Return the CallList over {Cohort: Grid}, in two queries; nobody is asked to call oneself.

    `by` is None where nobody asks but the site itself. Groups that are not open today are left out: nobody can go on in
    them.
    """
    today = timezone.localdate(now)
    grids = {cohort: grid for cohort, grid in grids_by_cohort.items() if cohort.is_open_on(today)}
    learners = {row.learner for grid in grids.values() for row in grid.rows}
    called = list(_calls_since(now - LEFT_ALONE_AFTER_A_CALL, learners))
    left_alone = {call.learner_id for call in called} | ({by.pk} if by else set())
    facts = _Facts(_moments_of_enrolment(grids), now)
    most_urgent = {}
    for cohort, grid in grids.items():
        for row in grid.rows:
            if row.learner.pk in left_alone or not row.learner.is_active:
                continue
            due = _why_to_call(cohort, row, facts)
            known = most_urgent.get(row.learner.pk)
            if due and (known is None or due.urgency < known.urgency):
                most_urgent[row.learner.pk] = due
    own = {cohort.pk for cohort in grids}
    return CallList(
        sorted(most_urgent.values(), key=lambda due: due.urgency), [call for call in called if call.cohort_id in own]
    )


@transaction.atomic
def keep_call(cohort, learner, *, by, now):
    """Keep that `by` called the learner, with the reason that the list gives; return whether it was on the list.

    Twice is once: of two clicks, or two trainers, the second finds that the person was called.
    """
    User.objects.select_for_update().get(pk=learner.pk)
    grid = cohort_grid(learners_of(cohort).filter(pk=learner.pk), rule=help_rule(cohort), now=now)
    due = call_list({cohort: grid}, by=by, now=now).due
    for one in due:
        Call.objects.create(cohort=cohort, learner=learner, made_by=by, made_at=now, reason=one.words)
        audit_log("person_called", by=by, cohort=cohort, about=[learner], people=1, now=now)
    return bool(due)


@transaction.atomic
def take_back_call(call, *, by, now):
    """Take back that a person was called: the person is on the list again."""
    audit_log("call_undone", by=by, cohort=call.cohort, about=[call.learner], people=1, now=now)
    call.delete()


def with_messages(due, *, by, address):
    """Return [(DueCall, what to write to the person, in which language)] in one query."""
    languages = languages_of([one.learner for one in due])
    told = [(one, languages[one.learner.pk]) for one in due]
    return [(one, message_to(one, by=by, address=address, language=language), language) for one, language in told]


def languages_of(learners):
    """Return {learner pk: language to write in}: nobody is asked for one, so that of the last attempt holds."""
    attempts = Attempt.objects.filter(learner__in=learners).order_by("started_at", "pk")
    languages = dict(attempts.values_list("learner_id", "language"))
    return {learner.pk: interface_language(languages.get(learner.pk, settings.LANGUAGE_CODE)) for learner in learners}


def message_to(due, *, by, address, language):
    """Return what to write to a person, in the person's language: it says nothing about results."""
    with translation.override(language):
        return _(
            "Hello, %(name)s. This is %(trainer)s, from the group “%(group)s”. How is the course going? If you like, we"
            " can look together at how to go on. You can enter here: %(address)s"
        ) % {"name": due.learner.first_name, "trainer": by, "group": due.cohort.name, "address": address}


@dataclass(frozen=True)
class _Facts:
    enrolled_at: dict
    now: datetime


def can_go_on(progress):
    """Whether there is anything that the person can do: who finished, or only waits for a mark, cannot."""
    return any(module.available_step for module in progress.modules if not module.is_finished)


def _why_to_call(cohort, row, facts):
    progress = row.progress
    if not can_go_on(progress):
        return None
    open_modules = [module for module in progress.modules if not module.is_finished]
    stuck = [module for module in open_modules if help_rule(cohort).is_stuck(module.quiz)]
    if stuck:
        worst = max(stuck, key=lambda module: module.quiz.failed)
        return DueCall(row.learner, cohort, CallReason.STUCK, worst.quiz.failed, stuck_words(worst))
    anew = progress.registration if progress.is_restart else None
    if progress.active_at:
        # Whoever takes the course again was not quiet before they began that.
        quiet = facts.now - (max(progress.active_at, anew.registered_at) if anew else progress.active_at)
        if help_rule(cohort).is_quiet(quiet):
            return DueCall(
                row.learner, cohort, CallReason.QUIET, quiet.days, quiet_words(quiet.days, len(open_modules))
            )
        return None
    since = timezone.localdate(facts.enrolled_at[cohort.pk, row.learner.pk])
    if anew:
        since = max(since, timezone.localdate(anew.registered_at))
    days = (timezone.localdate(facts.now) - max(since, cohort.opens_on)).days
    if days >= cohort.days_before_first_step:
        words = not_begun_anew_words(anew.name, days) if anew else not_begun_words(days)
        return DueCall(row.learner, cohort, CallReason.NOT_BEGUN, days, words)
    return None


def stuck_words(module):
    """Return «3 attempts without passing module 4»."""
    words = ngettext(
        "%(count)d attempt without passing module %(module)s",
        "%(count)d attempts without passing module %(module)s",
        module.quiz.failed,
    )
    return words % {"count": module.quiz.failed, "module": module.outline.number}


def quiet_words(days, modules):
    """Return «9 days without activity, 1 module to go»."""
    quiet = ngettext("%(days)d day without activity", "%(days)d days without activity", days) % {"days": days}
    left = ngettext("%(count)d module to go", "%(count)d modules to go", modules) % {"count": modules}
    return f"{quiet}, {left}"


def not_begun_words(days):
    """Return «has not begun, 8 days in the group»."""
    return ngettext("has not begun, %(days)d day in the group", "has not begun, %(days)d days in the group", days) % {
        "days": days
    }


def not_begun_anew_words(name, days):
    """Return «has not begun Repaso 2027, 8 days since it can be done»."""
    words = ngettext(
        "has not begun %(name)s, %(days)d day since it can be done",
        "has not begun %(name)s, %(days)d days since it can be done",
        days,
    )
    return words % {"name": name, "days": days}


def order_words():
    """Return the rule by which some come before others."""
    return _(
        "First who has most attempts without passing; then who has been without activity longest; then who has been in"
        " the group longest without beginning. Whoever was called is left alone for %(days)d days."
    ) % {"days": LEFT_ALONE_AFTER_A_CALL.days}


def _calls_since(moment, learners):
    calls = Call.objects.filter(made_at__gte=moment, learner__in=learners)
    return calls.select_related("learner", "cohort", "made_by").order_by("-made_at", "-pk")


def _moments_of_enrolment(cohorts):
    rows = Enrolment.objects.current().filter(cohort__in=[cohort.pk for cohort in cohorts])
    return {(cohort, learner): at for cohort, learner, at in rows.values_list("cohort_id", "learner_id", "enrolled_at")}
