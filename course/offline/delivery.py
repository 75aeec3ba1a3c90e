"""Credit what was done without a connection."""

import hashlib
import json
import logging
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from course.models import User
from course.outages import outage_of
from course.people.owners import lock_owner
from course.sealing import CannotRead
from modules.models import LessonPage, LessonRead
from modules.progress.events import mark_lesson_read
from quizzes.attempts.responses import server_time
from quizzes.models import Reason
from quizzes.question_forms.pending import Fate, Posted, deliver_answer, deliver_submit

from .encryption import Unreadable, key_with, unseal

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


logger = logging.getLogger(__name__)


class State(StrEnum):
    """What a device is told of a fact beside a `Fate`."""

    UNREADABLE = "unreadable"
    # It could not be done now: the device keeps it.
    RETRY = "retry"


class Sealed(NamedTuple):
    """A fact as it is delivered: how the device names it, the id of the key that it was sealed for, and the box.

    Nobody has looked at the last two.
    """

    id: str | int
    key: object
    sealed: object


class Credited(NamedTuple):
    """The `Fate` or `State` of each fact in order; and whether one was sealed for a key that is not here."""

    states: list
    lacks_key: bool


def credit(facts, *, sent_at, now):
    """Credit each `Sealed` fact, in a transaction of its own, and return what came of them (`Credited`).

    What goes wrong with one holds up no other. `sent_at` is of the device's clock, None when it could not say.
    """
    states, people, lacks_key = [], set(), False
    for fact in facts:
        try:
            fate, person = _open_and_credit(fact, sent_at, now)
        except CannotRead:
            states.append(State.RETRY)
            lacks_key = True
        except Unreadable:
            states.append(State.UNREADABLE)
        except Exception as error:
            if outage_of(error):
                # The others would meet it too.
                states += [State.RETRY] * (len(facts) - len(states))
                break
            logger.exception("A fact that a device delivered could not be credited.")
            states.append(State.RETRY)
        else:
            states.append(fate)
            if fate != Fate.REFUSED:
                people.add(person.pk)
    if people:
        User.objects.filter(pk__in=people).update(delivered_at=now)
    return Credited(states, lacks_key)


def _open_and_credit(sealed, sent_at, now):
    """Return the `Fate` of a fact, and whose it is."""
    if not isinstance(sealed.key, str) or not isinstance(sealed.sealed, str):
        raise Unreadable
    key = key_with(sealed.key)
    if key is None:
        raise CannotRead
    fact = read_fact(unseal(sealed.sealed, key), sent_at=sent_at, now=now)
    with transaction.atomic():
        owner = lock_owner(fact.owner)
        if owner.person is None:
            return Fate.REFUSED, None
        hold_as = Reason.EARLIER if owner.is_of_before else None
        return _credit(fact, owner.person, hold_as=hold_as, now=now), owner.person


def _credit(fact, person, *, hold_as, now):
    match fact:
        case LessonWasRead():
            return _credit_read(fact, person, now)
        case AttemptWasSent():
            return deliver_submit(fact.attempt, fact.posted, owner=person, hold_as=hold_as, now=now)
    return deliver_answer(fact.attempt, fact.posted, owner=person, hold_as=hold_as, now=now)


def _credit_read(fact, person, now):
    """Whether somebody may still read, or the lesson is still part of the course, is not asked: it was read."""
    lesson = LessonPage.objects.filter(translation_key=fact.lesson).first()
    if lesson is None:
        return Fate.REFUSED
    reads = LessonRead.objects.filter(learner=person, lesson_key=fact.lesson)
    before = reads.count()
    # A moment before there was the account says that the clock was wrong, and nothing else.
    read_at = fact.given_at if fact.given_at >= person.date_joined else now
    mark_lesson_read(person, lesson, read_at=read_at, now=now)
    return Fate.OK if reads.count() > before else Fate.AGAIN
