"""Attempts from the first question to the grade. Doing anything here twice is the same as doing it once."""

from functools import partial

from django.db import IntegrityError, transaction

from quizzes.exceptions import UnderWayElsewhere
from quizzes.models import Attempt, Medium
from quizzes.signals import page_after_asked

from .closing import close_attempt, close_if_over, hand_in, lock_attempt
from .drawing import draw_snapshot, questions_met
from .grading import regrade_attempt
from .late_answers import hold_answers, why_closed, why_second_closed
from .responses import AnswerGiven, write_answers
from .rules import check_may_start, closing_for, is_over, pass_rule_for, when_due


def start_attempt(learner, quiz, *, language, now, chance, audience="", medium=Medium.SCREEN):
    """Return the learner's open attempt at the quiz, starting one if there is none.

    `language` is that of the paper, in which the attempt stays; `chance` (a random.Random) shuffles the options;
    `audience` is the code of the learner's job, for which pools ask: whoever changes it keeps an open paper. Two
    requests at once get the same attempt: the database holds one open attempt per learner and quiz. One that is open on
    screen is not taken to paper, nor the other way round. Raises MayNotStart, EmptyQuiz.
    """
    attempt = open_attempt(learner, quiz.translation_key, now=now)
    if attempt and attempt.medium != medium:
        raise UnderWayElsewhere(attempt)
    return attempt or begin_attempt(
        learner, quiz, language=language, now=now, chance=chance, audience=audience, medium=medium
    )


def begin_attempt(learner, quiz, *, language, now, chance, audience="", medium=Medium.SCREEN):
    """Return a new attempt at a quiz of which the learner has no open one; see `start_attempt`.

    On paper whoever hands it out keeps the time: answers are keyed in later, and then still count.
    """
    entitlement = check_may_start(learner, quiz, now=now)
    rule = pass_rule_for(learner, quiz)
    met = partial(questions_met, learner, quiz.translation_key)
    snapshot = draw_snapshot(quiz, chance=chance, rule=rule, audience=audience, met=met)
    attempt = Attempt(
        learner=learner,
        quiz_key=quiz.translation_key,
        snapshot=snapshot,
        language=language,
        started_at=now,
        due_at=_due_at(quiz, entitlement, now) if medium == Medium.SCREEN else None,
        medium=medium,
        counting_attempt=rule.counting_attempt,
    )
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
            # Since the check another tab may have begun an attempt and sent it. From here on no other can begin.
            check_may_start(learner, quiz, now=now, besides=attempt)
    except IntegrityError:
        # Another request was a moment faster.
        return start_attempt(learner, quiz, language=language, now=now, chance=chance, audience=audience, medium=medium)
    return attempt


def _due_at(quiz, entitlement, now):
    return when_due(
        now,
        time_limit=quiz.time_limit,
        closes_at=closing_for(quiz, entitlement),
        extra_minutes=entitlement.extra_minutes,
    )


def save_answer(attempt, question_key, response, *, client, number=None, certainty=None, given_at, now, hold_as=None):
    """Save what was answered to a question of an open attempt, and return the response that now stands.

    The same (client, number) again is a repeat; within a client the higher number wins, between clients the later
    `given_at`. Without a number it is numbered on arrival. Raises ArrivedLate, NotOnPaper, UnreadableResponse: then
    it is kept apart (see holding.py), or TooMuch when it is not; AlreadyShown when the answer is final.
    """
    given = AnswerGiven(str(question_key), response, client, number, given_at, certainty)
    saved = save_answers(attempt.pk, [given], learner=attempt.learner_id, now=now, hold_as=hold_as)
    for _row, error in saved.held + saved.refused:
        raise error
    return saved.current[given.question_key].response


