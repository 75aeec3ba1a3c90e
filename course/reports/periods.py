"""Periods of days in the site's time zone, both ends included."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_DAY = timedelta(days=1)
# Named periods in addresses move with the calendar.
LAST_MONTH, THIS_MONTH, THIS_YEAR = "mes-pasado", "este-mes", "este-ano"
NAMED = {LAST_MONTH: _("Last month"), THIS_MONTH: _("This month"), THIS_YEAR: _("This year")}


class Period(NamedTuple):
    since: date
    until: date

    @classmethod
    def of_year(cls, year):
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def moments(self):
        return _begin(self.since), _begin(self.until + _DAY)

    def holds(self, field):
        """Return the lookups {lookup: moment} for a datetime `field` within it."""
        first, after = self.moments
        return {f"{field}__gte": first, f"{field}__lt": after}

    def is_over(self, *, today):
        return self.until < today

    @property
    def months(self):
        """Return its months as Periods, [] unless it is a whole month or year."""
        for whole in (month_of(self.since), self.of_year(self.since.year)):
            if self == whole:
                months = range(self.since.month, self.until.month + 1)
                return [month_of(self.since.replace(month=month)) for month in months]
        return []


def named_period(name, *, today):
    """Return the Period of a name of NAMED on a day; this month and this year end today."""
    if name == THIS_MONTH:
        return Period(today.replace(day=1), today)
    if name == THIS_YEAR:
        return Period(today.replace(month=1, day=1), today)
    return month_of(today.replace(day=1) - _DAY)


def month_of(day):
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def _begin(day):
    return timezone.make_aware(datetime.combine(day, time.min))
