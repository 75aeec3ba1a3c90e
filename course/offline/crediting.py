"""What devices deliver is credited to whose it is, once, whoever is signed in; nothing is dropped unsaid."""

import logging
from enum import StrEnum
from typing import NamedTuple

from django.db import transaction

from course.models import User
from course.outages import outage_of
from course.people.owners import lock_owner
from course.sealing import CannotRead
from modules.models import LessonPage, LessonRead
from modules.progress.events import mark_lesson_read
from quizzes.models import Reason
from quizzes.question_forms.pending import Fate, deliver_answer, deliver_submit

from .facts import AttemptWasSent, LessonWasRead, read_fact
from .keys import key_with
from .sealing import Unreadable, unseal

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
