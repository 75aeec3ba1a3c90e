"""What a learner sees of a submitted attempt."""

from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef

from quizzes.exceptions import MayNotStart
from quizzes.models import Answer, Quiz, QuizDraw
from quizzes.models.pools import get_draw_units
from quizzes.signals import hidden_until_requested, lesson_links_requested

from .rules import Rules, attempts_left, entitlement_of, reason_not_to_start, rules_of
from .scoring import points_of


class AttemptReview(NamedTuple):
    """`messages` are the editor's."""

    rules: Rules
    is_pending: bool
    points: Decimal | None = None
    messages: tuple = ()


class Retry(NamedTuple):
    can_study: bool
    quiz: Quiz | None = None
    problem: MayNotStart | None = None
    attempts_left: int | None = None
    # The job code that the attempt was drawn for.
    audience: str = ""

    @property
    def is_open(self):
        return self.can_study and self.quiz is not None and self.problem is None

    @property
    def asks_other_questions(self):
        quiz = self.quiz
        # Counting the questions of topics is too slow for a button label.
        if quiz is None or quiz.draws_of_topics:
            return False
        if quiz.draws_of_its_own:
            draws = list(quiz.draws.all())
            pools = get_draw_units(quiz.locale_id, draws, audience=self.audience)
            there = {facts.pk for pool in pools for unit in pool for facts in unit}
            return len(there) > sum(draw.count for draw in draws)
        return quiz.questions_drawn is not None and quiz.entries.count() > quiz.questions_drawn


def review_of(attempt):
    rules = rules_of(attempt.snapshot)
    if attempt.grade is None or (rules.is_exam and not attempt.released_at):
        return AttemptReview(rules, is_pending=True)
    said = rules.passed_text if attempt.passed else rules.not_passed_text
    return AttemptReview(
        rules,
        is_pending=False,
        points=points_of(attempt.grade, attempt.snapshot["total"]),
        messages=tuple(filter(None, (rules.band(attempt.grade), said))),
    )


def retry_of(attempt, *, language, can_study, now):
    quizzes = Quiz.objects.filter(translation_key=attempt.quiz_key, live=True).select_related("locale")
    draws = QuizDraw.objects.filter(quiz=OuterRef("pk"))
    quizzes = quizzes.annotate(
        draws_of_topics=Exists(draws.exclude(topic=None)), draws_of_its_own=Exists(draws.filter(topic=None))
    )
    found = {quiz.locale.language_code: quiz for quiz in quizzes}
    quiz = found.get(language) or found.get(settings.LANGUAGE_CODE)
    if quiz is None:
        return Retry(can_study)
    entitlement, audience = entitlement_of(attempt.learner_id, quiz), attempt.snapshot.get("audience", "")
    return Retry(
        can_study, quiz, reason_not_to_start(quiz, entitlement, now=now), attempts_left(quiz, entitlement), audience
    )


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
