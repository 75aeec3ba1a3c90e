"""Printing many certificates in one go: the issued bytes, one after the other, in little memory however many."""

import tempfile
from itertools import batched
from pathlib import Path

from django.utils.translation import gettext as _

from .joining import join_pdfs
from .models import Certificate

# So many are open at once. Their tags are joined piece by piece, and only pages and numbers are held for all.
CHUNK = 50


class NothingToPrint(ValueError):
    """There is no certificate to print; the message says so to the person."""


def join_certificates(certificates, *, title, language, before=(), after_each_chunk=lambda: None):
    """Return the bytes of one PDF: those of `before`, then the certificates in the order given."""
    if not certificates:
        raise NothingToPrint(_("There is no certificate to print yet."))
    with tempfile.TemporaryDirectory(prefix="trato-digno-") as folder:
        chunks = []
        for number, chunk in enumerate(batched(certificates, CHUNK)):
            chunks.append(Path(folder) / f"{number}.pdf")
            join_pdfs(_issued_bytes(chunk), chunks[-1], title=title, language=language)
            after_each_chunk()
        whole = Path(folder) / "whole.pdf"
        join_pdfs([*before, *chunks], whole, title=title, language=language)
        return whole.read_bytes()


def _issued_bytes(certificates):
    keys = [certificate.pk for certificate in certificates]
    issued = dict(Certificate.objects.filter(pk__in=keys).values_list("pk", "pdf"))
    return [bytes(issued[key]) for key in keys]
