"""Taking a quiz: start, save answers, submit. Every operation is idempotent."""

from functools import partial

from django.db import IntegrityError, transaction

from quizzes.exceptions import OpenOnOtherMedium
from quizzes.models import Attempt, Medium
from quizzes.signals import next_page_requested

from .closing import close_attempt, close_if_expired, lock_attempt, submit_locked_attempt
from .drawing import draw_snapshot, seen_questions
from .grading import regrade_attempt
from .late_answers import closed_reason, save_late_answers, second_chance_closed_reason
from .responses import CHECK_CLIENT, IncomingAnswer, current_answers, write_answers
from .rules import check_may_start, closing_for, compute_due_at, is_expired, pass_rule_for, rules_of
from .second_chance import asked_items, score_told


def start_attempt(learner, quiz, *, language, now, chance, audience="", medium=Medium.SCREEN):
    """Return the learner's open attempt or a new one; raises OpenOnOtherMedium, MayNotStart, EmptyQuiz."""
    attempt = open_attempt(learner, quiz.translation_key, now=now)
    if attempt and attempt.medium != medium:
        raise OpenOnOtherMedium(attempt)
    return attempt or create_attempt(
        learner, quiz, language=language, now=now, chance=chance, audience=audience, medium=medium
    )


def create_attempt(learner, quiz, *, language, now, chance, audience="", medium=Medium.SCREEN):
    """Create the attempt of a learner without an open one; on paper there is no time limit."""
    entitlement = check_may_start(learner, quiz, now=now)
    due_at = compute_due_at(
        now,
        time_limit=quiz.time_limit,
        closes_at=closing_for(quiz, entitlement),
        extra_minutes=entitlement.extra_minutes,
    )
    rule = pass_rule_for(learner, quiz)
    seen = partial(seen_questions, learner, quiz.translation_key)
    attempt = Attempt(
        learner=learner,
        quiz_key=quiz.translation_key,
        snapshot=draw_snapshot(quiz, chance=chance, rule=rule, audience=audience, seen=seen),
        language=language,
        started_at=now,
        due_at=due_at if medium == Medium.SCREEN else None,
        medium=medium,
        counting_attempt=rule.counting_attempt,
    )
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
            # Another tab may have submitted an attempt since the first check; from here on none can start.
            check_may_start(learner, quiz, now=now, exclude=attempt)
    except IntegrityError:
        return start_attempt(learner, quiz, language=language, now=now, chance=chance, audience=audience, medium=medium)
    return attempt


def save_answer(
    attempt, question_key, response, *, client, number=None, certainty=None, given_at, now, late_reason=None
):
    """Raises LateAnswerHeld, LateAnswersFull, UnknownQuestion, UnreadableResponse, FeedbackAlreadyShown."""
    given = IncomingAnswer(str(question_key), response, client, number, given_at, certainty)
    saved = save_answers(attempt.pk, [given], learner=attempt.learner_id, now=now, late_reason=late_reason)
    for _row, error in saved.late + saved.refused:
        raise error
    return saved.current[given.question_key].response


@transaction.atomic
def save_answers(attempt_id, given, *, learner, now, medium=None, late_reason=None):
    """Save a batch; the last answer to be told submits the attempt.

    Raises Attempt.DoesNotExist if it is not the learner's, and OpenOnOtherMedium.
    """
    attempt = lock_attempt(attempt_id, learner)
    if medium and attempt.medium != medium and not attempt.is_final:
        raise OpenOnOtherMedium(attempt)
    closed = late_reason or closed_reason(attempt, now)
    second_closed = late_reason or second_chance_closed_reason(attempt)
    saved, unplaced = write_answers(attempt, given, now=now, closed=closed, second_closed=second_closed)
    save_late_answers(attempt, unplaced, saved, now=now)
    if late_reason is None and any(answer.client == CHECK_CLIENT for answer in given):
        _submit_if_all_told(attempt, now=now)
    return saved


def _submit_if_all_told(attempt, *, now):
    if attempt.is_in_second_chance and attempt.submitted_at:
        regrade_attempt(attempt, now=now)
    elif attempt.is_in_second_chance or (tells_at_once(attempt) and not attempt.has_ended and not open_now(attempt)):
        submit_locked_attempt(attempt, at=now)


def tells_at_once(attempt):
    return rules_of(attempt.snapshot).tells_at_once and attempt.medium == Medium.SCREEN


def asked_one_by_one(attempt, answers):
    """Return ({question key: fraction} that was told, the items that are told when answered, in their order)."""
    told = score_told(attempt.snapshot, answers)
    return told, asked_items(attempt.snapshot, told, at_once=tells_at_once(attempt))


def open_now(attempt):
    """Return what is told when answered, and is not answered yet."""
    told, asked = asked_one_by_one(attempt, current_answers(attempt))
    return [item for item in asked if item["marks"] and item["key"] not in told]


@transaction.atomic
def submit_attempt(attempt, *, now):
    """Submit the attempt and return it; one that has ended, or is in its second chance, stays as it was."""
    attempt = lock_attempt(attempt.pk, attempt.learner_id)
    if attempt.is_final:
        return attempt
    return close_attempt(attempt) if is_expired(attempt, now) else submit_locked_attempt(attempt, at=now)


def resumable_attempt(learner, quiz_key, *, now):
    attempts = Attempt.objects.filter(learner=learner).of_quiz(quiz_key)
    found = list((attempts.open() | attempts.in_second_chance()).order_by("-second_chance_at", "-pk"))
    open_now = next((attempt for attempt in found if not attempt.has_ended), None)
    open_now = open_now and close_if_expired(open_now, now=now)
    if open_now and not open_now.has_ended:
        return open_now
    return next((attempt for attempt in found if attempt.is_in_second_chance), None)


def open_attempt(learner, quiz_key, *, now):
    attempt = Attempt.objects.filter(learner=learner).of_quiz(quiz_key).open().first()
    attempt = attempt and close_if_expired(attempt, now=now)
    return attempt if attempt and not attempt.has_ended else None


def attempts_of(learner, quiz_key):
    return Attempt.objects.filter(learner=learner).of_quiz(quiz_key).without_snapshot().order_by("-started_at", "-pk")


def latest_attempts(learner, quiz_key, *, count, now):
    latest = list(attempts_of(learner, quiz_key)[:count])
    if any(attempt.due_at and now > attempt.due_at and not attempt.is_final for attempt in latest):
        open_attempt(learner, quiz_key, now=now)
        latest = list(attempts_of(learner, quiz_key)[:count])
    return latest


def next_url_after(attempt):
    """Return the URL that a receiver of `attempt_submitted` answered in this request, or None."""
    if attempt.next_url is not None:
        return attempt.next_url or None
    answers = next_page_requested.send(None, attempt=attempt) if attempt.submitted_at else ()
    return next((address for _receiver, address in answers if address), None)
