"""Call list, next steps, and chat links with a prepared message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.models import Call, Cohort, Enrolment, User
from course.people.audit import audit_log
from course.people.cohorts import help_rule, learners_of
from course.people.identifiers import whatsapp_url
from modules.progress.states import State
from quizzes.base.languages import interface_language
from quizzes.models import Attempt

from .certificates import may_issue_now
from .grid import Row, by_state, cohort_grid

SHOWN = 10
LEFT_ALONE_AFTER_A_CALL = timedelta(days=7)


class CallReason(IntEnum):
    STUCK = 1
    QUIET = 2
    NOT_BEGUN = 3


@dataclass(frozen=True)
class DueCall:
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
    due: list[DueCall]
    called: list[Call]

    @property
    def today(self):
        return self.due[:SHOWN]


def call_list(grids_by_cohort, *, by, now):
    """Return the CallList over {Cohort: Grid}, in two queries; `by`, who is left out, is None for the site itself."""
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
    """Log that `by` called the learner; return False if the learner is not on the list, or no longer."""
    User.objects.select_for_update().get(pk=learner.pk)
    grid = cohort_grid(learners_of(cohort).filter(pk=learner.pk), rule=help_rule(cohort), now=now)
    due = call_list({cohort: grid}, by=by, now=now).due
    for one in due:
        Call.objects.create(cohort=cohort, learner=learner, made_by=by, made_at=now, reason=one.words)
        audit_log("person_called", by=by, cohort=cohort, about=[learner], people=1, now=now)
    return bool(due)


@transaction.atomic
def take_back_call(call, *, by, now):
    audit_log("call_undone", by=by, cohort=call.cohort, about=[call.learner], people=1, now=now)
    call.delete()


def with_messages(due, *, by, address):
    languages = languages_of([one.learner for one in due])
    told = [(one, languages[one.learner.pk]) for one in due]
    return [(one, message_to(one, by=by, address=address, language=language), language) for one, language in told]


def languages_of(learners):
    """Return {learner pk: language of the last attempt}, as there is no other setting."""
    attempts = Attempt.objects.filter(learner__in=learners).order_by("started_at", "pk")
    languages = dict(attempts.values_list("learner_id", "language"))
    return {learner.pk: interface_language(languages.get(learner.pk, settings.LANGUAGE_CODE)) for learner in learners}


def message_to(due, *, by, address, language):
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
    words = ngettext(
        "%(count)d attempt without passing module %(module)s",
        "%(count)d attempts without passing module %(module)s",
        module.quiz.failed,
    )
    return words % {"count": module.quiz.failed, "module": module.outline.number}


def quiet_words(days, modules):
    quiet = ngettext("%(days)d day without activity", "%(days)d days without activity", days) % {"days": days}
    left = ngettext("%(count)d module to go", "%(count)d modules to go", modules) % {"count": modules}
    return f"{quiet}, {left}"


def not_begun_words(days):
    return ngettext("has not begun, %(days)d day in the group", "has not begun, %(days)d days in the group", days) % {
        "days": days
    }


def not_begun_anew_words(name, days):
    words = ngettext(
        "has not begun %(name)s, %(days)d day since it can be done",
        "has not begun %(name)s, %(days)d days since it can be done",
        days,
    )
    return words % {"name": name, "days": days}


def order_words():
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


def chats_with(people, *, by, address):
    """Return {person pk: chat link}, in one query; the message names no result, PIN or subject of the course."""
    reachable = [person for person in people if person.phone]
    languages = languages_of(reachable) if reachable else {}
    words = {person.pk: _greeting(person, languages[person.pk], by=by, address=address) for person in reachable}
    return {person.pk: chat_with(person.phone, words[person.pk]) for person in reachable}


def chat_with(phone, words):
    return f"{whatsapp_url(phone)}?text={quote(words)}"


def _greeting(person, language, *, by, address):
    with translation.override(language):
        words = _("Hello, %(name)s. This is %(trainer)s, of the course “Trato digno”. You can enter here: %(address)s")
        return words % {"name": person.first_name, "trainer": by, "address": address}


@dataclass(frozen=True)
class NextStep:
    """A row of the grid, the reason in words, and the page to open: "mark", "issue" or none."""

    row: Row
    why: str = ""
    page: str = ""


def next_steps(rows, *, rule, now):
    return [(state, [_next_step(row, rule, now) for row in those]) for state, those in by_state(rows)]


def _next_step(row, rule, now):
    if row.state is State.NEEDS_HELP:
        return NextStep(
            row, "; ".join(_why(module, rule, now) for module in row.progress.modules if module.help_reason)
        )
    if row.state is State.PENDING:
        return NextStep(row, _("Waits for a mark"), "mark")
    if may_issue_now(row):
        return NextStep(row, _("Without a certificate yet"), "issue")
    return NextStep(row)


def _why(module, rule, now):
    if rule.is_stuck(module.quiz):
        return stuck_words(module)
    days = (now - module.quiet_since).days
    return ngettext("%(days)d day without activity", "%(days)d days without activity", days) % {"days": days}
