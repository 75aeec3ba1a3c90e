"""The site's Ed25519 key: the file `issuer.pem` or `CREDENTIAL_KEY`."""

import base64
import binascii
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings

_FILE = "issuer.pem"
_ED25519 = b"\xed\x01"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL)


class IssuerKey(NamedTuple):
    multibase: str
    secret: Ed25519PrivateKey


class KeyExistsError(ValueError):
    pass


def keys_folder():
    return Path(settings.CREDENTIAL_KEYS_DIR)


def issuer_key():
    key, _problem = _load()
    return key


def issuer_key_error():
    _key, problem = _load()
    return problem


def _load():
    # Cached until the file changes: (key or None, problem or "").
    if settings.CREDENTIAL_KEY:
        return _parse_setting(settings.CREDENTIAL_KEY)
    path = keys_folder() / _FILE
    try:
        return _read(path, _state_of(path))
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"The key {path} cannot be read: {error.strerror}."


def make_key():
    if settings.CREDENTIAL_KEY:
        raise KeyExistsError("The key is in CREDENTIAL_KEY.")
    path = keys_folder() / _FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyExistsError(f"There is a key already: {path}. It is not overwritten.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(_new_pem())
        file.flush()
        os.fsync(file.fileno())
    return path


def did_key(multibase):
    return f"did:key:{multibase}"


def generate_key_text():
    return base64.b64encode(_new_pem()).decode()


def key_files():
    path = keys_folder() / _FILE
    return [path] if path.exists() and not settings.CREDENTIAL_KEY else []


def _state_of(path):
    found = path.stat()
    # Only st_ctime_ns shows a change of owner or mode.
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


@lru_cache(maxsize=1)
def _read(path, _state):
    try:
        return _parse_pem(path.read_bytes()), ""
    except (ValueError, TypeError):
        return None, f"The file {path} holds no Ed25519 key."


@lru_cache(maxsize=1)
def _parse_setting(text):
    # PEM or its base64. Some service managers escape line breaks.
    text = text.replace("\\n", "\n").strip()
    try:
        return _parse_pem(text.encode() if _PEM.fullmatch(text) else base64.b64decode(text, validate=True)), ""
    except (ValueError, TypeError, binascii.Error):
        return None, "CREDENTIAL_KEY is no Ed25519 key as PEM or its base64."


def _parse_pem(pem):
    secret = load_pem_private_key(pem, password=None)
    if not isinstance(secret, Ed25519PrivateKey):
        raise TypeError
    return IssuerKey(_multibase(secret.public_key().public_bytes_raw()), secret)


def _multibase(public):
    # Multikey in base58. Not by openbadgeslib, which takes 24 MB: too much for a health check.
    number, digits = int.from_bytes(_ED25519 + public), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return f"z{digits}"


def _new_pem():
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
