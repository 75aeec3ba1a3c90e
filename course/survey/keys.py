"""Keys of survey rounds, as files outside the database and its backups.

An envelope is sealed for the public key of its round with HPKE (RFC 9180): X25519, HKDF-SHA256, ChaCha20-Poly1305.
"""

from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from course.settings.keys import kept_key

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
# Constant, so that an answer does not differ from a refusal.
SIZE = 256


class KeyLost(Exception):
    pass


class Damaged(Exception):
    pass


class CannotKeepKeys(Exception):
    pass


def make_key(key):
    """Make the key of a round (a UUID) and return its public half, 32 bytes. Raises `CannotKeepKeys`."""
    try:
        text = kept_key(file_of(key), make=lambda: X25519PrivateKey.generate().private_bytes_raw().hex())
        return X25519PrivateKey.from_private_bytes(bytes.fromhex(text)).public_key().public_bytes_raw()
    except (ImproperlyConfigured, ValueError) as error:
        raise CannotKeepKeys(str(error)) from error


def file_of(key):
    return Path(settings.SURVEY_KEYS_DIR) / f"{key}.key"


def has_key(round_):
    try:
        _key_of(round_)
    except KeyLost:
        return False
    return True


def destroy_key(key):
    path = file_of(key)
    found = path.exists()
    path.unlink(missing_ok=True)
    return found


def seal(round_, text):
    """Return the encrypted ASCII text, always of the same length."""
    padded = text.encode("ascii").ljust(SIZE, b"\0")
    if len(padded) > SIZE:
        raise ValueError(f"An envelope holds {SIZE} bytes.")
    return _SUITE.encrypt(padded, X25519PublicKey.from_public_bytes(bytes(round_.public_key)), _about(round_))


def opener(round_):
    """Return the function that decrypts for the round and raises `Damaged`. Raises `KeyLost`."""
    key, about = _key_of(round_), _about(round_)

    def open_one(sealed):
        try:
            return _SUITE.decrypt(bytes(sealed), key, about).rstrip(b"\0").decode("ascii")
        except InvalidTag as error:
            raise Damaged(round_) from error

    return open_one


def _key_of(round_):
    try:
        key = X25519PrivateKey.from_private_bytes(bytes.fromhex(file_of(round_.key).read_text().strip()))
    except (OSError, ValueError) as error:
        raise KeyLost(round_) from error
    if key.public_key().public_bytes_raw() != bytes(round_.public_key):
        raise KeyLost(round_)
    return key


def _about(round_):
    return f"survey round {round_.key}".encode()
