"""What lots of answers say together, in figures that may be shown; pure.

Every figure is a sum of whole lots, each of ten people or more, so that no difference of two figures is about fewer.
Figures are rounded the more, the fewer people stand behind them, and the ends of the scale are never said exactly of
fewer than a hundred: `docs/reference/survey-figures.md` has every rule with its reason.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import chain
from math import floor
from typing import Any, NamedTuple

from .intervals import Sample, newcombe, of_mean, together, welch, wilson
from .statements import AGREEING, SEEN, Block, Statement, blocks_of

FEW, MANY = 20, 100
# What is compared with what: after with before.
COMPARED = [("pre", "post"), ("pre", "seg")]
GROUPS = ("clinical", "other")


class Lot(NamedTuple):
    """Answers that were counted together: `figures` as SurveyLot has them, `wording` the contents of its wording.

    Lots of one wording hold the same object. `place` tells whose answers they are.
    """

    wave: str
    people: int
    wording: dict
    figures: dict
    place: Hashable = None


class Gap(StrEnum):
    """Why there is no figure."""

    NOT_ASKED = "not_asked"
    NO_LOT = "no_lot"
    TOO_FEW = "too_few"
    OTHER_WORDING = "other_wording"


class Shown(NamedTuple):
    """A number from 0 to 100 as it may be said: itself (`end` 0), or so much or less (-1), or so much or more (1)."""

    value: int
    end: int = 0


def rounded(number, step=1):
    """Return the multiple of `step` that is nearest; of two, the one farther from 0."""
    sign = -1 if number < 0 else 1
    # What is a half but for the floating point is a half.
    return sign * step * floor(abs(number) / step + 0.5 + 1e-9)


def step_of(n):
    return 5 if n < FEW else 1


def end_of(n):
    """Return at which per cent the end of the scale begins, of which nothing more exact is said."""
    if n < FEW:
        return 10
    return 5 if n < MANY else 0


def show(percent, n):
    """Return a number from 0 to 100 about so many people as `Shown`."""
    end = end_of(n)
    if end and percent <= end:
        return Shown(end, -1)
    if end and percent >= 100 - end:
        return Shown(100 - end, 1)
    return Shown(rounded(min(max(percent, 0), 100), step_of(n)))


class Answered(NamedTuple):
    """How many people answered: so many, or (not `exact`) so many or more."""

    number: int
    exact: bool


def answered(n, people):
    """Return how many may be said to have answered, of so many `people` of their lots; None where these are not known.

    Beside the people of the lots, the exact number would tell of how few nothing was answered.
    """
    if n == people and people >= FEW:
        return Answered(n, True)
    most = n if people is None else min(n, people - 10)
    return Answered(max(10, most // 10 * 10), False)


@dataclass(frozen=True)
class Share:
    """How many of `n` who answered did; of `people` in the lots (None: not known)."""

    hits: int
    n: int
    people: int | None = None

    @cached_property
    def told(self):
        """Return the hits that everything shown is reckoned from: at an end of the scale, those at which it begins."""
        least = self.n * end_of(self.n) // 100
        return min(max(self.hits, least), self.n - least)

    @property
    def shown(self):
        return show(100 * self.told / self.n, self.n)

    @property
    def interval(self):
        return tuple(show(100 * limit, self.n) for limit in wilson(self.told, self.n))

    @property
    def answered(self):
        return answered(self.n, self.people)

    def since(self, before):
        """Return the Change since another Share, in percentage points."""
        points = 100 * (self.told / self.n - before.told / before.n)
        limits = newcombe(self.told, self.n, before.told, before.n)
        return _change(self, before, points, [100 * limit for limit in limits])


@dataclass(frozen=True)
class Score:
    """The mean of so many people's scores from 0 to 100."""

    sample: Sample
    people: int | None = None

    @property
    def n(self):
        return self.sample.n

    @cached_property
    def told(self):
        """Return the sample that everything shown is reckoned from.

        Its mean lies within what is said exactly, and its people differ at least a little: a short interval would tell
        that all of them answered alike.
        """
        end = end_of(self.n)
        return Sample(self.n, min(max(self.sample.mean, end), 100 - end), max(self.sample.sd, end))

    @property
    def shown(self):
        return show(self.told.mean, self.n)

    @property
    def interval(self):
        return tuple(show(limit, self.n) for limit in of_mean(self.told))

    @property
    def answered(self):
        return answered(self.n, self.people)

    def since(self, before):
        """Return the Change since another Score, in points of the scale."""
        return _change(self, before, self.told.mean - before.told.mean, welch(self.told, before.told))


