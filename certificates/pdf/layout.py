"""The sheet: how large each line is and where it stands, so that everything fits whatever it says.

All lengths are in points, but for what the style sheet counts in millimetres: tops, depths and the heights of logos.
"""

import re
from functools import cache
from math import ceil
from typing import NamedTuple

from certificates.text.codes import grouped
from certificates.text.fields import says_the_day, sentence_of, text_of
from certificates.text.typesetting import (
    BOLD,
    REGULAR,
    SetLines,
    break_lines,
    fit_line,
    fit_name,
    set_text,
    width_of,
    without_wide_words,
    wrap,
)
from modules.weave import CELLS, COLOURS, MOTIFS, rectangles

_MM = 72 / 25.4
# What is left between the margins for a line of text, the same on both papers.
_LINE_WIDTH = 640
# Line height of the words, in ems, as in print.css.
_LEADING = 1.22
# Of its size, how much a line keeps, and of the space above it, the least and the most: with little to say the spaces
# grow; with much, all steps down, and the spaces go on alone before letters get too small to be read with ease.
_NO_ROOM = 0.5
_DENSITIES = [
    (1, 1, 1.7),
    *((part / 40, part / 40, part / 32) for part in range(39, 20, -1)),
    (_NO_ROOM, 0.3, 0.6),
    *((part / 40, 0.3, 0.4) for part in range(19, 9, -1)),
]
# The least each kind of text has, in points. Whoever issues is read without effort, however much there is to say; the
# others go below only when there would be no room at all.
_SMALLEST_ISSUER = 13
_SMALLEST = {"heading": 11, "lead-in": 9, "place": 9, "statement": 14, "fact": 9, "day": 9}
_SMALLEST_OF_ALL = 6

# Who signs: the sizes below the lines, largest first, the same for all of a paper; how many lines of name and of post
# look well at a size that is not the smallest; and the room for what a pen or a scan leaves above the line.
_BELOW_SIZES = (11, 10, 9)
_MOST_NAME_LINES, _MOST_POST_LINES = 2, 3
_SIGNATURE_MM = 14
# Below the line, in millimetres: its least depth, and the space between the line and what stands under it.
_LEAST_DEPTH, _UNDER_LINE = 12, 1.2
# By paper and number of signatories: how wide the column of each is, in millimetres, as in print.css.
_COLUMNS = {
    "letter": {1: 80, 2: 70, 3: 54},
    "A4": {1: 80, 2: 70, 3: 60},
}
_CODE_WIDTH = 103
# The logos: how high a square one is, what others may have, and the widest, in millimetres.
_SQUARE_LOGO, _LOWEST_LOGO, _HIGHEST_LOGO, _WIDEST_LOGO = 15, 7, 17, 44


class Paper(NamedTuple):
    """Where things stand on a paper, in millimetres from its top."""

    # Where logos or words begin.
    top: float
    # Where signatories and the code end.
    foot: float


_PAPERS = {"letter": Paper(36.5, 177), "A4": Paper(37.5, 170.5)}
_BELOW_LOGOS = 5
# The QR and the white around it, and the least that is left between the words and what stands below them.
_QR_MM, _ABOVE_FOOT = 25, 5


class TextRow(NamedTuple):
    """A text of the sheet: its kind, its lines, their size and the space above."""

    kind: str
    lines: tuple[str, ...]
    size: int
    gap: int

    @property
    def height(self):
        """Without the space above."""
        return len(self.lines) * self.size * _LEADING


def arrange(printed, *, lead_in, place, depth, logos):
    """Return {"rows", "top" in millimetres} of the words: the largest at which they fit above the foot.

    `depth` is that of `arrange_signatories`, `logos` how high their row is, in millimetres; 0 without any.
    """
    paper = _PAPERS[printed["paper_size"]]
    top = paper.top + (logos + _BELOW_LOGOS if logos else 0)
    signed = depth + _SIGNATURE_MM if printed["signatories"] else 0
    room = (paper.foot - max(_QR_MM, signed) - _ABOVE_FOOT - top) * _MM
    for density, least, most in _DENSITIES:
        rows = _rows(printed, lead_in=lead_in, place=place, density=density)
        # How often the spaces there are fit into the room that letters leave.
        fitting = (room - sum(row.height for row in rows)) / sum(row.gap for row in rows)
        spacing = max(least, min(most, fitting))
        if fitting >= least:
            break
    rows = [row._replace(gap=int(row.gap * spacing)) for row in rows]
    height = sum(row.gap + row.height for row in rows)
    # A little above the middle, where the eye looks for it.
    return {"rows": rows, "top": int(top + max(0, room - height) * 0.45 / _MM)}


