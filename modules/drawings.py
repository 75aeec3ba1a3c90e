"""Our line drawings of places and things: one SVG a name in `modules/static/modules/drawings/`."""

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
]
