"""End of attempts (submission, time limit) and extra time."""

from datetime import timedelta

from django.db import transaction

from quizzes.models import Allowance, Attempt, Medium

from .grading import grade_attempt
from .rules import compute_due_at, is_expired, rules_of

# Tolerance for a page's clock that runs ahead of the server's.
CLOCK_ERROR = timedelta(seconds=5)


def lock_attempt(attempt_id, learner):
    return Attempt.objects.select_for_update().get(pk=attempt_id, learner=learner)


def close_if_expired(attempt, *, now):
    if attempt.has_ended or not is_expired(attempt, now):
        return attempt
    with transaction.atomic():
        attempt = lock_attempt(attempt.pk, attempt.learner_id)
        # While waiting for the lock, it may have been submitted or extended.
        if attempt.has_ended or not is_expired(attempt, now):
            return attempt
        return close_attempt(attempt)


@transaction.atomic
def close_on_countdown(attempt, *, now):
    """Close an attempt whose page countdown ended; it stays open if the page's clock is clearly wrong."""
    attempt = lock_attempt(attempt.pk, attempt.learner_id)
    if attempt.is_final or attempt.due_at is None or now < attempt.due_at - CLOCK_ERROR:
        return attempt
    return close_attempt(attempt, at=min(now, attempt.due_at))


def close_expired_attempts(*, now, learners=None):
    """Close expired attempts, of these learners or of all; return their number."""
    due = Attempt.objects.open().filter(due_at__lt=now, second_chance_at=None)
    if learners is not None:
        due = due.filter(learner__in=learners)
    return sum(close_if_expired(attempt, now=now).is_final for attempt in due.order_by("due_at", "pk"))


def close_attempt(attempt, *, at=None):
    """End a locked, open attempt at `at` or when it was due: submit its answers, or mark it as never sent."""
    at = at or attempt.due_at
    if attempt.answers.exists():
        return submit_locked_attempt(attempt, at=at)
    attempt.abandoned_at = at
    attempt.save(update_fields=["abandoned_at"])
    return attempt


def submit_locked_attempt(attempt, *, at):
    attempt.submitted_at = at
    grade_attempt(attempt, now=at, is_new=True)
    return attempt


@transaction.atomic
def create_allowance(learner, quiz_key, *, extra_attempts=0, extra_minutes=0, closes_at=None, reason, by, now):
    """Replace the learner's previous allowance; an open attempt gets the time at once. Raises ValueError."""
    if not reason.strip():
        raise ValueError("an allowance has a reason")
    attempt = Attempt.objects.filter(learner=learner).of_quiz(quiz_key).open().only("pk").first()
    if attempt:
        # The lock keeps closing and extending apart.
        attempt = close_if_expired(lock_attempt(attempt.pk, learner), now=now)
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
        attempt.due_at = compute_due_at(
            attempt.started_at,
            time_limit=rules.time_limit,
            closes_at=closes_at or rules.closes_at,
            extra_minutes=extra_minutes,
        )
        attempt.save(update_fields=["due_at"])
    return allowance


def allowances_of(learner, quiz_keys):
    """Return {quiz key: [Allowance, …]}, newest first."""
    given = {}
    rows = Allowance.objects.filter(learner=learner, quiz_key__in=quiz_keys).select_related("given_by")
    for allowance in rows.order_by("-given_at", "-pk"):
        given.setdefault(allowance.quiz_key, []).append(allowance)
    return given