def _rows(printed, *, lead_in, place, density):
    def row(kind, text, gap, largest, **options):
        smallest = _SMALLEST.get(kind, _SMALLEST_ISSUER)
        if kind in _SMALLEST and density < _NO_ROOM:
            smallest = _SMALLEST_OF_ALL
        largest = max(smallest, round(largest * density))
        lines, size = set_text(text, width=_LINE_WIDTH, largest=largest, smallest=smallest, **options)
        return TextRow(kind, lines, size, gap)

    facts = text_of(printed)
    name = _smaller(fit_name(printed["name"], width=_LINE_WIDTH), density)
    rows = [
        row("issuer", printed["issuer"], 0, 15, most_lines=3),
        row("heading", printed["heading"].upper(), 7, 17, font=BOLD, spacing=0.08),
        row("lead-in", lead_in, 19, 13),
        TextRow("name", name.lines, name.size, 3),
        row("place", place, 6, 13) if place else None,
        row("statement", sentence_of(printed), 16, 21, font=BOLD),
        row("fact", printed["subject"], 5, 14) if printed["subject"] else None,
        *(_fact(row, line, printed, is_last=nth == len(facts)) for nth, line in enumerate(facts, start=1)),
    ]
    return [row for row in rows if row]


def _fact(row, line, printed, *, is_last):
    # The day stands out among the facts; within a long line it is one of them.
    if says_the_day(line, printed):
        return row("day", line, 6 if is_last else 3, 14, font=BOLD)
    return row("fact", line, 3, 14)


def _smaller(name, density):
    # The name gives way last: it stays the largest thing on the paper.
    return SetLines(name.lines, max(_SMALLEST_OF_ALL, int(name.size * (0.35 + 0.65 * density))))


def arrange_signatories(printed):
    """Return {"lines", "size", "depth"}: each signatory's lines of name and post, one size for all who sign, and the
    depth below their lines in millimetres, which is what the longest needs.
    """
    signatories = printed["signatories"]
    columns = _COLUMNS[printed["paper_size"]]
    width = columns.get(len(signatories), columns[1]) * _MM
    for size in _BELOW_SIZES:
        below = [_below(line, width, size) for line in signatories]
        if all(len(name) <= _MOST_NAME_LINES and len(post) <= _MOST_POST_LINES for name, post in below):
            break
    # Where a name is written by hand, its line stays free.
    longest = max((max(1, len(name)) + len(post) for name, post in below), default=0)
    return {
        "lines": [
            {"image": line.get("image", ""), "person": line["name"] or line["post"], "name": name, "post": post}
            for line, (name, post) in zip(signatories, below, strict=True)
        ],
        "size": size,
        "depth": max(_LEAST_DEPTH, ceil(_UNDER_LINE + longest * size * _LEADING / _MM)),
    }


def _below(line, width, size):
    """Return the lines of the name and those of the post; a word that is wider than its column is broken."""
    return [_column(line["name"], width, size, BOLD), _column(line["post"], width, size, REGULAR)]


def _column(text, width, size, font):
    if not text:
        return ()
    text = without_wide_words(text, width=width, size=size, font=font)
    return break_lines(text, len(wrap(text, width=width, size=size, font=font)), font=font)


def arrange_logos(sizes):
    """Return {"heights", "row"} in whole millimetres: of each logo, and of the row that they stand in.

    `sizes` are (width, height) in dots, None for a logo that is named in words; its height is None.
    """
    heights = [_logo_height(*size) if size else None for size in sizes]
    return {"heights": heights, "row": max((height or _HIGHEST_LOGO for height in heights), default=0)}


def _logo_height(width, height):
    # Logos look equally large when they cover about as much: a wide one is lower than a square one, a tall one higher.
    # The letters in a wide one are small, so that it keeps a little more than its share.
    optical = _SQUARE_LOGO * (width / height) ** (-0.5 if width < height else -0.25)
    wanted = min(_HIGHEST_LOGO, max(_LOWEST_LOGO, round(optical)))
    return max(1, int(min(wanted, _WIDEST_LOGO * height / width)))


