"""Key and certificates for PDF signatures, from the settings `SEAL_*`."""

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


class SigningKeyError(Exception):
    """The message says why."""


class SigningKey(NamedTuple):
    """Private key and certificate chain, its own certificate first, as PEM."""

    key: bytes
    certificates: bytes
    not_before: object
    not_after: object


def get_signing_key(now):
    paths = settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE
    if not any(paths):
        return None
    if not all(paths):
        raise SigningKeyError(_("SEAL_KEY_FILE and SEAL_CERTIFICATE_FILE go together, and one of them is not set."))
    try:
        # Read again when a file changed, so that a new key needs no restart.
        key = _read(*paths, *(Path(path).stat().st_mtime_ns for path in paths))
    except OSError as error:
        said = format_lazy(_("{file} cannot be read: {why}."), file=error.filename, why=error.strerror)
        raise SigningKeyError(said) from error
    if not key.not_before <= now <= key.not_after:
        said = _("The certificate in {file} is valid from {begin} to {end}.")
        begin, end = f"{key.not_before:%Y-%m-%d}", f"{key.not_after:%Y-%m-%d}"
        raise SigningKeyError(format_lazy(said, file=paths[1], begin=begin, end=end))
    return key


@lru_cache(maxsize=1)
def _read(key_file, certificate_file, _key_changed, _certificate_changed):
    key, certificates = Path(key_file).read_bytes(), Path(certificate_file).read_bytes()
    try:
        secret = load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        said = _("{file} contains no PEM private key without a password.")
        raise SigningKeyError(format_lazy(said, file=key_file)) from error
    try:
        own = x509.load_pem_x509_certificates(certificates)[0]
    except ValueError as error:
        said = _("{file} contains no PEM certificate.")
        raise SigningKeyError(format_lazy(said, file=certificate_file)) from error
    if not isinstance(secret, (EllipticCurvePrivateKey, RSAPrivateKey)):
        said = _("PDF readers support EC and RSA keys only; {file} contains another kind.")
        raise SigningKeyError(format_lazy(said, file=key_file))
    if secret.public_key() != own.public_key():
        said = _("The key in {file} is not that of the first certificate in {other}.")
        raise SigningKeyError(format_lazy(said, file=key_file, other=certificate_file))
    return SigningKey(key, certificates, own.not_valid_before_utc, own.not_valid_after_utc)


def time_stamp_url():
    """Return the URL of the time stamp authority, or "". Raises `SigningKeyError`, without the password in the URL."""
    address = settings.SEAL_TSA_URL
    try:
        parts = urlsplit(address)
        is_usable = not address or (parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:
        is_usable = False
    if not is_usable:
        raise SigningKeyError(_("SEAL_TSA_URL is no address such as https://tsa.example.gt/tsr."))
    return address
