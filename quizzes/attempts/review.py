"""What a person reads of an attempt that was sent: the grade, the right answers, and from when each."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef

from quizzes.base.formats import tell_moment
from quizzes.exceptions import MayNotStart
from quizzes.models import Answer, Attempt, FeedbackTime, Quiz, QuizDraw
from quizzes.models.pools import units_of_draws
from quizzes.signals import hidden_answers_asked, lessons_asked

from .rules import Rules, allowance_in_force, attempts_left, counts_since, entitlement_of, reaches, rules_of, why_not
from .scoring import points_of

# After so many tries that were handed in whoever has not passed reads what is right.
TRIES = 2


class AttemptReview(NamedTuple):
    """What may be shown of a sent attempt; `answers_at` is when the right answers may, if that is later.

    `shows_chosen`: the person reads how each question went, and of no question what is right. `messages` are the
    editor's, by grade and by whether the person passed.
    """

    rules: Rules
    is_pending: bool
    shows_answers: bool
    answers_at: datetime | None = None
    answers_words: str = ""
    points: Decimal | None = None
    messages: tuple = ()
    shows_chosen: bool = False


class Retry(NamedTuple):
    """Whether another attempt may begin. `quiz` is None when it is a draft or gone, `left` where there is no limit."""

    may_study: bool
    quiz: Quiz | None = None
    not_now: MayNotStart | None = None
    left: int | None = None
    # The code of the job that the attempt was drawn for.
    audience: str = ""

    @property
    def is_open(self):
        return self.may_study and self.quiz is not None and self.not_now is None

    @property
    def asks_others(self):
        """Say whether the next time asks other questions: chance draws them from more than it asks of the person."""
        quiz = self.quiz
        if quiz is None:
            return False
        # How much stands in a topic is not looked up for the words on a button.
        if quiz.draws_of_topics:
            return False
        if quiz.draws_of_its_own:
            draws = list(quiz.draws.all())
            pools = units_of_draws(quiz.locale_id, draws, audience=self.audience)
            there = {facts.pk for pool in pools for unit in pool for facts in unit}
            return len(there) > sum(draw.count for draw in draws)
        return quiz.questions_drawn is not None and quiz.entries.count() > quiz.questions_drawn


def review_of(attempt, *, now, since=None):
    """Return the review of a sent attempt. No right answer is shown while a grade is pending, nor before its time.

    `since` is since when attempts at the quiz count for the person: earlier ones do not count.
    """
    rules = rules_of(attempt.snapshot)
    if attempt.grade is None or (rules.is_exam and not attempt.released_at):
        return AttemptReview(rules, is_pending=True, shows_answers=False)
    allowance = allowance_in_force(attempt.learner_id, attempt.quiz_key) if waits_for_closing(rules) else None
    answers_at = when_answers_are_shown(rules, allowance)
    later = answers_at is not None and now < answers_at
    waits = thinks_again(attempt, rules, since=since)
    return AttemptReview(
        rules,
        is_pending=False,
        shows_answers=not later and not waits,
        shows_chosen=waits,
        answers_at=answers_at if later else None,
        answers_words=tell_moment(answers_at, now=now) if later else "",
        points=points_of(attempt.grade, attempt.snapshot["total"]),
        messages=messages_for(attempt, rules),
    )


def may_read_key(attempt, *, since=None, tries=None):
    """Say whether the person has passed the quiz, or handed in the second try, so that nothing is left to think of.

    Where there is no second try, that is so after the first. It holds for all attempts of the person: for those of
    before the person began the course anew by themselves, as they were read then. `tries` are those of `tries_at`,
    where they were read already.
    """
    if attempt.passed:
        return True
    if tries is None:
        tries = tries_at([attempt.quiz_key], attempt.learner_id).get(attempt.quiz_key, [])
    of_now = counts_since(attempt, since)
    passed = [passed for passed, sent_at in tries if reaches(sent_at, since) == of_now]
    return len(passed) >= min(TRIES, rules_of(attempt.snapshot).attempts_allowed or TRIES) or any(passed)


def tries_at(quiz_keys, learner):
    """Return {quiz key: [(whether it passed, when it was sent)]} of the learner's tries at quizzes, in one query."""
    sent = Attempt.objects.filter(learner=learner, quiz_key__in=quiz_keys).submitted()
    # One that asks again is not over yet.
    sent = sent.exclude(second_at__isnull=False, grade=None)
    tries = {}
    for quiz_key, *a_try in sent.values_list("quiz_key", "passed", "submitted_at"):
        tries.setdefault(quiz_key, []).append(a_try)
    return tries


def thinks_again(attempt, rules, **known):
    """Say whether the person of a graded attempt is to think once more before reading what is right."""
    return rules.feedback_time == FeedbackTime.PASSED and not may_read_key(attempt, **known)


def waits_for_closing(rules):
    """Say whether the right answers are told only when the quiz has closed."""
    return rules.feedback_time == FeedbackTime.CLOSING and rules.closes_at is not None


def when_answers_are_shown(rules, allowance):
    """Return the closing that right answers wait for, or None; with an Allowance, the later one."""
    if not waits_for_closing(rules):
        return None
    return max(filter(None, (rules.closes_at, allowance and allowance.closes_at)))


def messages_for(attempt, rules):
    """Return the editor's messages for a grade: that of its band, and that of who passed or has not yet."""
    said = rules.passed_text if attempt.passed else rules.not_passed_text
    return tuple(filter(None, (rules.band(attempt.grade), said)))


def retry_of(attempt, *, language, may_study, now):
    """Return the Retry that the quiz, as it is now, allows the person of an attempt."""
    quizzes = Quiz.objects.filter(translation_key=attempt.quiz_key, live=True).select_related("locale")
    draws = QuizDraw.objects.filter(quiz=OuterRef("pk"))
    quizzes = quizzes.annotate(
        draws_of_topics=Exists(draws.exclude(topic=None)), draws_of_its_own=Exists(draws.filter(topic=None))
    )
    # Put in order here: there are as many as languages, and each page of a result asks.
    found = {quiz.locale.language_code: quiz for quiz in quizzes}
    quiz = found.get(language) or found.get(settings.LANGUAGE_CODE)
    if quiz is None:
        return Retry(may_study)
    entitlement, audience = entitlement_of(attempt.learner_id, quiz), attempt.snapshot.get("audience", "")
    return Retry(may_study, quiz, why_not(quiz, entitlement, now=now), attempts_left(quiz, entitlement), audience)


def hidden_before(request):
    """Return before which moment answers stay hidden in this visit; None where all of them are shown."""
    moments = [moment for _receiver, moment in hidden_answers_asked.send(None, request=request) if moment]
    return max(moments, default=None)


def with_hidden_answers(attempts, before):
    """Return the keys of those attempts in which something was answered before a moment (None: of none)."""
    if before is None:
        return set()
    rows = Answer.objects.filter(attempt__in=attempts, write__given_at__lt=before)
    return set(rows.values_list("attempt_id", flat=True))


class LessonLink(NamedTuple):
    """A lesson, or the module of a quiz, as it is called and where it stands; `language` is that of the title."""

    title: str
    address: str
    language: str


def lesson_links(references, quiz_key):
    """Return {reference: LessonLink} of those that are there, and under "" that of the module which the quiz closes."""
    asked = lessons_asked.send(None, references=sorted(set(references)), quiz_key=quiz_key)
    return {reference: LessonLink(*where) for _receiver, found in asked for reference, where in found.items()}
