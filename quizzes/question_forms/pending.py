"""Answers posted after the session ended, and answers delivered later by a device."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, override

from quizzes.attempts.late_answers import MAX_KEY_LENGTH, closed_reason
from quizzes.attempts.taking import save_answers, submit_attempt
from quizzes.exceptions import (
    AlreadySubmitted,
    FeedbackAlreadyShown,
    LateAnswersFull,
    OpenOnOtherMedium,
    QuizError,
    ResponseTooLong,
    UnknownQuestion,
    UnreadableResponse,
)
from quizzes.models import Attempt, LateAnswer, Medium

from .forms import read_answers, read_batch, save_form

SALT = "quizzes.carried-answer"
MAX_AGE = 24 * 60 * 60
MAX_LENGTH = 1_000_000


class SavedPendingAnswer(NamedTuple):
    """The URL of the next page, and why the answer could not be saved, if so."""

    address: str
    problem: str = ""


class PendingAnswer(NamedTuple):
    attempt: str
    form: QueryDict
    given_at: datetime
    language: str


def sign_pending_answer(attempt_id, form, *, given_at):
    """Return the form as signed text for the sign-in form; "" if over MAX_LENGTH."""
    fields = form.copy()
    fields.pop("csrfmiddlewaretoken", None)
    encoded = fields.urlencode()
    return signing.dumps(
        {
            "attempt": str(attempt_id),
            "form": encoded if len(encoded) <= MAX_LENGTH else "",
            "given_at": given_at.isoformat(),
            "language": get_language(),
        },
        salt=SALT,
        compress=True,
    )


def read_pending_answer(signed):
    """Return None if the text is forged or over a day old."""
    try:
        values = signing.loads(signed, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    return PendingAnswer(
        values["attempt"], QueryDict(values["form"]), parse_datetime(values["given_at"]), values["language"]
    )


def save_signed_answer(signed, learner, *, now):
    """Return None and save nothing if it is forged, over a day old or of another learner's attempt."""
    answer = read_pending_answer(signed)
    attempt = Attempt.objects.filter(pk=answer.attempt, learner=learner).first() if answer else None
    if attempt is None:
        return None
    with override(answer.language):
        try:
            return SavedPendingAnswer(save_form(attempt, answer.form, given_at=answer.given_at, now=now))
        except AlreadySubmitted as error:
            return SavedPendingAnswer(reverse("attempt_result", args=[attempt.pk]), str(error))
        except (FeedbackAlreadyShown, UnknownQuestion, UnreadableResponse, LateAnswersFull) as error:
            return SavedPendingAnswer(reverse("attempt_summary", args=[attempt.pk]), str(error))


# A trainer types attempts on paper; only their second chance is on screen.
_ON_SCREEN = Q(medium=Medium.SCREEN) | Q(second_chance_at__isnull=False)


class DeliveryStatus(StrEnum):
    """Result of a delivery; in every case the device may delete what it delivered."""

    OK = "ok"
    AGAIN = "again"
    HELD = "held"
    REFUSED = "refused"


class DeliveredForm(NamedTuple):
    """A question form posted offline; `client` is used if the form names none."""

    form: QueryDict
    given_at: datetime
    client: str


def save_delivered_form(attempt_id, form, *, owner, given_at=None, late_reason=None, now):
    """Save a form if the attempt is the owner's; return whether it is stored, if only as a late answer."""
    attempt = Attempt.objects.filter(_ON_SCREEN, pk=attempt_id, learner=owner).first()
    if attempt is None:
        return False
    fields = form.copy()
    fields.pop("go", None)
    # A repeat counts as stored too: otherwise the reply would reveal the stored answer.
    is_closed = late_reason is not None or closed_reason(attempt, now) is not None
    before = _count_stored(attempt)
    try:
        save_form(attempt, fields, given_at=given_at or now, now=now, late_reason=late_reason)
    except (ResponseTooLong, LateAnswersFull):
        return False
    except QuizError:
        # A late answer, or the answer is final: the visitor, another person, must not learn which.
        pass
    return is_closed or _count_stored(attempt) > before


def save_delivered_batch(attempt_id, body, *, owner, late_reason=None, now):
    """Save a JSON batch for `owner`; return whether all of it is stored. Raises UnreadableResponse."""
    given, malformed = read_batch(body, now=now)
    try:
        save_answers(attempt_id, given, learner=owner, now=now, medium=Medium.SCREEN, late_reason=late_reason)
    except (Attempt.DoesNotExist, OpenOnOtherMedium):
        return False
    stored = _stored_write_ids(Attempt(pk=attempt_id), given)
    return bool(given) and not malformed and all(_write_id(answer) in stored for answer in given)


@transaction.atomic
def save_delivered_answer(attempt_id, posted, *, owner, late_reason=None, now):
    """Save a DeliveredForm once if the attempt is the owner's and not on paper."""
    attempt = _lock_attempt(attempt_id, owner)
    return (
        DeliveryStatus.REFUSED if attempt is None else _save_forms(attempt, [posted], late_reason=late_reason, now=now)
    )


@transaction.atomic
def submit_delivered_attempt(attempt_id, posted, *, owner, late_reason=None, now):
    """Save DeliveredForms and submit now; with `late_reason` they become late answers, without submitting."""
    attempt = _lock_attempt(attempt_id, owner)
    if attempt is None:
        return DeliveryStatus.REFUSED
    status = _save_forms(attempt, posted, late_reason=late_reason, now=now)
    if late_reason is not None:
        return DeliveryStatus.HELD
    if attempt.is_final:
        return DeliveryStatus.HELD if status == DeliveryStatus.HELD else DeliveryStatus.AGAIN
    submit_attempt(attempt, now=now)
    return DeliveryStatus.HELD if status == DeliveryStatus.HELD else DeliveryStatus.OK


def _lock_attempt(attempt_id, owner):
    return Attempt.objects.select_for_update().filter(_ON_SCREEN, pk=attempt_id, learner=owner).first()


def _save_forms(attempt, posted, *, late_reason, now):
    given = []
    for form, given_at, client in posted:
        fields = form.copy()
        fields.pop("go", None)
        try:
            given += read_answers(attempt.snapshot, fields, given_at=given_at, default_client=client)
        except UnknownQuestion:
            if len(posted) == 1:
                return DeliveryStatus.REFUSED
    given = [replace(answer, by_device=True) for answer in given]
    before = _stored_write_ids(attempt, given)
    saved = save_answers(attempt.pk, given, learner=attempt.learner_id, now=now, late_reason=late_reason)
    new = _stored_write_ids(attempt, given) - before
    if new & {_write_id(row) for row, _error in saved.late}:
        return DeliveryStatus.HELD
    if new:
        return DeliveryStatus.OK
    return DeliveryStatus.AGAIN if before >= {_write_id(answer) for answer in given} else DeliveryStatus.REFUSED


def _stored_write_ids(attempt, given):
    clients = {answer.client for answer in given}
    return {
        (str(question), client, number)
        for rows, name in ((attempt.writes, "question_key"), (attempt.late_answers, "question"))
        for question, client, number in rows.filter(client__in=clients).values_list(name, "client", "number")
    }


def _write_id(write):
    question = write.question if isinstance(write, LateAnswer) else write.question_key
    return str(question)[:MAX_KEY_LENGTH], write.client, write.number


def _count_stored(attempt):
    return attempt.writes.count() + attempt.late_answers.count()
