"""A certificate as a PDF: WeasyPrint, one page, our own files only, the same bytes for the same fields."""

import hashlib
import json
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import segno
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from modules.press import BOLD, print_to_keep
from modules.stamping import draw_squares
from modules.weave import COLOURS

from .serials import grouped
from .typesetting import fit_line, fit_name, fit_text
from .weaving import DASHES, HEIGHT, RULES, WIDTH, band_strokes, strokes

STYLESHEET = Path(__file__).parent / "static" / "certificates" / "print.css"
_BAND, _QR = "certificate:band", "certificate:qr"
# In the CMS's preview a browser draws the band from the page.
_BAND_RULE = f".band {{ background: url('{_BAND}') no-repeat; background-size: 100% 100% }}"
# In points: what is left between the margins for a line of text, the same on both papers.
_LINE_WIDTH = 640
_SIGNATURE_WIDTH = 178
# Choosing the best of eight masks takes most of the time of a QR; every mask is readable.
_QR_MASK = 4
_INK = "#1B1F3B"


class Attachment(NamedTuple):
    """A file that travels inside the PDF."""

    name: str
    content: bytes
    media_type: str
    description: str


def render_pdf(printed, attachments=()):
    """Return the bytes of the PDF (PDF/A-3a and PDF/UA-1) for the fields of `composing.what_is_printed`.

    The same fields and attachments give the same bytes.
    """
    return print_to_keep(
        render_to_string("certificates/print/document.html", print_context(printed) | {"qr_address": _QR}),
        css=_style(),
        drawings=[(_BAND, band_svg())],
        forms=[(_QR, draw_squares(qr_matrix(printed["verify_url"]), colour=_INK))],
        attachments=attachments,
        dated=date.fromisoformat(printed.get("corrected") or printed["date"]),
        identifier=hashlib.sha256(json.dumps(printed, sort_keys=True).encode()).digest()[:16],
    )


@cache
def _style():
    return _BAND_RULE + STYLESHEET.read_text(encoding="utf-8")


def print_context(printed):
    """Return what the print templates need: the fields, the sizes at which they fit, the QR."""
    place = " · ".join(part for part in (printed["role"], printed["clinic"]) if part)
    with translation.override(printed["language"]):
        statement = gettext("%(statement)s “%(course)s”") % printed
    return {
        "printed": printed,
        "serial": grouped(printed["serial"]),
        "address": short_address(printed["verify_url"]),
        # Drawn only where it is shown: paper has it from the press.
        "qr": partial(qr_strokes, printed["verify_url"]),
        "name": fit_name(printed["name"], width=_LINE_WIDTH),
        "place": place,
        "statement": statement,
        "sizes": {
            "issuer": fit_line(printed["issuer"], width=_LINE_WIDTH, sizes=(11, 10, 9)),
            # Letters of the heading are capitals, set apart.
            "heading": fit_line(printed["heading"].upper(), width=_LINE_WIDTH * 0.8, sizes=(15, 13, 11), font=BOLD),
            "place": fit_line(place, width=_LINE_WIDTH, sizes=(13, 12, 11, 10)) if place else 13,
            "statement": fit_text(
                statement, width=_LINE_WIDTH, one_line=(19, 17, 15), two_lines=(15, 14, 13, 12, 11), font=BOLD
            ),
            "subject": fit_text(printed["subject"], width=_LINE_WIDTH, one_line=(14, 13), two_lines=(13, 12, 11)),
        },
        "signatories": [line | {"size": _size_of_signatory(line)} for line in printed["signatories"]],
    }


def _size_of_signatory(line):
    return min(fit_line(text, width=_SIGNATURE_WIDTH, sizes=(11, 10, 9, 8)) for text in line.values() if text)


def short_address(url):
    """Return where the code can be typed, without what a browser adds: `ejemplo.gt/v`."""
    return url.partition("://")[2].rpartition("/v/")[0] + "/v"


def qr_matrix(text):
    """Return the rows of a QR with error correction M, without its quiet zone: true for dark."""
    return segno.make(text, error="m", mask=_QR_MASK, micro=False, boost_error=False).matrix


def qr_strokes(text):
    """Return {"d": path to stroke, "side": modules} of the QR, as a browser draws it."""
    rows = ["".join("a" if dark else "." for dark in row) for row in qr_matrix(text)]
    return {"d": strokes(rows, "a"), "side": len(rows)}


@cache
def band_svg():
    """Return the woven band as SVG in the colours of print."""
    view = f'viewBox="0 0 {WIDTH} {HEIGHT}" shape-rendering="crispEdges" aria-hidden="true"'
    threads = "".join(f'<path stroke="{COLOURS[colour]}" d="{d}"/>' for colour, d in band_strokes().items())
    rule = f'stroke="{COLOURS["cochineal"]}" stroke-dasharray="{DASHES}"'
    threads += "".join(f'<path {rule} stroke-dashoffset="{offset}" d="{d}"/>' for d, offset in RULES)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view} fill="none">{threads}</svg>'
