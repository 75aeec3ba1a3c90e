"""Text block, groups of places, drawings."""

from functools import cache
from pathlib import Path

from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.base.job_roles import Audience

# In the order in which tips are shown to someone without a role.
ROLES = list(Audience.choices)
# The groups of the picker: what is read, what guides at work, what one does, what stands elsewhere too.
READING, GUIDING, PRACTISING, LINKING = (
    _("For reading"),
    _("For work"),
    _("To practise"),
    _("From the rest of the course"),
)
MARKS_HELP = _("[S42] points to source 42, [VL] shows “not verified”, [[estigma]] explains a glossary term.")


def named(block):
    """Return the block, its label the name of its field: Wagtail labels those in a group only, none alone in a list."""
    block.field.widget.attrs["aria-label"] = block.label
    return block


class LineBlock(blocks.TextBlock):
    """One paragraph of marked text: see docs/reference/content-format.md. Its field grows with the text."""

    def __init__(self, **kwargs):
        super().__init__(**{"rows": 1} | kwargs)

    @cached_property
    def field(self):
        field = super().field
        # Wagtail labels fields within a group only: alone in a list or a stream they have no name.
        field.widget.attrs["aria-label"] = self.label
        return field

    def clean(self, value):
        """A line has no line breaks, however it was pasted."""
        return " ".join(super().clean(value).split())


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
_DRAWINGS = Path(__file__).parent.parent / "static" / "modules" / "drawings"


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
    svg = (_DRAWINGS / f"{name}.svg").read_text(encoding="utf-8")
    return mark_safe(svg[svg.index(">") + 1 : svg.rindex("</svg>")].strip())  # noqa: S308 - a file of ours


_PLACES = Path(__file__).parent.parent / "static" / "modules" / "places"


@cache
def draw_place(name):
    """Return the place as SVG to stand in a page. It says nothing that the scene does not say: an ornament."""
    svg = (_PLACES / f"{name}.svg").read_text(encoding="utf-8")
    lines = mark_safe(svg[svg.index(">") + 1 : svg.rindex("</svg>")])  # noqa: S308 - a file of ours
    return format_html('<svg viewBox="0 0 360 140" aria-hidden="true" focusable="false">{}</svg>', lines)
