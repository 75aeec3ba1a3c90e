"""Rules of a quiz as frozen in an attempt, its clock, and limits of attempts."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from quizzes.base.formats import format_moment, format_time_left
from quizzes.exceptions import MayNotStart, MustWait, NoAttemptsLeft, NotOpenYet, QuizClosed
from quizzes.models import Allowance, Attempt, CountingAttempt, FeedbackTime, Layout, Medium
from quizzes.signals import audience_requested, counting_since_requested, pass_rule_requested

MAX_COUNTDOWN = timedelta(days=1)


class Rules(NamedTuple):
    """Times are whole minutes or seconds, None without a limit."""

    time_limit: int | None = None
    grace_seconds: int = 0
    closes_at: datetime | None = None
    feedback_time: str = FeedbackTime.END
    counting_attempt: str = CountingAttempt.BEST
    attempts_allowed: int | None = None
    wait_minutes: int = 0
    layout: str = Layout.ONE
    is_exam: bool = False
    asks_certainty: bool = False
    shuffle_options: bool = True
    passed_text: str = ""
    not_passed_text: str = ""
    # (per cent, text), ascending.
    bands: tuple = ()

    @property
    def tells_at_once(self):
        is_one_by_one = self.layout == Layout.ONE and not self.time_limit
        return self.feedback_time == FeedbackTime.NOW and is_one_by_one and not self.is_exam

    @property
    def grace(self):
        return timedelta(seconds=self.grace_seconds)

    def band(self, grade):
        return next((text for from_percent, text in reversed(self.bands) if grade >= from_percent), "")


class PassRule(NamedTuple):
    pass_mark: int
    counting_attempt: str


def can_be_taken_offline(attempt):
    """Return whether a device may store its questions: not with a time limit, in an exam or if it tells at once."""
    rules = rules_of(attempt.snapshot)
    is_under_way = not attempt.is_final and attempt.medium == Medium.SCREEN
    return is_under_way and not (rules.time_limit or rules.is_exam or rules.tells_at_once)


def pass_rule_of(quiz):
    return PassRule(quiz.pass_mark, quiz.counting_attempt)


def pass_rule_for(learner, quiz):
    answers = pass_rule_requested.send(None, learner=learner, quiz_key=quiz.translation_key)
    return next((PassRule(*answer) for _receiver, answer in answers if answer), pass_rule_of(quiz))


def audience_of(learner):
    answers = audience_requested.send(None, learner=learner)
    return next((answer for _receiver, answer in answers if answer), "")


def freeze_rules(quiz, counting_attempt):
    return {
        "time_limit": quiz.time_limit,
        "grace_seconds": quiz.grace_seconds,
        "closes_at": quiz.closes_at.isoformat() if quiz.closes_at else None,
        "feedback_time": quiz.feedback_time,
        "counting_attempt": counting_attempt,
        "attempts_allowed": quiz.attempts_allowed,
        "wait_minutes": quiz.wait_minutes,
        "layout": quiz.layout,
        "is_exam": quiz.is_exam,
        "asks_certainty": quiz.asks_certainty,
        "shuffle_options": quiz.shuffle_options,
        "passed_text": quiz.passed_text,
        "not_passed_text": quiz.not_passed_text,
        "bands": sorted([band.from_percent, band.text] for band in quiz.bands.all()),
    }


def rules_of(snapshot):
    frozen = snapshot.get("rules", {})
    known = {name: value for name, value in frozen.items() if name in Rules._fields}
    if known.get("closes_at"):
        known["closes_at"] = parse_datetime(known["closes_at"])
    known["bands"] = tuple((from_percent, text) for from_percent, text in known.get("bands", ()))
    return Rules(**known)


def restart_times(learner_pk):
    """Return {quiz key: when the learner restarted the course}; only later attempts count."""
    answers = counting_since_requested.send(None, learner=learner_pk)
    return {key: since for _receiver, answer in answers for key, since in answer.items()}


def is_since_restart(attempt, restarted_at):
    return ended_since_restart(attempt.submitted_at or attempt.abandoned_at, restarted_at)


def ended_since_restart(ended_at, restarted_at):
    return restarted_at is None or ended_at is None or ended_at >= restarted_at


class AttemptState(TextChoices):
    """The value is a CSS class."""

    IN_PROGRESS = "current", _("In progress")
    OVERDUE = "help", _("Overdue")
    FINISHED = "done", _("Finished")
    NEVER_SENT = "todo", _("Never sent")
    PENDING = "pending", _("Waiting to be marked")
    IN_SECOND_CHANCE = "again", _("To answer again")


def compute_due_at(started_at, *, time_limit, closes_at, extra_minutes=0):
    """Return until when answers count, without grace; extra minutes extend only a time limit."""
    ends = [closes_at] if closes_at else []
    if time_limit:
        ends.append(started_at + timedelta(minutes=time_limit + extra_minutes))
    return min(ends, default=None)


def is_expired(attempt, now):
    if attempt.second_chance_at is not None or attempt.due_at is None:
        return False
    return now > attempt.due_at + rules_of(attempt.snapshot).grace


def was_sent_in_time(attempt):
    """Return whether the learner submitted it in time; for a second chance, before it began."""
    sent_at = min(filter(None, (attempt.second_chance_at, attempt.submitted_at)), default=None)
    return sent_at is not None and (attempt.due_at is None or sent_at < attempt.due_at)


def state_of(attempt, now):
    if attempt.abandoned_at:
        return AttemptState.NEVER_SENT
    if attempt.is_in_second_chance:
        return AttemptState.IN_SECOND_CHANCE
    if attempt.submitted_at:
        return AttemptState.PENDING if attempt.grade is None else AttemptState.FINISHED
    if attempt.due_at and now > attempt.due_at:
        return AttemptState.OVERDUE
    return AttemptState.IN_PROGRESS


class Clock(NamedTuple):
    """Remaining time for a page; `moment` (when it is due) and `left` are formatted."""

    seconds: int
    moment: str
    left: str
    is_overdue: bool
    counts_down: bool


def clock_of(attempt, *, now):
    if attempt.due_at is None or attempt.second_chance_at:
        return None
    left = attempt.due_at - now
    seconds = max(0, int(left.total_seconds()))
    return Clock(
        seconds=seconds,
        moment=format_moment(attempt.due_at, now=now),
        left=format_time_left(seconds),
        is_overdue=left.total_seconds() <= 0,
        counts_down=left <= MAX_COUNTDOWN,
    )


class Entitlement(NamedTuple):
    """`used` includes attempts that were never sent, but none from before a restart."""

    used: int = 0
    last_ended: datetime | None = None
    extra_attempts: int = 0
    extra_minutes: int = 0
    closes_at: datetime | None = None


def check_may_start(learner, quiz, *, now, exclude=None):
    """Return the Entitlement; raises MayNotStart. `exclude` is an attempt to ignore."""
    entitlement = entitlement_of(learner, quiz, exclude=exclude)
    if problem := reason_not_to_start(quiz, entitlement, now=now):
        raise problem
    return entitlement


def may_start(learner, quiz, *, now):
    try:
        check_may_start(learner, quiz, now=now)
    except MayNotStart:
        return False
    return True


def reason_not_to_start(quiz, entitlement, *, now):
    if quiz.opens_at and now < quiz.opens_at:
        return NotOpenYet(quiz.opens_at, now=now)
    closes_at = closing_for(quiz, entitlement)
    if closes_at and now >= closes_at:
        return QuizClosed(closes_at, now=now)
    if attempts_left(quiz, entitlement) == 0:
        return NoAttemptsLeft(attempts_allowed(quiz, entitlement))
    if not quiz.wait_minutes or entitlement.last_ended is None:
        return None
    again_at = entitlement.last_ended + timedelta(minutes=quiz.wait_minutes)
    return MustWait(again_at, now=now) if now < again_at else None


def closing_for(quiz, entitlement):
    return entitlement.closes_at or quiz.closes_at


def attempts_allowed(quiz, entitlement):
    return None if quiz.attempts_allowed is None else quiz.attempts_allowed + entitlement.extra_attempts


def attempts_left(quiz, entitlement):
    """Return how many attempts are left, besides the open one; None without a limit."""
    allowed = attempts_allowed(quiz, entitlement)
    return None if allowed is None else max(0, allowed - entitlement.used)


def entitlement_of(learner, quiz, *, exclude=None):
    entitlement = Entitlement()
    if quiz.attempts_allowed is not None or quiz.wait_minutes:
        ends = _ends_of(learner, quiz.translation_key, exclude=exclude)
        entitlement = entitlement._replace(used=len(ends), last_ended=max(filter(None, ends), default=None))
    if quiz.attempts_allowed is not None or quiz.closes_at or quiz.time_limit:
        allowance = current_allowance(learner, quiz.translation_key)
        if allowance:
            entitlement = entitlement._replace(
                extra_attempts=allowance.extra_attempts,
                extra_minutes=allowance.extra_minutes,
                closes_at=allowance.closes_at,
            )
    return entitlement


def current_allowance(learner, quiz_key):
    return Allowance.objects.filter(learner=learner, quiz_key=quiz_key).order_by("-given_at", "-pk").first()


def _ends_of(learner, quiz_key, *, exclude):
    attempts = Attempt.objects.filter(learner=learner).of_quiz(quiz_key)
    if exclude:
        attempts = attempts.exclude(pk=exclude.pk)
    attempts = attempts.only("submitted_at", "abandoned_at")
    restarted_at = restart_times(getattr(learner, "pk", learner)).get(quiz_key) if attempts else None
    return [
        attempt.submitted_at or attempt.abandoned_at for attempt in attempts if is_since_restart(attempt, restarted_at)
    ]