@transaction.atomic
def save_answers(attempt_id, given, *, learner, now, medium=None, hold_as=None):
    """Save a batch of AnswerGiven of the learner's attempt; return answers.Saved: what stands, what was kept apart.

    What can't be placed does not hold up the rest. Raises Attempt.DoesNotExist, and UnderWayElsewhere when the attempt
    is under way on another `medium` than the one that the answers come from. With `hold_as`, a Reason, what is new is
    kept apart for a trainer even while the attempt is open.
    """
    attempt = lock_attempt(attempt_id, learner)
    if medium and attempt.medium != medium and not attempt.is_final:
        raise UnderWayElsewhere(attempt)
    closed, second_closed = hold_as or why_closed(attempt, now), hold_as or why_second_closed(attempt)
    saved, unplaced = write_answers(attempt, given, now=now, closed=closed, second_closed=second_closed)
    hold_answers(attempt, unplaced, saved, now=now)
    return saved


@transaction.atomic
def submit_attempt(attempt, *, now):
    """Hand in the attempt and return it with its grade; one that was handed in or ended before stays as it was.

    After its time it is closed, so that it counts as sent when the time was over. Where it `asks_again`, something
    indispensable was missed: see `send_second`.
    """
    attempt = lock_attempt(attempt.pk, attempt.learner_id)
    if attempt.is_final:
        return attempt
    return close_attempt(attempt) if is_over(attempt, now) else hand_in(attempt, at=now)


@transaction.atomic
def send_second(attempt, *, now):
    """Hand in what was answered to what was asked again, and with it the attempt; return it with its grade.

    While an answer is missing it still `asks_again`; one that was sent stays as it was.
    """
    attempt = lock_attempt(attempt.pk, attempt.learner_id)
    if not attempt.asks_again:
        return attempt
    if attempt.submitted_at is None:
        return hand_in(attempt, at=now)
    regrade_attempt(attempt, now=now)
    return attempt


def attempt_to_go_on_with(learner, quiz_key, *, now):
    """Return the learner's attempt in course, or one that was sent and asks again what is indispensable, or None."""
    attempts = Attempt.objects.filter(learner=learner).of_quiz(quiz_key)
    found = list((attempts.open() | attempts.asking_again()).order_by("-second_at", "-pk"))
    in_course = next((attempt for attempt in found if not attempt.has_ended), None)
    in_course = in_course and close_if_over(in_course, now=now)
    if in_course and not in_course.has_ended:
        return in_course
    return next((attempt for attempt in found if attempt.asks_again), None)


def attempt_asking_again(learner, quiz_key):
    """Return the learner's attempt at a quiz that asks again what is indispensable, or None."""
    asking = Attempt.objects.filter(learner=learner).of_quiz(quiz_key).asking_again()
    return asking.order_by("-second_at", "-pk").first()


def open_attempt(learner, quiz_key, *, now):
    """Return the learner's attempt in course, or None; one whose time is over is closed first."""
    attempt = Attempt.objects.filter(learner=learner).of_quiz(quiz_key).open().first()
    attempt = attempt and close_if_over(attempt, now=now)
    return attempt if attempt and not attempt.has_ended else None


def attempts_of(learner, quiz_key):
    """Return the learner's attempts at a quiz, newest first, without their papers; `total` is the points possible."""
    return Attempt.objects.filter(learner=learner).of_quiz(quiz_key).without_snapshot().order_by("-started_at", "-pk")


def latest_attempts(learner, quiz_key, *, count, now):
    """Return the learner's latest attempts, newest first, without their papers; one whose time is over is closed."""
    latest = list(attempts_of(learner, quiz_key)[:count])
    if any(attempt.due_at and now > attempt.due_at and not attempt.is_final for attempt in latest):
        open_attempt(learner, quiz_key, now=now)
        latest = list(attempts_of(learner, quiz_key)[:count])
    return latest


def page_after(attempt):
    """Return the address of the page that whoever stands above has for what the attempt finished, or None.

    Whoever heard of its grade a moment ago said so; of one that was sent before they are asked.
    """
    if attempt.leads_to is not None:
        return attempt.leads_to or None
    asked = page_after_asked.send(None, attempt=attempt) if attempt.submitted_at else ()
    return next((address for _receiver, address in asked if address), None)
