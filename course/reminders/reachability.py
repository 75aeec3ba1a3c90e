"""Whether a person may be reminded by e-mail now: the one rule for pages, timers and the worker."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from course.models import Failure, Reminder, User

# Whoever asks, and in however many groups a person is.
PAUSE = timedelta(days=7)
# For so long a page tells that a reminder came to nothing, and the timer leaves an address alone that was refused.
TOLD = timedelta(days=30)


class Hindrance(Enum):
    """Why a person is not reminded by e-mail now."""

    NO_ADDRESS = "address"
    UNCONFIRMED = "unconfirmed"
    STOPPED = "stopped"
    WAITING = "waiting"
    RECENT = "recent"


@dataclass(frozen=True)
class Reachability:
    """A person before a reminder; `last` is the reminder that still has something to say, if there is one."""

    learner: User
    last: Reminder | None
    now: datetime

    @property
    def hindrance(self):
        """Return why the person is not reminded now, or None."""
        if self.learner.reminders_stopped_at:
            return Hindrance.STOPPED
        if not is_address(self.learner.email):
            return Hindrance.NO_ADDRESS
        if not self.learner.has_confirmed_address:
            return Hindrance.UNCONFIRMED
        if self.last and self.last.is_unfinished:
            return Hindrance.WAITING
        if self.last and self.last.reached_at and self.last.reached_at + PAUSE > self.now:
            return Hindrance.RECENT
        return None

    @property
    def may_be_reminded(self):
        return self.hindrance is None

    @property
    def may_be_reminded_unasked(self):
        """Whether a timer may: it does not try an address again and again that the mail server refuses."""
        return self.hindrance is None and not (self.last and self.last.problem == Failure.REFUSED)


def is_address(text):
    """Whether mail can be sent to it."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def reachability_of(learners, *, now):
    """Return {learner pk: Reachability}, in one query."""
    learners = list(learners)
    telling = Q(sent_at__gt=now - PAUSE) | Q(failed_at__gt=now - TOLD) | Q(sent_at=None, failed_at=None)
    last = {}
    for reminder in (
        Reminder.objects.of_the_course().filter(telling, learner__in=learners).order_by("requested_at", "pk")
    ):
        known = last.get(reminder.learner_id)
        last[reminder.learner_id] = max(filter(None, [known, reminder]), key=_weight)
    return {learner.pk: Reachability(learner, last.get(learner.pk), now) for learner in learners}


def _weight(reminder):
    return reminder.is_unfinished, bool(reminder.reached_at), reminder.requested_at, reminder.pk


def lock_person(pk):
    """Return the person, locked to the end of the transaction, or None: whoever reminds the person waits here."""
    # Without the key, so that an answer of the person's can be saved meanwhile. SQLite's transactions wait anyway.
    return User.objects.select_for_update(no_key=True).filter(pk=pk).first()
