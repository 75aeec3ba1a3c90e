"""The list that is signed when the certificates of a group are handed over: one row a person, by clinic."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import accumulate, batched, groupby
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.wording.serials import grouped
from modules.pdf.renderer import len_of_print, print_pdf

from .combining import combine_pdfs
from .parallel import in_parallel
from .tagging import mend_tags

# So many rows are laid out at once: until it is printed each takes a seventh of a megabyte.
_ROWS = 100
_STYLESHEET = Path(__file__).parent.parent / "static" / "certificates" / "delivery.css"


@dataclass(frozen=True)
class DeliveryRow:
    """A person who gets a certificate, in the words that are printed on it."""

    clinic: str
    name: str
    post: str
    serial: str


@dataclass(frozen=True)
class DeliveryList:
    """Everything that stands on the list; the lines come in the order of the certificates."""

    title: str
    language: str
    paper_size: str
    day: date
    lines: list[DeliveryRow]


@dataclass(frozen=True)
class Part:
    """What is laid out at once of a long list, on pages of its own."""

    to_sign: DeliveryList
    number: int
    # [(clinic, how many of it are on the whole list, [(number on the list, line)])]
    clinics: list
    is_last: bool
    # Known when every part was counted: its first page, and how many the whole list has.
    first_page: int = 1
    pages: int = 0


def delivery_list_pdf(to_sign, *, processes=0):
    """Return the tagged PDF of the list, the same bytes for the same list; a long one in little memory."""
    parts = _parts(to_sign)
    if len(parts) > 1:
        counts = dict(in_parallel(count_pages, parts, processes=processes))
        firsts = list(accumulate((counts[part.number] for part in parts), initial=1))
        parts = [replace(part, first_page=firsts[part.number], pages=firsts[-1] - 1) for part in parts]
    printed = dict(in_parallel(print_part, parts, processes=processes))
    if len(parts) == 1:
        return printed[0]
    whole = BytesIO()
    combine_pdfs((printed[part.number] for part in parts), whole, title=_title(to_sign), language=to_sign.language)
    return whole.getvalue()


def count_pages(part):
    """Return (number of the part, how many pages it takes)."""
    return part.number, len_of_print(_html(part), css=list_style(part.to_sign.paper_size))


def print_part(part):
    """Return (number of the part, its tagged PDF)."""
    html = _html(part)
    css, numbering = list_style(part.to_sign.paper_size), _numbering(part)
    identifier = hashlib.sha256(f"{html}{numbering}".encode()).digest()[:16]
    return part.number, mend_tags(print_pdf(html, css=css, own_css=numbering, identifier=identifier))


def _numbering(part):
    """Return the rules that number the pages of a part as those of the whole list."""
    if not part.pages:
        return ""
    return (
        f"@page {{ @bottom-right {{ content: counter(page) ' / {part.pages}' }} }}"
        f"@page :first {{ counter-reset: page {part.first_page} }}"
    )


def _parts(to_sign):
    of_each = Counter(line.clinic for line in to_sign.lines)
    chunks = list(batched(enumerate(to_sign.lines, start=1), _ROWS)) or [()]
    parts = []
    for number, chunk in enumerate(chunks):
        by_clinic = groupby(chunk, key=lambda row: row[1].clinic)
        clinics = [(clinic, of_each[clinic], list(rows)) for clinic, rows in by_clinic]
        parts.append(Part(to_sign, number, clinics, is_last=number == len(chunks) - 1))
    return parts


def _title(to_sign):
    with translation.override(to_sign.language):
        return _("Delivery of certificates · %(title)s") % {"title": to_sign.title}


def _html(part):
    to_sign = part.to_sign
    with translation.override(to_sign.language):
        return render_to_string(
            "certificates/print/delivery.html",
            {
                "list": to_sign,
                "part": part,
                "title": _title(to_sign),
                "day": date_format(to_sign.day, "DATE_FORMAT"),
                "clinics": [
                    (clinic, count, [(number, line, grouped(line.serial)) for number, line in rows])
                    for clinic, count, rows in part.clinics
                ],
            },
        )


@cache
def list_style(paper_size):
    """Return the style of lists of a group, on the paper of its certificates."""
    paper = "A4" if paper_size.casefold() == "a4" else "Letter"
    return f"@page {{ size: {paper} }}{_STYLESHEET.read_text(encoding='utf-8')}"
