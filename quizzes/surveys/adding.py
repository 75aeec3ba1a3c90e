"""Adds what lots say of one figure so that no sum tells more of a lot than its own page; pure.

On its own page a small lot hides at an end of the scale how many did (`rounding.end_of`); a sum less all other lots
would tell it. So the lots of one area that hide at the same end are added apart, and of their total the outermost part
is hidden again: as much as the widest of them hides. Whatever is told of the total, each of these lots may still hold
every number that its own page leaves.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from .intervals import Sample, together
from .measures import Score, Share
from .rounding import FEW, answered, end_of


class Told(NamedTuple):
    """A number of which it is known that it lies between two others."""

    number: float
    least: float
    most: float


@dataclass
class Hidden:
    """The total of lots that hide at one end, how much it could be, and how much the widest of them hides."""

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


@dataclass
class Sum:
    """A figure of lots: `plain` is what those hold that hide nothing, `hidden` {(area, end): Hidden} that of others.

    It is counted in people who did, or in points of the score of all people; `whole` is how many there could be.
    """

    n: int = 0
    people: int | None = 0
    plain: float = 0
    whole: float = 0
    small: bool = False
    hidden: dict = field(default_factory=dict)
    samples: list = field(default_factory=list)

    def add_share(self, hits, n, people, area):
        weight = answered(n, people).number
        self._add(hits, n, n * end_of(weight) // 100, area)
        self._count(n, people, weight)

    def add_score(self, sample, people, area):
        weight = answered(sample.n, people).number
        end = end_of(weight)
        self._add(sample.n * sample.mean, sample.n * 100, sample.n * end, area)
        self._count(sample.n, people, weight)
        told = min(max(sample.mean, end), 100 - end)
        self.samples.append(Sample(sample.n, told, max(sample.sd, end)))

    def _add(self, number, whole, end, area):
        self.whole += whole
        if end and number <= end:
            self.hidden.setdefault((area, -1), Hidden()).add(number, end)
        elif end and number >= whole - end:
            self.hidden.setdefault((area, 1), Hidden()).add(whole - number, end)
            self.plain += whole
        else:
            self.plain += number

    def _count(self, n, people, weight):
        self.n += n
        self.people = None if people is None else self.people + people
        self.small = self.small or weight < FEW

    def plus(self, other):
        """Return the Sum of both, of which each has hidden its own."""
        people = None if self.people is None or other.people is None else self.people + other.people
        parts = enumerate((self, other))
        hidden = {((place, area), end): one for place, part in parts for (area, end), one in part.hidden.items()}
        return Sum(
            self.n + other.n,
            people,
            self.plain + other.plain,
            self.whole + other.whole,
            self.small or other.small,
            hidden,
            self.samples + other.samples,
        )

    @property
    def told(self):
        """Return as `Told` what all hold."""
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
        return Score(together(self.samples)._replace(mean=number), self.people, *limits, small=self.small)
