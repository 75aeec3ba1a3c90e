"""How much a bank, a quiz or the scenes give away: every strategy measured, with a verdict. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean

from .bayes import learn_words
from .bootstrap import limits_of
from .items import Item
from .logit import learn_and_weigh
from .strategies import COMBINED, STRATEGIES, WORDS, features_of, features_of_scene, share_of_weights

# Points of 100 above chance that no strategy may have over the whole bank, and where one begins to look.
BANK_LIMIT = 12
BANK_WATCH = 8
BANK_WATCH_UPPER = 20
# Below these many a point says too little: no verdict, and over the bank the lower limit instead.
LEAST_ITEMS = 20
POINT_ITEMS = 60
# What somebody finds who earns all of its points; sums of fractions come a little short.
FOUND = 0.999


class Scope(StrEnum):
    BANK = "bank"
    AUDIENCE = "audience"
    MODULE = "module"
    QUIZ = "quiz"
    SCENES = "scenes"
    SCENES_OF_MODULE = "scenes-of-module"

    @property
    def is_whole(self):
        """Whether it is judged as a bank is, by the point, and not by a limit of what is drawn from few."""
        return self in (Scope.BANK, Scope.AUDIENCE, Scope.SCENES)


class Verdict(StrEnum):
    FEW = "few"
    FINE = "fine"
    WATCH = "watch"
    GUESSABLE = "guessable"


@dataclass(frozen=True)
class Pool:
    """What is measured together: `identifier` is that of the module or quiz, or the code of an audience."""

    scope: Scope
    identifier: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Figure:
    """What a strategy earns above chance, in points of 100, with the limits of a bootstrap over the items."""

    strategy: str
    advantage: float
    lower: float
    upper: float
    surely: float
    verdict: Verdict

    @property
    def is_guessable(self):
        return self.verdict == Verdict.GUESSABLE


@dataclass(frozen=True)
class Measured:
    """A Pool with its Figures, the largest advantage first; `shares` are what each strategy earns of each item."""

    pool: Pool
    chance: float
    figures: tuple[Figure, ...]
    shares: tuple[dict, ...] = field(repr=False)

    @property
    def count(self):
        return len(self.pool.items)

    @property
    def found(self):
        """Return for each item the names of the strategies that earn all of its points."""
        return [tuple(name for name, share in row.items() if share > FOUND) for row in self.shares]

    @property
    def verdict(self):
        for verdict in (Verdict.GUESSABLE, Verdict.WATCH, Verdict.FINE):
            if any(figure.verdict == verdict for figure in self.figures):
                return verdict
        return Verdict.FEW

    @property
    def largest(self):
        """The Figure that matters most: of those that are judged worst the one with the largest advantage."""
        worst = [figure for figure in self.figures if figure.verdict == self.verdict]
        return worst[0] if worst else None


def measure_pools(pools):
    """Return {(scope, identifier): Measured} of a tuple of Pools; what they have in common is looked at once."""
    shares = {}
    for of_scenes in (False, True):
        items = dict.fromkeys(item for pool in pools if _is_of_scenes(pool) == of_scenes for item in pool.items)
        shares[of_scenes] = _shares_of(list(items), of_scenes=of_scenes)
    return {(pool.scope, pool.identifier): _measure(pool, shares[_is_of_scenes(pool)]) for pool in pools}


def _is_of_scenes(pool):
    return pool.scope in (Scope.SCENES, Scope.SCENES_OF_MODULE)


def _shares_of(items, *, of_scenes):
    """Return {item: {strategy: share of the points}}; without what needs lessons where an item has none."""
    strategies = [strategy for strategy in STRATEGIES if strategy.is_of_scenes or not of_scenes]
    look = features_of_scene if of_scenes else features_of
    learned = {
        COMBINED: learn_and_weigh([(item.group, look(item), item.right) for item in items]),
        WORDS: learn_words([(item.group, item.options, item.right) for item in items]),
    }
    shares = {}
    for place, item in enumerate(items):
        found = {one.name: one.share(item) for one in strategies if item.lessons or not one.needs_lessons}
        for name, weights in learned.items():
            if weights[place] is not None:
                found[name] = share_of_weights(item, weights[place])
        shares[item] = found
    return shares


def _measure(pool, shares):
    rows = [shares[item] for item in pool.items]
    # What needs lessons says nothing of questions that have none: it is measured by the others.
    measurable = {}
    for place, row in enumerate(rows):
        for name in row:
            measurable.setdefault(name, []).append(place)
    figures = []
    for places in dict.fromkeys(map(tuple, measurable.values())):
        names = [name for name, own in measurable.items() if tuple(own) == places]
        columns = [[rows[place][name] - pool.items[place].chance for place in places] for name in names]
        limits = limits_of(columns, percents=(95, 99.9))
        for name, column, ((lower, upper), (surely, _most)) in zip(names, columns, limits, strict=True):
            points = [round(100 * value, 4) for value in (fmean(column), lower, upper, surely)]
            figures.append(Figure(name, *points, _judge(pool.scope, len(places), *points)))
    chance = 100 * fmean(item.chance for item in pool.items) if pool.items else 0
    return Measured(pool, chance, tuple(sorted(figures, key=lambda figure: -figure.advantage)), tuple(rows))


def _judge(scope, count, advantage, lower, upper, surely):
    if count < LEAST_ITEMS:
        return Verdict.FEW
    if not scope.is_whole:
        return Verdict.GUESSABLE if surely > 0 else Verdict.FINE
    if (advantage if count >= POINT_ITEMS else lower) > BANK_LIMIT:
        return Verdict.GUESSABLE
    return Verdict.WATCH if advantage > BANK_WATCH or upper > BANK_WATCH_UPPER else Verdict.FINE
