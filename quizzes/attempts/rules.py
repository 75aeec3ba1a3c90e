"""Rules of a quiz as an attempt froze them, its clock, and who may start another attempt."""

from datetime import datetime, timedelta
from enum import Enum, nonmember
from typing import NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from quizzes.base.formats import tell_left, tell_moment
from quizzes.exceptions import MayNotStart, MustWait, NoAttemptsLeft, NotOpenYet, QuizClosed
from quizzes.models import Allowance, Attempt, CountingAttempt, FeedbackTime, Layout, Medium
from quizzes.signals import audience_asked, counting_since_asked, pass_rule_asked


class Rules(NamedTuple):
    """What holds for an attempt. Minutes and seconds are whole numbers; None where there is no limit.

    Papers from before a rule existed lack it: then its default holds, which is how they were taken.
    """

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
    passed_text: str = ""
    not_passed_text: str = ""
    # Pairs of (per cent, text), from the lowest upwards.
    bands: tuple = ()

    @property
    def checks_each(self):
        """Whether people read what is right after each question; of an exam, never before somebody releases it."""
        return self.feedback_time == FeedbackTime.NOW and not self.is_exam

    @property
    def grace(self):
        return timedelta(seconds=self.grace_seconds)

    def band(self, grade):
        """Return the text of the band that a grade (per cent, unrounded) falls into, or nothing."""
        return next((text for from_percent, text in reversed(self.bands) if grade >= from_percent), "")


class PassRule(NamedTuple):
    """When a quiz is passed: from which grade (per cent), and which of the attempts counts."""

    pass_mark: int
    counting_attempt: str


def may_be_kept(attempt):
    """Whether a device may keep the questions of an attempt under way, to be answered without a line.

    Not where the clock runs, where it is an exam, and where each question is checked before the next: what is right
    never lies on a device.
    """
    rules = rules_of(attempt.snapshot)
    is_under_way = not attempt.is_final and attempt.medium == Medium.SCREEN
    return is_under_way and not (rules.time_limit or rules.is_exam or rules.checks_each)


def own_rule(quiz):
    """Return the PassRule that a quiz says of itself."""
    return PassRule(quiz.pass_mark, quiz.counting_attempt)


def pass_rule_for(learner, quiz):
    """Return the PassRule of an attempt that this person begins now: the quiz's, or that of the course they began."""
    asked = pass_rule_asked.send(None, learner=learner, quiz_key=quiz.translation_key)
    return next((PassRule(*answer) for _receiver, answer in asked if answer), own_rule(quiz))


def audience_of(learner):
    """Return the code of the learner's job, as somebody above says, or nothing: quizzes know no person's role."""
    asked = audience_asked.send(None, learner=learner)
    return next((answer for _receiver, answer in asked if answer), "")


def freeze_rules(quiz, counting_attempt):
    """Return the rules of a quiz as JSON, with which attempt counts for whoever takes it."""
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
        "passed_text": quiz.passed_text,
        "not_passed_text": quiz.not_passed_text,
        "bands": sorted([band.from_percent, band.text] for band in quiz.bands.all()),
    }


def rules_of(snapshot):
    """Return the Rules of a paper."""
    frozen = snapshot.get("rules", {})
    known = {name: value for name, value in frozen.items() if name in Rules._fields}
    if known.get("closes_at"):
        known["closes_at"] = parse_datetime(known["closes_at"])
    known["bands"] = tuple((from_percent, text) for from_percent, text in known.get("bands", ()))
    return Rules(**known)


def counting_since(learner_pk):
    """Return {quiz key: since when attempts count} of the quizzes that who began the course anew takes again."""
    asked = counting_since_asked.send(None, learner=learner_pk)
    return {key: since for _receiver, answer in asked for key, since in answer.items()}


def counts_since(attempt, since):
    """Say whether an attempt (of whichever kind) counts where only those count that were not over before `since`."""
    return reaches(attempt.submitted_at or attempt.abandoned_at, since)


