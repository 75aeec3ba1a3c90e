"""What a device tells, read strictly: a lesson was read, a question answered, an attempt sent; and whose it is."""

import hashlib
import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from quizzes.attempts.responses import server_time
from quizzes.question_forms.pending import Posted

from .sealing import Unreadable

MAX_TOKEN = 300
MAX_MOMENT = 40
MOST_ANSWERS = 500


class LessonWasRead(NamedTuple):
    """A lesson was read; `owner` is the token of whose fact it is, here and in the others."""

    lesson: UUID
    given_at: datetime
    owner: str


class QuestionWasAnswered(NamedTuple):
    """The form of a question, or of all on a page, was posted."""

    attempt: UUID
    posted: Posted
    owner: str


class AttemptWasSent(NamedTuple):
    """An attempt was sent; with it comes all that the device knows of it, so that it waits for no other fact."""

    attempt: UUID
    posted: list[Posted]
    owner: str


def read_fact(content, *, sent_at, now):
    """Return the fact in `content` (JSON, as bytes), its moments by the server's clock. Raises `Unreadable`.

    `sent_at` is the moment at which the device sent it, by its own clock; None when it could not say.
    """
    try:
        load = json.loads(content)
        # What no database keeps is in no fact of ours.
        json.dumps(load, ensure_ascii=False).encode()
        owner = _text(load["owner"], MAX_TOKEN)
        clock = _Clock(sent_at, now)
        match load["kind"]:
            case "read":
                return LessonWasRead(_uuid(load["lesson"]), clock.moment(load["given_at"]), owner)
            case "answer":
                return QuestionWasAnswered(_uuid(load["attempt"]), _posted(load, clock), owner)
            case "submit":
                answers = load["answers"]
                if not isinstance(answers, list) or len(answers) > MOST_ANSWERS:
                    raise Unreadable
                return AttemptWasSent(_uuid(load["attempt"]), [_posted(one, clock) for one in answers], owner)
    except (ValueError, TypeError, KeyError, RecursionError, SuspiciousOperation) as error:
        raise Unreadable from error
    raise Unreadable


def moment_in(text):
    """Return the moment that a device wrote, or None: a clock may be so wrong that it is none."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


class _Clock(NamedTuple):
    """What a device's clock shows is good for one thing: how long before sending something was."""

    sent_at: datetime | None
    now: datetime

    def moment(self, text):
        """Return a moment of the device by the server's clock: now, where nothing can be told from it."""
        given_at = moment_in(_text(text, MAX_MOMENT))
        if given_at is None or self.sent_at is None:
            return self.now
        try:
            return server_time(given_at, self.sent_at, now=self.now)
        except OverflowError:
            return self.now


def _posted(load, clock):
    form, given_at = load["form"], load["given_at"]
    if not isinstance(form, str):
        raise Unreadable
    # The same fact again names the same client.
    named = hashlib.sha256(f"{given_at}\n{form}".encode()).hexdigest()[:32]
    return Posted(QueryDict(form), clock.moment(given_at), f"fact-{named}")


def _text(value, longest):
    if not isinstance(value, str) or len(value) > longest:
        raise Unreadable
    return value


def _uuid(value):
    return UUID(_text(value, 36))
