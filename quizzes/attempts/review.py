"""What a learner sees of a submitted attempt."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.conf import settings

from quizzes.exceptions import MayNotStart
from quizzes.models import Answer, Quiz
from quizzes.signals import cards_requested, hidden_until_requested, lesson_links_requested

from .grading import manual_marks_of, score_answers
from .rules import Rules, attempts_left, entitlement_of, reason_not_to_start, rules_of
from .scoring import points_of, scored_items
from .second_chance import second_chance_items


class AttemptReview(NamedTuple):
    """`messages` are the editor's; `missing` is how many points were too few; `missed` and `asked_again` are items."""

    rules: Rules
    is_pending: bool
    points: Decimal | None = None
    messages: tuple = ()
    missing: int = 0
    missed: tuple = ()
    asked_again: tuple = ()


class Retry(NamedTuple):
    can_study: bool
    quiz: Quiz | None = None
    problem: MayNotStart | None = None
    attempts_left: int | None = None

    @property
    def is_open(self):
        return self.can_study and self.quiz is not None and self.problem is None


def review_of(attempt):
    rules, snapshot = rules_of(attempt.snapshot), attempt.snapshot
    waits_for_learner = attempt.is_in_second_chance
    if not waits_for_learner and (attempt.grade is None or (rules.is_exam and not attempt.released_at)):
        return AttemptReview(rules, is_pending=True)
    score = score_answers(snapshot, list(attempt.answers.all()), manual_marks_of(attempt))
    grade, total = score.grade if attempt.grade is None else attempt.grade, snapshot["total"]
    said = rules.passed_text if attempt.passed else rules.not_passed_text
    messages = () if waits_for_learner else tuple(filter(None, (rules.band(grade), said)))
    answered = set(map(str, attempt.answers.filter(fraction__isnull=False).values_list("question_key", flat=True)))
    waiting = second_chance_items(snapshot) if waits_for_learner else []
    return AttemptReview(
        rules,
        is_pending=False,
        points=points_of(grade, total),
        messages=messages,
        missing=max(0, math.ceil(Fraction(snapshot["pass_mark"] * total, 100) - score.points)),
        missed=tuple(item for item in scored_items(snapshot) if score.fractions.get(item["key"]) != 1),
        asked_again=tuple(item for item in waiting if item["key"] not in answered) or tuple(waiting),
    )


def retry_of(attempt, *, language, can_study, now):
    quizzes = Quiz.objects.filter(translation_key=attempt.quiz_key, live=True).select_related("locale")
    found = {quiz.locale.language_code: quiz for quiz in quizzes}
    quiz = found.get(language) or found.get(settings.LANGUAGE_CODE)
    if quiz is None:
        return Retry(can_study)
    entitlement = entitlement_of(attempt.learner_id, quiz)
    return Retry(can_study, quiz, reason_not_to_start(quiz, entitlement, now=now), attempts_left(quiz, entitlement))


def answers_hidden_before(request):
    moments = [moment for _receiver, moment in hidden_until_requested.send(None, request=request) if moment]
    return max(moments, default=None)


def attempts_with_hidden_answers(attempts, hidden_before):
    if hidden_before is None:
        return set()
    rows = Answer.objects.filter(attempt__in=attempts, write__given_at__lt=hidden_before)
    return set(rows.values_list("attempt_id", flat=True))


class LessonLink(NamedTuple):
    title: str
    address: str
    language: str


def lesson_links(references, quiz_key):
    """Return {reference: LessonLink} of those found, and under "" the module that the quiz closes."""
    asked = lesson_links_requested.send(None, references=sorted(set(references)), quiz_key=quiz_key)
    return {reference: LessonLink(*where) for _receiver, found in asked for reference, where in found.items()}


def cards_to_read(attempt, missed, *, limit):
    """Return LessonLinks to the cards that teach what was missed, one of each title."""
    taught = [item for item in missed if item.get("lesson")]
    questions = [(item["lesson"], _taught_text(item)) for item in taught]
    answers = cards_requested.send(None, questions=questions, learner=attempt.learner) if questions else ()
    links = {}
    for where in (where for _receiver, found in answers for where in found if where):
        link = LessonLink(*where)
        links.setdefault(link.title, link)
    return list(links.values())[:limit]


def _taught_text(item):
    right = [option["text"] for option in item["options"] if option.get("right")]
    return " ".join([item["text"], *right, item["feedback"]])