def reaches(ended_at, since):
    """Say the same of when an attempt ended, None while it is open."""
    return since is None or ended_at is None or ended_at >= since


# A countdown that lasts longer helps nobody: the page says the day and the hour.
LONGEST_COUNTDOWN = timedelta(days=1)


class AttemptState(Enum):
    """Where an attempt stands; the value is also the name of its style."""

    IN_PROGRESS = "current"
    OVERDUE = "help"
    FINISHED = "done"
    NEVER_SENT = "todo"
    PENDING = "pending"
    ASKS_AGAIN = "again"

    # Templates would call the class to make an instance of it.
    do_not_call_in_templates = nonmember(True)

    @property
    def label(self):
        return _STATE_LABELS[self]


_STATE_LABELS = {
    AttemptState.IN_PROGRESS: _("In progress"),
    AttemptState.OVERDUE: _("Overdue"),
    AttemptState.FINISHED: _("Finished"),
    AttemptState.NEVER_SENT: _("Never sent"),
    AttemptState.PENDING: _("Waiting to be marked"),
    AttemptState.ASKS_AGAIN: _("One indispensable question is missing"),
}


def when_due(started_at, *, time_limit, closes_at, extra_minutes=0):
    """Return until when an attempt's answers count, without grace: its time limit or the closing; None without both.

    Extra minutes lengthen a time limit; where there is none they mean nothing.
    """
    ends = [closes_at] if closes_at else []
    if time_limit:
        ends.append(started_at + timedelta(minutes=time_limit + extra_minutes))
    return min(ends, default=None)


def takes_answers_until(attempt):
    """Return the last moment at which an answer still counts, grace included; None where there is no end."""
    return attempt.due_at and attempt.due_at + rules_of(attempt.snapshot).grace


def is_over(attempt, now):
    """Whether the time of the attempt is over, grace included, whether or not it was closed since.

    What is asked again has no limit of time.
    """
    return attempt.second_at is None and attempt.due_at is not None and now > takes_answers_until(attempt)


def was_sent_in_time(attempt):
    """Whether the person sent it before its time was over; of what is asked again it does not matter when."""
    sent_at = min(filter(None, (attempt.second_at, attempt.submitted_at)), default=None)
    return sent_at is not None and (attempt.due_at is None or sent_at < attempt.due_at)


def state_of(attempt, now):
    """Return the AttemptState of an attempt, of which the paper may be missing."""
    if attempt.abandoned_at:
        return AttemptState.NEVER_SENT
    if attempt.asks_again:
        return AttemptState.ASKS_AGAIN
    if attempt.submitted_at:
        return AttemptState.PENDING if attempt.grade is None else AttemptState.FINISHED
    if attempt.due_at and now > attempt.due_at:
        return AttemptState.OVERDUE
    return AttemptState.IN_PROGRESS


class Clock(NamedTuple):
    """What a page says about the time of an attempt: `moment` (when it is due) and `left` are in words."""

    seconds: int
    moment: str
    left: str
    is_overdue: bool
    counts_down: bool


def clock_of(attempt, *, now):
    """Return the Clock of an open attempt; None where there is no end."""
    if attempt.due_at is None or attempt.second_at:
        return None
    left = attempt.due_at - now
    seconds = max(0, int(left.total_seconds()))
    return Clock(
        seconds=seconds,
        moment=tell_moment(attempt.due_at, now=now),
        left=tell_left(seconds),
        is_overdue=left.total_seconds() <= 0,
        counts_down=left <= LONGEST_COUNTDOWN,
    )


class Entitlement(NamedTuple):
    """What decides about another attempt: those a person has begun, and what the person is allowed beyond the rules.

    `used` counts every attempt that may count, those that were never sent too; `last_ended` is when the latest ended.
    """

    used: int = 0
    last_ended: datetime | None = None
    extra_attempts: int = 0
    extra_minutes: int = 0
    closes_at: datetime | None = None


