"""Text block, groups of the block picker, drawings."""

from functools import cache
from pathlib import Path

from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.base.job_roles import Audience

# The order of tips for a reader without a role.
ROLES = list(Audience.choices)
READING, GUIDING, PRACTISING, LINKING = (
    _("For reading"),
    _("For work"),
    _("To practise"),
    _("From the rest of the course"),
)
MARKUP_HELP = _(
    "[S42] points to source 42, [VL] marks what is still to be verified, [[estigma]] explains a glossary term."
)


def label_field(block):
    """Name the field of `block` for screen readers; Wagtail labels no field that is alone in a list or stream."""
    block.field.widget.attrs["aria-label"] = block.label
    return block


class MarkupBlock(blocks.TextBlock):
    def __init__(self, **kwargs):
        super().__init__(**{"rows": 1} | kwargs)

    @cached_property
    def field(self):
        field = super().field
        field.widget.attrs["aria-label"] = self.label
        return field

    def clean(self, value):
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
_STATIC = Path(__file__).parent.parent / "static" / "modules"


def drawing_svg(name, title=""):
    """Return the drawing as inline SVG, "" for an unknown name; screen readers skip it without a title."""
    if name not in dict(DRAWINGS):
        return ""
    if not title:
        return format_html(
            '<svg class="drawing ornament" viewBox="0 0 240 160" aria-hidden="true" focusable="false">{}</svg>',
            _svg_content("drawings", name),
        )
    return format_html(
        '<svg class="drawing" viewBox="0 0 240 160" role="img" focusable="false"><title>{}</title>{}</svg>',
        title,
        _svg_content("drawings", name),
    )


def place_svg(name):
    return format_html(
        '<svg viewBox="0 0 360 140" aria-hidden="true" focusable="false">{}</svg>', _svg_content("places", name)
    )


@cache
def _svg_content(folder, name):
    svg = (_STATIC / folder / f"{name}.svg").read_text(encoding="utf-8")
    return mark_safe(svg[svg.index(">") + 1 : svg.rindex("</svg>")].strip())  # noqa: S308 - a file of ours
