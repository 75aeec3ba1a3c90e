"""Keys and envelopes of the service worker."""

import base64
import hashlib
import json
import os
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from rjsmin import jsmin

from course.sealing import CannotRead, key_texts
from quizzes.base.offline_copies import mark_of_code

CURVE = ec.SECP256R1()
_KEY_INFO = b"trato-digno.offline-key.1"
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
    number = int.from_bytes(HKDF(SHA256(), _LENGTH, salt=None, info=_KEY_INFO).derive(text.encode()))
    private = ec.derive_private_key(number % (_ORDER - 1) + 1, CURVE)
    point = point_of(private.public_key())
    return OfflineKey(hashlib.sha256(point).hexdigest()[:16], point, private)


_ENVELOPE_INFO = b"trato-digno.offline.1"
_POINT, _IV, _KEY = 65, 12, 32


class Unreadable(ValueError):
    """It was not sealed for this key, was changed, or is no fact."""


def seal(content, point):
    """Return `content` (bytes) sealed for the key with this point, as a device does it."""
    one = ec.generate_private_key(CURVE)
    secret = one.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))
    own, iv = point_of(one.public_key()), os.urandom(_IV)
    return base64.b64encode(own + iv + _box(secret, own).encrypt(iv, content, own)).decode()


def unseal(sealed, key):
    """Return the content of what was sealed for an `OfflineKey`. Raises `Unreadable`."""
    try:
        whole = base64.b64decode(sealed, validate=True)
        point, iv, box = whole[:_POINT], whole[_POINT : _POINT + _IV], whole[_POINT + _IV :]
        secret = key.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))
        return _box(secret, point).decrypt(iv, box, point)
    except (ValueError, InvalidTag) as error:
        raise Unreadable from error


def _box(secret, point):
    return AESGCM(HKDF(SHA256(), _KEY, salt=point, info=_ENVELOPE_INFO).derive(secret))


WORKER = Path(__file__).with_name("worker.js")


def worker_script():
    """Return the text of the worker as it is served: the same for everybody."""
    version = hashlib.sha256(f"{_minified()}\n{mark_of_code()}".encode()).hexdigest()[:8]
    site = json.dumps({"version": version} | _key(), separators=(",", ":"))
    return f"const SITE={site}\n{_minified()}"


@cache
def _minified():
    return jsmin(WORKER.read_text())


def _key():
    """Return the key to seal for; without one, or where it is not wanted, nothing is kept on any device."""
    try:
        key = newest_key()
    except CannotRead:
        return {"key": "", "keyId": "", "off": True}
    return {"key": base64.b64encode(key.point).decode(), "keyId": key.id, "off": not settings.KEEP_PAGES_OFFLINE}
