"""Delivery of facts that devices recorded without a connection."""

import hashlib
import json
import logging
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.db.models import Min
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from course.errors import find_outage
from course.models import User
from course.people.owner_tokens import lock_page_owner
from course.sealing import CannotRead
from modules.models import LessonPage, LessonRead
from modules.progress.events import mark_lesson_read
from quizzes.attempts.responses import server_time
from quizzes.models import Reason
from quizzes.question_forms.pending import (
    DeliveredForm,
    DeliveryStatus,
    save_delivered_answer,
    submit_delivered_attempt,
)

from .encryption import InvalidFact, decrypt, key_by_id

MAX_TOKEN = 300
MAX_MOMENT = 40
MAX_ANSWERS = 500
OLDEST_READING = timedelta(days=90)


class LessonReadFact(NamedTuple):
    """`owner` is a page owner token, here and in the other facts."""

    lesson: UUID
    given_at: datetime
    owner: str


class AnswerFact(NamedTuple):
    attempt: UUID
    posted: DeliveredForm
    owner: str


class SubmitFact(NamedTuple):
    attempt: UUID
    posted: list[DeliveredForm]
    owner: str


def parse_fact(content, *, sent_at, now):
    """Return the fact in `content` (JSON bytes), its times by the server's clock. Raises `InvalidFact`."""
    try:
        load = json.loads(content)
        # Lone surrogates cannot be stored.
        json.dumps(load, ensure_ascii=False).encode()
        owner = _text(load["owner"], MAX_TOKEN)
        clock = _DeviceClock(sent_at, now)
        match load["kind"]:
            case "read":
                return LessonReadFact(_uuid(load["lesson"]), clock.moment(load["given_at"]), owner)
            case "answer":
                return AnswerFact(_uuid(load["attempt"]), _posted(load, clock), owner)
            case "submit":
                answers = load["answers"]
                if not isinstance(answers, list) or len(answers) > MAX_ANSWERS:
                    raise InvalidFact
                return SubmitFact(_uuid(load["attempt"]), [_posted(one, clock) for one in answers], owner)
    except (ValueError, TypeError, KeyError, RecursionError, SuspiciousOperation) as error:
        raise InvalidFact from error
    raise InvalidFact


def parse_moment(text):
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


class _DeviceClock(NamedTuple):
    sent_at: datetime | None
    now: datetime

    def moment(self, text):
        given_at = parse_moment(_text(text, MAX_MOMENT))
        if given_at is None or self.sent_at is None:
            return self.now
        try:
            return server_time(given_at, self.sent_at, now=self.now)
        except OverflowError:
            return self.now


def _posted(load, clock):
    form, given_at = load["form"], load["given_at"]
    if not isinstance(form, str):
        raise InvalidFact
    named = hashlib.sha256(f"{given_at}\n{form}".encode()).hexdigest()[:32]
    return DeliveredForm(QueryDict(form), clock.moment(given_at), f"fact-{named}")


def _text(value, longest):
    if not isinstance(value, str) or len(value) > longest:
        raise InvalidFact
    return value


def _uuid(value):
    return UUID(_text(value, 36))


logger = logging.getLogger(__name__)


class DeliveryState(StrEnum):
    UNREADABLE = "unreadable"
    RETRY = "retry"


class EncryptedFact(NamedTuple):
    id: str | int
    key: object
    sealed: object


class CreditResult(NamedTuple):
    """The `Fate` or `DeliveryState` of each fact in order; whether a key is missing."""

    states: list
    lacks_key: bool


def credit_facts(facts, *, sent_at, now):
    """Credit each `EncryptedFact` in its own transaction. `sent_at` is by the device's clock, or None."""
    states, people, lacks_key = [], set(), False
    for fact in facts:
        try:
            fate, person = _decrypt_and_credit(fact, sent_at, now)
        except CannotRead:
            states.append(DeliveryState.RETRY)
            lacks_key = True
        except InvalidFact:
            states.append(DeliveryState.UNREADABLE)
        except Exception as error:
            if find_outage(error):
                states += [DeliveryState.RETRY] * (len(facts) - len(states))
                break
            logger.exception("A fact that a device delivered could not be credited.")
            states.append(DeliveryState.RETRY)
        else:
            states.append(fate)
            if fate != DeliveryStatus.REFUSED:
                people.add(person.pk)
    if people:
        User.objects.filter(pk__in=people).update(delivered_at=now)
    return CreditResult(states, lacks_key)


def _decrypt_and_credit(sealed, sent_at, now):
    if not isinstance(sealed.key, str) or not isinstance(sealed.sealed, str):
        raise InvalidFact
    key = key_by_id(sealed.key)
    if key is None:
        raise CannotRead
    fact = parse_fact(decrypt(sealed.sealed, key), sent_at=sent_at, now=now)
    with transaction.atomic():
        owner = lock_page_owner(fact.owner)
        if owner.person is None:
            return DeliveryStatus.REFUSED, None
        late_reason = Reason.STALE_PAGE if owner.is_outdated else None
        return _credit(fact, owner.person, late_reason=late_reason, now=now), owner.person


def _credit(fact, person, *, late_reason, now):
    match fact:
        case LessonReadFact():
            return _credit_read(fact, person, now)
        case SubmitFact():
            return submit_delivered_attempt(fact.attempt, fact.posted, owner=person, late_reason=late_reason, now=now)
    return save_delivered_answer(fact.attempt, fact.posted, owner=person, late_reason=late_reason, now=now)


def _earliest_reading(person, now):
    """Return the moment before which a device's clock is not believed: enrolment, and at most 90 days ago."""
    enrolled = person.enrolments.aggregate(first=Min("enrolled_at"))["first"] or person.date_joined
    return max(enrolled, now - OLDEST_READING)


def _credit_read(fact, person, now):
    lesson = LessonPage.objects.filter(translation_key=fact.lesson).first()
    if lesson is None:
        return DeliveryStatus.REFUSED
    reads = LessonRead.objects.filter(learner=person, lesson_key=fact.lesson)
    before = reads.count()
    read_at = fact.given_at if fact.given_at >= _earliest_reading(person, now) else now
    mark_lesson_read(person, lesson, read_at=read_at, now=now)
    return DeliveryStatus.OK if reads.count() > before else DeliveryStatus.AGAIN
