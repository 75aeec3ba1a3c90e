"""Sealing the PDF: an invisible PAdES signature over the whole file, for sites that have a key for it. No network."""

import logging
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)
FIELD = "Seal"


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


def _sealed(pdf, found, now):
    from pyhanko.sign import fields, signers  # noqa: PLC0415 - slow to import

    from .sealing_writer import DatedSigner, UnchangedMetadata, add_field  # noqa: PLC0415 - it imports pyHanko

    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        # Whatever is added afterwards breaks the seal.
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    writer = UnchangedMetadata(BytesIO(pdf))
    with translation.override(str(writer.root["/Lang"])):
        add_field(writer, FIELD, words=gettext("Seal of the issuer"))
    signer = DatedSigner(metadata, signer=_signer(found), now=timezone.localtime(now))
    # pyHanko would seal once more to learn how much room the seal takes. In hexadecimal digits; what is left are zeros.
    room = 2 * (len(found.certificates) + 2048)
    return signer.sign_pdf(writer, bytes_reserved=room).getvalue()


@lru_cache(maxsize=1)
def _signer(found):
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data  # noqa: PLC0415 - slow to import
    from pyhanko.sign import signers  # noqa: PLC0415 - slow to import
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415 - slow to import

    own, *others = load_certs_from_pemder_data(found.certificates)
    return signers.SimpleSigner(
        signing_cert=own,
        signing_key=load_private_key_from_pemder_data(found.key, passphrase=None),
        cert_registry=SimpleCertificateStore.from_certs(others),
    )
