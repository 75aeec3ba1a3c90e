"""Whether a person may be reminded by e-mail now, and stopping reminders."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.jobs import is_stalled
from course.models import Failure, Reminder, User

# For each person, whoever asks and in whichever group.
PAUSE = timedelta(days=7)
# How long a failure is shown, and the timer leaves a refused address alone.
TOLD = timedelta(days=30)


class Hindrance(Enum):
    NO_ADDRESS = "address"
    UNCONFIRMED = "unconfirmed"
    STOPPED = "stopped"
    WAITING = "waiting"
    RECENT = "recent"


@dataclass(frozen=True)
class Reachability:
    """`last` is the last reminder that still matters, if any."""

    learner: User
    last: Reminder | None
    now: datetime

    @property
    def hindrance(self):
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
        """Whether a timer may remind: not again to an address that the mail server refuses."""
        return self.hindrance is None and not (self.last and self.last.problem == Failure.REFUSED)


def is_address(text):
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
        last[reminder.learner_id] = max(filter(None, [last.get(reminder.learner_id), reminder]), key=_weight)
    return {learner.pk: Reachability(learner, last.get(learner.pk), now) for learner in learners}


def _weight(reminder):
    return reminder.is_unfinished, bool(reminder.reached_at), reminder.requested_at, reminder.pk


def lock_person(pk):
    # `no_key`: an answer of the person can be saved meanwhile (PostgreSQL).
    return User.objects.select_for_update(no_key=True).filter(pk=pk).first()


def person_with(token):
    try:
        key = UUID(token)
    except ValueError:
        return None
    reminder = Reminder.objects.select_related("learner").filter(token=key).first()
    return reminder and reminder.learner


def stop_reminders(person, *, now):
    """Stop reminders to the person; idempotent, the first moment stays."""
    User.objects.filter(pk=person.pk, reminders_stopped_at=None).update(reminders_stopped_at=now)
    person.refresh_from_db(fields=["reminders_stopped_at"])


def allow_reminders(person):
    User.objects.filter(pk=person.pk).update(reminders_stopped_at=None)
    person.reminders_stopped_at = None


WHAT_TO_DO = {
    Failure.REFUSED: gettext_lazy("Ask the person whether the address is right."),
    Failure.SERVER: gettext_lazy("Tell whoever administers the site. You can send it again."),
}


def reachability_words(reachability):
    hindrance, last = reachability.hindrance, reachability.last
    if hindrance is Hindrance.STOPPED:
        return _("wants no e-mail")
    if hindrance is Hindrance.NO_ADDRESS:
        return _("has no e-mail address")
    if hindrance is Hindrance.UNCONFIRMED:
        return _("has not confirmed the e-mail address yet")
    if last is None:
        return _("has an e-mail address")
    words = outcome_words(last, now=reachability.now)
    if last.sent_at:
        words = _("Reminder sent on %(day)s.") % {"day": _day(last.sent_at)}
    elif last.failed_at:
        words = _("Reminder of %(day)s: %(outcome)s") % {"day": _day(last.requested_at), "outcome": words}
    if hindrance is Hindrance.RECENT:
        again = _("Another one from %(day)s on.") % {"day": _day(last.reached_at + PAUSE)}
        return f"{words} {again}"
    return words


def outcome_words(reminder, *, now):
    if reminder.sent_at:
        return _("Sent on %(day)s.") % {"day": _day(reminder.sent_at)}
    if reminder.failed_at:
        return f"{reminder.get_problem_display()} {WHAT_TO_DO.get(reminder.problem, '')}".strip()
    if reminder.tries and reminder.next_try_at > now:
        at = date_format(timezone.localtime(reminder.next_try_at), "H:i")
        return _("The mail server did not take the reminder; it is tried again at %(time)s.") % {"time": at}
    if reminder.begun_at is None and is_stalled(reminder, now=now):
        return _("The reminder is waiting: nothing works in the background. Tell whoever administers the site.")
    return _("The reminder is on its way.")


def _day(moment):
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
