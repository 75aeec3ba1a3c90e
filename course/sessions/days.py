"""The days of sessions: on which one may be held, and whether it is still to come."""

from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

# Who brings years of paper into the course keys old sessions in; a year that was mistyped is farther off.
YEARS_BEFORE_GROUP = 5
YEARS_AHEAD = 2
FIRST_YEAR = 2000


class NotNoted(Exception):
    """Attendance was not noted; the message says why and what to do."""


def days_for_sessions(cohort, *, today):
    """Return the first and the last day on which a session of the group may be held, or have been."""
    opened = min(cohort.opens_on, today).year - YEARS_BEFORE_GROUP
    return date(max(opened, FIRST_YEAR), 1, 1), date(today.year + YEARS_AHEAD, 12, 31)


def is_to_come(session, *, now):
    """Say whether the day of a session, in local time, has not begun yet: nobody can have attended."""
    return session.held_on > timezone.localdate(now)


def check_has_come(session, *, now):
    """Raise `NotNoted`, with a sentence for who leads it, for a session of which the day is still to come."""
    if is_to_come(session, now=now):
        words = _("This session is on %(day)s; attendance is noted from that day on. If the date is wrong, change it.")
        raise NotNoted(words % {"day": date_format(session.held_on, "DATE_FORMAT")})
