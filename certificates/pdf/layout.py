"""Layout of the sheet, in points; tops, depths and logo heights in millimetres."""

import re
from functools import cache
from math import ceil
from typing import NamedTuple

from certificates.text.codes import format_serial
from certificates.text.fields import further_lines, is_date_line, statement_with_course
from certificates.text.typesetting import (
    BOLD_FONT,
    REGULAR_FONT,
    TypesetLines,
    break_lines,
    break_wide_words,
    fit_line,
    fit_name,
    set_text,
    width_of,
    wrap,
)
from modules.weave import CELLS, COLOURS, MOTIFS, rectangles

_MM = 72 / 25.4
# Between the margins, on both paper sizes.
_LINE_WIDTH = 640
# Line height in ems, as in print.css.
_LEADING = 1.22
# (factor of font sizes, least and greatest factor of gaps): little text gets larger gaps; much text shrinks, and the
# gaps shrink alone before the letters get too small to read easily.
_NO_ROOM = 0.5
_DENSITIES = [
    (1, 1, 1.7),
    *((part / 40, part / 40, part / 32) for part in range(39, 20, -1)),
    (_NO_ROOM, 0.3, 0.6),
    *((part / 40, 0.3, 0.4) for part in range(19, 9, -1)),
]
# Smallest size by kind of text; all but the issuer's go below it only if nothing else fits.
_SMALLEST_ISSUER = 13
_SMALLEST = {"heading": 11, "lead-in": 9, "place": 9, "statement": 14, "fact": 9, "day": 9}
_SMALLEST_OF_ALL = 6

# Signatories: sizes below the lines, the same for all of a sheet; most lines of name and post above the smallest size;
# room for the signature above the line.
_BELOW_SIZES = (11, 10, 9)
_MOST_NAME_LINES, _MOST_POST_LINES = 2, 3
_SIGNATURE_MM = 14
# Below the line, in millimetres: least depth, and the gap under the line.
_LEAST_DEPTH, _UNDER_LINE = 12, 1.2
# Column width in millimetres by paper and number of signatories, as in print.css.
_COLUMNS = {"letter": {1: 80, 2: 70, 3: 54}, "A4": {1: 80, 2: 70, 3: 60}}
_CODE_WIDTH = 103
# Logos in millimetres: height of a square one, least and greatest height, greatest width.
_SQUARE_LOGO, _LOWEST_LOGO, _HIGHEST_LOGO, _WIDEST_LOGO = 15, 7, 17, 44


class Paper(NamedTuple):
    """Millimetres from the top of the sheet."""

    top: float
    foot: float


_PAPERS = {"letter": Paper(36.5, 177), "A4": Paper(37.5, 170.5)}
_BELOW_LOGOS = 5
# QR with its quiet zone, and the least space above the foot.
_QR_MM, _ABOVE_FOOT = 25, 5


class TextRow(NamedTuple):
    kind: str
    lines: tuple[str, ...]
    size: int
    gap: int

    @property
    def height(self):
        return len(self.lines) * self.size * _LEADING


def arrange(printed, *, lead_in, place, depth, logos):
    """Return {"rows", "top" in millimetres} of the text at the largest sizes that fit above the foot.
    `depth` is that of `arrange_signatories`, `logos` the height of their row in millimetres.
    """
    paper = _PAPERS[printed["paper_size"]]
    top = paper.top + (logos + _BELOW_LOGOS if logos else 0)
    signed = depth + _SIGNATURE_MM if printed["signatories"] else 0
    room = (paper.foot - max(_QR_MM, signed) - _ABOVE_FOOT - top) * _MM
    for density, least, most in _DENSITIES:
        rows = _rows(printed, lead_in=lead_in, place=place, density=density)
        # Factor by which the gaps fill the remaining room.
        fitting = (room - sum(row.height for row in rows)) / sum(row.gap for row in rows)
        spacing = max(least, min(most, fitting))
        if fitting >= least:
            break
    rows = [row._replace(gap=int(row.gap * spacing)) for row in rows]
    height = sum(row.gap + row.height for row in rows)
    # The optical centre is a little above the middle.
    return {"rows": rows, "top": int(top + max(0, room - height) * 0.45 / _MM)}


def _rows(printed, *, lead_in, place, density):
    def row(kind, text, gap, largest, **options):
        smallest = _SMALLEST.get(kind, _SMALLEST_ISSUER)
        if kind in _SMALLEST and density < _NO_ROOM:
            smallest = _SMALLEST_OF_ALL
        largest = max(smallest, round(largest * density))
        lines, size = set_text(text, width=_LINE_WIDTH, largest=largest, smallest=smallest, **options)
        return TextRow(kind, lines, size, gap)

    facts = further_lines(printed)
    name = _shrink(fit_name(printed["name"], width=_LINE_WIDTH), density)
    rows = [
        row("issuer", printed["issuer"], 0, 15, most_lines=3),
        row("heading", printed["heading"].upper(), 7, 17, font=BOLD_FONT, spacing=0.08),
        row("lead-in", lead_in, 19, 13),
        TextRow("name", name.lines, name.size, 3),
        row("place", place, 6, 13) if place else None,
        row("statement", statement_with_course(printed), 16, 21, font=BOLD_FONT),
        row("fact", printed["subject"], 5, 14) if printed["subject"] else None,
        *(_fact(row, line, printed, is_last=nth == len(facts)) for nth, line in enumerate(facts, start=1)),
    ]
    return [row for row in rows if row]


