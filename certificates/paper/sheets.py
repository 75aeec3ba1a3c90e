"""The sheet: how large each line is and where the words begin, so that everything fits whatever it says.

All lengths are in points, but for the tops, which the style sheet counts in millimetres.
"""

from typing import NamedTuple

from certificates.wording.serials import grouped
from certificates.wording.typesetting import BOLD, REGULAR, SetLines, fit_line, fit_name, set_text, width_of, wrap
from certificates.wording.words import sentence_of, text_of

_MM = 72 / 25.4
# What is left between the margins for a line of text, the same on both papers.
_LINE_WIDTH = 640
# Line height of the words, in ems, as in print.css.
_LEADING = 1.22
# In tenths: how much of its size a line keeps when there is much to say.
_DENSITIES = tuple(tenths / 20 for tenths in range(20, 5, -1))
_SMALLEST = 6
_SIGNATURE_HEIGHT = 35
# By the number of signatories: the width of each, and of the code beside the QR.
_SIGNATURE_WIDTHS = {1: 181, 2: 181, 3: 136}
_CODE_WIDTHS = {1: 150, 2: 150, 3: 106}


class Zone(NamedTuple):
    """Where the words stand, in millimetres from the top of the paper."""

    top: float
    bottom: float


# Between the band (or the logos below it) and the signatures.
_ZONES = {
    ("letter", False): Zone(43, 144),
    ("letter", True): Zone(60, 144),
    ("A4", False): Zone(44.5, 137),
    ("A4", True): Zone(61, 137),
}


class TextRow(NamedTuple):
    """A text of the sheet: its kind, its lines, their size and the space above."""

    kind: str
    lines: tuple[str, ...]
    size: int
    gap: int

    @property
    def height(self):
        return self.gap + len(self.lines) * self.size * _LEADING


def arrange(printed, *, lead_in, place):
    """Return {"rows", "top" in millimetres} of the words: the largest at which they fit into their zone."""
    zone = _ZONES[printed["paper_size"], bool(printed.get("logos"))]
    room = (zone.bottom - zone.top) * _MM
    for density in _DENSITIES:
        rows = _rows(printed, lead_in=lead_in, place=place, density=density)
        height = sum(row.height for row in rows)
        if height <= room:
            break
    # A little above the middle, where the eye looks for it.
    return {"rows": rows, "top": int(zone.top + max(0, room - height) * 0.45 / _MM)}


def _rows(printed, *, lead_in, place, density):
    def row(kind, text, gap, largest, **options):
        largest = max(_SMALLEST, int(largest * density))
        lines, size = set_text(text, width=_LINE_WIDTH, largest=largest, smallest=_SMALLEST, **options)
        return TextRow(kind, lines, size, int(gap * density))

    name = _smaller(fit_name(printed["name"], width=_LINE_WIDTH), density)
    rows = [
        row("issuer", printed["issuer"], 0, 11),
        row("heading", printed["heading"].upper(), 4, 15, font=BOLD, spacing=0.08),
        row("lead-in", lead_in, 17, 13),
        TextRow("name", name.lines, name.size, int(4 * density)),
        row("place", place, 6, 13) if place else None,
        row("statement", sentence_of(printed), 15, 19, font=BOLD),
        row("fact", printed["subject"], 7, 14) if printed["subject"] else None,
        *(row("fact", line, 4, 14) for line in text_of(printed)),
    ]
    return [row for row in rows if row]


def _smaller(name, density):
    # The name gives way last: it stays the largest thing on the paper.
    return SetLines(name.lines, max(_SMALLEST, int(name.size * (0.35 + 0.65 * density))))


def arrange_signatories(signatories):
    """Return for each signatory its lines of name and post, and the size at which they fit below the line."""
    width = _SIGNATURE_WIDTHS.get(len(signatories), 181)
    return [
        {"image": line.get("image", ""), "person": line["name"] or line["post"]} | _below(line, width)
        for line in signatories
    ]


def _below(line, width):
    for size in range(11, 0, -1):
        name, post = (wrap(line[field], width=width, size=size) if line[field] else () for field in ("name", "post"))
        # Where a name is written by hand, its line stays free.
        lines = max(1, len(name)) + len(post)
        if lines * size * _LEADING <= _SIGNATURE_HEIGHT and all(
            width_of(part, size=size, font=REGULAR) <= width for part in (*name, *post)
        ):
            break
    return {"name": name, "post": post, "size": size}


def arrange_code(printed, address):
    """Return the sizes of the address and the code beside the QR."""
    width = _CODE_WIDTHS.get(len(printed["signatories"]), 150)
    return {
        "address": fit_line(address, width=width, sizes=(9, 8, 7)),
        "serial": fit_line(grouped(printed["serial"]), width=width, sizes=(11, 10, 9), font=BOLD),
    }
