"""Refresher cases: short questions some weeks after a learner finished the course."""

import hashlib
from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from django.db.models import F, Q, Sum
from django.utils import timezone

from course.models.reminders import WEEKS
from modules.labels import rows_in_language
from modules.models import TrainingRecord
from quizzes.attempts.drawing import seen_question_keys
from quizzes.models import ItemScores, Question

from .models import RefresherCase


class NotDue(ValueError):
    pass


def current_finish(learner):
    """Return (key, moment) of the record that the person finished the course, or (None, None)."""
    records = TrainingRecord.objects.valid().of_the_course().filter(learner=learner, registration__ended_at=None)
    return records.order_by("finished_at", "pk").values_list("key", "finished_at").first() or (None, None)


def due_day(finished_at, week):
    return timezone.localdate(finished_at) + timedelta(weeks=week)


def due_weeks(finished_at, *, now):
    return [week for week in reversed(WEEKS) if due_day(finished_at, week) <= timezone.localdate(now)]


def offered_week(learner, finish_key, finished_at, *, now):
    """Return the newest week whose case is due and not done, or None; no query before the first."""
    due = due_weeks(finished_at, now=now) if finish_key else []
    done = _done_weeks(learner, finish_key) if due else set()
    return next((week for week in due if week not in done), None)


def next_due_day(finished_at, *, now):
    days = [due_day(finished_at, week) for week in WEEKS]
    return next((day for day in days if day > timezone.localdate(now)), None)


def is_done(learner, finish_key, week):
    return week in _done_weeks(learner, finish_key)


def mark_done(learner, week, *, now):
    """Save that the learner did the case of a week. Idempotent. Raises `NotDue`."""
    finish_key, finished_at = current_finish(learner)
    if finish_key is None or week not in due_weeks(finished_at, now=now):
        raise NotDue
    RefresherCase.objects.get_or_create(learner=learner, finish_key=finish_key, week=week)


def _done_weeks(learner, finish_key):
    return set(RefresherCase.objects.filter(learner=learner, finish_key=finish_key).values_list("week", flat=True))


MIN_PEOPLE = 10


class CompletionRate(NamedTuple):
    week: int
    done: int
    people: int


def completion_rates(learners, *, now):
    """Return the `CompletionRate` of each week due for MIN_PEOPLE of these people, in two queries."""
    records = TrainingRecord.objects.valid().of_the_course()
    records = records.filter(learner__in=learners, registration__ended_at=None)
    finished = dict(records.values_list("key", "finished_at"))
    done = set(RefresherCase.objects.filter(learner__in=learners).values_list("finish_key", "week"))
    found = []
    for week in WEEKS:
        keys = [key for key, finished_at in finished.items() if week in due_weeks(finished_at, now=now)]
        if len(keys) >= MIN_PEOPLE:
            found.append(CompletionRate(week, sum((key, week) in done for key in keys), len(keys)))
    return found


QUESTIONS = 3
MIN_PEOPLE_PER_COMPETENCY = 10


def questions_of(learner, finish_key, week, *, language):
    """Return up to three questions of the case, each with its options in `shown`; always the same ones."""
    seed = f"{learner.key}/{finish_key}"
    order = order_questions(_askable(language, learner.role), _missed_shares(), seen_question_keys(learner), seed)
    start = WEEKS.index(week) * QUESTIONS
    picked = order[start : start + QUESTIONS]
    # With few questions, later weeks repeat those of earlier ones.
    if len(picked) < QUESTIONS:
        picked += [question for question in order if question not in picked][: QUESTIONS - len(picked)]
    for question in picked:
        question.shown = sorted(question.choices.all(), key=lambda choice: _random_rank(seed, choice.translation_key))
    return picked


def order_questions(questions, missed, met, seed):
    """Return the questions, one of each competency, most missed first, those of quizzes last."""
    by_competency = defaultdict(list)
    for question in questions:
        by_competency[competency_key(question)].append(question)
    competencies = sorted(by_competency, key=lambda key: (-missed.get(key, 0), _random_rank(seed, key)))
    placed = []
    for rank, competency in enumerate(competencies):
        own = sorted(
            by_competency[competency],
            key=lambda one: (one.translation_key in met, _random_rank(seed, one.translation_key)),
        )
        placed += [((one.translation_key in met, turn, rank), one) for turn, one in enumerate(own)]
    return [question for _place, question in sorted(placed, key=lambda pair: pair[0])]


def competency_key(question):
    return question.act.translation_key if question.act else question.translation_key


def _askable(language, role):
    of_course = Q(act__isnull=False) | Q(entries__quiz__modules__isnull=False)
    of_exam = Q(entries__quiz__is_exam=True) | Q(topic__draws__quiz__is_exam=True)
    asked = Question.objects.filter(of_course).values("translation_key")
    kept_back = Question.objects.filter(of_exam).values("translation_key")
    questions = Question.objects.filter(live=True, kind="single", case=None, image=None, translation_key__in=asked)
    questions = questions.exclude(translation_key__in=kept_back)
    questions = questions.select_related("act").prefetch_related("choices")
    return [
        one
        for one in rows_in_language(questions, language)
        if _explains(one) and (not one.audiences or role in one.audiences)
    ]


def _explains(question):
    choices = question.choices.all()
    return len(choices) > 1 and all(choice.feedback for choice in choices)


def _missed_shares():
    competencies = dict(Question.objects.exclude(act=None).values_list("translation_key", "act__translation_key"))
    people, earned = defaultdict(int), defaultdict(float)
    scores = ItemScores.objects.values_list("question_key").annotate(
        answered=Sum("people"), points=Sum(F("people") * F("fraction"))
    )
    for question, answered, points in scores:
        key = competencies.get(question, question)
        people[key] += answered
        earned[key] += float(points)
    return {key: 1 - earned[key] / count for key, count in people.items() if count >= MIN_PEOPLE_PER_COMPETENCY}


def _random_rank(seed, thing):
    return hashlib.sha256(f"{seed}/{thing}".encode()).digest()
