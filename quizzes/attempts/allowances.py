"""What a trainer allows one person in a quiz beyond its rules: more attempts, more minutes, another closing time."""

from django.db import transaction

from quizzes.models import Allowance, Attempt, Medium

from .closing import close_if_over, lock_attempt
from .rules import rules_of
from .timing import when_due


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
        rules = rules_of(attempt.paper)
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
