"""Attempts of an account that is merged or deleted."""

from django.db import transaction
from django.db.models import Count, F

from quizzes.models import Allowance, Attempt, QuizStatistics

from .closing import close_if_expired, lock_attempt


@transaction.atomic
def reassign_attempts(old, learner, *, now):
    """Move attempts and allowances; of two open attempts at a quiz, the one with fewer answers is closed."""
    for quiz_key in quizzes_open_in_both(old, learner):
        for attempt in Attempt.objects.open().filter(quiz_key=quiz_key, learner__in=[old, learner]):
            close_if_expired(attempt, now=now)
        open_now = open_attempts_of(quiz_key, old, learner)
        if len(open_now) == 2:
            fewer = lock_attempt(open_now[0].pk, open_now[0].learner_id)
            fewer.abandoned_at = now
            fewer.save(update_fields=["abandoned_at"])
    _keep_one_in_statistics(old, learner)
    Attempt.objects.filter(learner=old).update(learner=learner)
    Allowance.objects.filter(learner=old).update(learner=learner)


def quizzes_attempted_in_both(old, learner):
    of_old = Attempt.objects.filter(learner=old).values("quiz_key")
    return set(Attempt.objects.filter(learner=learner, quiz_key__in=of_old).values_list("quiz_key", flat=True))


def quizzes_open_in_both(old, learner):
    of_old = Attempt.objects.open().filter(learner=old).values("quiz_key")
    return list(Attempt.objects.open().filter(learner=learner, quiz_key__in=of_old).values_list("quiz_key", flat=True))


def open_attempts_of(quiz_key, *people):
    """Return the open attempts of these learners at a quiz, the one to close first."""
    attempts = Attempt.objects.open().filter(quiz_key=quiz_key, learner__in=people)
    attempts = attempts.annotate(answered=Count("answers")).without_snapshot()
    return list(attempts.order_by(F("second_chance_at").asc(nulls_first=True), "answered", "started_at", "pk"))


def _keep_one_in_statistics(old, learner):
    counted = Attempt.objects.filter(in_statistics=True, learner__in=[old, learner])
    seen = set()
    for attempt in counted.order_by("started_at", "pk").only("pk", "quiz_key"):
        if attempt.quiz_key in seen:
            Attempt.objects.filter(pk=attempt.pk).update(in_statistics=False)
            QuizStatistics.objects.filter(quiz_key=attempt.quiz_key).update(is_stale=True)
        seen.add(attempt.quiz_key)


@transaction.atomic
def delete_attempts(learner):
    Attempt.objects.filter(learner=learner).delete()
    Allowance.objects.filter(learner=learner).delete()
