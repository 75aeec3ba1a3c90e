"""Sealing the PDF: an invisible PAdES signature over the whole file, for sites that have a key for it.

Nothing is asked of the network, unless the site names an authority for time stamps.
"""

import logging
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class SealUnusable(Exception):
    """The site was given a seal that cannot be used; the message says why."""


class Seal(NamedTuple):
    """A key and the certificates that go with it, its own first, as PEM."""

    key: bytes
    certificates: bytes
    not_before: object
    not_after: object


def seal(pdf, *, now):
    """Return the PDF with the site's seal, dated `now`; as it is when the site has none or it cannot be used."""
    try:
        found = seal_in_use(now)
    except SealUnusable as problem:
        with translation.override("en"):
            logger.error("A certificate is issued without a seal. %s", problem)
        return pdf
    return _sealed(pdf, found, now) if found else pdf


def seal_in_use(now):
    """Return the `Seal` that the settings name, or None when they name none. Raises `SealUnusable`."""
    paths = settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE
    if not any(paths):
        return None
    if not all(paths):
        raise SealUnusable(_("SEAL_KEY_FILE and SEAL_CERTIFICATE_FILE go together, and one of them is not set."))
    try:
        # Read again when a file was replaced, so that a new key needs no restart.
        found = _read(*paths, *(Path(path).stat().st_mtime_ns for path in paths))
    except OSError as error:
        said = format_lazy(_("{file} cannot be read: {why}."), file=error.filename, why=error.strerror)
        raise SealUnusable(said) from error
    if not found.not_before <= now <= found.not_after:
        said = _("The certificate in {file} holds from {begin} to {end}.")
        begin, end = f"{found.not_before:%Y-%m-%d}", f"{found.not_after:%Y-%m-%d}"
        raise SealUnusable(format_lazy(said, file=paths[1], begin=begin, end=end))
    return found


@lru_cache(maxsize=1)
def _read(key_file, certificate_file, _key_changed, _certificate_changed):
    key, certificates = Path(key_file).read_bytes(), Path(certificate_file).read_bytes()
    try:
        secret = load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        said = _("{file} holds no private key without a password, as PEM.")
        raise SealUnusable(format_lazy(said, file=key_file)) from error
    try:
        own = x509.load_pem_x509_certificates(certificates)[0]
    except ValueError as error:
        said = _("{file} holds no certificate as PEM.")
        raise SealUnusable(format_lazy(said, file=certificate_file)) from error
    if not isinstance(secret, (EllipticCurvePrivateKey, RSAPrivateKey)):
        said = _("Readers of PDF know seals by EC and RSA keys, and that in {file} is another kind.")
        raise SealUnusable(format_lazy(said, file=key_file))
    if secret.public_key() != own.public_key():
        said = _("The key in {file} is not that of the first certificate in {other}.")
        raise SealUnusable(format_lazy(said, file=key_file, other=certificate_file))
    return Seal(key, certificates, own.not_valid_before_utc, own.not_valid_after_utc)


def stamping_address():
    """Return the address of the authority for time stamps that the settings name, "" when they name none.

    Raises `SealUnusable`, without a word of a password, when nobody can be asked there.
    """
    address = settings.SEAL_TSA_URL
    try:
        parts = urlsplit(address)
        is_usable = not address or (parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:
        is_usable = False
    if not is_usable:
        raise SealUnusable(_("SEAL_TSA_URL is no address such as https://tsa.example.gt/tsr."))
    return address


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
    from . import sealing_writer  # noqa: PLC0415 - it imports pyHanko, which takes a second

    return sealing_writer
