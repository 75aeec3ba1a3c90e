"""The badge of the course: a cloth with its eight motifs around a tick, plain or with a credential baked in."""

from functools import cache
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image

from modules.weave import CELLS, COLOURS, MOTIFS, Motif, rectangles

_TICK = Motif(
    (
        "...........",
        "...........",
        ".........bb",
        "........bba",
        ".......bba.",
        "bb....bba..",
        "abb..bba...",
        ".abbbba....",
        "..abba.....",
        "...aa......",
        "...........",
    ),
    "marigold",
    "cochineal",
)
_ACROSS, _GAP, _EDGE = 3, 2, 4
SIDE = _ACROSS * (CELLS + _GAP) - _GAP + 2 * _EDGE
_GROUND = "#FFFDF7"
_PIXELS_PER_CELL = 12


@cache
def _cells():
    """Return {(x, y): colour} of the cells that are not the ground."""
    around = [*list(MOTIFS.values())[:4], _TICK, *list(MOTIFS.values())[4:]]
    cells = {}
    for place, motif in enumerate(around):
        left = _EDGE + place % _ACROSS * (CELLS + _GAP)
        top = _EDGE + place // _ACROSS * (CELLS + _GAP)
        for y, row in enumerate(motif.cells):
            for x, letter in enumerate(row):
                if letter != ".":
                    cells[left + x, top + y] = motif.first_colour if letter == "a" else motif.second_colour
    # A rule two cells deep, woven over one and under one.
    for x in range(SIDE):
        for y in range(SIDE):
            if min(x, y, SIDE - 1 - x, SIDE - 1 - y) < 2 and (x + y) % 2 == 0:
                cells[x, y] = "cochineal"
    return cells


@cache
def badge_png():
    """Return the badge as the bytes of a PNG, each cell a square of whole pixels."""
    palette = ["ground", *COLOURS]
    image = Image.new("P", (SIDE, SIDE))
    image.putpalette([part for hexadecimal in (_GROUND, *COLOURS.values()) for part in bytes.fromhex(hexadecimal[1:])])
    for place, colour in _cells().items():
        image.putpixel(place, palette.index(colour))
    written = BytesIO()
    image.resize((SIDE * _PIXELS_PER_CELL,) * 2, Image.Resampling.NEAREST).save(written, "PNG", optimize=True)
    return written.getvalue()


def badge_svg():
    """Return the badge as the text of an SVG, titled in the language of whoever gets it."""
    paths = "".join(f'<path fill="{code}" d="{_path(colour)}"/>' for colour, code in COLOURS.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img" shape-rendering="crispEdges">'
        f'<title>{_("Badge of the course")}</title><rect width="{SIDE}" height="{SIDE}" fill="{_GROUND}"/>{paths}</svg>'
    )


@cache
def _path(colour):
    rows = ["".join("x" if _cells().get((x, y)) == colour else "." for x in range(SIDE)) for y in range(SIDE)]
    return "".join(f"M{x} {y}h{width}v{height}h-{width}z" for x, y, width, height in rectangles(rows, "x"))


def bake_into_png(credential):
    """Return the badge with a credential in it, where Open Badges 3.0 looks for it in a PNG."""
    from openbadgeslib import baking  # noqa: PLC0415 - slow to import

    return baking.bake_png(badge_png(), credential, keyword=baking.ITXT_KEYWORD_OB3)


def bake_into_svg(credential):
    """Return the badge with a credential in it, where Open Badges 3.0 looks for it in an SVG."""
    from openbadgeslib import baking  # noqa: PLC0415 - slow to import

    return baking.bake_svg(
        badge_svg().encode(),
        credential,
        element=baking.SVG_ELEMENT_OB3,
        namespace=baking.SVG_NS_OB3,
        as_text=True,
    )
