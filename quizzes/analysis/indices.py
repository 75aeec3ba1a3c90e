"""The item analysis: pure arithmetic on counts. Formulas and sources: docs/reference/item-analysis.md.

`scores` are (fraction, rest, people) as figures.py counts them: so many people earned this fraction of the question's
points and this per cent of the others'. Sums are exact integers; only the last step is a float.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# What the columns of the figures hold, as whole numbers.
SCALE = 10**5
LEAST_SHOWN, LEAST_ADVISED = 10, 20
TOO_EASY, TOO_HARD = 95, 30
WEAK = 20
MANY_OPEN = 20
# The options that a question no longer has, together.
GONE = "gone"


class Weight(StrEnum):
    """How much so many answers say."""

    HIDDEN = "hidden"
    FEW = "few"
    ENOUGH = "enough"


class Advice(TextChoices):
    """What to do about a question. The first that applies is said."""

    KEY = "key", _("A wrong option was chosen more than the right one: check that the key is right.")
    BACKWARDS = (
        "backwards",
        _("Who does well in the rest gets this one wrong more: check the key and whether the text can be misread."),
    )
    HARD = "hard", _("Very few get it right: check the wording, and whether the lesson explains it.")
    OPEN = "open", _("Many leave it open: check that it is clear what to do, and that there is time.")
    EASY = "easy", _("Nearly everybody gets it right: good for encouragement, but it says little about who knows.")
    WEAK = "weak", _("It hardly tells who knows from who does not: make the wrong options more believable.")
    UNCLEAR = "unclear", _("It hardly tells who knows from who does not: check what it asks and what earns its points.")
    UNUSED = "unused", _("Nobody chose one of the wrong options: write one that people could believe.")
    FINE = "fine", _("Nothing stands out.")


class Option(NamedTuple):
    """Something that people could choose, and how many did. Steps and pairs are of one `group` each.

    What is `partly` right earns some of the points: it is neither right nor wrong.
    """

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
class ItemFigures:
    """What is known of a question. Indices are per cent; None where they cannot be computed."""

    people: int
    full_points: int
    facility: float
    deviation: float | None
    discrimination: float | None
    efficiency: float | None
    left_open: int
    options: tuple = ()

    @property
    def weight(self):
        return weigh(self.people)

    @property
    def wrong_favourite(self):
        """The wrong option that most people chose, or None."""
        wrong = [option for option in self.options if option.wrong and option.people and option.key != GONE]
        return max(wrong, key=lambda option: option.people, default=None)


def analyse(scores, *, left_open=0, options=()):
    """Return the ItemFigures of a question, or None where nobody was asked."""
    scores = [(round(fraction * SCALE), round(rest * SCALE), people) for fraction, rest, people in scores]
    sums = Sums.of(scores)
    if not sums.people:
        return None
    return ItemFigures(
        people=sums.people,
        full_points=sum(people for fraction, _rest, people in scores if fraction >= SCALE),
        facility=100 * sums.x / (sums.people * SCALE),
        deviation=deviation(sums),
        discrimination=discrimination(sums),
        efficiency=efficiency(sums, scores),
        left_open=left_open,
        options=tuple(options),
    )


class Sums(NamedTuple):
    """The sums that everything follows from: x is the question, y the rest of the quiz."""

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
    def spread_x(self):
        """n² times the variance of the question's scores, as the two below: exact, so that 0 means 0."""
        return self.people * self.xx - self.x**2

    @property
    def spread_y(self):
        return self.people * self.yy - self.y**2

    @property
    def together(self):
        """n² times the covariance."""
        return self.people * self.xy - self.x * self.y


def deviation(sums):
    """Return the standard deviation of the scores (of a sample: by n − 1), in per cent of the question's points."""
    if sums.people < 2:
        return None
    return 100 * sqrt(sums.spread_x / (sums.people * (sums.people - 1))) / SCALE


def discrimination(sums):
    """Return Pearson's correlation of the question with the rest of the quiz, from -100 to 100."""
    if not sums.spread_x or not sums.spread_y:
        return None
    correlation = 100 * sums.together / (sqrt(sums.spread_x) * sqrt(sums.spread_y))
    return max(-100.0, min(100.0, correlation))


def efficiency(sums, scores):
    """Return the covariance in per cent of the largest that these scores allow, at most 100.

    That is when whoever did best in the rest also did best here: both columns sorted and put side by side.
    """
    largest = sums.people * sum_of_sorted_products(scores) - sums.x * sums.y
    return 100 * sums.together / largest if largest else None


def sum_of_sorted_products(scores):
    """Return the sum of x·y over all people when both columns are sorted apart from each other."""
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


def weigh(people):
    """Return how much so many answers say: nothing is shown of fewer than 10, nothing advised on fewer than 20."""
    if people < LEAST_SHOWN:
        return Weight.HIDDEN
    return Weight.FEW if people < LEAST_ADVISED else Weight.ENOUGH


def advise(item):
    """Return the Advice on a question's ItemFigures, or None while there are too few answers for any."""
    if item is None or item.weight != Weight.ENOUGH:
        return None
    return next(advice for advice, applies in signs(item) if applies)


def signs(item):
    """Yield (Advice, whether it applies), the graver first."""
    yield Advice.KEY, is_beaten(item)
    yield Advice.BACKWARDS, item.discrimination is not None and item.discrimination < 0
    yield Advice.HARD, item.facility < TOO_HARD
    yield Advice.OPEN, 100 * item.left_open >= MANY_OPEN * item.people
    yield Advice.EASY, item.facility >= TOO_EASY
    is_weak = item.discrimination is not None and item.discrimination < WEAK
    yield Advice.WEAK, is_weak and any(option.wrong for option in item.options)
    yield Advice.UNCLEAR, is_weak
    yield Advice.UNUSED, any(option.wrong and not option.people for option in item.options)
    yield Advice.FINE, True


def is_beaten(item):
    """Say whether more people chose some wrong option than the right one of its group, or than each of several."""
    right = {}
    for option in item.options:
        if option.right:
            right[option.group] = max(option.people, right.get(option.group, 0))
    return any(option.people > right[option.group] for option in item.options if option.wrong and option.group in right)