def arrange_code(printed, address):
    """Return the lines of the address beside the QR, their size, and that of the code."""
    lines = _address_lines(address)
    widest = max(lines, key=lambda line: width_of(line, size=1, font=REGULAR))
    return {
        "lines": lines,
        "address": fit_line(widest, width=_CODE_WIDTH, sizes=(10, 9, 8)),
        "serial": fit_line(grouped(printed["serial"]), width=_CODE_WIDTH, sizes=(11, 10, 9), font=BOLD),
    }


def _address_lines(address):
    """Return the address in lines; a long one goes on behind a dot, a dash or a slash."""
    lines = [""]
    for part in re.split(r"(?<=[./-])", address):
        if lines[-1] and width_of(lines[-1] + part, size=9, font=REGULAR) > _CODE_WIDTH:
            lines.append("")
        lines[-1] += part
    return lines


# How many motifs stand side by side: three rounds of all eight on paper; on screens, which are narrow, two.
ON_PAPER, ON_SCREEN = 24, 16
_RULE, _GAP = 2, 2
HEIGHT = CELLS + 2 * (_RULE + _GAP)
# The dotted rules are dashed lines of one cell.
DASHES = "2 2"
# The two colours of every motif; the weave leaves each motif its own.
_PALETTES = {
    "indigo": ("indigo", "marigold"),
    "cochineal": ("cochineal", "marigold"),
    "jade": ("jade", "marigold"),
}


def rule_colour(palette):
    """Return the colour of the dotted rules."""
    return palette if palette in _PALETTES else "cochineal"


def heading_colour(palette):
    """Return the colour of the heading: one that can be read."""
    return palette if palette in _PALETTES else "indigo"


def width_of_band(places):
    """Return how many cells a band of so many motifs is wide."""
    return places * (CELLS + 1) + 1


def rules_of_band(places):
    """Return the dotted rules above and below as (d, offset of the dashes)."""
    width = width_of_band(places)
    return [(f"M0 {y + row + 0.5}h{width}", 2 * row) for y in (0, HEIGHT - _RULE) for row in range(_RULE)]


@cache
def band_strokes(border="all", palette="weave", *, places):
    """Return {colour: the `d` of one SVG path to stroke}, in cells of a band of `width_of_band(places)` × `HEIGHT`.

    `border` is a `BorderMotif`, `palette` a `Palette`.
    """
    drawn = {}
    for place in range(places):
        motif = MOTIFS[place % len(MOTIFS) + 1 if border == "all" else int(border)]
        colours = _PALETTES.get(palette, (motif.first_colour, motif.second_colour))
        x = 1 + place * (CELLS + 1)
        for letter, colour in zip("ab", colours, strict=True):
            drawn[colour] = drawn.get(colour, "") + strokes(motif.cells, letter, x=x, y=_RULE + _GAP)
    return drawn


def strokes(cells, letter, *, x=0, y=0):
    """Return the `d` of one path that, stroked one cell wide, covers every `letter`.

    A line takes WeasyPrint two steps where a rectangle takes five, and drawing is most of the time of a certificate.
    """
    lines = []
    for left, top, width, height in rectangles(cells, letter):
        if width >= height:
            lines += [f"M{x + left} {y + top + row + 0.5}h{width}" for row in range(height)]
        else:
            lines += [f"M{x + left + column + 0.5} {y + top}v{height}" for column in range(width)]
    return "".join(lines)


@cache
def band_svg(border="all", palette="weave"):
    """Return the woven band of the paper as SVG in the colours of print."""
    view = f'viewBox="0 0 {width_of_band(ON_PAPER)} {HEIGHT}" shape-rendering="crispEdges" aria-hidden="true"'
    drawn = band_strokes(border, palette, places=ON_PAPER).items()
    threads = "".join(f'<path stroke="{COLOURS[colour]}" d="{d}"/>' for colour, d in drawn)
    rule = f'stroke="{COLOURS[rule_colour(palette)]}" stroke-dasharray="{DASHES}"'
    threads += "".join(f'<path {rule} stroke-dashoffset="{offset}" d="{d}"/>' for d, offset in rules_of_band(ON_PAPER))
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view} fill="none">{threads}</svg>'