def check_may_start(learner, quiz, *, now, besides=None):
    """Return the person's Entitlement to the quiz if they may start an attempt now; raises MayNotStart with a sentence.

    `besides` is an attempt to leave out of account. A quiz without rules about attempts and time costs no query.
    """
    entitlement = entitlement_of(learner, quiz, besides=besides)
    if problem := why_not(quiz, entitlement, now=now):
        raise problem
    return entitlement


def may_start(learner, quiz, *, now):
    """Say whether the person may start an attempt at the quiz now."""
    try:
        check_may_start(learner, quiz, now=now)
    except MayNotStart:
        return False
    return True


def why_not(quiz, entitlement, *, now):
    """Return the MayNotStart that the rules of a quiz lead to, or None."""
    if quiz.opens_at and now < quiz.opens_at:
        return NotOpenYet(quiz.opens_at, now=now)
    closes_at = closing_for(quiz, entitlement)
    if closes_at and now >= closes_at:
        return QuizClosed(closes_at, now=now)
    if attempts_left(quiz, entitlement) == 0:
        return NoAttemptsLeft(attempts_allowed(quiz, entitlement))
    again_at = may_try_again_at(quiz, entitlement)
    return MustWait(again_at, now=now) if again_at and now < again_at else None


def may_try_again_at(quiz, entitlement):
    """Return until when the person waits after the latest attempt; None where there is nothing to wait for."""
    if not quiz.wait_minutes or entitlement.last_ended is None:
        return None
    return entitlement.last_ended + timedelta(minutes=quiz.wait_minutes)


def closing_for(quiz, entitlement):
    """Return when the quiz closes for this person, or None."""
    return entitlement.closes_at or quiz.closes_at


def attempts_allowed(quiz, entitlement):
    """Return how many attempts this person has in all; None where there is no limit."""
    return None if quiz.attempts_allowed is None else quiz.attempts_allowed + entitlement.extra_attempts


def attempts_left(quiz, entitlement):
    """Return how many attempts this person has left, the one in course not counted; None where there is no limit."""
    allowed = attempts_allowed(quiz, entitlement)
    return None if allowed is None else max(0, allowed - entitlement.used)


def entitlement_of(learner, quiz, *, besides=None):
    """Return the person's Entitlement to the quiz: in no query, one or two, as its rules need them."""
    entitlement = Entitlement()
    if quiz.attempts_allowed is not None or quiz.wait_minutes:
        ends = _ends_of(learner, quiz.translation_key, besides=besides)
        entitlement = entitlement._replace(used=len(ends), last_ended=max(filter(None, ends), default=None))
    if quiz.attempts_allowed is not None or quiz.closes_at or quiz.time_limit:
        allowance = allowance_in_force(learner, quiz.translation_key)
        if allowance:
            entitlement = entitlement._replace(
                extra_attempts=allowance.extra_attempts,
                extra_minutes=allowance.extra_minutes,
                closes_at=allowance.closes_at,
            )
    return entitlement


def allowance_in_force(learner, quiz_key):
    """Return what the person is allowed in the quiz beyond its rules: the newest Allowance, or None."""
    return Allowance.objects.filter(learner=learner, quiz_key=quiz_key).order_by("-given_at", "-pk").first()


def _ends_of(learner, quiz_key, *, besides):
    """Return when each attempt that counts ended, None for the one in course."""
    attempts = Attempt.objects.filter(learner=learner).of_quiz(quiz_key)
    if besides:
        attempts = attempts.exclude(pk=besides.pk)
    attempts = attempts.only("submitted_at", "abandoned_at")
    since = counting_since(getattr(learner, "pk", learner)).get(quiz_key) if attempts else None
    return [one.submitted_at or one.abandoned_at for one in attempts if counts_since(one, since)]