class Change(NamedTuple):
    """By how many points a figure rose (or fell: below 0), and the limits of that; of `at_least` it was more, if any.

    Where the limits are on both sides of 0, or reach it, nobody can say that it changed.
    """

    points: int
    low: int
    high: int
    at_least: bool

    @property
    def is_sure(self):
        return self.low > 0 or self.high < 0


def _change(now, before, points, limits):
    step = max(step_of(now.n), step_of(before.n))
    low, high = (min(max(limit, -100), 100) for limit in limits)
    is_at_end = bool(now.shown.end or before.shown.end)
    points = rounded(points, step)
    return Change(points, rounded(low, step), rounded(high, step), is_at_end and points != 0)


@dataclass(frozen=True)
class Line:
    """A figure wave by wave, Share, Score or Gap, and its changes {(before, now): Change or Gap}."""

    about: Statement | Block
    waves: dict[str, Any]
    changes: dict[tuple[str, str], Any]

    @property
    def id(self):
        return self.about.id

    @property
    def is_score(self):
        return isinstance(self.about, Block)

    @property
    def words(self):
        """Return the text of the statement, or the title of the block, by language."""
        return self.about.title if self.is_score else self.about.text

    @property
    def better(self):
        return 1 if self.is_score else self.about.better

    @property
    def has_figures(self):
        return any(not isinstance(figure, Gap) for figure in self.waves.values())


@dataclass(frozen=True)
class WaveSum:
    """Of a wave: how many answered in how many lots, and of which places."""

    people: int = 0
    lots: int = 0
    places: frozenset = frozenset()


@dataclass(frozen=True)
class Figures:
    """All that lots say: waves {wave: WaveSum}; statements, blocks {id: Line}; groups {group: the same of a group}."""

    waves: dict[str, WaveSum]
    blocks: list[Block]
    statements: dict[str, Line]
    scores: dict[str, Line]
    groups: dict[str, "Figures"] = field(default_factory=dict)

    @property
    def headline(self):
        """Return the Lines of official statements."""
        return [line for line in self.statements.values() if line.about.is_official]

    @property
    def seen(self):
        return [line for line in self.statements.values() if line.about.kind == SEEN]


def figures_of(lots, waves=("pre", "post", "seg")):
    """Return the `Figures` of Lots, all of them added."""
    lots = list(lots)
    wordings = {id(lot.wording): lot.wording for lot in lots}
    books = {key: _Book(wording) for key, wording in wordings.items()}
    # What is shown is in the words of the latest wave's last lot.
    latest = sorted(lots, key=lambda lot: waves.index(lot.wave))
    blocks = _blocks_in_order([books[id(lot.wording)] for lot in latest])
    everybody, groups = _Sums(), {group: _Sums() for group in GROUPS}
    for lot in lots:
        book = books[id(lot.wording)]
        everybody.add(lot.wave, book, lot.figures, lot.people)
        _add_groups(groups, lot, book)
    sums = {wave: _wave_sum([lot for lot in lots if lot.wave == wave]) for wave in waves}
    of_groups = {group: Figures(sums, blocks, *one.lines(blocks, sums)) for group, one in groups.items() if one.has_any}
    return Figures(sums, blocks, *everybody.lines(blocks, sums), of_groups)


def _add_groups(groups, lot, book):
    """Add what a lot says of both groups: of one alone it would tell of the other by the difference."""
    told = lot.figures.get("groups") or {}
    if all(group in told for group in GROUPS):
        for group, other in (GROUPS, GROUPS[::-1]):
            groups[group].add(lot.wave, book, told[group], None, beside=told[other])


