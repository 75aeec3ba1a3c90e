"""Counts of answers for item analysis (docs/reference/item-analysis.md)."""

from collections import Counter
from decimal import Decimal
from itertools import batched

from django.core.cache import caches
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from quizzes.attempts.scoring import round_down, scored_items
from quizzes.kinds import get_kind
from quizzes.models import Answer, Attempt, ItemChoices, ItemScores, QuizStatistics

MIN_PEOPLE = 10
MAX_PEOPLE = 500
MAX_RECOUNT = 2000
# Seconds. The query grows with second attempts: 20 ms at a million answers.
COUNT_INTERVAL = 60
SNAPSHOT_BATCH = 50
REST_STEP = Decimal("0.1")


def count_new_attempts(quiz_key, *, now, max_recount=None):
    """Count attempts ten or more at a time, so no counts reveal one learner; return how many people are new."""
    if not has_new_people(quiz_key):
        return 0
    with transaction.atomic():
        new = _lock(_first_attempts_of_new_people(quiz_key).order_by("learner", "started_at")[:MAX_PEOPLE])
        if len(new) < MIN_PEOPLE:
            return 0
        superseded = _lock_superseded(quiz_key)
        statistics = _lock_statistics(quiz_key, now=now)
        if statistics.is_stale or superseded:
            if max_recount is not None and statistics.people > max_recount:
                return 0
            _rebuild(statistics, superseded)
        _add_attempts(statistics, new)
        statistics.counted_at = now
        statistics.save()
    return len(new)


def count_throttled(quiz_key, *, now):
    if caches["figures"].add(f"counted:{quiz_key}", True, COUNT_INTERVAL):
        count_new_attempts(quiz_key, now=now, max_recount=MAX_RECOUNT)


def recount(quiz_key, *, now):
    with transaction.atomic():
        superseded = _lock_superseded(quiz_key)
        statistics = _lock_statistics(quiz_key, now=now)
        _rebuild(statistics, superseded)
        statistics.counted_at = now
        statistics.save()


def has_new_people(quiz_key):
    return len(_attempts_of_new_people(quiz_key).values_list("learner").distinct()[:MIN_PEOPLE]) == MIN_PEOPLE


def _uncounted(quiz_key):
    return Attempt.objects.of_quiz(quiz_key).filter(in_statistics=False, grade__isnull=False)


def _counted(quiz_key):
    return Attempt.objects.of_quiz(quiz_key).filter(in_statistics=True)


def _attempts_of_new_people(quiz_key):
    return _uncounted(quiz_key).filter(~Exists(_counted(quiz_key).filter(learner=OuterRef("learner"))))


def _first_attempts_of_new_people(quiz_key):
    before = _uncounted(quiz_key).filter(
        Q(started_at__lt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__lt=OuterRef("pk")),
        learner=OuterRef("learner"),
    )
    return _attempts_of_new_people(quiz_key).filter(~Exists(before))


def _lock(attempts):
    return list(attempts.select_for_update(skip_locked=True).values_list("pk", flat=True))


def _lock_statistics(quiz_key, *, now):
    QuizStatistics.objects.get_or_create(quiz_key=quiz_key, defaults={"counted_at": now})
    return QuizStatistics.objects.select_for_update().get(quiz_key=quiz_key)


def _lock_superseded(quiz_key):
    # The first attempt may be graded after a later one that was counted.
    later = _counted(quiz_key).filter(
        Q(started_at__gt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__gt=OuterRef("pk")),
        learner=OuterRef("learner"),
    )
    earlier = _uncounted(quiz_key).filter(Exists(later)).order_by("-started_at", "-pk")
    first = dict(earlier.select_for_update(skip_locked=True).values_list("learner_id", "pk"))
    if not first:
        return []
    counted = _counted(quiz_key).filter(learner__in=first).select_for_update(skip_locked=True)
    return [(pk, first[learner]) for learner, pk in counted.values_list("learner_id", "pk")]


def _rebuild(statistics, superseded):
    ItemScores.objects.filter(quiz_key=statistics.quiz_key).delete()
    ItemChoices.objects.filter(quiz_key=statistics.quiz_key).delete()
    _counted(statistics.quiz_key).filter(grade=None).update(in_statistics=False)
    for counted, first in superseded:
        Attempt.objects.filter(pk=counted).update(in_statistics=False)
        Attempt.objects.filter(pk=first).update(in_statistics=True)
    statistics.people, statistics.is_stale = 0, False
    _add_attempts(statistics, list(_counted(statistics.quiz_key).order_by("pk").values_list("pk", flat=True)))


def _add_attempts(statistics, attempts):
    scores, choices = Counter(), Counter()
    for keys in batched(attempts, SNAPSHOT_BATCH):
        answers = _get_answers(keys)
        for pk, snapshot in Attempt.objects.filter(pk__in=keys).values_list("pk", "snapshot"):
            _tally_attempt(snapshot, answers.get(pk, {}), scores, choices)
        # Only rows that change, as a marker may have locked the others.
        Attempt.objects.filter(pk__in=keys, in_statistics=False).update(in_statistics=True)
    _save_counts(ItemScores, statistics.quiz_key, ["question_key", "fraction", "rest"], scores)
    _save_counts(ItemChoices, statistics.quiz_key, ["question_key", "option"], choices)
    statistics.people += len(attempts)


def _get_answers(attempts):
    answers = {}
    rows = Answer.objects.filter(attempt__in=attempts)
    for attempt, question, response, fraction in rows.values_list("attempt_id", "question_key", "response", "fraction"):
        answers.setdefault(attempt, {})[str(question)] = response, fraction or Decimal(0)
    return answers


def _tally_attempt(snapshot, answers, scores, choices):
    items = scored_items(snapshot)
    earned = {item["key"]: answers[item["key"]][1] if item["key"] in answers else Decimal(0) for item in items}
    points = sum(earned[item["key"]] * item["marks"] for item in items)
    total = sum(item["marks"] for item in items)
    for item in items:
        key, marks, kind = item["key"], item["marks"], get_kind(item)
        rest = 100 * (points - earned[key] * marks) / (total - marks) if total > marks else Decimal(0)
        scores[key, round_down(earned[key]), rest.quantize(REST_STEP)] += 1
        response = answers[key][0] if key in answers else kind.empty_response
        picked = [""] if response == kind.empty_response else kind.picks(item, response)
        choices.update((key, option) for option in picked)


def _save_counts(model, quiz_key, fields, counts):
    if not counts:
        return
    for question, *rest, people in model.objects.filter(quiz_key=quiz_key).values_list(*fields, "people"):
        key = (str(question), *rest)
        if key in counts:
            counts[key] += people
    rows = [model(quiz_key=quiz_key, people=n, **dict(zip(fields, key, strict=True))) for key, n in counts.items()]
    model.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["quiz_key", *fields], update_fields=["people"]
    )


def quizzes_with_attempts():
    return list(Attempt.objects.order_by("quiz_key").values_list("quiz_key", flat=True).distinct())
