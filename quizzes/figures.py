"""Counting first attempts into the figures about questions: see docs/reference/item-analysis.md.

Each person's first graded attempt at a quiz is counted once, together with those of nine other people or more, so that
no two states of the figures differ by what one person answered.
"""

from collections import Counter
from decimal import Decimal
from itertools import batched

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from .kinds import kind_of
from .models import Answer, Attempt, ItemChoices, ItemScores, QuizFigures
from .scoring import round_down, scored_items

LEAST_PEOPLE = 10
# Of one transaction: the page that counts lazily must not wait long, nor hold others up.
MOST_PEOPLE = 500
PAPERS_AT_ONCE = 50
REST_STEP = Decimal("0.1")


def count_new_attempts(quiz_key, *, now):
    """Count the people who are not in a quiz's figures yet; return how many were added: 0, or 10 to MOST_PEOPLE.

    With fewer than ten new people nothing changes. If a mark that was counted has changed since, the others are
    counted anew with them. Two that run at once count different people: attempts are locked before the figures, as
    whoever marks does, and one that is locked is left for the next time.
    """
    if not has_new_people(quiz_key):
        return 0
    with transaction.atomic():
        new = locked(new_firsts(quiz_key).order_by("pk")[:MOST_PEOPLE])
        if len(new) < LEAST_PEOPLE:
            return 0
        moved = lock_moved(quiz_key)
        figures = lock_figures(quiz_key, now=now)
        if figures.is_stale or moved:
            count_anew(figures, moved)
        add_attempts(figures, new)
        figures.counted_at = now
        figures.save()
    return len(new)


def recount(quiz_key, *, now):
    """Count from nothing the people whom the figures of a quiz hold already; nobody is added."""
    with transaction.atomic():
        moved = lock_moved(quiz_key)
        figures = lock_figures(quiz_key, now=now)
        count_anew(figures, moved)
        figures.counted_at = now
        figures.save()


def has_new_people(quiz_key):
    """Say whether at least ten people wait to be counted."""
    return len(new_firsts(quiz_key).values_list("pk")[:LEAST_PEOPLE]) == LEAST_PEOPLE


def first_attempts(quiz_key):
    """Return the first graded attempt of each person at a quiz."""
    before = Attempt.objects.graded().filter(
        Q(started_at__lt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__lt=OuterRef("pk")),
        learner=OuterRef("learner"),
        quiz_key=quiz_key,
    )
    return Attempt.objects.of_quiz(quiz_key).graded().filter(~Exists(before))


def new_firsts(quiz_key):
    """Return the first attempts of people who are not in the figures at all."""
    return first_attempts(quiz_key).filter(~Exists(counted_of_the_same_person(quiz_key)), in_figures=False)


def counted_of_the_same_person(quiz_key):
    return Attempt.objects.of_quiz(quiz_key).filter(learner=OuterRef("learner"), in_figures=True)


def locked(attempts):
    """Return the keys of these attempts, locked until the transaction ends, without those that somebody else holds."""
    return list(attempts.select_for_update(skip_locked=True).values_list("pk", flat=True))


def lock_figures(quiz_key, *, now):
    QuizFigures.objects.get_or_create(quiz_key=quiz_key, defaults={"counted_at": now})
    return QuizFigures.objects.select_for_update().get(quiz_key=quiz_key)


def lock_moved(quiz_key):
    """Return [(the attempt counted, the first one)] of people whose earlier attempt got its grade after being counted.

    That is so where an answer waited for a marker, or was placed later.
    """
    first = first_attempts(quiz_key).filter(Exists(counted_of_the_same_person(quiz_key)), in_figures=False)
    first = dict(first.select_for_update(skip_locked=True).values_list("learner_id", "pk"))
    if not first:
        return []
    counted = Attempt.objects.of_quiz(quiz_key).filter(learner__in=first, in_figures=True)
    counted = counted.select_for_update(skip_locked=True).values_list("learner_id", "pk")
    return [(pk, first[learner]) for learner, pk in counted]


def count_anew(figures, moved):
    """Empty the figures, which are locked, and count whom they held; people in `moved` by their first attempt."""
    ItemScores.objects.filter(quiz_key=figures.quiz_key).delete()
    ItemChoices.objects.filter(quiz_key=figures.quiz_key).delete()
    for counted, first in moved:
        Attempt.objects.filter(pk=counted).update(in_figures=False)
        Attempt.objects.filter(pk=first).update(in_figures=True)
    held = Attempt.objects.of_quiz(figures.quiz_key).filter(in_figures=True).order_by("pk")
    figures.people, figures.is_stale = 0, False
    add_attempts(figures, list(held.values_list("pk", flat=True)))


def add_attempts(figures, attempts):
    """Add the attempts with these keys to the figures, which are locked, a few papers at a time."""
    scores, choices = Counter(), Counter()
    for some in batched(attempts, PAPERS_AT_ONCE):
        answers = answers_of(some)
        for pk, paper in Attempt.objects.filter(pk__in=some).values_list("pk", "paper"):
            tally_attempt(paper, answers.get(pk, {}), scores, choices)
        # Only those that change are written: whoever marks may hold the others.
        Attempt.objects.filter(pk__in=some, in_figures=False).update(in_figures=True)
    keep_counts(ItemScores, figures.quiz_key, ["question_key", "fraction", "rest"], scores)
    keep_counts(ItemChoices, figures.quiz_key, ["question_key", "option"], choices)
    figures.people += len(attempts)


def answers_of(attempts):
    """Return {attempt: {question key: (response, fraction)}}."""
    answers = {}
    rows = Answer.objects.filter(attempt__in=attempts)
    for attempt, question, response, fraction in rows.values_list("attempt_id", "question_key", "response", "fraction"):
        answers.setdefault(attempt, {})[str(question)] = response, fraction or Decimal(0)
    return answers


def tally_attempt(paper, answers, scores, choices):
    """Count a paper with its answers, {question key: (response, fraction)}, into two Counters.

    `scores` is by (question key, fraction, rest), where `rest` is per cent of the other questions' points, rounded to
    a tenth; `choices` by (question key, option), where the option is empty for who left the question open.
    """
    items = scored_items(paper)
    earned = {item["key"]: answers[item["key"]][1] if item["key"] in answers else Decimal(0) for item in items}
    points = sum(earned[item["key"]] * item["marks"] for item in items)
    total = sum(item["marks"] for item in items)
    for item in items:
        key, marks, kind = item["key"], item["marks"], kind_of(item)
        rest = 100 * (points - earned[key] * marks) / (total - marks) if total > marks else Decimal(0)
        scores[key, round_down(earned[key]), rest.quantize(REST_STEP)] += 1
        response = answers[key][0] if key in answers else kind.nothing
        picked = [""] if response == kind.nothing else kind.picks(item, response)
        choices.update((key, option) for option in picked)


def keep_counts(model, quiz_key, fields, counts):
    """Add the counts, {values of `fields`: people}, to the rows of a quiz."""
    if not counts:
        return
    for question, *rest, people in model.objects.filter(quiz_key=quiz_key).values_list(*fields, "people"):
        key = (str(question), *rest)
        if key in counts:
            counts[key] += people
    rows = [model(quiz_key=quiz_key, people=n, **dict(zip(fields, key, strict=True))) for key, n in counts.items()]
    model.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["quiz_key", *fields],
        update_fields=["people"],
    )


def quizzes_with_attempts():
    """Return the keys of the quizzes that anybody has attempted."""
    return list(Attempt.objects.order_by("quiz_key").values_list("quiz_key", flat=True).distinct())
