"""The key that signs credentials and digests: Ed25519, one for a site, outside the database.

It is the file `issuer.pem` in a folder; a site on several machines gives it to each in `CREDENTIAL_KEY` instead.
"""

import base64
import binascii
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

_FILE = "issuer.pem"
_ED25519 = b"\xed\x01"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL)


class IssuerKey(NamedTuple):
    """A key as others know it, and its secret half."""

    multibase: str
    secret: Ed25519PrivateKey


class KeyRefused(ValueError):
    """A key is not made; the message says why to whoever asked for it."""


def keys_folder():
    return Path(settings.CREDENTIAL_KEYS_DIR)


def issuer_key():
    """Return the `IssuerKey` of this site; None where there is none, or none that can be used."""
    key, _problem = _found()
    return key


def problem_with_key():
    """Return a sentence about a key that is there and cannot be used, "" otherwise."""
    _key, problem = _found()
    return problem


def _found():
    """Return (key or None, problem or ""); a file is read once in a process and again when it changed."""
    if settings.CREDENTIAL_KEY:
        return _read_given(settings.CREDENTIAL_KEY)
    path = keys_folder() / _FILE
    try:
        return _read(path, _state_of(path))
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"The key {path} cannot be read: {error.strerror}."


def make_key():
    """Make the key of this site and return its file. Raises `KeyRefused` where there is one."""
    if settings.CREDENTIAL_KEY:
        raise KeyRefused("The key is in CREDENTIAL_KEY.")
    path = keys_folder() / _FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyRefused(f"There is a key already: {path}. It is not overwritten.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(_new_pem())
        file.flush()
        os.fsync(file.fileno())
    return path


def did_key(multibase):
    """Return the identifier of the issuer that a key is by itself."""
    return f"did:key:{multibase}"


def new_key_text():
    """Return a new key as one line for `CREDENTIAL_KEY`; it is kept nowhere."""
    return base64.b64encode(_new_pem()).decode()


def key_files():
    """Return the file of the key in a list; none where there is no file."""
    path = keys_folder() / _FILE
    return [path] if path.exists() and not settings.CREDENTIAL_KEY else []


def _state_of(path):
    found = path.stat()
    # A change of owner or mode shows in the third only.
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


@lru_cache(maxsize=1)
def _read(path, _state):
    try:
        return _key_in(path.read_bytes()), ""
    except (ValueError, TypeError):
        return None, f"The file {path} holds no Ed25519 key."


@lru_cache(maxsize=1)
def _read_given(text):
    """Return the key in a text, PEM or its base64, as `_found` does."""
    # Some programs that start services keep the ends of lines so.
    text = text.replace("\\n", "\n").strip()
    try:
        return _key_in(text.encode() if _PEM.fullmatch(text) else base64.b64decode(text, validate=True)), ""
    except (ValueError, TypeError, binascii.Error):
        return None, "CREDENTIAL_KEY is no Ed25519 key as PEM or its base64."


def _key_in(pem):
    secret = load_pem_private_key(pem, password=None)
    if not isinstance(secret, Ed25519PrivateKey):
        raise TypeError
    return IssuerKey(_multibase(secret.public_key().public_bytes_raw()), secret)


def _multibase(public):
    """Return the Multikey of an Ed25519 key, in base58. openbadgeslib takes 24 MB, too much for a probe of health."""
    number, digits = int.from_bytes(_ED25519 + public), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return f"z{digits}"


def _new_pem():
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
