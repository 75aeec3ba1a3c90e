"""An answer that arrived after the session ended, carried signed through the sign-in so that nothing is lost."""

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

from quizzes.attempts.late_answers import LONGEST_KEY, why_closed
from quizzes.attempts.taking import save_answers, submit_attempt
from quizzes.exceptions import (
    AlreadyShown,
    AlreadySubmitted,
    NotOnPaper,
    QuizError,
    TooLong,
    TooMuch,
    UnderWayElsewhere,
    UnreadableResponse,
)
from quizzes.models import Attempt, LateAnswer, Medium

from .forms import read_batch, read_given, save_form

SALT = "quizzes.carried-answer"
MAX_AGE = 24 * 60 * 60
# More than the longest open answers come to, written in a form; a longer one is not carried.
MAX_LENGTH = 1_000_000


class Arrival(NamedTuple):
    """Where a person goes on, and the sentence to tell when the carried answer could not be placed."""

    address: str
    problem: str = ""


class Carried(NamedTuple):
    """The posted form of a question with its attempt and moment, and the language of the page it was on."""

    attempt: str
    form: QueryDict
    given_at: datetime
    language: str


def carry(attempt_id, form, *, given_at):
    """Return the posted form of a question, with its attempt and moment, as a signed text for a hidden field."""
    fields = QueryDict(mutable=True)
    for name, values in form.lists():
        if name != "csrfmiddlewaretoken":
            fields.setlist(name, values)
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


