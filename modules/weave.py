"""The weave: eight motifs of 11 × 11 cells, one per module, as on a *faja*."""

import re
from functools import cache
from typing import NamedTuple

CELLS = 11


class Motif(NamedTuple):
    cells: tuple[str, ...]  # rows of "." (ground), "a" (first colour), "b" (second colour)
    first_colour: str
    second_colour: str


MOTIFS = {
    1: Motif(  # puerta
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
    2: Motif(  # ley
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
    3: Motif(  # secreto
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
    4: Motif(  # cuidado
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
    5: Motif(  # escucha
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
    6: Motif(  # limite
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
    7: Motif(  # red
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
    8: Motif(  # siembra
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
# For print; on screen the style sheet sets the colours by class name.
COLOURS = {
    "indigo": "#2B3A8C",
    "marigold": "#E0A100",
    "clay": "#A84A22",
    "jade": "#0F6B63",
    "cochineal": "#A3173F",
}


def motif_of(number):
    return MOTIFS[(number - 1) % len(MOTIFS) + 1]


def rectangles(cells, letter):
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
    return {
        letter: "".join(
            f"M{x + left} {y + top}h{width}v{height}h-{width}z"
            for left, top, width, height in rectangles(cells, letter)
        )
        for letter in "ab"
    }


def row_paths(cells):
    """Return [(letter, `d` of a path)] for every row; each is slightly higher than a cell, to leave no gaps."""
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
    """Return ([(number, colour, d)], width in cells) of motifs side by side, `gap` cells apart."""
    paths, x = [], gap
    for number in numbers:
        motif = motif_of(number)
        drawn = merged_paths(motif.cells, x=x, y=gap)
        paths += [(number, motif.first_colour, drawn["a"]), (number, motif.second_colour, drawn["b"])]
        x += CELLS + gap
    return tuple(paths), x
