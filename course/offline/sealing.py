"""A fact as it waits on a device: sealed for the site, so that nobody who uses the device can read it.

A key made for this one fact agrees with that of the site on a secret; what is sealed begins with its point.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .keys import CURVE, point_of

_INFO = b"trato-digno.offline.1"
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
    return AESGCM(HKDF(SHA256(), _KEY, salt=point, info=_INFO).derive(secret))
