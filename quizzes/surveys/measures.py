"""A share or a score of one wave and its change since another, in what may be said of them; pure.

What is hidden at an end of the scale is known only to lie between two numbers. An interval, and a change with its
limits, are reckoned for all that lies between them: so they are true whatever is hidden, and tell nothing of it.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import NamedTuple

from .intervals import Sample, newcombe, of_mean, welch, wilson
from .rounding import Shown, answered, end_of, rounded, show, step_of


class Span(NamedTuple):
    """Between which two numbers from 0 to 100 a figure is known to lie, and where it is `Shown`."""

    low: float
    high: float
    shown: Shown


def _span(number, low, high, of):
    end, step = end_of(of.weight), of.step
    if (end and number <= end) or low == 0 < high:
        top = max(end, step * ceil(high / step))
        return Span(0, top, Shown(top, -1))
    if (end and number >= 100 - end) or low < 100 == high:
        bottom = min(100 - end, step * floor(low / step))
        return Span(bottom, 100, Shown(bottom, 1))
    return Span(low, high, of.show(number))


class _Measure:
    @cached_property
    def answered(self):
        return answered(self.n, self.people)

    @property
    def weight(self):
        return self.answered.number

    @property
    def step(self):
        return step_of(self.weight, self.small)

    def show(self, percent):
        return show(percent, self.weight, self.small)

    @property
    def shown(self):
        return self.span.shown

    @cached_property
    def interval(self):
        """Return the interval; where it is not told how many answered, that of all numbers shown as this one is."""
        low, high, shown = self.span
        if not shown.end and not self.answered.exact:
            half = self.step / 2
            low, high = max(0, min(low, shown.value - half)), min(100, max(high, shown.value + half))
        return tuple(self.show(limit) for limit in (self._limits(low)[0], self._limits(high)[1]))

    def since(self, before):
        """Return the Change since another of its kind, in points of the scale."""
        then, now = before.span, self.span
        low = self._since(now.low, before, then.high)[0]
        high = self._since(now.high, before, then.low)[1]
        step = max(self.step, before.step)
        return _change((now, then), (low, high), step)


@dataclass(frozen=True)
class Share(_Measure):
    """How many of `n` who answered did; of `people` in the lots (None: not known).

    Where lots hide how many did, it is between `least` and `most`, and `hits` is what is told. In a `small` one some
    lot has fewer than twenty people.
    """

    hits: int
    n: int
    people: int | None = None
    least: int | None = None
    most: int | None = None
    small: bool = False

    @cached_property
    def span(self):
        low, high = (self.hits if one is None else one for one in (self.least, self.most))
        return _span(*(100 * one / self.n for one in (self.hits, low, high)), self)

    def _limits(self, percent):
        return [100 * limit for limit in wilson(percent * self.weight / 100, self.weight)]

    def _since(self, percent, before, percent_before):
        parts = (percent * self.weight / 100, self.weight, percent_before * before.weight / 100, before.weight)
        return [100 * limit for limit in newcombe(*parts)]


@dataclass(frozen=True)
class Score(_Measure):
    """The mean of so many people's scores from 0 to 100; where lots hide it, it is between `least` and `most`."""

    sample: Sample
    people: int | None = None
    least: float | None = None
    most: float | None = None
    small: bool = False

    @property
    def n(self):
        return self.sample.n

    @cached_property
    def span(self):
        mean = self.sample.mean
        low, high = (mean if one is None else one for one in (self.least, self.most))
        return _span(mean, low, high, self)

    def _told(self, mean):
        return Sample(self.weight, mean, max(self.sample.sd, end_of(self.weight)))

    def _limits(self, mean):
        return of_mean(self._told(mean))

    def _since(self, mean, before, mean_before):
        return welch(self._told(mean), before._told(mean_before))


class Change(NamedTuple):
    """By how many points a figure rose (or fell: below 0), and the limits of that.

    `at_least`: it was so many or more, in this direction. `points` is None where nobody can tell how many, and
    `same_end` where both are at the same end of the scale. Where the limits are on both sides of 0, or reach it, nobody
    can say that it changed.
    """

    points: int | None
    low: int
    high: int
    at_least: bool = False
    same_end: bool = False

    @property
    def is_sure(self):
        return not self.same_end and (self.low > 0 or self.high < 0)


def _change(spans, limits, step):
    now, then = spans
    least, most = now.low - then.high, now.high - then.low
    low, high = (min(max(limit, -100), 100) for limit in limits)
    if least == most:
        return Change(*(rounded(one, step) for one in (least, low, high)))
    low, high = step * floor(low / step + 1e-9), step * ceil(high / step - 1e-9)
    if now.shown.end and now.shown.end == then.shown.end:
        return Change(None, low, high, same_end=True)
    if rounded(least, step) == rounded(most, step):
        return Change(rounded(least, step), low, high)
    nearest = step * floor(least / step + 1e-9) if least > 0 else step * ceil(most / step - 1e-9) if most < 0 else 0
    return Change(nearest, low, high, at_least=True) if nearest else Change(None, low, high)