def _fact(row, line, printed, *, is_last):
    if is_date_line(line, printed):
        return row("day", line, 6 if is_last else 3, 14, font=BOLD_FONT)
    return row("fact", line, 3, 14)


def _shrink(name, density):
    # The name shrinks least: it stays the largest text.
    return TypesetLines(name.lines, max(_SMALLEST_OF_ALL, int(name.size * (0.35 + 0.65 * density))))


def arrange_signatories(printed):
    """Return {"lines", "size", "depth"}: name and post of each signatory, one font size, and depth in millimetres."""
    signatories = printed["signatories"]
    columns = _COLUMNS[printed["paper_size"]]
    width = columns.get(len(signatories), columns[1]) * _MM
    for size in _BELOW_SIZES:
        below = [_below(line, width, size) for line in signatories]
        if all(len(name) <= _MOST_NAME_LINES and len(post) <= _MOST_POST_LINES for name, post in below):
            break
    # A name written by hand needs a free line.
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
    return [_column(line["name"], width, size, BOLD_FONT), _column(line["post"], width, size, REGULAR_FONT)]


def _column(text, width, size, font):
    if not text:
        return ()
    text = break_wide_words(text, width=width, size=size, font=font)
    return break_lines(text, len(wrap(text, width=width, size=size, font=font)), font=font)


def arrange_logos(sizes):
    """Return {"heights", "row"} in whole millimetres, for `sizes` of (width, height) in pixels or None."""
    heights = [_logo_height(*size) if size else None for size in sizes]
    return {"heights": heights, "row": max((height or _HIGHEST_LOGO for height in heights), default=0)}


def _logo_height(width, height):
    # Logos look equally large when their areas are similar; wide ones have small letters and get a little more.
    optical = _SQUARE_LOGO * (width / height) ** (-0.5 if width < height else -0.25)
    wanted = min(_HIGHEST_LOGO, max(_LOWEST_LOGO, round(optical)))
    return max(1, int(min(wanted, _WIDEST_LOGO * height / width)))


def arrange_code(printed, address):
    """Return the lines of the address beside the QR, their size, and the size of the code."""
    lines = _address_lines(address)
    widest = max(lines, key=lambda line: width_of(line, size=1, font=REGULAR_FONT))
    return {
        "lines": lines,
        "address": fit_line(widest, width=_CODE_WIDTH, sizes=(10, 9, 8)),
        "serial": fit_line(format_serial(printed["serial"]), width=_CODE_WIDTH, sizes=(11, 10, 9), font=BOLD_FONT),
    }


def _address_lines(address):
    lines = [""]
    for part in re.split(r"(?<=[./-])", address):
        if lines[-1] and width_of(lines[-1] + part, size=9, font=REGULAR_FONT) > _CODE_WIDTH:
            lines.append("")
        lines[-1] += part
    return lines


ON_PAPER, ON_SCREEN = 24, 16
_RULE, _GAP = 2, 2
HEIGHT = CELLS + 2 * (_RULE + _GAP)
DASHES = "2 2"
# Colours of every motif; the weave keeps each motif's own.
_PALETTES = {"indigo": ("indigo", "marigold"), "cochineal": ("cochineal", "marigold"), "jade": ("jade", "marigold")}


def rule_colour(palette):
    return palette if palette in _PALETTES else "cochineal"


def heading_colour(palette):
    return palette if palette in _PALETTES else "indigo"


def width_of_band(places):
    return places * (CELLS + 1) + 1


def rules_of_band(places):
    """Return [(path data, dash offset)] of the dotted rules above and below."""
    width = width_of_band(places)
    return [(f"M0 {y + row + 0.5}h{width}", 2 * row) for y in (0, HEIGHT - _RULE) for row in range(_RULE)]


@cache
def band_strokes(border="all", palette="weave", *, places):
    """Return {colour: SVG path data} in cells; `border` is a `BorderMotif`, `palette` a `Palette`."""
    drawn = {}
    for place in range(places):
        motif = MOTIFS[place % len(MOTIFS) + 1 if border == "all" else int(border)]
        colours = _PALETTES.get(palette, (motif.first_colour, motif.second_colour))
        x = 1 + place * (CELLS + 1)
        for letter, colour in zip("ab", colours, strict=True):
            drawn[colour] = drawn.get(colour, "") + strokes(motif.cells, letter, x=x, y=_RULE + _GAP)
    return drawn


def strokes(cells, letter, *, x=0, y=0):
    """Return SVG path data that, stroked one cell wide, covers every `letter`; faster than rectangles."""
    lines = []
    for left, top, width, height in rectangles(cells, letter):
        if width >= height:
            lines += [f"M{x + left} {y + top + row + 0.5}h{width}" for row in range(height)]
        else:
            lines += [f"M{x + left + column + 0.5} {y + top}v{height}" for column in range(width)]
    return "".join(lines)


@cache
def band_svg(border="all", palette="weave"):
    view = f'viewBox="0 0 {width_of_band(ON_PAPER)} {HEIGHT}" shape-rendering="crispEdges" aria-hidden="true"'
    drawn = band_strokes(border, palette, places=ON_PAPER).items()
    threads = "".join(f'<path stroke="{COLOURS[colour]}" d="{d}"/>' for colour, d in drawn)
    rule = f'stroke="{COLOURS[rule_colour(palette)]}" stroke-dasharray="{DASHES}"'
    threads += "".join(f'<path {rule} stroke-dashoffset="{offset}" d="{d}"/>' for d, offset in rules_of_band(ON_PAPER))
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view} fill="none">{threads}</svg>'