def read_carried(carried):
    """Return the `Carried` answer in the signed text; None when it is forged or over a day old."""
    try:
        load = signing.loads(carried, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    return Carried(load["attempt"], QueryDict(load["form"]), parse_datetime(load["given_at"]), load["language"])


def apply_carried(carried, learner, *, now):
    """Save a carried answer if its attempt is this learner's; return (the address to go on at, what is to be told).

    There is something to tell when the answer could not be placed. None when the text is forged or over a day old, or
    the attempt belongs to somebody else: then nothing is saved.
    """
    answer = read_carried(carried)
    attempt = Attempt.objects.filter(pk=answer.attempt, learner=learner).first() if answer else None
    if attempt is None:
        return None
    # The sign-in page may be in another language than the page that was left.
    with override(answer.language):
        try:
            return Arrival(save_form(attempt, answer.form, given_at=answer.given_at, now=now))
        except AlreadySubmitted as error:
            return Arrival(reverse("attempt_result", args=[attempt.pk]), str(error))
        except (AlreadyShown, NotOnPaper, UnreadableResponse, TooMuch) as error:
            return Arrival(reverse("attempt_summary", args=[attempt.pk]), str(error))


# Answered on screen; on paper the trainer keys in what was answered.
_ON_SCREEN = Q(medium=Medium.SCREEN) | Q(second_at__isnull=False)


class Fate(StrEnum):
    """What became of what a device delivered. Whichever it is, the device need not keep it any longer."""

    OK = "ok"
    # It was here already, or says nothing new.
    AGAIN = "again"
    # It is kept apart, and a trainer decides.
    HELD = "held"
    REFUSED = "refused"


class Posted(NamedTuple):
    """A question's form as it was posted on a device without a line, when, and the client of one that names none."""

    form: QueryDict
    given_at: datetime
    client: str


def deliver_form(attempt_id, form, *, owner, given_at=None, hold_as=None, now):
    """Save the answer in a question's posted form for its owner; return whether it is kept, placed or apart.

    The button that was pressed counts for nothing: nothing is checked, sent or led on to. An attempt of anybody else
    than `owner` is left alone. With `hold_as`, a Reason, the answer is kept apart for a trainer.
    """
    attempt = Attempt.objects.filter(_ON_SCREEN, pk=attempt_id, learner=owner).first()
    if attempt is None:
        return False
    fields = form.copy()
    fields.pop("go", None)
    # What says again what is there already is kept as well: to tell it apart would tell what is there.
    closed = hold_as is not None or why_closed(attempt, now) is not None
    before = _count_kept(attempt)
    try:
        save_form(attempt, fields, given_at=given_at or now, now=now, hold_as=hold_as)
    except (TooLong, TooMuch):
        return False
    except QuizError:
        # It was kept apart, or the answer is final; who sees the page is nobody to tell which.
        pass
    return closed or _count_kept(attempt) > before


def deliver_batch(attempt_id, body, *, owner, hold_as=None, now):
    """Save a batch that a page sent by itself (JSON) for its owner; return whether all of it is kept, now or before.

    Nothing of an attempt that is not the owner's is. Raises UnreadableResponse.
    """
    given, malformed = read_batch(body, now=now)
    try:
        save_answers(attempt_id, given, learner=owner, now=now, medium=Medium.SCREEN, hold_as=hold_as)
    except (Attempt.DoesNotExist, UnderWayElsewhere):
        return False
    kept = _kept(Attempt(pk=attempt_id), given)
    return bool(given) and not malformed and all(_name_of(answer) in kept for answer in given)


@transaction.atomic
def deliver_answer(attempt_id, posted, *, owner, hold_as=None, now):
    """Keep what a `Posted` form says for its owner, and return its `Fate`. The same again is kept once.

    No button counts: nothing is checked or sent. An attempt of anybody else than `owner`, or one on paper, is left
    alone. With `hold_as`, a Reason, what is new is kept apart for a trainer.
    """
    attempt = _locked(attempt_id, owner)
    return Fate.REFUSED if attempt is None else _keep(attempt, [posted], hold_as=hold_as, now=now)


@transaction.atomic
def deliver_submit(attempt_id, posted, *, owner, hold_as=None, now):
    """Keep all that a device knows of an attempt, several `Posted`, and hand the attempt in; return the `Fate`.

    It is handed in now: what a device says of when proves nothing. With `hold_as` it is not, and its answers are kept
    apart; nor is one that has ended, whose late answers are kept apart too.
    """
    attempt = _locked(attempt_id, owner)
    if attempt is None:
        return Fate.REFUSED
    fate = _keep(attempt, posted, hold_as=hold_as, now=now)
    if hold_as is not None:
        return Fate.HELD
    if attempt.is_final:
        return Fate.HELD if fate == Fate.HELD else Fate.AGAIN
    submit_attempt(attempt, now=now)
    return Fate.HELD if fate == Fate.HELD else Fate.OK


def _locked(attempt_id, owner):
    """Return the owner's attempt on screen, locked until the transaction ends; None when there is none."""
    return Attempt.objects.select_for_update().filter(_ON_SCREEN, pk=attempt_id, learner=owner).first()


def _keep(attempt, posted, *, hold_as, now):
    given = []
    for form, given_at, client in posted:
        fields = form.copy()
        fields.pop("go", None)
        try:
            given += read_given(attempt.snapshot, fields, given_at=given_at, unnamed=client)
        except NotOnPaper:
            if len(posted) == 1:
                return Fate.REFUSED
    given = [replace(answer, by_device=True) for answer in given]
    before = _kept(attempt, given)
    saved = save_answers(attempt.pk, given, learner=attempt.learner_id, now=now, hold_as=hold_as)
    new = _kept(attempt, given) - before
    if new & {_name_of(row) for row, _error in saved.held}:
        return Fate.HELD
    if new:
        return Fate.OK
    # What was refused, as what is too much, is told from what was here already.
    return Fate.AGAIN if before >= {_name_of(answer) for answer in given} else Fate.REFUSED


def _kept(attempt, given):
    """Return the names of all that is kept of an attempt, placed or apart, by the clients of what was given."""
    clients = {answer.client for answer in given}
    return {
        (str(question), client, number)
        for rows, name in ((attempt.writes, "question_key"), (attempt.late_answers, "question"))
        for question, client, number in rows.filter(client__in=clients).values_list(name, "client", "number")
    }


def _name_of(write):
    """Return what tells one write from another, as `_kept` names it."""
    question = write.question if isinstance(write, LateAnswer) else write.question_key
    return str(question)[:LONGEST_KEY], write.client, write.number


def _count_kept(attempt):
    return attempt.writes.count() + attempt.late_answers.count()
