"""The digest of a certificate: one SHA-256 over every frozen fact, signed with the issuer's key where there is one.

Format 1 is the JSON (UTF-8, keys sorted, no spaces, ASCII with escapes) of the object that `_facts` returns: moments in
UTC with six digits, days as ISO 8601, UUIDs with dashes, the PDF and the credential by their SHA-256 in hexadecimal.
It says the same whatever the database, its order of keys and its time zone. Not in it is what happens later: whose the
certificate is, what it replaces, when it was replaced or annulled and why.

Signed (Ed25519) are the bytes of `_DOMAIN` and the digest in hexadecimal: 97 of them. What a credential signs are 64
bytes, so that neither signature can pass as the other.
"""

import base64
import binascii
import hashlib
import json
from datetime import UTC
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

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
