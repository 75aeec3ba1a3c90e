"""Printing many certificates in one go: the issued bytes, one after the other, in little memory however many."""

from itertools import batched, chain
from tempfile import TemporaryFile

from django.utils.translation import gettext as _

from certificates.models import Certificate

from .combining import combine_pdfs

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
