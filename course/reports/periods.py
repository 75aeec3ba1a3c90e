"""From which day to which: days of the site's own time zone, both of them belonging to it."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_DAY = timedelta(days=1)
# What an address may name instead of days, so that it means another month next month.
LAST_MONTH, THIS_MONTH, THIS_YEAR = "mes-pasado", "este-mes", "este-ano"
NAMED = {LAST_MONTH: _("Last month"), THIS_MONTH: _("This month"), THIS_YEAR: _("This year")}


class Period(NamedTuple):
    """From the first moment of the day `since` until the last of the day `until`."""

    since: date
    until: date

    @classmethod
    def of_year(cls, year):
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def moments(self):
        """Return its first moment, and the first that does not belong to it any more."""
        return _begin(self.since), _begin(self.until + _DAY)

    def holds(self, field):
        """Return how to ask for rows whose moment `field` belongs to it: {lookup: moment}."""
        first, after = self.moments
        return {f"{field}__gte": first, f"{field}__lt": after}

    def is_over(self, *, today):
        return self.until < today

    @property
    def months(self):
        """Return the whole months of which it consists, as Periods, or nothing where it is no month and no year."""
        for whole in (month_of(self.since), self.of_year(self.since.year)):
            if self == whole:
                months = range(self.since.month, self.until.month + 1)
                return [month_of(self.since.replace(month=month)) for month in months]
        return []


def named_period(name, *, today):
    """Return the Period that one of NAMED means on a day; this month and this year go as far as they are."""
    if name == THIS_MONTH:
        return Period(today.replace(day=1), today)
    if name == THIS_YEAR:
        return Period(today.replace(month=1, day=1), today)
    return month_of(today.replace(day=1) - _DAY)


def month_of(day):
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def _begin(day):
    return timezone.make_aware(datetime.combine(day, time.min))
