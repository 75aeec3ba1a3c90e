"""What WeasyPrint leaves open in the tags of a table: what a heading heads, and that a footer is no content."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import accumulate, batched, chain, groupby
from pathlib import Path
from tempfile import TemporaryFile

import pikepdf
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from pikepdf import Array, Dictionary, Name, Operator

from certificates.models import Certificate
from certificates.text.codes import grouped
from modules.pdf.renderer import len_of_print, print_pdf

from .combining import combine_pdfs
from .rendering import in_parallel


def mend_tags(pdf):
    """Return the PDF with a scope for each heading of a table and its footers as such (ISO 14289-1, 7.5 and 7.8)."""
    with pikepdf.open(BytesIO(pdf)) as paper:
        told = set()
        for element in _elements(paper.Root.StructTreeRoot.K):
            if element.S == Name.TH:
                scope = Name.Column if Name.THead == element.P.P.S else Name.Row
                element.A = Dictionary(O=Name.Table, Scope=scope)
            told |= {(element.Pg.objgen, int(kid)) for kid in _kids(element) if isinstance(kid, int)}
        for page in paper.pages:
            numbers = {number for objgen, number in told if objgen == page.obj.objgen}
            page.Contents = paper.make_stream(pikepdf.unparse_content_stream(_without_running_lines(page, numbers)))
        written = BytesIO()
        paper.save(written, deterministic_id=True)
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
    """Yield the page's instructions; marked content that no tag tells of becomes an artifact."""
    for operands, operator in pikepdf.parse_content_stream(page):
        is_marked = operator == Operator("BDC") and isinstance(operands[1], Dictionary) and Name.MCID in operands[1]
        if is_marked and int(operands[1].MCID) not in numbers:
            yield [Name.Artifact, Dictionary(Type=Name.Pagination)], operator
        else:
            yield operands, operator


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


# So many files are read in one query and held until they are joined.
CHUNK = 25


class NothingToPrint(ValueError):
    """There is no certificate to print; the message says so to the person."""


def join_certificates(certificates, *, title, language, before=(), after_each_chunk=lambda: None):
    """Return the bytes of one PDF: those of `before`, then the certificates in the order given."""
    if not certificates:
        raise NothingToPrint(_("There is no certificate to print yet."))
    parts = chain(before, _issued_bytes(certificates, after_each_chunk))
    with TemporaryFile() as whole:
        combine_pdfs(parts, whole, title=title, language=language)
        whole.seek(0)
        return whole.read()


def _issued_bytes(certificates, after_each_chunk):
    for chunk in batched(certificates, CHUNK):
        keys = [certificate.pk for certificate in chunk]
        issued = dict(Certificate.objects.filter(pk__in=keys).values_list("pk", "pdf"))
        for key in keys:
            yield bytes(issued.pop(key))
        after_each_chunk()
