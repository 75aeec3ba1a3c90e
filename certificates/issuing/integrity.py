"""Digests of certificates: made when one is issued, checked when one is shown."""

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

from certificates.badges.keys import issuer_key, problem_with_key
from certificates.models import Certificate

FORMAT = 1
_DOMAIN = b"trato-digno certificate digest 1\n"


def give_digest(certificate, key):
    """Give an unsaved certificate its digest, signed by `key`, an `IssuerKey` or None."""
    certificate.digest = digest_of(certificate)
    signature = key.secret.sign(_signed(certificate.digest)) if key else b""
    certificate.digest_key = key.multibase if key else ""
    certificate.digest_signature = base64.b64encode(signature).decode()


def digest_of(certificate):
    """Return the digest, in hexadecimal, of the facts as they are now."""
    facts = json.dumps(_facts(certificate), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(facts.encode()).hexdigest()


def is_signed(certificate):
    """Say whether the signature beside the digest is that of the key named there."""
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
    """Return the public key that a multibase is. Raises `ValueError` for one that is none."""
    from openbadgeslib.ob3 import OB3VerificationError, resolve_did  # noqa: PLC0415 - slow to import

    try:
        return load_pem_public_key(resolve_did(f"did:key:{multibase}"))
    except OB3VerificationError as problem:
        raise ValueError(str(problem)) from problem


logger = logging.getLogger(__name__)
# So many are read with their bytes in one query.
_AT_ONCE = 25


class Fidelity(Enum):
    """Whether the facts of a certificate are those that were issued; the value is also the name of its style."""

    AS_ISSUED = "as-issued"
    # The digest does not fit the facts, or its signature is wrong.
    ALTERED = "altered"
    # The digest fits, and the key of this site did not sign it. Whoever can write to the database can make such a one.
    UNCONFIRMED = "unconfirmed"

    # Templates would call the class to make an instance of it.
    do_not_call_in_templates = nonmember(True)


class Altered(Exception):
    """A certificate is not the one that was issued; the message says so to the person."""


def is_as_issued(certificate):
    """Return the `Fidelity` of a certificate. Its PDF is not read: see `pdf_as_issued`.

    Whether it holds is another question: an annulment and a replacement are no part of what was issued. The credential
    is read where it was left in the database.
    """
    found = _fidelity(certificate)
    if found is Fidelity.ALTERED:
        logger.error("The facts of the certificate %s are not those that were issued", certificate.serial)
    return found


def _fidelity(certificate):
    if certificate.digest != digest_of(certificate):
        return Fidelity.ALTERED
    if certificate.digest_key:
        is_whole = is_signed(certificate)
    else:
        # Whoever could issue a credential had a key, and would have signed.
        is_whole = not (certificate.credential or certificate.digest_signature)
    if not is_whole:
        return Fidelity.ALTERED
    return Fidelity.AS_ISSUED if _is_of_this_site(certificate.digest_key) else Fidelity.UNCONFIRMED


def _is_of_this_site(digest_key):
    """Whether the digest is signed with the key of this site; unsigned is good where there is no key at all."""
    key = issuer_key()
    if key is None:
        return not digest_key and not problem_with_key()
    return digest_key == key.multibase


def check_as_issued(certificate):
    """Raise `ValidationError` for one that nobody vouches for: nothing new is made and signed of it."""
    found = is_as_issued(certificate)
    if found is Fidelity.ALTERED:
        raise ValidationError(_("This certificate is not as it was issued. Tell whoever looks after the site."))
    if found is Fidelity.UNCONFIRMED:
        raise ValidationError(
            _("This certificate is not signed with the key of this site. It can be annulled and another issued.")
        )


def pdf_as_issued(certificate):
    """Return the bytes of the PDF to give out.

    Raises `Altered`, and says so in the log, when they or the facts beside them are others than were issued.
    """
    is_altered = is_as_issued(certificate) is Fidelity.ALTERED
    if not has_its_bytes(certificate):
        logger.error("The PDF of the certificate %s is not the one that was issued", certificate.serial)
        is_altered = True
    if is_altered:
        raise Altered(
            _("This certificate is not as it was issued: its PDF is not given out. Tell whoever looks after the site.")
        )
    return bytes(certificate.pdf)


def has_its_bytes(certificate):
    """Say whether the PDF has the SHA-256 that was kept when it was issued."""
    return hashlib.sha256(certificate.pdf).hexdigest() == certificate.sha256


def why_not_given_out(certificates):
    """Return {key: why, a sentence} of those that are not as they were issued; reads them, a few at a time."""
    refused = {}
    for chunk in batched(certificates, _AT_ONCE):
        for certificate in Certificate.objects.filter(pk__in=[certificate.pk for certificate in chunk]):
            try:
                pdf_as_issued(certificate)
            except Altered as problem:
                refused[certificate.pk] = str(problem)
    return refused
