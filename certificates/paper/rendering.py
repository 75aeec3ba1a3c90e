"""A certificate as a PDF: WeasyPrint, one page, our own files only, the same bytes for the same fields."""

import hashlib
import json
import logging
from datetime import date, datetime, time
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import segno
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from certificates.models import BorderMotif, Palette, PrintedImage
from certificates.wording.serials import grouped
from modules.pdf.renderer import Picture, draw_squares, print_to_keep

from .images import printed_image
from .sheets import arrange, arrange_code, arrange_logos, arrange_signatories
from .weaving import band_svg, heading_colour, strokes

STYLESHEET = Path(__file__).parent.parent / "static" / "certificates" / "print.css"
_BAND, _QR, _IMAGE = "certificate:band", "certificate:qr", "certificate:image"
# In the CMS's preview a browser draws the band from the page.
_BAND_RULE = f".band {{ background: url('{_BAND}') no-repeat; background-size: 100% 100% }}"
# Choosing the best of eight masks takes most of the time of a QR; every mask is readable.
_QR_MASK = 4
_INK = "#1B1F3B"
logger = logging.getLogger(__name__)


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
    created, modified = (_beginning_of(day) for day in (printed["date"], printed.get("corrected") or printed["date"]))
    context = print_context(printed) | {
        "qr_address": _QR,
        "created": created.isoformat(),
        "modified": modified.isoformat(),
    }
    pictures = [(f"{_IMAGE}/{digest}", _picture(digest)) for digest in context["images"]]
    return print_to_keep(
        render_to_string("certificates/print/document.html", context),
        css=_style(),
        drawings=[(_BAND, band_svg(*_border(printed)))],
        forms=[(_QR, draw_squares(qr_matrix(printed["verify_url"]), colour=_INK)), *pictures],
        attachments=attachments,
        dated=modified,
        identifier=hashlib.sha256(json.dumps(printed, sort_keys=True).encode()).digest()[:16],
    )


def _beginning_of(day):
    """Return the first moment of a printed day where it was printed, so that readers there show the same day."""
    return datetime.combine(date.fromisoformat(day), time.min, timezone.get_default_timezone())


@lru_cache(maxsize=32)
def _picture(digest):
    _content_type, content, width, height = printed_image(digest)
    return Picture(content, width=width, height=height)


@cache
def _style():
    return _BAND_RULE + STYLESHEET.read_text(encoding="utf-8")


def print_context(printed, *, on_screen=False):
    """Return what the print templates need: the rows of words with their sizes, signatories, logos, the QR."""
    address, images = short_address(printed["verify_url"]), _stored_images(printed)
    source = partial(_source, images=images, on_screen=on_screen)
    with translation.override(printed["language"]):
        lead_in = gettext("This is to certify that")
    place = " · ".join(part for part in (printed["role"], printed["clinic"]) if part)
    border, palette = _border(printed)
    signed, logos = arrange_signatories(printed), printed.get("logos", [])
    row = arrange_logos([_size_of_logo(line["image"], images) for line in logos])
    return {
        "printed": printed,
        "images": images,
        "serial": grouped(printed["serial"]),
        "address": address,
        # Drawn only where it is shown: paper has it from the press.
        "qr": partial(qr_strokes, printed["verify_url"]),
        "words": arrange(printed, lead_in=lead_in, place=place, depth=signed["depth"], logos=row["row"]),
        "code": arrange_code(printed, address),
        "signed": signed,
        "signatories": [line | {"source": source(line["image"])} for line in signed["lines"]],
        "logos": [
            line | {"source": source(line["image"]), "height": height}
            for line, height in zip(logos, row["heights"], strict=True)
        ],
        "logo_row": row["row"],
        "band": band_svg(border, palette) if on_screen else "",
        "heading_colour": heading_colour(palette),
    }


def _border(printed):
    """Return (border, palette); the first certificates had no choice."""
    return printed.get("border", BorderMotif.ALL), printed.get("palette", Palette.WEAVE)


def _stored_images(printed):
    """Return the digests of what a certificate shows and the database has, in order."""
    digests = {line.get("image") for line in (*printed["signatories"], *printed.get("logos", []))} - {"", None}
    return [digest for digest in sorted(digests) if _is_stored(digest)]


def _is_stored(digest):
    try:
        printed_image(digest)
    except PrintedImage.DoesNotExist:
        logger.error("The image %s of a certificate is not stored: it is printed without it", digest)
        return False
    return True


def _size_of_logo(digest, images):
    """Return (width, height) of a logo in dots, None for one that is named in words."""
    if digest not in images:
        return None
    _content_type, _content, width, height = printed_image(digest)
    return width, height


def _source(digest, *, images, on_screen):
    if digest not in images:
        return ""
    return reverse("certificate_image", args=[digest]) if on_screen else f"{_IMAGE}/{digest}"


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
