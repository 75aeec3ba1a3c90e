"""The badge of the course: a cloth with its eight motifs around a tick, plain or with a credential baked in.

And the picture of who issues it, which wallets show beside its name.
"""

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
_GAP, _EDGE = 2, 4
_GROUND = "#FFFDF7"
_PIXELS_PER_CELL = 12


def _side(across):
    """Return how many cells a square of so many motifs is wide, its edge included."""
    return across * (CELLS + _GAP) - _GAP + 2 * _EDGE


SIDE = _side(3)


@cache
def _cells(motifs, across):
    """Return {(x, y): colour} of the cells that are not the ground: motifs in rows of `across`, and a rule around."""
    cells, side = {}, _side(across)
    for place, motif in enumerate(motifs):
        left = _EDGE + place % across * (CELLS + _GAP)
        top = _EDGE + place // across * (CELLS + _GAP)
        for y, row in enumerate(motif.cells):
            for x, letter in enumerate(row):
                if letter != ".":
                    cells[left + x, top + y] = motif.first_colour if letter == "a" else motif.second_colour
    # A rule two cells deep, woven over one and under one.
    for x in range(side):
        for y in range(side):
            if min(x, y, side - 1 - x, side - 1 - y) < 2 and (x + y) % 2 == 0:
                cells[x, y] = "cochineal"
    return cells


def _badge():
    around = list(MOTIFS.values())
    return (*around[:4], _TICK, *around[4:]), 3


@cache
def badge_png():
    """Return the badge as the bytes of a PNG, each cell a square of whole pixels."""
    return _png(*_badge())


@cache
def issuer_png():
    """Return the picture of who issues: the door, the secret, the care and the listening, without a tick."""
    return _png(tuple(MOTIFS[number] for number in (1, 3, 4, 5)), 2)


def _png(motifs, across):
    palette, side = ["ground", *COLOURS], _side(across)
    image = Image.new("P", (side, side))
    image.putpalette([part for hexadecimal in (_GROUND, *COLOURS.values()) for part in bytes.fromhex(hexadecimal[1:])])
    for place, colour in _cells(motifs, across).items():
        image.putpixel(place, palette.index(colour))
    written = BytesIO()
    image.resize((side * _PIXELS_PER_CELL,) * 2, Image.Resampling.NEAREST).save(written, "PNG", optimize=True)
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
    cells = _cells(*_badge())
    rows = ["".join("x" if cells.get((x, y)) == colour else "." for x in range(SIDE)) for y in range(SIDE)]
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
