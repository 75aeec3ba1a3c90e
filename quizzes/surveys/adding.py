"""Sums of lots that reveal no hidden figure (docs/reference/survey-figures.md)."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from .intervals import NOBODY, Sample, joined
from .measures import FEW, Score, Share, answered, end_of


class Told(NamedTuple):
    number: float
    least: float
    most: float


@dataclass
class Hidden:
    """The total of lots that hide at one end of the scale, and the widest range of them."""

    total: float = 0
    most: float = 0
    widest: float = 0

    def add(self, number, most):
        self.total += number
        self.most += most
        self.widest = max(self.widest, most)

    @property
    def told(self):
        if self.most <= 2 * self.widest:
            return Told(self.most, 0, self.most)
        upper = self.most - self.widest
        if self.total <= self.widest:
            return Told(self.widest, 0, self.widest)
        if self.total >= upper:
            return Told(upper, upper, self.most)
        return Told(self.total, self.total, self.total)


@lru_cache(maxsize=4096)
def _weight_and_end(n, people):
    weight = answered(n, people).number
    return weight, end_of(weight)


@dataclass(slots=True)
class Sum:
    """`plain` is the sum of lots that hide nothing, `hidden` {(area, end): Hidden} that of the others."""

    n: int = 0
    people: int | None = 0
    plain: float = 0
    small: bool = False
    hidden: dict = field(default_factory=dict)
    sample: Sample = NOBODY

    def add_share(self, hits, n, people, area):
        weight, end = _weight_and_end(n, people)
        self.n += n
        self.people = None if people is None else self.people + people
        if end:
            self._add(hits, n, n * end // 100, area)
            self.small = self.small or weight < FEW
        else:
            self.plain += hits

    def add_score(self, sample, people, area):
        n, mean, sd = sample
        weight, end = _weight_and_end(n, people)
        self.n += n
        self.people = None if people is None else self.people + people
        if end:
            self._add(n * mean, n * 100, n * end, area)
            self.small = self.small or weight < FEW
            sample = Sample(n, min(max(mean, end), 100 - end), max(sd, end))
        else:
            self.plain += n * mean
        self.sample = joined(self.sample, sample)

    def _add(self, number, whole, end, area):
        if end and number <= end:
            self.hidden.setdefault((area, -1), Hidden()).add(number, end)
        elif end and number >= whole - end:
            self.hidden.setdefault((area, 1), Hidden()).add(whole - number, end)
            self.plain += whole
        else:
            self.plain += number

    def plus(self, other):
        people = None if self.people is None or other.people is None else self.people + other.people
        parts = enumerate((self, other))
        hidden = {((place, area), end): one for place, part in parts for (area, end), one in part.hidden.items()}
        return Sum(
            self.n + other.n,
            people,
            self.plain + other.plain,
            self.small or other.small,
            hidden,
            joined(self.sample, other.sample),
        )

    @property
    def told(self):
        """Return the Told of all lots; the total of each hidden area is hidden again by its widest range."""
        number = least = most = self.plain
        for (_area, end), one in self.hidden.items():
            told = one.told
            number -= end * told.number
            least -= end * (told.least if end < 0 else told.most)
            most -= end * (told.most if end < 0 else told.least)
        return Told(number, least, most)

    @property
    def share(self):
        number, least, most = self.told
        limits = (None, None) if least == most else (least, most)
        return Share(number, self.n, self.people, *limits, small=self.small)

    @property
    def score(self):
        number, least, most = (one / self.n for one in self.told)
        limits = (None, None) if least == most else (least, most)
        return Score(self.sample._replace(mean=number), self.people, *limits, small=self.small)
