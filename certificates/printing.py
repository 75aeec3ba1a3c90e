"""Printing many certificates in one go: the issued bytes, one after the other, by surname."""

from io import BytesIO

import pikepdf
from django.utils.translation import gettext as _

from .models import Certificate


class NothingToPrint(ValueError):
    """There is no certificate to print; the message says so to the person."""


def merge_certificates(certificates):
    """Return the bytes of one PDF with the pages of `certificates` in order of surname, the same for the same ones.

    They may come in any order and without their bytes. Raises `NothingToPrint` when there are none.
    """
    wanted = [certificate.pk for certificate in certificates]
    if not wanted:
        raise NothingToPrint(_("There is no certificate to print yet."))
    pages = Certificate.objects.filter(pk__in=wanted).values_list("sort_key", "serial", "pdf")
    merged = pikepdf.new()
    # Sorted here: the stored key is made for byte order, and a database may have another.
    for _sort_key, _serial, pdf in sorted(pages):
        with pikepdf.open(BytesIO(pdf)) as source:
            merged.pages.extend(source.pages)
    for page in merged.pages:
        # The tags that these numbers pointed to stay behind in the single files.
        for key in ("/StructParents", "/Tabs"):
            if key in page:
                del page[key]
    written = BytesIO()
    merged.save(written, deterministic_id=True, compress_streams=True)
    return written.getvalue()
