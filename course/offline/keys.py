"""The keys to which devices seal what waits on them, one for each key of the accounts: rotating those rotates these.

What was sealed for an older one opens as long as the file of its account key is kept.
"""

import hashlib
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from course.sealing import key_texts

CURVE = ec.SECP256R1()
_INFO = b"trato-digno.offline-key.1"
# The order of the group of P-256; private keys are the numbers from 1 to one less.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# Sixteen bytes more than the order has: no number is likelier than another by anything that matters.
_LENGTH = 48


class OfflineKey(NamedTuple):
    """A key of the site: its id, the point that everybody may know (65 bytes), and the private key."""

    id: str
    point: bytes
    private: ec.EllipticCurvePrivateKey


def newest_key():
    """Return the `OfflineKey` that devices seal for from now on. Raises `course.sealing.CannotRead`."""
    return _derived(key_texts()[0])


def key_with(key_id):
    """Return the `OfflineKey` with this id, None when this site does not have it. Raises `CannotRead`."""
    return next((key for key in map(_derived, key_texts()) if key.id == key_id), None)


def point_of(public):
    """Return a public key as the 65 bytes of its point."""
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@lru_cache(maxsize=16)
def _derived(text):
    number = int.from_bytes(HKDF(SHA256(), _LENGTH, salt=None, info=_INFO).derive(text.encode()))
    private = ec.derive_private_key(number % (_ORDER - 1) + 1, CURVE)
    point = point_of(private.public_key())
    return OfflineKey(hashlib.sha256(point).hexdigest()[:16], point, private)
