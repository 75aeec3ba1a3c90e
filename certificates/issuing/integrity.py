"""Signed digest over the facts of a certificate."""

import base64
import binascii
import hashlib
import json
import logging
from datetime import UTC
from enum import Enum, nonmember
from functools import lru_cache
from itertools import batched

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from certificates.badges.keys import issuer_key, issuer_key_error
from certificates.models import Certificate

FORMAT = 1
_DOMAIN = b"trato-digno certificate digest 1\n"
_BATCH_SIZE = 25
logger = logging.getLogger(__name__)


def set_digest(certificate, key):
    certificate.digest = compute_digest(certificate)
    signature = key.secret.sign(_signed(certificate.digest)) if key else b""
    certificate.digest_key = key.multibase if key else ""
    certificate.digest_signature = base64.b64encode(signature).decode()


def compute_digest(certificate):
    facts = json.dumps(_facts(certificate), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(facts.encode()).hexdigest()


def has_valid_signature(certificate):
    try:
        signature = base64.b64decode(certificate.digest_signature, validate=True)
        _public_key(certificate.digest_key).verify(signature, _signed(certificate.digest))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _facts(certificate):
    return {
        "format": FORMAT,
        "serial": certificate.serial,
        "course": str(certificate.course_key),
        "edition": certificate.edition,
        "issued_at": _in_utc(certificate.issued_at),
        "awarded_at": _in_utc(certificate.awarded_at),
        "expires_on": certificate.expires_on and certificate.expires_on.isoformat(),
        "language": certificate.language,
        "printed": certificate.printed,
        "pdf": certificate.sha256,
        "credential": hashlib.sha256(certificate.credential.encode()).hexdigest() if certificate.credential else "",
        "issuer": certificate.issuer,
        "names_holder": certificate.names_holder,
        "status_list": certificate.status_list_id,
        "status_index": certificate.status_index,
    }


def _in_utc(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _signed(digest):
    return _DOMAIN + digest.encode()


@lru_cache(maxsize=32)
def _public_key(multibase):
    from openbadgeslib.ob3 import OB3VerificationError, resolve_did  # noqa: PLC0415 - slow to import

    try:
        return load_pem_public_key(resolve_did(f"did:key:{multibase}"))
    except OB3VerificationError as problem:
        raise ValueError(str(problem)) from problem


class Integrity(Enum):
    """Whether the facts are unaltered; the value is also the name of the CSS class."""

    AS_ISSUED = "as-issued"
    ALTERED = "altered"
    # The digest fits, but is not signed with the site's key: anyone who can write to the database can make one.
    UNCONFIRMED = "unconfirmed"

    # Templates would instantiate the class.
    do_not_call_in_templates = nonmember(True)


class AlteredCertificateError(Exception):
    """The message is for users."""


def get_integrity(certificate):
    found = _integrity(certificate)
    if found is Integrity.ALTERED:
        logger.error("The facts of the certificate %s are not those that were issued", certificate.serial)
    return found


def _integrity(certificate):
    if certificate.digest != compute_digest(certificate):
        return Integrity.ALTERED
    if certificate.digest_key:
        is_whole = has_valid_signature(certificate)
    else:
        # A site that issued a credential had a key and would have signed.
        is_whole = not (certificate.credential or certificate.digest_signature)
    if not is_whole:
        return Integrity.ALTERED
    return Integrity.AS_ISSUED if _is_of_this_site(certificate.digest_key) else Integrity.UNCONFIRMED


def _is_of_this_site(digest_key):
    # Unsigned digests count where the site has no key at all.
    key = issuer_key()
    if key is None:
        return not digest_key and not issuer_key_error()
    return digest_key == key.multibase


def check_integrity(certificate):
    """Raise `ValidationError` for an altered or unconfirmed certificate: nothing new may be signed from it."""
    found = get_integrity(certificate)
    if found is Integrity.ALTERED:
        raise ValidationError(_("This certificate has been altered. Contact the site administrator."))
    if found is Integrity.UNCONFIRMED:
        raise ValidationError(
            _("This certificate is not signed with the key of this site. Revoke it and issue another.")
        )


def get_intact_pdf(certificate):
    """Return the bytes of the PDF. Raises and logs `AlteredCertificateError` if they or the facts were altered."""
    is_altered = get_integrity(certificate) is Integrity.ALTERED
    if not is_pdf_intact(certificate):
        logger.error("The PDF of the certificate %s is not the one that was issued", certificate.serial)
        is_altered = True
    if is_altered:
        raise AlteredCertificateError(
            _("This certificate has been altered, so its PDF is blocked. Contact the site administrator.")
        )
    return bytes(certificate.pdf)


def is_pdf_intact(certificate):
    return hashlib.sha256(certificate.pdf).hexdigest() == certificate.sha256


def find_altered(certificates):
    """Return {pk: message} of the altered ones; reads the files, a few at a time."""
    refused = {}
    for chunk in batched(certificates, _BATCH_SIZE):
        for certificate in Certificate.objects.filter(pk__in=[certificate.pk for certificate in chunk]):
            try:
                get_intact_pdf(certificate)
            except AlteredCertificateError as problem:
                refused[certificate.pk] = str(problem)
    return refused
