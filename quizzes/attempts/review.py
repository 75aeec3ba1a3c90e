"""What a learner sees of a submitted attempt, and when."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef

from quizzes.base.formats import format_moment
from quizzes.exceptions import MayNotStart
from quizzes.models import Answer, Attempt, FeedbackTime, Quiz, QuizDraw
from quizzes.models.pools import get_draw_units
from quizzes.signals import hidden_until_requested, lesson_links_requested

from .rules import (
    Rules,
    attempts_left,
    current_allowance,
    ended_since_restart,
    entitlement_of,
    is_since_restart,
    reason_not_to_start,
    rules_of,
)
from .scoring import points_of

TRIES_BEFORE_ANSWERS = 2


class AttemptReview(NamedTuple):
    """`answers_at` is when the right answers are shown, if later; `messages` are the editor's."""

    rules: Rules
    is_pending: bool
    shows_answers: bool
    answers_at: datetime | None = None
    answers_at_label: str = ""
    points: Decimal | None = None
    messages: tuple = ()
    shows_verdicts: bool = False


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


def review_of(attempt, *, now, restarted_at=None):
    rules = rules_of(attempt.snapshot)
    if attempt.grade is None or (rules.is_exam and not attempt.released_at):
        return AttemptReview(rules, is_pending=True, shows_answers=False)
    allowance = current_allowance(attempt.learner_id, attempt.quiz_key) if waits_for_closing(rules) else None
    answers_at = answers_shown_at(rules, allowance)
    later = answers_at is not None and now < answers_at
    waits = must_retry_first(attempt, rules, restarted_at=restarted_at)
    said = rules.passed_text if attempt.passed else rules.not_passed_text
    return AttemptReview(
        rules,
        is_pending=False,
        shows_answers=not later and not waits,
        shows_verdicts=waits,
        answers_at=answers_at if later else None,
        answers_at_label=format_moment(answers_at, now=now) if later else "",
        points=points_of(attempt.grade, attempt.snapshot["total"]),
        messages=tuple(filter(None, (rules.band(attempt.grade), said))),
    )


def can_read_answers(attempt, *, restarted_at=None, tries=None):
    """Return whether the learner has passed or used the tries before the right answers are shown."""
    if attempt.passed:
        return True
    if tries is None:
        tries = submitted_tries([attempt.quiz_key], attempt.learner_id).get(attempt.quiz_key, [])
    of_now = is_since_restart(attempt, restarted_at)
    passed = [passed for passed, sent_at in tries if ended_since_restart(sent_at, restarted_at) == of_now]
    return len(passed) >= min(
        TRIES_BEFORE_ANSWERS, rules_of(attempt.snapshot).attempts_allowed or TRIES_BEFORE_ANSWERS
    ) or any(passed)


def submitted_tries(quiz_keys, learner):
    """Return {quiz key: [(passed, submitted at)]}."""
    sent = Attempt.objects.filter(learner=learner, quiz_key__in=quiz_keys).submitted()
    # An attempt in its second chance is not over yet.
    sent = sent.exclude(second_chance_at__isnull=False, grade=None)
    tries = {}
    for quiz_key, *a_try in sent.values_list("quiz_key", "passed", "submitted_at"):
        tries.setdefault(quiz_key, []).append(a_try)
    return tries


def must_retry_first(attempt, rules, **known):
    return rules.feedback_time == FeedbackTime.PASSED and not can_read_answers(attempt, **known)


def waits_for_closing(rules):
    return rules.feedback_time == FeedbackTime.CLOSING and rules.closes_at is not None


def answers_shown_at(rules, allowance):
    """Return the closing that right answers wait for, or None; with an Allowance, the later one."""
    if not waits_for_closing(rules):
        return None
    return max(filter(None, (rules.closes_at, allowance and allowance.closes_at)))


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
