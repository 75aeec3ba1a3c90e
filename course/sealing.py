"""Encryption of PIN hashes and second factors, with keys outside the database.

Keys are files `account-0001.key` or come with the environment. The newest encrypts, each decrypts.
"""

import base64
import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from course.settings.keys import kept_key

PREFIX = "sealed$"
_FILES = "account-[0-9][0-9][0-9][0-9].key"
_SHORTEST = 32


class CannotRead(Exception):
    pass


def seal(text):
    return PREFIX + _newest().encrypt(text.encode()).decode()


def unseal(sealed):
    """Return the text; one that is not encrypted, such as an unusable password, as it is. Raises `CannotRead`."""
    if not sealed.startswith(PREFIX):
        return sealed
    try:
        return MultiFernet(_keys()).decrypt(sealed.removeprefix(PREFIX)).decode()
    except InvalidToken as error:
        raise CannotRead(_("No key of the accounts opens this.")) from error


def is_sealed_anew(sealed):
    if not sealed.startswith(PREFIX):
        return False
    try:
        _newest().decrypt(sealed.removeprefix(PREFIX))
    except InvalidToken:
        return False
    return True


def has_key():
    return bool(settings.ACCOUNT_KEYS or key_files())


def key_files():
    """Return the key files, newest first; none if the keys come with the environment."""
    folder = Path(settings.ACCOUNT_KEYS_DIR)
    if settings.ACCOUNT_KEYS or not folder.exists():
        return []
    return sorted((folder / name for name in os.listdir(folder) if Path(name).match(_FILES)), reverse=True)


def make_key():
    files = key_files()
    number = int(files[0].stem.rpartition("-")[2]) + 1 if files else 1
    made = Path(settings.ACCOUNT_KEYS_DIR) / f"account-{number:04}.key"
    kept_key(made, make=lambda: secrets.token_urlsafe(48))
    return made


def _newest():
    return _keys()[0]


def key_texts():
    """Return the texts of the keys, newest first. Raises `CannotRead` for none or an invalid one."""
    if settings.ACCOUNT_KEYS:
        texts = tuple(settings.ACCOUNT_KEYS)
    else:
        try:
            texts = tuple(_text_of(path, path.stat().st_mtime_ns) for path in key_files())
        except (OSError, UnicodeDecodeError) as error:
            raise CannotRead(f"A key in {settings.ACCOUNT_KEYS_DIR} cannot be read.") from error
    if not texts or any(len(text) < _SHORTEST for text in texts):
        said = _("There is no key of the accounts, or one is shorter than {length} characters.")
        raise CannotRead(format_lazy(said, length=_SHORTEST))
    return texts


def _keys():
    return _read_from(key_texts())


@lru_cache(maxsize=16)
def _text_of(path, _changed_at):
    return path.read_text().strip()


@lru_cache(maxsize=4)
def _read_from(texts):
    return [Fernet(base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())) for text in texts]
