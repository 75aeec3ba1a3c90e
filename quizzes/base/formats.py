"""How percentages, moments, durations and quotations are written."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def write_percentage(number):
    """Return a number, or a text that holds one, with the sign after it, in the language of the page."""
    return _("%(number)s%%") % {"number": number}


def tell_moment(moment, *, now):
    """Return a moment in words, by the clock on the wall, to stand within a sentence."""
    local, today = timezone.localtime(moment), timezone.localdate(now)
    clock = local.strftime("%H:%M")
    if local.date() == today:
        return _("today at %(time)s") % {"time": clock}
    if local.date() == today + timedelta(days=1):
        return _("tomorrow at %(time)s") % {"time": clock}
    if local.date() == today - timedelta(days=1):
        return _("yesterday at %(time)s") % {"time": clock}
    return _("on %(day)s at %(time)s") % {"day": date_format(local, "DATE_FORMAT"), "time": clock}


def tell_minutes(minutes):
    """Return a length of time in the largest unit that fits without a rest: «2 days», «3 hours», «90 minutes»."""
    if minutes and minutes % (24 * 60) == 0:
        days = minutes // (24 * 60)
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if minutes and minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def tell_left(seconds):
    """Return how much time is left: in minutes, rounded down, and in seconds only in the last one."""
    if seconds > 60:
        minutes = seconds // 60
        return ngettext("%(count)d minute left", "%(count)d minutes left", minutes) % {"count": minutes}
    return ngettext("%(count)d second left", "%(count)d seconds left", seconds) % {"count": seconds}


def quoted(words):
    return _("“%(words)s”") % {"words": words}
