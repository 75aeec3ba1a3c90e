"""Invisible PAdES signature of PDFs; only time stamps need the network."""

import logging

from django.utils import translation

from .signing_key import SigningKeyError, get_signing_key, time_stamp_url

logger = logging.getLogger(__name__)


def sign_pdf(pdf, *, now):
    """Return the PDF signed by the site, dated `now`; unchanged without a usable key."""
    try:
        key = get_signing_key(now)
    except SigningKeyError as problem:
        with translation.override("en"):
            logger.error("A certificate is issued without a PDF signature. %s", problem)
        return pdf
    return _sign(pdf, key, now) if key else pdf


def check_time_stamps():
    """Return True if the authority gives a time stamp now, None without an authority. Raises `SigningKeyError`."""
    if not (address := time_stamp_url()):
        return None
    _signature().check_time_stamp_authority(address)
    return True


def _sign(pdf, key, now):
    signature = _signature()
    try:
        if address := time_stamp_url():
            return signature.write_stamped_signature(pdf, key, now, address)
    except SigningKeyError as problem:
        with translation.override("en"):
            logger.error("A certificate is signed without a time stamp. %s", problem)
    return signature.write_signature(pdf, key, now)


def _signature():
    from . import signature  # noqa: PLC0415 - imports pyHanko, which takes a second

    return signature
