"""The twelve places where scenes happen, drawn wide: one SVG each in `modules/static/modules/places/`.

They share a frame of 360 × 140, a line of 2 that takes the colour of the text, one accent by the class `accent`, and
`ground` for what stands before something else. What is in `p-mid` shows while one decides; at the end of a path `p-yes`
or `p-no` takes its place: the gate opens or shuts.
"""

from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import mark_safe

_FOLDER = Path(__file__).parent.parent / "static" / "modules" / "places"


@cache
def draw_place(name):
    """Return the place as SVG to stand in a page. It says nothing that the scene does not say: an ornament."""
    svg = (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    lines = mark_safe(svg[svg.index(">") + 1 : svg.rindex("</svg>")])  # noqa: S308 - a file of ours
    return format_html('<svg viewBox="0 0 360 140" aria-hidden="true" focusable="false">{}</svg>', lines)
