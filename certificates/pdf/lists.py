"""Delivery list, people without certificate, joined PDF of a group."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import accumulate, batched, groupby
from pathlib import Path

import pikepdf
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from pikepdf import Array, Dictionary, Name, Operator

from certificates.text.codes import format_serial
from modules.pdf.renderer import get_page_count, render_pdf

from .combining import combine_pdfs
from .rendering import run_in_processes


def fix_table_tags(pdf):
    """Add what WeasyPrint omits: scopes of table headings, footers as artifacts (ISO 14289-1, 7.5 and 7.8)."""
    with pikepdf.open(BytesIO(pdf)) as document:
        tagged = set()
        for element in _elements(document.Root.StructTreeRoot.K):
            if element.S == Name.TH:
                scope = Name.Column if Name.THead == element.P.P.S else Name.Row
                element.A = Dictionary(O=Name.Table, Scope=scope)
            tagged |= {(element.Pg.objgen, int(kid)) for kid in _kids(element) if isinstance(kid, int)}
        for page in document.pages:
            numbers = {number for objgen, number in tagged if objgen == page.obj.objgen}
            page.Contents = document.make_stream(pikepdf.unparse_content_stream(_without_running_lines(page, numbers)))
        written = BytesIO()
        document.save(written, deterministic_id=True)
        return written.getvalue()


def _elements(kids):
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and Name.S in kid:
            yield kid
            yield from _elements(kid.get(Name.K, Array()))


def _kids(element):
    kids = element.get(Name.K, Array())
    return kids if isinstance(kids, Array) else [kids]


def _without_running_lines(page, numbers):
    # Marked content without a tag becomes an artifact.
    for operands, operator in pikepdf.parse_content_stream(page):
        is_marked = operator == Operator("BDC") and isinstance(operands[1], Dictionary) and Name.MCID in operands[1]
        if is_marked and int(operands[1].MCID) not in numbers:
            yield [Name.Artifact, Dictionary(Type=Name.Pagination)], operator
        else:
            yield operands, operator


# Rows laid out at once: each takes a seventh of a megabyte until it is printed.
_ROWS = 100
_STYLESHEET = Path(__file__).parent.parent / "static" / "certificates" / "delivery.css"


@dataclass(frozen=True)
class DeliveryRow:
    clinic: str
    name: str
    post: str
    serial: str


@dataclass(frozen=True)
class DeliveryList:
    title: str
    language: str
    paper_size: str
    day: date
    lines: list[DeliveryRow]


@dataclass(frozen=True)
class ListPart:
    delivery_list: DeliveryList
    number: int
    # [(clinic, its count on the whole list, [(number on the list, row)])]
    clinics: list
    is_last: bool
    # Known once every part is counted; `pages` is the total.
    first_page: int = 1
    pages: int = 0


def delivery_list_pdf(delivery_list, *, processes=0):
    parts = _parts(delivery_list)
    if len(parts) > 1:
        counts = dict(run_in_processes(count_pages, parts, processes=processes))
        firsts = list(accumulate((counts[part.number] for part in parts), initial=1))
        parts = [replace(part, first_page=firsts[part.number], pages=firsts[-1] - 1) for part in parts]
    printed = dict(run_in_processes(print_part, parts, processes=processes))
    if len(parts) == 1:
        return printed[0]
    whole = (printed[part.number] for part in parts)
    return combine_pdfs(whole, title=_title(delivery_list), language=delivery_list.language)


def count_pages(part):
    """Return (number of the part, its pages)."""
    return part.number, get_page_count(_html(part), css=list_style(part.delivery_list.paper_size))


def print_part(part):
    """Return (number of the part, its tagged PDF)."""
    html = _html(part)
    css, numbering = list_style(part.delivery_list.paper_size), _numbering(part)
    identifier = hashlib.sha256(f"{html}{numbering}".encode()).digest()[:16]
    return part.number, fix_table_tags(render_pdf(html, css=css, own_css=numbering, identifier=identifier))


def _numbering(part):
    if not part.pages:
        return ""
    return (
        f"@page {{ @bottom-right {{ content: counter(page) ' / {part.pages}' }} }}"
        f"@page :first {{ counter-reset: page {part.first_page} }}"
    )


def _parts(delivery_list):
    of_each = Counter(line.clinic for line in delivery_list.lines)
    chunks = list(batched(enumerate(delivery_list.lines, start=1), _ROWS)) or [()]
    parts = []
    for number, chunk in enumerate(chunks):
        by_clinic = groupby(chunk, key=lambda row: row[1].clinic)
        clinics = [(clinic, of_each[clinic], list(rows)) for clinic, rows in by_clinic]
        parts.append(ListPart(delivery_list, number, clinics, is_last=number == len(chunks) - 1))
    return parts


def _title(delivery_list):
    with translation.override(delivery_list.language):
        return _("Delivery of certificates · %(title)s") % {"title": delivery_list.title}


def _html(part):
    delivery_list = part.delivery_list
    with translation.override(delivery_list.language):
        return render_to_string(
            "certificates/print/delivery.html",
            {
                "list": delivery_list,
                "part": part,
                "title": _title(delivery_list),
                "day": date_format(delivery_list.day, "DATE_FORMAT"),
                "clinics": [
                    (clinic, count, [(number, line, format_serial(line.serial)) for number, line in rows])
                    for clinic, count, rows in part.clinics
                ],
            },
        )


@cache
def list_style(paper_size):
    paper = "A4" if paper_size.casefold() == "a4" else "Letter"
    return f"@page {{ size: {paper} }}{_STYLESHEET.read_text(encoding='utf-8')}"


@dataclass(frozen=True)
class LeftOut:
    name: str
    reason: str


@dataclass(frozen=True)
class LeftOutSheet:
    title: str
    language: str
    paper_size: str
    day: date
    people: list[LeftOut]


def left_out_pdf(sheet):
    with translation.override(sheet.language):
        day = date_format(sheet.day, "DATE_FORMAT")
        html = render_to_string("certificates/print/left_out.html", {"sheet": sheet, "day": day})
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    return fix_table_tags(render_pdf(html, css=list_style(sheet.paper_size), identifier=identifier))
