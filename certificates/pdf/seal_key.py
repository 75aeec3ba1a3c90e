"""The key and certificates with which a site signs PDF, and its time-stamping authority, from the settings."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


class SealUnusable(Exception):
    """The site was given a seal that cannot be used; the message says why."""


class Seal(NamedTuple):
    """A key and the certificates that go with it, its own first, as PEM."""

    key: bytes
    certificates: bytes
    not_before: object
    not_after: object


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
