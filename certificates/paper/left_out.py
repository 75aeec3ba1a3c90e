"""Who got no certificate and why: a sheet for whoever hands the others over, apart from the list that is signed."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from modules.pdf.renderer import print_pdf

from .delivery import list_style
from .tagging import mend_tags


@dataclass(frozen=True)
class LeftOut:
    """A person who was asked for and has no certificate, with the reason in words."""

    learner: int
    name: str
    reason: str


@dataclass(frozen=True)
class LeftOutSheet:
    """Everything that stands on the sheet, in the order in which it is printed."""

    title: str
    language: str
    paper_size: str
    day: date
    people: list[LeftOut]


def left_out_pdf(sheet):
    """Return the tagged PDF of the sheet, the same bytes for the same sheet."""
    with translation.override(sheet.language):
        day = date_format(sheet.day, "DATE_FORMAT")
        html = render_to_string("certificates/print/left_out.html", {"sheet": sheet, "day": day})
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    return mend_tags(print_pdf(html, css=list_style(sheet.paper_size), identifier=identifier))
