"""Whether a person may start an attempt at a quiz now, and if not, why not and from when.

The pages and the use case ask the same rule: `check_may_start` raises with a sentence, `may_start` says yes or no.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from quizzes.exceptions import MayNotStart, MustWait, NoAttemptsLeft, NotOpenYet, QuizClosed
from quizzes.models import Allowance, Attempt

from .counting import counting_since, counts_since


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
