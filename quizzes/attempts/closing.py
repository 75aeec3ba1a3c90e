"""How attempts end: handed in, or closed when their time is over.

Closing happens when somebody looks: on each page of the attempt and of its quiz, on the trainer's desk, and whenever
`manage.py close_attempts` runs. Whenever that is, what comes of it is the same: what was answered counts as sent at the
moment the attempt was due; where nothing was answered, it was never sent.
"""

from datetime import timedelta

from django.db import transaction

from quizzes.models import Allowance, Attempt, Medium

from .grading import grade_attempt
from .rules import is_over, rules_of, when_due

# How far the countdown of a page may run ahead of the server's clock.
CLOCK_ERROR = timedelta(seconds=5)


def lock_attempt(attempt_id, learner):
    """Return the learner's attempt, locked until the transaction ends, so that one write follows another."""
    return Attempt.objects.select_for_update().get(pk=attempt_id, learner=learner)


def close_if_over(attempt, *, now):
    """Return the attempt, closed if its time was over; one that goes on costs no query."""
    if attempt.has_ended or not is_over(attempt, now):
        return attempt
    with transaction.atomic():
        attempt = lock_attempt(attempt.pk, attempt.learner_id)
        # While we waited for the lock it may have been sent, or the person been given more time.
        if attempt.has_ended or not is_over(attempt, now):
            return attempt
        return close_attempt(attempt)


@transaction.atomic
def close_by_clock(attempt, *, now):
    """Close an attempt because the countdown of its page ended, a moment before or after it is due; return it.

    Much earlier the page's clock is wrong, and the attempt goes on.
    """
    attempt = lock_attempt(attempt.pk, attempt.learner_id)
    if attempt.is_final or attempt.due_at is None or now < attempt.due_at - CLOCK_ERROR:
        return attempt
    return close_attempt(attempt, at=min(now, attempt.due_at))


def close_attempts_over(*, now, learners=None):
    """Close every attempt whose time is over, of these learners or of everybody; return how many that were.

    One query when there is none.
    """
    due = Attempt.objects.open().filter(due_at__lt=now, second_at=None)
    if learners is not None:
        due = due.filter(learner__in=learners)
    return sum(close_if_over(attempt, now=now).is_final for attempt in due.order_by("due_at", "pk"))


def close_attempt(attempt, *, at=None):
    """End a locked, open attempt when it was due, or at another moment: hand in what was answered, if anything was."""
    at = at or attempt.due_at
    if attempt.answers.exists():
        return hand_in(attempt, at=at)
    attempt.abandoned_at = at
    attempt.save(update_fields=["abandoned_at"])
    return attempt


def hand_in(attempt, *, at):
    """Mark a locked, open attempt as sent at that moment and return it; or as asking again what is indispensable.

    There is no grade yet while an answer waits for a marker or an exam for its release: see grading.py.
    """
    attempt.submitted_at = at
    grade_attempt(attempt, now=at, is_new=True)
    return attempt


@transaction.atomic
def give_allowance(learner, quiz_key, *, extra_attempts=0, extra_minutes=0, closes_at=None, reason, by, now):
    """Allow the learner something beyond the quiz's rules and return the Allowance; it replaces the one before.

    An attempt in course gets the new time at once; one whose time is over is closed first and stays closed. One on
    paper has no clock and gets none. Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("an allowance has a reason")
    attempt = Attempt.objects.filter(learner=learner).of_quiz(quiz_key).open().only("pk").first()
    if attempt:
        # Locked, so that an attempt that is being closed and one that is being lengthened wait for each other.
        attempt = close_if_over(lock_attempt(attempt.pk, learner), now=now)
    allowance = Allowance.objects.create(
        learner=learner,
        quiz_key=quiz_key,
        extra_attempts=extra_attempts,
        extra_minutes=extra_minutes,
        closes_at=closes_at,
        reason=reason.strip(),
        given_by=by,
        given_at=now,
    )
    if attempt and not attempt.has_ended and attempt.medium == Medium.SCREEN:
        rules = rules_of(attempt.snapshot)
        attempt.due_at = when_due(
            attempt.started_at,
            time_limit=rules.time_limit,
            closes_at=closes_at or rules.closes_at,
            extra_minutes=extra_minutes,
        )
        attempt.save(update_fields=["due_at"])
    return allowance


def allowances_of(learner, quiz_keys):
    """Return {quiz key: [Allowance, …]} of a learner, the one in force first, each with who gave it, in one query."""
    given = {}
    rows = Allowance.objects.filter(learner=learner, quiz_key__in=quiz_keys).select_related("given_by")
    for allowance in rows.order_by("-given_at", "-pk"):
        given.setdefault(allowance.quiz_key, []).append(allowance)
    return given
