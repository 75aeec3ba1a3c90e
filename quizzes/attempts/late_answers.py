"""Late answers, which a trainer accepts or rejects without seeing the response."""

import json
from collections import Counter

from django.db import transaction

from quizzes.exceptions import AlreadyDecided, CannotCount, LateAnswersFull
from quizzes.models import Attempt, LateAnswer, Reason, Resolution

from .closing import submit_locked_attempt
from .grading import regrade_attempt
from .responses import FORM_CLIENT, place_late_answer
from .rules import is_expired, was_sent_in_time

# Of one attempt and one sender.
MAX_LATE_ANSWERS = 500
# Fits the longest answer with every character escaped.
MAX_RESPONSE_LENGTH = 40_000
MAX_KEY_LENGTH = 80
ACCEPTABLE_REASONS = (Reason.SUBMITTED, Reason.LATE, Reason.STALE_PAGE)
# Whoever fills the room of one sender takes none from the others.
_SENDERS = {
    Reason.SUBMITTED: "the person",
    Reason.LATE: "the person",
    Reason.STALE_PAGE: "a page of before a new PIN",
    Reason.UNKNOWN_QUESTION: "no question",
    Reason.UNREADABLE: "no question",
}


def closed_reason(attempt, now):
    """Return None while the attempt is open."""
    if was_sent_in_time(attempt):
        return Reason.SUBMITTED
    return Reason.LATE if attempt.has_ended or is_expired(attempt, now) else None


def second_chance_closed_reason(attempt):
    """Return None while repeated questions may be answered: until the attempt is graded."""
    return None if attempt.is_in_second_chance or not attempt.has_ended else Reason.SUBMITTED


def save_late_answers(attempt, unplaced, saved, *, now):
    """Store UnplacedAnswers once, add them to `saved`, and refuse those over the limits."""
    if not unplaced:
        return
    rows = LateAnswer.objects.filter(attempt=attempt).defer("response")
    known = {(row.question, row.client, row.number): row for row in rows}
    new, stored = [], Counter(_SENDERS[row.reason] for row in rows)
    for entry in unplaced:
        answer = entry.answer
        question = answer.question_key[:MAX_KEY_LENGTH]
        key = (question, answer.client, _number(answer, question, known))
        if key not in known:
            sender = _SENDERS[entry.reason]
            if stored[sender] >= MAX_LATE_ANSWERS or not is_storable([question, answer.response]):
                saved.refused.append((answer, LateAnswersFull() if entry.reason in ACCEPTABLE_REASONS else entry.error))
                continue
            stored[sender] += 1
            known[key] = _make_row(attempt, entry, key, now=now)
            new.append(known[key])
        saved.late.append((known[key], entry.error))
    LateAnswer.objects.bulk_create(new)


def undecided_late_answers(learners):
    waiting = LateAnswer.objects.filter(resolution="", attempt__learner__in=learners)
    return waiting.order_by("received_at", "pk")


@transaction.atomic
def accept_late_answer(late, *, by, now):
    """Save the answer as if it had come in time and grade again; raises CannotCount, AlreadyDecided."""
    attempt, late = _lock(late)
    if late.resolution == Resolution.COUNTED:
        return late
    _check_open(late)
    if late.reason not in ACCEPTABLE_REASONS:
        raise CannotCount
    place_late_answer(attempt, late)
    if attempt.abandoned_at:
        # It was closed as never sent because it had no answer.
        attempt.submitted_at, attempt.abandoned_at = attempt.due_at or attempt.abandoned_at, None
    if attempt.submitted_at:
        regrade_attempt(attempt, now=now)
    elif attempt.second_chance_at:
        submit_locked_attempt(attempt, at=now)
    return _decide(late, Resolution.COUNTED, by=by, now=now)


@transaction.atomic
def reject_late_answer(late, *, by, now):
    """Raises AlreadyDecided if another trainer accepted it."""
    _attempt, late = _lock(late)
    if late.resolution == Resolution.LEFT:
        return late
    _check_open(late)
    return _decide(late, Resolution.LEFT, by=by, now=now)


def is_storable(response):
    """Return whether PostgreSQL stores it as JSON: no NUL and no lone surrogate."""
    try:
        text = json.dumps(response, ensure_ascii=False, allow_nan=False)
        return "\\u0000" not in text and len(text) <= MAX_RESPONSE_LENGTH and bool(text.encode())
    except (ValueError, RecursionError):
        return False


def _make_row(attempt, entry, key, *, now):
    question, client, number = key
    return LateAnswer(
        attempt=attempt,
        question=question,
        client=client,
        number=number,
        # The JSON column takes no null.
        response="" if entry.answer.response is None else entry.answer.response,
        certainty=entry.answer.certainty,
        given_at=max(entry.answer.given_at, attempt.started_at),
        received_at=now,
        by_device=entry.answer.by_device,
        reason=entry.reason,
    )


def _number(answer, question, known):
    if answer.client != FORM_CLIENT:
        return answer.number
    forms = [row for (other, client, _n), row in known.items() if (other, client) == (question, FORM_CLIENT)]
    newest = max(forms, key=lambda row: row.number, default=None)
    if newest is None:
        return answer.number or 1
    return newest.number if newest.response == answer.response else max(newest.number + 1, answer.number or 1)


def _lock(late):
    attempt = Attempt.objects.select_for_update().get(pk=late.attempt_id)
    return attempt, LateAnswer.objects.select_related("resolved_by").get(pk=late.pk)


def _check_open(late):
    if late.resolution:
        raise AlreadyDecided(late)


def _decide(late, resolution, *, by, now):
    late.resolution, late.resolved_by, late.resolved_at = resolution, by, now
    late.save(update_fields=["resolution", "resolved_by", "resolved_at"])
    return late
