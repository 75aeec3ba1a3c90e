"""Sealing the PDF: an invisible PAdES signature over the whole file, for sites that have a key for it.

Nothing is asked of the network, unless the site names an authority for time stamps.
"""

import logging

from django.utils import translation

from .seal_key import SealUnusable, seal_in_use, stamping_address

logger = logging.getLogger(__name__)


def seal(pdf, *, now):
    """Return the PDF with the site's seal, dated `now`; as it is when the site has none or it cannot be used."""
    try:
        found = seal_in_use(now)
    except SealUnusable as problem:
        with translation.override("en"):
            logger.error("A certificate is issued without a seal. %s", problem)
        return pdf
    return _sealed(pdf, found, now) if found else pdf


def stamps_are_given():
    """Whether the authority for time stamps gives one now, or None when there is none. Raises `SealUnusable`."""
    if not (address := stamping_address()):
        return None
    _writer().try_out_stamps(address)
    return True


def _sealed(pdf, found, now):
    writer = _writer()
    try:
        if address := stamping_address():
            return writer.write_stamped(pdf, found, now, address)
    except SealUnusable as problem:
        with translation.override("en"):
            logger.error("A certificate is sealed without a time stamp. %s", problem)
    return writer.write_seal(pdf, found, now)


def _writer():
    from . import signature  # noqa: PLC0415 - it imports pyHanko, which takes a second

    return signature
