"""The woven band of a certificate, above and below: the eight motifs twice between two dotted rules."""

from functools import cache

from modules.weave import CELLS, MOTIFS, rectangles

_TIMES = 2
_RULE, _GAP = 2, 2
WIDTH = _TIMES * len(MOTIFS) * (CELLS + 1) + 1
HEIGHT = CELLS + 2 * (_RULE + _GAP)
# The dotted rules are dashed lines of one cell: (d, offset of the dashes).
DASHES = "2 2"
RULES = tuple((f"M0 {y + row + 0.5}h{WIDTH}", 2 * row) for y in (0, HEIGHT - _RULE) for row in range(_RULE))


@cache
def band_strokes():
    """Return {colour: the `d` of one SVG path to stroke}, in cells of a band of `WIDTH` × `HEIGHT`."""
    drawn = {}
    for place in range(_TIMES * len(MOTIFS)):
        motif = MOTIFS[place % len(MOTIFS) + 1]
        x = 1 + place * (CELLS + 1)
        for letter, colour in (("a", motif.first_colour), ("b", motif.second_colour)):
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
