"""The attempts of a person whose account goes: handed to another account of the same person, or deleted."""

from django.db import transaction
from django.db.models import Count, F

from quizzes.models import Allowance, Attempt, QuizStatistics

from .closing import close_if_over, lock_attempt


@transaction.atomic
def hand_over_attempts(old, learner, *, now):
    """Give `learner` the attempts and allowances of `old`, an account of the same person. No attempt is lost.

    Of two open attempts at a quiz the one with fewer answers is never sent; of as many, the one that was begun first.
    """
    for quiz_key in quizzes_open_twice(old, learner):
        for attempt in Attempt.objects.open().filter(quiz_key=quiz_key, learner__in=[old, learner]):
            close_if_over(attempt, now=now)
        open_now = attempts_open(quiz_key, old, learner)
        if len(open_now) == 2:
            fewer = lock_attempt(open_now[0].pk, open_now[0].learner_id)
            fewer.abandoned_at = now
            fewer.save(update_fields=["abandoned_at"])
    _count_once(old, learner)
    Attempt.objects.filter(learner=old).update(learner=learner)
    Allowance.objects.filter(learner=old).update(learner=learner)


def quizzes_tried_in_both(old, learner):
    """Return the keys of the quizzes at which both accounts have an attempt."""
    of_old = Attempt.objects.filter(learner=old).values("quiz_key")
    return set(Attempt.objects.filter(learner=learner, quiz_key__in=of_old).values_list("quiz_key", flat=True))


def quizzes_open_twice(old, learner):
    """Return the keys of the quizzes that both accounts have begun and not sent."""
    of_old = Attempt.objects.open().filter(learner=old).values("quiz_key")
    return list(Attempt.objects.open().filter(learner=learner, quiz_key__in=of_old).values_list("quiz_key", flat=True))


def attempts_open(quiz_key, *people):
    """Return the open attempts of these accounts at a quiz, the one that has to give way first.

    One that was handed in, and asks again what is indispensable, stays before one that was not.
    """
    attempts = Attempt.objects.open().filter(quiz_key=quiz_key, learner__in=people)
    attempts = attempts.annotate(answered=Count("answers")).without_snapshot()
    return list(attempts.order_by(F("second_at").asc(nulls_first=True), "answered", "started_at", "pk"))


def _count_once(old, learner):
    """In the figures about questions a person counts once, by the first attempt; those of the quiz are counted anew."""
    counted = Attempt.objects.filter(in_figures=True, learner__in=[old, learner])
    seen = set()
    for attempt in counted.order_by("started_at", "pk").only("pk", "quiz_key"):
        if attempt.quiz_key in seen:
            Attempt.objects.filter(pk=attempt.pk).update(in_figures=False)
            QuizStatistics.objects.filter(quiz_key=attempt.quiz_key).update(is_stale=True)
        seen.add(attempt.quiz_key)


@transaction.atomic
def delete_attempts_of(learner):
    """Delete what a person answered and was allowed. Figures about questions name nobody, and stay as they are."""
    Attempt.objects.filter(learner=learner).delete()
    Allowance.objects.filter(learner=learner).delete()
