"""Short cases, some weeks after a learner has finished."""

import hashlib
from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from django.db.models import F, Q, Sum
from django.utils import timezone

from course.models.reminders import WEEKS
from modules.models import TrainingRecord
from modules.wording import rows_in
from quizzes.attempts.drawing import keys_met
from quizzes.models import ItemScores, Question

from .models import RefresherCase


class NotDue(ValueError):
    """The person has no case of that week to do; the course was not finished, or not so long ago."""


def finishing_of(learner):
    """Return (key, moment) of the record that the person finished what they take now, or (None, None)."""
    records = TrainingRecord.objects.standing().of_the_course().filter(learner=learner, registration__ended_at=None)
    return records.order_by("finished_at", "pk").values_list("key", "finished_at").first() or (None, None)


def day_of(finished_at, week):
    """Return the day from which on the case of a week is there."""
    return timezone.localdate(finished_at) + timedelta(weeks=week)


def due_weeks(finished_at, *, now):
    """Return the weeks whose case is there by now, the newest first."""
    return [week for week in reversed(WEEKS) if day_of(finished_at, week) <= timezone.localdate(now)]


def offered_week(learner, finish_key, finished_at, *, now):
    """Return the newest week whose case is there and not done, or None; before the first, without a query."""
    due = due_weeks(finished_at, now=now) if finish_key else []
    done = _done(learner, finish_key) if due else set()
    return next((week for week in due if week not in done), None)


def next_day(finished_at, *, now):
    """Return the day on which the next case is there, or None after the last."""
    days = [day_of(finished_at, week) for week in WEEKS]
    return next((day for day in days if day > timezone.localdate(now)), None)


def is_done(learner, finish_key, week):
    return week in _done(learner, finish_key)


def mark_done(learner, week, *, now):
    """Keep that the person did the case of a week; twice is once. Raises `NotDue`."""
    finish_key, finished_at = finishing_of(learner)
    if finish_key is None or week not in due_weeks(finished_at, now=now):
        raise NotDue
    RefresherCase.objects.get_or_create(learner=learner, finish_key=finish_key, week=week)


def _done(learner, finish_key):
    return set(RefresherCase.objects.filter(learner=learner, finish_key=finish_key).values_list("week", flat=True))


MIN_PEOPLE = 10


class Done(NamedTuple):
    """So many did the case of a week, of so many people for whom it is there."""

    week: int
    done: int
    people: int


def done_in(learners, *, now):
    """Return the `Done` of each week whose case is there for ten of these people or more, in two queries."""
    records = TrainingRecord.objects.standing().of_the_course()
    records = records.filter(learner__in=learners, registration__ended_at=None)
    finished = dict(records.values_list("key", "finished_at"))
    done = set(RefresherCase.objects.filter(learner__in=learners).values_list("finish_key", "week"))
    found = []
    for week in WEEKS:
        keys = [key for key, finished_at in finished.items() if week in due_weeks(finished_at, now=now)]
        if len(keys) >= MIN_PEOPLE:
            found.append(Done(week, sum((key, week) in done for key in keys), len(keys)))
    return found


QUESTIONS = 3
MIN_PEOPLE_PER_ACT = 10


def questions_of(learner, finish_key, week, *, language):
    """Return up to three questions of the case of a week, each with its options in `shown`; always the same ones.

    Where one is unpublished, the next takes its place and the others stay. In a fixed number of queries.
    """
    seed = f"{learner.key}/{finish_key}"
    order = in_order(_askable(language, learner.role), _missed(), keys_met(learner), seed)
    start = WEEKS.index(week) * QUESTIONS
    picked = order[start : start + QUESTIONS]
    # A small bank gives the later weeks what the first ones had.
    if len(picked) < QUESTIONS:
        picked += [question for question in order if question not in picked][: QUESTIONS - len(picked)]
    for question in picked:
        question.shown = sorted(question.choices.all(), key=lambda choice: _lot(seed, choice.translation_key))
    return picked


def in_order(questions, missed, met, seed):
    """Return the questions in the order in which cases ask them: of each act one, the most missed act first.

    Those that stood in a paper of the person come last. `missed` maps acts to the share of points that was not earned.
    """
    by_act = defaultdict(list)
    for question in questions:
        by_act[act_of(question)].append(question)
    acts = sorted(by_act, key=lambda act: (-missed.get(act, 0), _lot(seed, act)))
    placed = []
    for rank, act in enumerate(acts):
        own = sorted(by_act[act], key=lambda one: (one.translation_key in met, _lot(seed, one.translation_key)))
        placed += [((one.translation_key in met, turn, rank), one) for turn, one in enumerate(own)]
    return [question for _place, question in sorted(placed, key=lambda pair: pair[0])]


def act_of(question):
    """Return the key of what a question practises: its act, or the question itself where it names none."""
    return question.act.translation_key if question.act else question.translation_key


def _askable(language, role):
    """Return the published questions of one right option that explain each option, for this job or for everyone.

    Of the course, which names their act or has them in a quiz of a module; and of no exam, whose key nobody reads.
    """
    of_course = Q(act__isnull=False) | Q(entries__quiz__modules__isnull=False)
    of_exam = Q(entries__quiz__is_exam=True) | Q(topic__draws__quiz__is_exam=True)
    asked = Question.objects.filter(of_course).values("translation_key")
    kept_back = Question.objects.filter(of_exam).values("translation_key")
    questions = Question.objects.filter(live=True, kind="single", case=None, image=None, translation_key__in=asked)
    questions = questions.exclude(translation_key__in=kept_back)
    questions = questions.select_related("act").prefetch_related("choices")
    return [
        one for one in rows_in(questions, language) if _explains(one) and (not one.audiences or role in one.audiences)
    ]


def _explains(question):
    choices = question.choices.all()
    return len(choices) > 1 and all(choice.feedback for choice in choices)


def _missed():
    """Return {act or question without one: share of the points that people missed}, where ten or more answered."""
    acts = dict(Question.objects.exclude(act=None).values_list("translation_key", "act__translation_key"))
    people, earned = defaultdict(int), defaultdict(float)
    scores = ItemScores.objects.values_list("question_key").annotate(
        answered=Sum("people"), points=Sum(F("people") * F("fraction"))
    )
    for question, answered, points in scores:
        act = acts.get(question, question)
        people[act] += answered
        earned[act] += float(points)
    return {act: 1 - earned[act] / count for act, count in people.items() if count >= MIN_PEOPLE_PER_ACT}


def _lot(seed, thing):
    return hashlib.sha256(f"{seed}/{thing}".encode()).digest()
