"""The woven band of a certificate, above and below: motifs between two dotted rules, in the colours of its design."""

from functools import cache

from modules.weave import CELLS, COLOURS, MOTIFS, rectangles

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
