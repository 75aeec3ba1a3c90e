"""Rounding, ranges and changes of figures (docs/reference/survey-figures.md)."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import NamedTuple

from .intervals import Sample, newcombe, of_mean, welch, wilson

FEW, MANY = 20, 100
# With 200 people one per cent is two people, who hide each small lot's figure.
MANY_OF_SMALL = 200


class Shown(NamedTuple):
    """A number from 0 to 100 as shown: itself (`end` 0), that or less (-1), that or more (1)."""

    value: int
    end: int = 0


def rounded(number, step=1):
    """Return the nearest multiple of `step`; of two, the one farther from 0."""
    sign = -1 if number < 0 else 1
    return sign * step * floor(abs(number) / step + 0.5 + 1e-9)


def step_of(n, small=False):
    """Return the rounding step in per cent; in `small` lots are fewer than twenty people."""
    return 5 if n < (MANY_OF_SMALL if small else FEW) else 1


def end_of(n):
    """Return the per cent at which the end of the scale begins, where nothing more exact is shown."""
    if n < FEW:
        return 10
    return 5 if n < MANY else 0


def show(percent, n, small=False):
    end = end_of(n)
    if end and percent <= end:
        return Shown(end, -1)
    if end and percent >= 100 - end:
        return Shown(100 - end, 1)
    return Shown(rounded(min(max(percent, 0), 100), step_of(n, small)))


class Answered(NamedTuple):
    number: int
    exact: bool


def answered(n, people):
    """Return the Answered that does not reveal how few did not answer; `people` is None if unknown."""
    if n == people and people >= FEW:
        return Answered(n, True)
    most = n if people is None else min(n, people - 10)
    return Answered(max(10, most // 10 * 10), False)


class Span(NamedTuple):
    """Range from 0 to 100 of a figure, and how it is `Shown`."""

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
        """Return the interval; if `n` is hidden, it covers all numbers shown as this one."""
        low, high, shown = self.span
        if not shown.end and not self.answered.exact:
            half = self.step / 2
            low, high = max(0, min(low, shown.value - half)), min(100, max(high, shown.value + half))
        return tuple(self.show(limit) for limit in (self._limits(low)[0], self._limits(high)[1]))

    def since(self, before):
        """Return the Change since another measure of this kind, in points of the scale."""
        then, now = before.span, self.span
        low = self._since(now.low, before, then.high)[0]
        high = self._since(now.high, before, then.low)[1]
        step = max(self.step, before.step)
        return _change((now, then), (low, high), step)


@dataclass(frozen=True)
class Share(_Measure):
    """Of `n` respondents, between `least` and `most` did; `small`: a lot has fewer than twenty people."""

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
    """The mean of scores from 0 to 100, between `least` and `most`."""

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
    """Change in points with its limits; `points` is None if unknown, `same_end` if both are at one end."""

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
