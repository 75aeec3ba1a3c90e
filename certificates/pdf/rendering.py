"""Signatures and logos that were printed: stored once by their digest, and kept as long as something shows them."""

import hashlib
import json
import logging
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date, datetime, time
from functools import cache, lru_cache, partial
from pathlib import Path
from time import sleep
from typing import NamedTuple

import segno
from django.db import connections
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from certificates.images import Use, copy_or_none
from certificates.models import BorderMotif, Certificate, DesignLogo, Palette, PrintedImage, Signatory
from certificates.text.codes import grouped
from modules.pdf.renderer import Picture, draw_squares, print_to_keep

from .layout import arrange, arrange_code, arrange_logos, arrange_signatories, band_svg, heading_colour, strokes


def freeze_images(wanted):
    """Store what is printed of the images, and return a digest for each of [(image or None, Use)], "" without one.

    An image that was deleted or spoiled since the design was saved has none: the paper is printed without it.
    """
    copies = [copy_or_none(image, use) if image else None for image, use in wanted]
    PrintedImage.objects.keep(PrintedImage(**copy) for copy in copies if copy)
    return [copy["digest"] if copy else "" for copy in copies]


def unused_images(*, now=None):
    """Return the stored images that no certificate shows and no design would print next; previews leave such.

    An image of a design stays, so that a certificate that is being issued finds it. `now` is of no matter here.
    """
    digests = set(PrintedImage.objects.values_list("pk", flat=True)) - _digests_of_designs()
    if digests:
        digests -= _digests_of_certificates()
    return PrintedImage.objects.filter(pk__in=digests)


def _digests_of_designs():
    lines = [
        (line.image, use)
        for model, use in ((Signatory, Use.SIGNATURE), (DesignLogo, Use.LOGO))
        for line in model.objects.exclude(image=None).select_related("image")
    ]
    copies = [copy_or_none(image, use) for image, use in lines]
    return {copy["digest"] for copy in copies if copy}


def _digests_of_certificates():
    shown = set()
    printed = Certificate.objects.order_by().values_list("printed__signatories", "printed__logos")
    for lines in printed.iterator(chunk_size=2000):
        shown.update(line.get("image") for some in lines for line in some or [])
    return shown


@lru_cache(maxsize=32)
def printed_image(digest):
    """Return (type, bytes, width, height) of a stored image. A digest stands for the same bytes for ever."""
    content_type, content, width, height = PrintedImage.objects.values_list(
        "content_type", "content", "width", "height"
    ).get(pk=digest)
    return content_type, bytes(content), width, height


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


CREDENTIAL = "credential.json"
# The type that the W3C registered for credentials of its data model 2.0.
_TYPE = "application/vc"


def attachments_of(certificate):
    """Return the files to attach to the PDF of a certificate that has its credential; none where it has none."""
    if not certificate.credential:
        return []
    with translation.override(certificate.language):
        words = gettext("Open Badges 3.0 credential, signed by the issuer")
    return [Attachment(CREDENTIAL, certificate.credential.encode(), _TYPE, words)]


# A page takes a twentieth of a second. Whoever needs this long hangs.
_LONGEST = 600


def in_parallel(function, arguments, *, processes):
    """Yield `function(argument)` for each argument as they are ready, in any order, from that many processes.

    They are copies of this process, which give back what memory the press took when they end: it must not have printed
    anything itself, because a font configuration made before a copy hangs the copy. With none, in this process.
    """
    arguments = list(arguments)
    if not processes or not arguments:
        yield from map(function, arguments)
        return
    # Read once, before the copies are made: half a second each otherwise. Reading it makes no font configuration.
    import weasyprint  # noqa: F401, PLC0415 - only where something is printed

    # A connection is one process's.
    connections.close_all()
    copies = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(
        min(processes, len(arguments)), mp_context=copies, initializer=_begin, initargs=(os.getpid(),)
    ) as pool:
        for done in as_completed([pool.submit(function, argument) for argument in arguments], timeout=_LONGEST):
            yield done.result()


def _begin(parent):
    connections.close_all()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent):
    """A worker that is killed leaves nobody behind."""
    while os.getppid() == parent:
        sleep(1)
    os._exit(1)