def _wave_sum(lots):
    return WaveSum(sum(lot.people for lot in lots), len(lots), frozenset(lot.place for lot in lots))


class _Book:
    """A wording: its blocks, and what has to be the same for each statement and block to be added."""

    def __init__(self, contents):
        self.blocks = blocks_of(contents)
        self.statements = {one.id: one for block in self.blocks for one in block.statements}
        self.scored = {block.id: block for block in self.blocks if block.is_scored}


def _blocks_in_order(books):
    """Return the Blocks that any of the books has, each as the last of them has it."""
    found, statements = {}, {}
    for book in dict.fromkeys(books):
        for block in book.blocks:
            statements.setdefault(block.id, {}).update({one.id: one for one in block.statements})
            found[block.id] = block
    return [
        Block(block.id, block.title, block.is_scored, block.waves, list(statements[block.id].values()))
        for block in found.values()
    ]


class _Sums:
    """What lots say, gathered by wave, wording and name; added once all of it is there."""

    def __init__(self):
        # {(wave, id of the book): (book, {kind: [(figures of that kind, people, those that have to say it, too)]})}
        self.parts = {}

    @property
    def has_any(self):
        return bool(self.parts)

    def add(self, wave, book, figures, people, beside=None):
        """Gather what a lot, or a group of it, says; `people` is None where it is not known how many they are.

        What `beside` does not say as well is left out.
        """
        _book, kinds = self.parts.setdefault((wave, id(book)), (book, {"items": [], "blocks": []}))
        for kind, parts in kinds.items():
            parts.append((figures[kind], people, beside and beside[kind]))

    def lines(self, blocks, waves):
        """Return the Lines {id: Line} of statements, and those of scored blocks."""
        statements = chain.from_iterable(block.statements for block in blocks)
        return (
            {one.id: self._line(one, waves) for one in statements if one.kind in (AGREEING, SEEN)},
            {block.id: self._line(block, waves) for block in blocks if block.is_scored},
        )

    def _line(self, about, waves):
        found = {wave: self._found(wave, about, waves[wave]) for wave in waves}
        figures = {wave: one if isinstance(one, Gap) else _figure(*one) for wave, one in found.items()}
        changes = {
            (before, now): _compared(found, figures, before, now)
            for before, now in COMPARED
            if before in figures and now in figures
        }
        return Line(about, figures, changes)

    def _found(self, wave, about, wave_sum):
        """Return (the Statement or Block as that wave worded it, [(counts or score, people)]), or why there is none."""
        kind, worded, gathered = "blocks" if isinstance(about, Block) else "items", None, []
        for (of_wave, _id), (book, kinds) in self.parts.items():
            own = (book.scored if kind == "blocks" else book.statements).get(about.id)
            if of_wave != wave or own is None:
                continue
            found = [
                (told[about.id], people)
                for told, people, beside in kinds[kind]
                if about.id in told and (beside is None or about.id in beside)
            ]
            if not found:
                continue
            if worded is not None and worded.wording != own.wording:
                return Gap.OTHER_WORDING
            worded, gathered = own, gathered + found
        if worded is not None:
            return worded, gathered
        if wave not in about.waves:
            return Gap.NOT_ASKED
        return Gap.TOO_FEW if wave_sum.lots else Gap.NO_LOT


def _figure(about, gathered):
    """Return the Share or Score of [(counts or score, people)]."""
    parts = [part for part, _people in gathered]
    numbers = [people for _part, people in gathered]
    people = None if None in numbers else sum(numbers)
    if isinstance(about, Block):
        return Score(together([Sample(one["n"], one["mean"], one["sd"]) for one in parts]), people)
    # Lists, which for a thousand lots are quicker than what gives one after another.
    hits = sum([counts.get(code, 0) for code in about.hits for counts in parts])
    return Share(hits, sum([sum(counts.values()) for counts in parts]), people)


def _compared(found, figures, before, now):
    """Return the Change from one wave to another, or why there is none."""
    for one in (figures[before], figures[now]):
        if isinstance(one, Gap):
            return one
    if found[before][0].wording != found[now][0].wording:
        return Gap.OTHER_WORDING
    return figures[now].since(figures[before])
