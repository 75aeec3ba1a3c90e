"""Names and retention of backups: 7 days, 4 weeks, 12 months."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_DAYS, _WEEKS, _MONTHS = 7, 4, 12
_ZONE = ZoneInfo("America/Guatemala")
_NAME = re.compile(r"trato-digno-(\d{8}T\d{6}Z)\.tar(\.age)?")
_STAMP = "%Y%m%dT%H%M%SZ"


def name_of(moment, *, encrypted):
    return f"trato-digno-{moment.astimezone(UTC).strftime(_STAMP)}.tar" + (".age" if encrypted else "")


def moment_of(name):
    """Return when the backup of that name was made, or None for another name."""
    found = _NAME.fullmatch(name)
    try:
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def kept(names):
    """Return the names to keep: the newest day's, and the last of seven days, four weeks and twelve months."""
    newest_first = sorted((name for name in names if moment_of(name)), key=lambda name: (moment_of(name), name))[::-1]
    days = [moment_of(name).astimezone(_ZONE).date() for name in newest_first]
    stay = {name for name, day in zip(newest_first, days, strict=True) if day == days[0]}
    for count, period in ((_DAYS, _day), (_WEEKS, _week), (_MONTHS, _month)):
        seen = set()
        for name, day in zip(newest_first, days, strict=True):
            if period(day) not in seen and len(seen) < count:
                seen.add(period(day))
                stay.add(name)
    return stay


def _day(day):
    return day


def _week(day):
    return day.isocalendar()[:2]


def _month(day):
    return day.year, day.month
