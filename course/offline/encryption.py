"""Keys and encryption (ECDH on P-256, HKDF, AES-GCM) of facts; service worker script."""

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
from quizzes.base.offline_copies import code_version

CURVE = ec.SECP256R1()
_KEY_INFO = b"trato-digno.offline-key.1"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# 16 bytes more than the order, so that the bias of the modulus is negligible.
_LENGTH = 48


class OfflineKey(NamedTuple):
    """`point` is the public key, uncompressed (65 bytes)."""

    id: str
    point: bytes
    private: ec.EllipticCurvePrivateKey


def newest_key():
    return _derive_key(key_texts()[0])


def key_by_id(key_id):
    """Return the `OfflineKey` with this id, or None. Raises `CannotRead`."""
    return next((key for key in map(_derive_key, key_texts()) if key.id == key_id), None)


def encode_point(public):
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@lru_cache(maxsize=16)
def _derive_key(text):
    number = int.from_bytes(HKDF(SHA256(), _LENGTH, salt=None, info=_KEY_INFO).derive(text.encode()))
    private = ec.derive_private_key(number % (_ORDER - 1) + 1, CURVE)
    point = encode_point(private.public_key())
    return OfflineKey(hashlib.sha256(point).hexdigest()[:16], point, private)


_ENVELOPE_INFO = b"trato-digno.offline.1"
_POINT, _IV, _KEY = 65, 12, 32


class InvalidFact(ValueError):
    pass


def encrypt(content, point):
    """Return `content` (bytes) encrypted for the key with this point, as worker.js does (base64)."""
    ephemeral = ec.generate_private_key(CURVE)
    secret = ephemeral.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))
    own, iv = encode_point(ephemeral.public_key()), os.urandom(_IV)
    return base64.b64encode(own + iv + _cipher(secret, own).encrypt(iv, content, own)).decode()


def decrypt(ciphertext, key):
    """Return the content encrypted for an `OfflineKey`. Raises `InvalidFact`."""
    try:
        whole = base64.b64decode(ciphertext, validate=True)
        point, iv, box = whole[:_POINT], whole[_POINT : _POINT + _IV], whole[_POINT + _IV :]
        secret = key.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))
        return _cipher(secret, point).decrypt(iv, box, point)
    except (ValueError, InvalidTag) as error:
        raise InvalidFact from error


def _cipher(secret, point):
    return AESGCM(HKDF(SHA256(), _KEY, salt=point, info=_ENVELOPE_INFO).derive(secret))


WORKER = Path(__file__).with_name("worker.js")


def worker_script():
    """Return the script of the service worker, the same for everyone."""
    version = hashlib.sha256(f"{_minified()}\n{code_version()}".encode()).hexdigest()[:8]
    site = json.dumps({"version": version} | _site_key(), separators=(",", ":"))
    return f"const SITE={site}\n{_minified()}"


@cache
def _minified():
    return jsmin(WORKER.read_text())


def _site_key():
    # Without a key, or if switched off, devices store nothing.
    try:
        key = newest_key()
    except CannotRead:
        return {"key": "", "keyId": "", "off": True}
    return {"key": base64.b64encode(key.point).decode(), "keyId": key.id, "off": not settings.KEEP_PAGES_OFFLINE}
