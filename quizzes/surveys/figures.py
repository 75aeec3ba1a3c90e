"""Figures of the survey for publication (docs/reference/survey-figures.md)."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any, NamedTuple

from .adding import Sum
from .intervals import Sample
from .statements import AGREEING, SEEN, Block, Statement, blocks_of

COMPARED = [("pre", "post"), ("pre", "seg")]
GROUPS = ("clinical", "other")


class Lot(NamedTuple):
    """Answers counted together. `area` says with which lots it may be added in hiding: always the same ones."""

    wave: str
    people: int
    wording: dict
    figures: dict
    place: Hashable = None
    area: Hashable = None


class Gap(StrEnum):
    NOT_ASKED = "not_asked"
    NO_LOT = "no_lot"
    TOO_FEW = "too_few"
    OTHER_WORDING = "other_wording"


@dataclass(frozen=True)
class Line:
    """A Share, Score or Gap by wave, and changes {(before, now): Change or Gap}."""

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
        return self.about.title if self.is_score else self.about.text

    @property
    def better(self):
        return 1 if self.is_score else self.about.better

    @property
    def has_figures(self):
        return any(not isinstance(figure, Gap) for figure in self.waves.values())


@dataclass
class WaveSum:
    people: int = 0
    lots: int = 0
    places: set = field(default_factory=set)

    def add(self, lot):
        self.people += lot.people
        self.lots += 1
        self.places.add(lot.place)


@dataclass(frozen=True)
class Figures:
    """Waves {wave: WaveSum}; statements and blocks {id: Line}; groups {group: the same of a group}."""

    waves: dict[str, WaveSum]
    blocks: list[Block]
    statements: dict[str, Line]
    scores: dict[str, Line]
    groups: dict[str, "Figures"] = field(default_factory=dict)

    @property
    def headline(self):
        return [line for line in self.statements.values() if line.about.is_official]

    @property
    def seen(self):
        return [line for line in self.statements.values() if line.about.kind == SEEN]


def figures_of(lots, waves=("pre", "post", "seg"), *, groups_in_full=True):
    """Return the Figures of all Lots; of groups every statement, or only the official ones."""
    books, last, sums = {}, {}, {wave: WaveSum() for wave in waves}
    everybody, groups = _Sums(), {group: _Sums(groups_in_full) for group in GROUPS}
    for lot in lots:
        book = books.get(id(lot.wording))
        if book is None:
            book = books[id(lot.wording)] = _Book(lot.wording)
        last.setdefault(lot.wave, {}).pop(book, None)
        last[lot.wave][book] = True
        sums[lot.wave].add(lot)
        everybody.add(lot, book, lot.figures, lot.people)
        _add_groups(groups, lot, book)
    blocks = _blocks_in_order([book for wave in waves for book in last.get(wave, ())])
    of_groups = {group: Figures(sums, blocks, *one.lines(blocks, sums)) for group, one in groups.items() if one.has_any}
    return Figures(sums, blocks, *everybody.lines(blocks, sums), of_groups)


def _add_groups(groups, lot, book):
    told = lot.figures.get("groups") or {}
    if all(group in told for group in GROUPS):
        for group, other in (GROUPS, GROUPS[::-1]):
            groups[group].add(lot, book, told[group], None, beside=told[other])


class _Book:
    def __init__(self, contents):
        # Keeps the object alive, since its id identifies the wording.
        self.contents = contents
        self.blocks = blocks_of(contents)
        self.statements = {one.id: one for block in self.blocks for one in block.statements}
        self.official = {name: one for name, one in self.statements.items() if one.is_official}
        self.scored = {block.id: block for block in self.blocks if block.is_scored}


def _blocks_in_order(books):
    found, statements = {}, {}
    for book in books:
        for block in book.blocks:
            statements.setdefault(block.id, {}).update({one.id: one for one in block.statements})
            found[block.id] = block
    return [
        Block(block.id, block.title, block.is_scored, block.waves, list(statements[block.id].values()))
        for block in found.values()
    ]


class _Sums:
    def __init__(self, in_full=True):
        self.in_full = in_full
        # {(wave, id of the book): (book, {statement: Sum}, {block: Sum})}
        self.parts = {}

    @property
    def has_any(self):
        return bool(self.parts)

    def add(self, lot, book, figures, people, beside=None):
        """Add a lot or a group of it, limited to what `beside` has too; `people` is None if unknown."""
        _book, statements, blocks = self.parts.setdefault((lot.wave, id(book)), (book, {}, {}))
        area, items, also = lot.area, figures["items"], figures if beside is None else beside
        for name, statement in (book.statements if self.in_full else book.official).items():
            counts = items.get(name)
            if counts is None or name not in also["items"]:
                continue
            held = statements.get(name)
            if held is None:
                held = statements[name] = Sum()
            hits = 0
            for code in statement.hits:
                if code in counts:
                    hits += counts[code]
            held.add_share(hits, sum(counts.values()), people, area)
        for name, one in figures["blocks"].items():
            if name not in also["blocks"]:
                continue
            held = blocks.get(name)
            if held is None:
                held = blocks[name] = Sum()
            held.add_score(Sample(one["n"], one["mean"], one["sd"]), people, area)

    def lines(self, blocks, waves):
        """Return {id: Line} of statements, and of scored blocks."""
        statements = chain.from_iterable(block.statements for block in blocks)
        wanted = [one for one in statements if one.kind in (AGREEING, SEEN) and (self.in_full or one.is_official)]
        return (
            {one.id: self._line(one, waves) for one in wanted},
            {block.id: self._line(block, waves) for block in blocks if block.is_scored},
        )

    def _line(self, about, waves):
        found = {wave: self._found(wave, about, waves[wave]) for wave in waves}
        name = "score" if isinstance(about, Block) else "share"
        figures = {wave: one if isinstance(one, Gap) else getattr(one[1], name) for wave, one in found.items()}
        changes = {
            (before, now): _compared(found, figures, before, now)
            for before, now in COMPARED
            if before in figures and now in figures
        }
        return Line(about, figures, changes)

    def _found(self, wave, about, wave_sum):
        worded, gathered = None, None
        for (of_wave, _id), (book, statements, blocks) in self.parts.items():
            is_block = isinstance(about, Block)
            held = (blocks if is_block else statements).get(about.id)
            own = (book.scored if is_block else book.statements).get(about.id)
            if of_wave != wave or held is None or own is None:
                continue
            if worded is not None and worded.wording != own.wording:
                return Gap.OTHER_WORDING
            worded = own
            gathered = held if gathered is None else gathered.plus(held)
        if worded is not None:
            return worded, gathered
        if wave not in about.waves:
            return Gap.NOT_ASKED
        return Gap.TOO_FEW if wave_sum.lots else Gap.NO_LOT


def _compared(found, figures, before, now):
    for one in (figures[before], figures[now]):
        if isinstance(one, Gap):
            return one
    if found[before][0].wording != found[now][0].wording:
        return Gap.OTHER_WORDING
    return figures[now].since(figures[before])
