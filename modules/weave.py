"""The weave: eight motifs of 11 × 11 cells drawn for this project, one a module, as on a *faja*.

In a motif `.` is the ground, `a` its first colour and `b` its second. A drawing merges the cells of a colour into one
path of rectangles, so that a whole band stays under five kilobytes.
"""

import re
from functools import cache
from typing import NamedTuple

CELLS = 11


class Motif(NamedTuple):
    """A motif: eleven strings of eleven cells, and the names of its two colours."""

    cells: tuple[str, ...]
    first_colour: str
    second_colour: str


MOTIFS = {
    # puerta
    1: Motif(
        (
            ".....a.....",
            "....aba....",
            "...ab.ba...",
            "..ab.a.ba..",
            ".ab.aba.ba.",
            "ab.ab.ba.ba",
            "ab.a...a.ba",
            "ab.a...a.ba",
            "ab.a...a.ba",
            "ab.a...a.ba",
            "aaaaaaaaaaa",
        ),
        "indigo",
        "marigold",
    ),
    # ley
    2: Motif(
        (
            ".....a.....",
            ".....a.....",
            ".aaaaaaaaa.",
            "..b..a..b..",
            ".bbb.a.bbb.",
            "bb.bba.b.bb",
            "bbbbbabbbbb",
            ".....a.....",
            "....aaa....",
            "...aaaaa...",
            "..aaaaaaa..",
        ),
        "clay",
        "indigo",
    ),
    # secreto
    3: Motif(
        (
            "...........",
            ".....a.....",
            "....aaa....",
            "...aa.aa...",
            "..aa.b.aa..",
            ".aa.bbb.aa.",
            "..aa.b.aa..",
            "...aa.aa...",
            "....aaa....",
            ".....a.....",
            "...........",
        ),
        "jade",
        "cochineal",
    ),
    # cuidado
    4: Motif(
        (
            "...........",
            "..aa...aa..",
            ".abba.abba.",
            "abbbbabbbba",
            "abbbbbbbbba",
            "abbbbbbbbba",
            ".abbbbbbba.",
            "..abbbbba..",
            "...abbba...",
            "....aba....",
            ".....a.....",
        ),
        "cochineal",
        "marigold",
    ),
    # escucha
    5: Motif(
        (
            "a.........a",
            "aa.......aa",
            "aba.....aba",
            "abba...abba",
            ".abba.abba.",
            "..abbabba..",
            ".abba.abba.",
            "abba...abba",
            "aba.....aba",
            "aa.......aa",
            "a.........a",
        ),
        "indigo",
        "jade",
    ),
    # limite
    6: Motif(
        (
            "a....a....a",
            ".a..aba..a.",
            "..aab.baa..",
            "...b...b...",
            "b....a....b",
            ".b..aba..b.",
            "..bba.abb..",
            "...a...a...",
            "a....a....a",
            ".a..aba..a.",
            "..aab.baa..",
        ),
        "clay",
        "marigold",
    ),
    # red
    7: Motif(
        (
            "a....a....a",
            ".a..a.a..a.",
            "..aa...aa..",
            "..ab.b.ba..",
            ".a..bbb..a.",
            "a..bbabb..a",
            ".a..bbb..a.",
            "..ab.b.ba..",
            "..aa...aa..",
            ".a..a.a..a.",
            "a....a....a",
        ),
        "jade",
        "marigold",
    ),
    # siembra
    8: Motif(
        (
            ".....b.....",
            "....bbb....",
            "....bbb....",
            "a...bbb...a",
            "aa..bbb..aa",
            ".aa..a..aa.",
            "..aa.a.aa..",
            "...aaaaa...",
            ".....a.....",
            ".....a.....",
            "aaaaaaaaaaa",
        ),
        "cochineal",
        "jade",
    ),
}
# The colours in print and on light paper; on screen the style sheet decides by class name.
COLOURS = {
    "indigo": "#2B3A8C",
    "marigold": "#E0A100",
    "clay": "#A84A22",
    "jade": "#0F6B63",
    "cochineal": "#A3173F",
}


def motif_of(number):
    """Return the motif of a module's number; a ninth module begins again with the first."""
    return MOTIFS[(number - 1) % len(MOTIFS) + 1]


def rectangles(cells, letter):
    """Return the rectangles (x, y, width, height) in cells that cover every `letter`, tall ones merged."""
    open_runs, finished = {}, []
    for y, row in enumerate([*cells, ""]):
        runs = {(m.start(), m.end()) for m in re.finditer(f"{letter}+", row)}
        for run in [run for run in open_runs if run not in runs]:
            top = open_runs.pop(run)
            finished.append((run[0], top, run[1] - run[0], y - top))
        for run in runs:
            open_runs.setdefault(run, y)
    return sorted(finished, key=lambda r: (r[1], r[0]))


def merged_paths(cells, x=0, y=0):
    """Return {letter: the `d` of one SVG path}, shifted by `x`, `y` cells."""
    return {
        letter: "".join(
            f"M{x + left} {y + top}h{width}v{height}h-{width}z"
            for left, top, width, height in rectangles(cells, letter)
        )
        for letter in "ab"
    }


def row_paths(cells):
    """Return for every row of a motif its [(letter, `d` of a path)]; each a hair higher than a cell, so none shows."""
    return [
        [
            (letter, "".join(f"M{m.start()} {y}h{m.end() - m.start()}v1.04h-{m.end() - m.start()}z" for m in runs))
            for letter in "ab"
            if (runs := list(re.finditer(f"{letter}+", row)))
        ]
        for y, row in enumerate(cells)
    ]


@cache
def band_paths(numbers, gap=1):
    """Return ([(colour or number, d)], width in cells) of motifs side by side on a ground of one cell.

    `numbers` is a tuple of module numbers. The result holds, for every motif, its two paths with their colours.
    """
    paths, x = [], gap
    for number in numbers:
        motif = motif_of(number)
        drawn = merged_paths(motif.cells, x=x, y=gap)
        paths += [(number, motif.first_colour, drawn["a"]), (number, motif.second_colour, drawn["b"])]
        x += CELLS + gap
    return tuple(paths), x
