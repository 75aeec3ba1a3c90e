"""What became of a reminder, and how a person stands to the next one, in words for trainers."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.jobs import is_stalled
from course.models import Failure

from .reachability import PAUSE, Hindrance

# What whoever reads it can do; of the others there is nothing to do.
WHAT_TO_DO = {
    Failure.REFUSED: gettext_lazy("Ask the person whether the address is right."),
    Failure.SERVER: gettext_lazy("Tell whoever administers the site. You can send it again."),
}


def reachability_words(reachability):
    """Return in a few words whether the person can be reminded, or why not, or what came of the last time."""
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
    """Return what became of a reminder, in a sentence or two."""
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
