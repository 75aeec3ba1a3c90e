"""Localised percentages, moments, durations and quotations."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def format_percentage(number):
    return _("%(number)s%%") % {"number": number}


def format_moment(moment, *, now):
    local, today = timezone.localtime(moment), timezone.localdate(now)
    clock = local.strftime("%H:%M")
    if local.date() == today:
        return _("today at %(time)s") % {"time": clock}
    if local.date() == today + timedelta(days=1):
        return _("tomorrow at %(time)s") % {"time": clock}
    if local.date() == today - timedelta(days=1):
        return _("yesterday at %(time)s") % {"time": clock}
    return _("on %(day)s at %(time)s") % {"day": date_format(local, "DATE_FORMAT"), "time": clock}


def format_minutes(minutes):
    """Return a duration in the largest unit that divides it: «2 days», «3 hours», «90 minutes»."""
    if minutes and minutes % (24 * 60) == 0:
        days = minutes // (24 * 60)
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if minutes and minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def format_time_left(seconds):
    """Return the time left in minutes, rounded down; in seconds in the last minute."""
    if seconds > 60:
        minutes = seconds // 60
        return ngettext("%(count)d minute left", "%(count)d minutes left", minutes) % {"count": minutes}
    return ngettext("%(count)d second left", "%(count)d seconds left", seconds) % {"count": seconds}


def quote(text):
    return _("“%(words)s”") % {"words": text}
