"""Figures by sex, safe from identification by differencing.

Users could subtract overlapping periods or groups, so only whole months and years that are over count, never
narrowed. A month in which a sex has 1 to 9 people is left out; a year also, unless its left-out months together
have as many again.
"""

from collections import Counter, defaultdict
from typing import NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from course.models import Sex
from course.people.identifiers import optional_fields

# From 10 people on, nobody is identified.
FEWEST = 10


class BySex(NamedTuple):
    """[(sex in words, began, finished)], or None where it is left out."""

    lines: list[tuple[str, int | None, int | None]]

    @property
    def hides(self):
        return any(None in line for line in self.lines)


def by_sex(scope, period, *, today):
    """Return the `BySex` of a Scope and Period; None if the site does not ask, or the period is no whole one."""
    months = period.months
    if scope.is_narrowed or not months or not period.is_over(today=today) or not optional_fields().sex:
        return None
    began = _publishable(_by_month(scope.beginnings().filter(**period.holds("started_at")), "started_at"))
    finished = _publishable(_by_month(scope.records().filter(**period.holds("finished_at")), "finished_at"))
    return BySex(
        [
            (words, None if began is None else began[sex], None if finished is None else finished[sex])
            for sex, words in sexes()
        ]
    )


def sexes():
    return [(value, str(words)) for value, words in [*Sex.choices, ("", _("Not said"))]]


def _by_month(rows, moment):
    counts = defaultdict(Counter)
    found = rows.order_by().annotate(month=TruncMonth(moment)).values_list("month", "learner__sex")
    for month, sex, count in found.annotate(Count("pk")):
        counts[timezone.localdate(month)][sex or ""] += count
    return counts


def _publishable(months):
    left_out = sum((counts for counts in months.values() if _tells_of_few(counts)), Counter())
    return None if _tells_of_few(left_out) else sum(months.values(), Counter())


def _tells_of_few(counts):
    return any(0 < count < FEWEST for count in counts.values())
