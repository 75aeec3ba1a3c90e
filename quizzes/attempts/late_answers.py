"""Answers that arrived and could not be placed: each is kept once, with its reason, until a trainer decides about it.

Nobody is shown what was answered. What reaches a reflection is never kept, here neither.
"""

import json

from django.db import transaction

from quizzes.exceptions import AlreadyDecided, CannotCount, TooMuch
from quizzes.models import Attempt, LateAnswer, Reason, Resolution

from .closing import hand_in
from .grading import regrade_attempt
from .responses import FORM, place_write
from .rules import is_over, was_sent_in_time

# The longest open answer fits, even where JSON writes each of its characters with two; what fills a disk does not.
MOST_HELD = 500
LONGEST_HELD = 40_000
LONGEST_KEY = 80
COUNTABLE = (Reason.SUBMITTED, Reason.LATE, Reason.EARLIER)


def why_closed(attempt, now):
    """Return the Reason why an answer that arrives now counts no more, or None while the attempt is open."""
    if was_sent_in_time(attempt):
        return Reason.SUBMITTED
    return Reason.LATE if attempt.has_ended or is_over(attempt, now) else None


def why_second_closed(attempt):
    """Return the Reason why an answer to what was asked again counts no more, or None while it is asked."""
    return None if attempt.asks_again else Reason.SUBMITTED


def hold_answers(attempt, unplaced, saved, *, now):
    """Keep what could not be placed (answers.Unplaced) of an attempt that the caller has locked; say so in `saved`.

    What is kept already is kept once: the same client and number of a question, or a form that says again what it said
    last. What is beyond the limits is refused.
    """
    if not unplaced:
        return
    rows = LateAnswer.objects.filter(attempt=attempt).defer("response")
    known = {(row.question, row.client, row.number): row for row in rows}
    new = []
    for one in unplaced:
        answer = one.answer
        question = answer.question_key[:LONGEST_KEY]
        key = (question, answer.client, _number(answer, question, known))
        if key not in known:
            if len(known) >= MOST_HELD or not is_storable([question, answer.response]):
                saved.refused.append((answer, TooMuch() if one.reason in COUNTABLE else one.error))
                continue
            known[key] = _make_row(attempt, one, key, now=now)
            new.append(known[key])
        saved.held.append((known[key], one.error))
    LateAnswer.objects.bulk_create(new)


def held_to_decide(learners):
    """Return the LateAnswers (a QuerySet) of these learners that nobody has decided about, the oldest first."""
    waiting = LateAnswer.objects.filter(resolution="", attempt__learner__in=learners)
    return waiting.order_by("received_at", "pk")


@transaction.atomic
def count_held(held, *, by, now):
    """Place a late answer as if it had come in time, grade again what was sent, and return the LateAnswer.

    Which answer stands follows from the client and number of every write, as always. Raises CannotCount where there is
    no place for it, and AlreadyDecided when somebody else decided otherwise before: then nothing is changed.
    """
    attempt, held = _lock(held)
    if held.resolution == Resolution.COUNTED:
        return held
    _check_open(held)
    if held.reason not in COUNTABLE:
        raise CannotCount
    place_write(attempt, held)
    if attempt.abandoned_at:
        # It was never sent because nothing was answered in time; now something was.
        attempt.submitted_at, attempt.abandoned_at = attempt.due_at or attempt.abandoned_at, None
    if attempt.submitted_at:
        regrade_attempt(attempt, now=now)
    elif attempt.second_at:
        # What was missed may not be missed any more.
        hand_in(attempt, at=now)
    return _decide(held, Resolution.COUNTED, by=by, now=now)


@transaction.atomic
def leave_held(held, *, by, now):
    """Leave an answer out, and return the LateAnswer; raises AlreadyDecided when somebody else counted it before."""
    _attempt, held = _lock(held)
    if held.resolution == Resolution.LEFT:
        return held
    _check_open(held)
    return _decide(held, Resolution.LEFT, by=by, now=now)


def is_storable(response):
    """Say whether every database takes it as JSON: PostgreSQL has no place for a NUL or half a surrogate pair."""
    try:
        text = json.dumps(response, ensure_ascii=False, allow_nan=False)
        return "\\u0000" not in text and len(text) <= LONGEST_HELD and bool(text.encode())
    except (ValueError, RecursionError):
        return False


def _make_row(attempt, one, key, *, now):
    question, client, number = key
    return LateAnswer(
        attempt=attempt,
        question=question,
        client=client,
        number=number,
        # A column of JSON takes no null, and nothing to a question that nobody knows is nothing all the same.
        response="" if one.answer.response is None else one.answer.response,
        certainty=one.answer.certainty,
        given_at=max(one.answer.given_at, attempt.started_at),
        received_at=now,
        by_device=one.answer.by_device,
        reason=one.reason,
    )


def _number(answer, question, known):
    """Return the number of a write; a form is numbered on arrival, and the one that repeats the last is no other."""
    if answer.client != FORM:
        return answer.number
    forms = [row for (other, client, _n), row in known.items() if (other, client) == (question, FORM)]
    newest = max(forms, key=lambda row: row.number, default=None)
    if newest is None:
        return answer.number or 1
    return newest.number if newest.response == answer.response else max(newest.number + 1, answer.number or 1)


def _lock(held):
    attempt = Attempt.objects.select_for_update().get(pk=held.attempt_id)
    return attempt, LateAnswer.objects.select_related("resolved_by").get(pk=held.pk)


def _check_open(held):
    if held.resolution:
        raise AlreadyDecided(held)


def _decide(held, resolution, *, by, now):
    held.resolution, held.resolved_by, held.resolved_at = resolution, by, now
    held.save(update_fields=["resolution", "resolved_by", "resolved_at"])
    return held
