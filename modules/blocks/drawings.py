"""Our line drawings of places and things: one SVG a name in `modules/static/modules/drawings/`.

They share a frame of 240 × 160, a line of 2 that takes the colour of the text, and one accent by the class `accent`.
"""

from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

DRAWINGS = [
    ("porton", _("Gate")),
    ("ventanilla", _("Window")),
    ("expediente", _("Folder")),
    ("sala", _("Waiting room")),
    ("puerta", _("Door")),
    ("taza", _("Cup")),
    ("telefono", _("Telephone")),
    ("libreta", _("Booklet")),
    ("balanza", _("Scales")),
    ("mesa", _("Table")),
    ("candado", _("Padlock")),
    ("pantalla", _("Computer screen")),
    ("sobre", _("Envelope")),
    ("biombo", _("Folding screen")),
    ("guantes", _("Gloves")),
    ("calendario", _("Calendar")),
    ("frasco", _("Medicine bottle")),
    ("gradilla", _("Test tube rack")),
    ("sillas", _("Two chairs")),
    ("reloj", _("Clock")),
    ("maletin", _("Medical bag")),
    ("hoja", _("Sheet of paper")),
    ("llave", _("Key")),
    ("banca", _("Bench")),
    ("hilos", _("Threads")),
    ("puente", _("Bridge")),
    ("mercado", _("Market stall")),
    ("agenda", _("Address book")),
    ("tablero", _("Notice board")),
    ("lapiz", _("Pencil")),
    ("maceta", _("Flowerpot")),
    ("buzon", _("Suggestion box")),
]
_FOLDER = Path(__file__).parent.parent / "static" / "modules" / "drawings"


def draw(name, title=""):
    """Return the drawing as SVG to stand in a page, or nothing for a name that is not one of ours.

    Without a title it is an ornament and says nothing to a screen reader.
    """
    if name not in dict(DRAWINGS):
        return ""
    if not title:
        return format_html(
            '<svg class="drawing ornament" viewBox="0 0 240 160" aria-hidden="true" focusable="false">{}</svg>',
            _lines_of(name),
        )
    return format_html(
        '<svg class="drawing" viewBox="0 0 240 160" role="img" focusable="false"><title>{}</title>{}</svg>',
        title,
        _lines_of(name),
    )


@cache
def _lines_of(name):
    """Return what stands between `<svg …>` and `</svg>` in the drawing's file."""
    svg = (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    return mark_safe(svg[svg.index(">") + 1 : svg.rindex("</svg>")].strip())  # noqa: S308 - a file of ours
