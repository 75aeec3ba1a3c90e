"""Counting first attempts into the figures about questions: see docs/reference/item-analysis.md.

Each person's first graded attempt at a quiz is counted once, together with those of nine other people or more, so that
no two states of the figures differ by what one person answered.
"""

from collections import Counter
from decimal import Decimal
from itertools import batched

from django.core.cache import caches
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from quizzes.attempts.scoring import round_down, scored_items
from quizzes.kinds import kind_of
from quizzes.models import Answer, Attempt, ItemChoices, ItemScores, QuizStatistics

LEAST_PEOPLE = 10
# Of one transaction: the page that counts lazily must not wait long, nor hold others up.
MOST_PEOPLE = 500
# The page leaves counting more people than these anew to the command.
MOST_ANEW = 2000
# Seconds. To look costs more, the more second attempts there are: 20 ms at a million answers.
LOOK_AGAIN = 60
PAPERS_AT_ONCE = 50
REST_STEP = Decimal("0.1")


def count_new_attempts(quiz_key, *, now, most_anew=None):
    """Count the people who are not in a quiz's figures yet; return how many were added: 0, or 10 to MOST_PEOPLE.

    With fewer than ten new people nothing changes. If a mark that was counted has changed since, the others are
    counted anew with them; where they are more than `most_anew`, nothing changes either. Two that run at once count
    different people: attempts are locked before the figures, as whoever marks does, and one that is locked is left for
    the next time.
    """
    if not has_new_people(quiz_key):
        return 0
    with transaction.atomic():
        new = locked(new_firsts(quiz_key).order_by("learner", "started_at")[:MOST_PEOPLE])
        if len(new) < LEAST_PEOPLE:
            return 0
        moved = lock_moved(quiz_key)
        figures = lock_figures(quiz_key, now=now)
        if figures.is_stale or moved:
            if most_anew is not None and figures.people > most_anew:
                return 0
            count_anew(figures, moved)
        add_attempts(figures, new)
        figures.counted_at = now
        figures.save()
    return len(new)


def look_for_new_people(quiz_key, *, now):
    """Count whoever waits, as a page does when it is opened: once a minute in each process, never very many anew."""
    if caches["figures"].add(f"looked:{quiz_key}", True, LOOK_AGAIN):
        count_new_attempts(quiz_key, now=now, most_anew=MOST_ANEW)


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
    return len(new_people(quiz_key).values_list("learner").distinct()[:LEAST_PEOPLE]) == LEAST_PEOPLE


def uncounted(quiz_key):
    return Attempt.objects.of_quiz(quiz_key).filter(in_figures=False, grade__isnull=False)


def counted(quiz_key):
    return Attempt.objects.of_quiz(quiz_key).filter(in_figures=True)


def new_people(quiz_key):
    """Return the graded attempts of people who are not in the figures at all."""
    return uncounted(quiz_key).filter(~Exists(counted(quiz_key).filter(learner=OuterRef("learner"))))


def new_firsts(quiz_key):
    """Return the first graded attempt of each person who is not in the figures at all."""
    before = uncounted(quiz_key).filter(
        Q(started_at__lt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__lt=OuterRef("pk")),
        learner=OuterRef("learner"),
    )
    return new_people(quiz_key).filter(~Exists(before))


def locked(attempts):
    """Return the keys of these attempts, locked until the transaction ends, without those that somebody else holds."""
    return list(attempts.select_for_update(skip_locked=True).values_list("pk", flat=True))


def lock_figures(quiz_key, *, now):
    QuizStatistics.objects.get_or_create(quiz_key=quiz_key, defaults={"counted_at": now})
    return QuizStatistics.objects.select_for_update().get(quiz_key=quiz_key)


def lock_moved(quiz_key):
    """Return [(the attempt counted, the first one)] of people whose earlier attempt got its grade after being counted.

    That is so where an answer waited for a marker, or was placed later.
    """
    later = counted(quiz_key).filter(
        Q(started_at__gt=OuterRef("started_at")) | Q(started_at=OuterRef("started_at"), pk__gt=OuterRef("pk")),
        learner=OuterRef("learner"),
    )
    earlier = uncounted(quiz_key).filter(Exists(later)).order_by("-started_at", "-pk")
    # The earliest of a person comes last, and what comes last stays.
    first = dict(earlier.select_for_update(skip_locked=True).values_list("learner_id", "pk"))
    if not first:
        return []
    held = counted(quiz_key).filter(learner__in=first).select_for_update(skip_locked=True)
    return [(pk, first[learner]) for learner, pk in held.values_list("learner_id", "pk")]


def count_anew(figures, moved):
    """Empty the figures, which are locked, and count whom they held; people in `moved` by their first attempt.

    Whose attempt lost its grade, because an answer of it waits for a marker again, is counted once it has one.
    """
    ItemScores.objects.filter(quiz_key=figures.quiz_key).delete()
    ItemChoices.objects.filter(quiz_key=figures.quiz_key).delete()
    counted(figures.quiz_key).filter(grade=None).update(in_figures=False)
    for held, first in moved:
        Attempt.objects.filter(pk=held).update(in_figures=False)
        Attempt.objects.filter(pk=first).update(in_figures=True)
    held = counted(figures.quiz_key).order_by("pk")
    figures.people, figures.is_stale = 0, False
    add_attempts(figures, list(held.values_list("pk", flat=True)))


def add_attempts(figures, attempts):
    """Add the attempts with these keys to the figures, which are locked, a few papers at a time."""
    scores, choices = Counter(), Counter()
    for some in batched(attempts, PAPERS_AT_ONCE):
        answers = answers_of(some)
        for pk, snapshot in Attempt.objects.filter(pk__in=some).values_list("pk", "snapshot"):
            tally_attempt(snapshot, answers.get(pk, {}), scores, choices)
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


def tally_attempt(snapshot, answers, scores, choices):
    """Count a paper with its answers, {question key: (response, fraction)}, into two Counters.

    `scores` is by (question key, fraction, rest), where `rest` is per cent of the other questions' points, rounded to
    a tenth; `choices` by (question key, option), where the option is empty for who left the question open.
    """
    items = scored_items(snapshot)
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
