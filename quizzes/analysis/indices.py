"""Indices of item analysis (docs/reference/item-analysis.md). Pure functions."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

SCALE = 10**5
MIN_SHOWN, MIN_ADVISED = 10, 20
TOO_EASY, TOO_HARD = 95, 30
WEAK = 20
MANY_OPEN = 20
DELETED_OPTIONS = "gone"


class SampleSize(StrEnum):
    HIDDEN = "hidden"
    FEW = "few"
    ENOUGH = "enough"


class Advice(TextChoices):
    KEY = "key", _("A wrong option was chosen more than the right one: check that the key is right.")
    BACKWARDS = (
        "backwards",
        _("Learners who do well in the rest miss this more often: check the key and whether the text can be misread."),
    )
    HARD = "hard", _("Very few get it right: check the wording, and whether the lesson explains it.")
    OPEN = "open", _("Many leave it open: check that it is clear what to do, and that there is time.")
    EASY = "easy", _("Nearly everyone gets it right: encouraging, but it says little about who knows.")
    WEAK = "weak", _("Low discrimination: make the wrong options more believable.")
    UNCLEAR = "unclear", _("Low discrimination: check what it asks and what earns its points.")
    UNUSED = "unused", _("No one chose one of the wrong options: write one that people could believe.")
    FINE = "fine", _("No problem found.")


class Option(NamedTuple):
    """An option with the number of people who chose it; a `partly` right one is neither right nor wrong."""

    key: str
    text: str
    right: bool
    people: int
    group: str = ""
    partly: bool = False

    @property
    def wrong(self):
        return not self.right and not self.partly


@dataclass(frozen=True)
class ItemStatistics:
    """Indices are per cent; None where they cannot be computed."""

    people: int
    full_points: int
    facility: float
    deviation: float | None
    discrimination: float | None
    efficiency: float | None
    left_open: int
    options: tuple = ()

    @property
    def sample_size(self):
        return sample_size(self.people)

    @property
    def top_distractor(self):
        wrong = [option for option in self.options if option.wrong and option.people and option.key != DELETED_OPTIONS]
        return max(wrong, key=lambda option: option.people, default=None)


def analyse(scores, *, left_open=0, options=()):
    """Analyse [(fraction of the points, per cent of the other points, people)]; return None without answers."""
    scores = [(round(fraction * SCALE), round(rest * SCALE), people) for fraction, rest, people in scores]
    sums = Sums.of(scores)
    if not sums.people:
        return None
    return ItemStatistics(
        people=sums.people,
        full_points=sum(people for fraction, _rest, people in scores if fraction >= SCALE),
        facility=100 * sums.x / (sums.people * SCALE),
        deviation=_deviation(sums),
        discrimination=_discrimination(sums),
        efficiency=_efficiency(sums, scores),
        left_open=left_open,
        options=tuple(options),
    )


class Sums(NamedTuple):
    people: int
    x: int
    y: int
    xx: int
    yy: int
    xy: int

    @classmethod
    def of(cls, scores):
        return cls(
            sum(n for _x, _y, n in scores),
            sum(n * x for x, _y, n in scores),
            sum(n * y for _x, y, n in scores),
            sum(n * x * x for x, _y, n in scores),
            sum(n * y * y for _x, y, n in scores),
            sum(n * x * y for x, y, n in scores),
        )

    @property
    def variance_x(self):
        """n² times the variance: an exact integer, so 0 means no variance."""
        return self.people * self.xx - self.x**2

    @property
    def variance_y(self):
        return self.people * self.yy - self.y**2

    @property
    def covariance(self):
        return self.people * self.xy - self.x * self.y


def _deviation(sums):
    if sums.people < 2:
        return None
    return 100 * sqrt(sums.variance_x / (sums.people * (sums.people - 1))) / SCALE


def _discrimination(sums):
    if not sums.variance_x or not sums.variance_y:
        return None
    correlation = 100 * sums.covariance / (sqrt(sums.variance_x) * sqrt(sums.variance_y))
    return max(-100.0, min(100.0, correlation))


def _efficiency(sums, scores):
    largest = sums.people * sum_of_sorted_products(scores) - sums.x * sums.y
    return 100 * sums.covariance / largest if largest else None


def sum_of_sorted_products(scores):
    xs = sorted([x, people] for x, _rest, people in scores)
    ys = sorted([y, people] for _x, y, people in scores)
    total, j = 0, 0
    for x, people in xs:
        while people:
            taken = min(people, ys[j][1])
            total += taken * x * ys[j][0]
            people -= taken
            ys[j][1] -= taken
            j += not ys[j][1]
    return total


def sample_size(people):
    if people < MIN_SHOWN:
        return SampleSize.HIDDEN
    return SampleSize.FEW if people < MIN_ADVISED else SampleSize.ENOUGH


def advise(item):
    if item is None or item.sample_size != SampleSize.ENOUGH:
        return None
    return next(advice for advice, applies in _advice_rules(item) if applies)


def _advice_rules(item):
    yield Advice.KEY, _is_key_beaten(item)
    yield Advice.BACKWARDS, item.discrimination is not None and item.discrimination < 0
    yield Advice.HARD, item.facility < TOO_HARD
    yield Advice.OPEN, 100 * item.left_open >= MANY_OPEN * item.people
    yield Advice.EASY, item.facility >= TOO_EASY
    is_weak = item.discrimination is not None and item.discrimination < WEAK
    yield Advice.WEAK, is_weak and any(option.wrong for option in item.options)
    yield Advice.UNCLEAR, is_weak
    yield Advice.UNUSED, any(option.wrong and not option.people for option in item.options)
    yield Advice.FINE, True


def _is_key_beaten(item):
    right = {}
    for option in item.options:
        if option.right:
            right[option.group] = max(option.people, right.get(option.group, 0))
    return any(option.people > right[option.group] for option in item.options if option.wrong and option.group in right)
