"""Render certificates to PDF with WeasyPrint; printed images, stored by digest."""

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

from certificates.images import ImageUse, printed_copy_or_none
from certificates.models import BorderMotif, Certificate, DesignLogo, Palette, PrintedImage, Signatory
from certificates.text.codes import format_serial
from modules.pdf.renderer import ImageXObject, draw_cells, render_archive_pdf

from .layout import arrange, arrange_code, arrange_logos, arrange_signatories, band_svg, heading_colour, strokes

STYLESHEET = Path(__file__).parent.parent / "static" / "certificates" / "print.css"
_BAND, _QR, _IMAGE = "certificate:band", "certificate:qr", "certificate:image"
_BAND_RULE = f".band {{ background: url('{_BAND}') no-repeat; background-size: 100% 100% }}"
# Trying all eight masks takes most of the time of a QR code; every mask is readable.
_QR_MASK = 4
_INK = "#1B1F3B"
logger = logging.getLogger(__name__)
CREDENTIAL = "credential.json"
# Registered by the W3C for verifiable credentials 2.0.
_TYPE = "application/vc"
# Seconds; a page takes a twentieth of one.
_LONGEST = 600


def store_images(wanted):
    """Store the printed copies of [(image or None, ImageUse)]; return a digest each, "" if missing or damaged."""
    copies = [printed_copy_or_none(image, use) if image else None for image, use in wanted]
    PrintedImage.objects.store(PrintedImage(**copy) for copy in copies if copy)
    return [copy["digest"] if copy else "" for copy in copies]


def unused_images(*, now=None):
    """Return the images that no certificate and no design uses, to delete. `now` is ignored."""
    digests = set(PrintedImage.objects.values_list("pk", flat=True)) - _digests_of_designs()
    if digests:
        digests -= _digests_of_certificates()
    return PrintedImage.objects.filter(pk__in=digests)


def _digests_of_designs():
    lines = [
        (line.image, use)
        for model, use in ((Signatory, ImageUse.SIGNATURE), (DesignLogo, ImageUse.LOGO))
        for line in model.objects.exclude(image=None).select_related("image")
    ]
    copies = [printed_copy_or_none(image, use) for image, use in lines]
    return {copy["digest"] for copy in copies if copy}


def _digests_of_certificates():
    shown = set()
    printed = Certificate.objects.order_by().values_list("printed__signatories", "printed__logos")
    for lines in printed.iterator(chunk_size=2000):
        shown.update(line.get("image") for some in lines for line in some or [])
    return shown


@lru_cache(maxsize=32)
def get_printed_image(digest):
    content_type, content, width, height = PrintedImage.objects.values_list(
        "content_type", "content", "width", "height"
    ).get(pk=digest)
    return content_type, bytes(content), width, height


class Attachment(NamedTuple):
    name: str
    content: bytes
    media_type: str
    description: str


def render_pdf(printed, attachments=()):
    """Return the PDF (PDF/A-3a and PDF/UA-1) of the fields of `build_printed_fields`; deterministic."""
    created, modified = (_start_of_day(day) for day in (printed["date"], printed.get("corrected") or printed["date"]))
    context = print_context(printed) | {
        "qr_address": _QR,
        "created": created.isoformat(),
        "modified": modified.isoformat(),
    }
    pictures = [(f"{_IMAGE}/{digest}", _picture(digest)) for digest in context["images"]]
    return render_archive_pdf(
        render_to_string("certificates/print/document.html", context),
        css=_style(),
        drawings=[(_BAND, band_svg(*_border(printed)))],
        forms=[(_QR, draw_cells(qr_matrix(printed["verify_url"]), colour=_INK)), *pictures],
        attachments=attachments,
        dated=modified,
        identifier=hashlib.sha256(json.dumps(printed, sort_keys=True).encode()).digest()[:16],
    )


def _start_of_day(day):
    # In local time, so that PDF readers show the printed day.
    return datetime.combine(date.fromisoformat(day), time.min, timezone.get_default_timezone())


@lru_cache(maxsize=32)
def _picture(digest):
    _content_type, content, width, height = get_printed_image(digest)
    return ImageXObject(content, width=width, height=height)


@cache
def _style():
    return _BAND_RULE + STYLESHEET.read_text(encoding="utf-8")


def print_context(printed, *, on_screen=False):
    address, images = short_url(printed["verify_url"]), _stored_images(printed)
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
        "serial": format_serial(printed["serial"]),
        "address": address,
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
    return printed.get("border", BorderMotif.ALL), printed.get("palette", Palette.WEAVE)


def _stored_images(printed):
    digests = {line.get("image") for line in (*printed["signatories"], *printed.get("logos", []))} - {"", None}
    return [digest for digest in sorted(digests) if _is_stored(digest)]


def _is_stored(digest):
    try:
        get_printed_image(digest)
    except PrintedImage.DoesNotExist:
        logger.error("The image %s of a certificate is not stored: it is printed without it", digest)
        return False
    return True


def _size_of_logo(digest, images):
    # (width, height) in pixels, None for a logo that is printed as text.
    if digest not in images:
        return None
    _content_type, _content, width, height = get_printed_image(digest)
    return width, height


def _source(digest, *, images, on_screen):
    if digest not in images:
        return ""
    return reverse("certificate_image", args=[digest]) if on_screen else f"{_IMAGE}/{digest}"


def short_url(url):
    """Return the URL to type, such as `ejemplo.gt/v`."""
    return url.partition("://")[2].rpartition("/v/")[0] + "/v"


def qr_matrix(text):
    """Return the rows of a QR code without its quiet zone; true is dark."""
    return segno.make(text, error="m", mask=_QR_MASK, micro=False, boost_error=False).matrix


def qr_strokes(text):
    """Return {"d": path to stroke, "side": modules} of the QR code for browsers."""
    rows = ["".join("a" if dark else "." for dark in row) for row in qr_matrix(text)]
    return {"d": strokes(rows, "a"), "side": len(rows)}


def build_attachments(certificate):
    if not certificate.credential:
        return []
    with translation.override(certificate.language):
        description = gettext("Open Badges 3.0 credential, signed by the issuer")
    return [Attachment(CREDENTIAL, certificate.credential.encode(), _TYPE, description)]


def run_in_processes(function, arguments, *, processes):
    """Yield `function(argument)` in any order from forked processes; with 0, in this process.
    This process must not have rendered before: WeasyPrint's font configuration hangs a later fork.
    """
    arguments = list(arguments)
    if not processes or not arguments:
        yield from map(function, arguments)
        return
    # Imported before the fork: half a second each otherwise. Importing makes no font configuration.
    import weasyprint  # noqa: F401, PLC0415 - only where something is printed

    # Connections cannot be shared with forks.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(
        min(processes, len(arguments)), mp_context=context, initializer=_start_worker, initargs=(os.getpid(),)
    ) as pool:
        for done in as_completed([pool.submit(function, argument) for argument in arguments], timeout=_LONGEST):
            yield done.result()


def _start_worker(parent):
    connections.close_all()
    threading.Thread(target=_exit_with, args=(parent,), daemon=True).start()


def _exit_with(parent):
    # No orphans when the parent is killed.
    while os.getppid() == parent:
        sleep(1)
    os._exit(1)
