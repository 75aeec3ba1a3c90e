"""The list that is signed when the certificates of a group are handed over: one row a person, by clinic."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from modules.press import print_pdf

from .serials import grouped
from .tagging import mend_tags

_STYLESHEET = Path(__file__).parent / "static" / "certificates" / "delivery.css"


@dataclass(frozen=True)
class Line:
    """A person who gets a certificate, in the words that are printed on it."""

    clinic: str
    name: str
    post: str
    serial: str


@dataclass(frozen=True)
class LeftOut:
    """A person who was asked for and has no certificate, with the reason in words."""

    learner: int
    name: str
    reason: str


@dataclass(frozen=True)
class DeliveryList:
    """Everything that stands on the list; the lines come in the order of the certificates."""

    title: str
    language: str
    paper_size: str
    day: date
    lines: list[Line]
    left_out: list[LeftOut]


def delivery_list_pdf(to_sign):
    """Return the tagged PDF of the list, the same bytes for the same list."""
    with translation.override(to_sign.language):
        html = render_to_string("certificates/print/delivery.html", _context(to_sign))
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    return mend_tags(print_pdf(html, css=_style(to_sign.paper_size), identifier=identifier))


def _context(to_sign):
    numbered = [
        {"number": number, "line": line, "serial": grouped(line.serial)}
        for number, line in enumerate(to_sign.lines, start=1)
    ]
    by_clinic = groupby(numbered, key=lambda row: row["line"].clinic)
    return {
        "list": to_sign,
        "day": date_format(to_sign.day, "DATE_FORMAT"),
        "clinics": [(clinic, list(rows)) for clinic, rows in by_clinic],
    }


@cache
def _style(paper_size):
    paper = "A4" if paper_size.casefold() == "a4" else "Letter"
    return f"@page {{ size: {paper} }}{_STYLESHEET.read_text(encoding='utf-8')}"
