"""How much a trainer is told of numbers and addresses of people whom they do not see: that somebody has one.

Whoever tries many numbers would find out by that who works where. So each time is kept in the log, without the number,
and there are so many a day over all lists and forms; then nothing is compared any more, and known and unknown are
answered alike. Administrators see everybody.
"""

from . import limits
from .audit import note
from .cohorts import people_of_others, people_seen_by
from .delays import NUMBERS

_WHAT = "numbers elsewhere"


def people_told_of(by):
    """Return the people (a QuerySet) of whom `by` may know what number they have."""
    return people_seen_by(by).exclude(pk__in=people_of_others(by))


def may_compare(by, *, now):
    """Whether numbers and addresses that `by` writes are compared with those of people elsewhere at all now."""
    return by.administers or limits.left_of(_WHAT, str(by.pk), NUMBERS, now=now) > 0


def may_tell(by, known, *, cohort=None, now):
    """Keep that so many numbers that `by` wrote are `known` elsewhere; return whether that may be told of them.

    Where it is more than what is left of today, nothing is left.
    """
    if by.administers or not known:
        return True
    note("numbers_known_elsewhere", by=by, cohort=cohort, people=known, now=now)
    return limits.take_many(_WHAT, str(by.pk), NUMBERS, known, now=now)
