"""Survey figures as small drawings on a common scale, with words and rows."""

from dataclasses import dataclass
from functools import cached_property

from course.models import Wave
from course.survey.results import GROUPS
from quizzes.base.formats import format_percentage
from quizzes.surveys.figures import COMPARED, Gap
from quizzes.surveys.readings import (
    GAPS,
    answered_words,
    change_words,
    hope_words,
    interval_words,
    points_words,
    reading,
    shown_words,
)
from quizzes.surveys.statements import SEEN
from quizzes.surveys.wording import text_in

# SVG units: the scale from 0 to 100 lies between the edges, one row for each wave.
WIDTH, EDGE, ROW = 300, 8, 40


def place_on_scale(value):
    return round(EDGE + value * (WIDTH - 2 * EDGE) / 100, 1)


@dataclass(frozen=True)
class Row:
    wave: str
    name: str
    top: int
    value: str
    interval: str = ""
    answered: str = ""
    x: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def words_at(self):
        return self.top + 14

    @property
    def line_at(self):
        return self.top + 26

    @property
    def shape(self):
        """Outline of its point: a ring, disc or diamond, so that colour is not the only sign."""
        if self.wave == Wave.SEG:
            return f"M{self.x} {self.line_at - 7}l7 7-7 7-7-7z"
        return f"M{self.x - 6:.1f} {self.line_at}a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"


@dataclass(frozen=True)
class Panel:
    line: object
    group: str = ""

    @property
    def id(self):
        return self.line.id

    @cached_property
    def title(self):
        return text_in(self.line.words)

    @property
    def reading(self):
        return reading(self.line)

    @property
    def hope(self):
        return hope_words(self.line)

    @cached_property
    def rows(self):
        shown = [wave for wave in Wave.values if self.line.waves.get(wave) is not Gap.NOT_ASKED]
        return [_row(self.line, wave, number) for number, wave in enumerate(shown)]

    @cached_property
    def cells(self):
        return [_row(self.line, wave, 0) for wave in Wave.values]

    @property
    def height(self):
        return self.foot + 14

    @property
    def foot(self):
        return ROW * len(self.rows)

    @property
    def marks(self):
        write = str if self.line.is_score else format_percentage
        stands = {0: "start", 50: "middle", 100: "end"}
        return [(place_on_scale(value), write(value), how) for value, how in stands.items()]

    @cached_property
    def changes(self):
        return [
            (str(Wave(now).label), change_words(self.line.changes[before, now]))
            for before, now in COMPARED
            if self._is_worth_saying(self.line.changes[before, now])
        ]

    @property
    def change_cells(self):
        """Return [(wave, points, confidence limits)] of each change, as a table shows them."""
        return [(str(Wave(now).label), *self._change_cell(self.line.changes[before, now])) for before, now in COMPARED]

    def _change_cell(self, change):
        if not self._is_worth_saying(change):
            return "–", ""
        return (change_words(change), "") if isinstance(change, Gap) else points_words(change)

    @staticmethod
    def _is_worth_saying(change):
        return change is Gap.OTHER_WORDING or not isinstance(change, Gap)

    @property
    def is_unconfirmed(self):
        return not self.line.is_score and self.line.about.is_official and not self.line.about.is_verified

    @property
    def may_rise_by_noticing(self):
        return not self.line.is_score and self.line.about.kind == SEEN and self.line.better < 0


def _row(line, wave, number):
    figure, name = line.waves[wave], str(Wave(wave).label)
    if isinstance(figure, Gap):
        return Row(wave, name, ROW * number, str(GAPS[figure]))
    low, high = figure.interval
    return Row(
        wave,
        name,
        ROW * number,
        shown_words(line, figure.shown),
        interval_words(line, figure),
        answered_words(figure.answered),
        place_on_scale(figure.shown.value),
        place_on_scale(low.value),
        place_on_scale(high.value),
    )


def main_panels(figures):
    lines = [*figures.headline, *figures.scores.values(), *figures.seen]
    return [Panel(line) for line in lines if line.has_figures]


def statement_panels(figures):
    return [
        (text_in(block.title), [Panel(figures.statements[one.id]) for one in block.statements])
        for block in figures.blocks
        if block.is_scored
    ]


def group_panels(figures):
    if not figures.groups:
        return []
    wanted = [line.id for line in [*figures.headline, *figures.scores.values()]]
    return [
        Panel(line, group=str(GROUPS[group]))
        for name in wanted
        for group, one in figures.groups.items()
        if (line := one.statements.get(name) or one.scores.get(name)) and line.has_figures
    ]
