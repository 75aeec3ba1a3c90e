"""What is kept encrypted: hashes of PINs and secrets of the second step, with keys outside the database.

The keys are files in a folder, `account-0001.key` and on, or come with the environment. The newest seals, each opens.
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
    """What is sealed cannot be opened, or nothing sealed: the key is not there."""


def seal(text):
    """Return `text` encrypted with the newest key. Raises `CannotRead` when there is none."""
    return PREFIX + _newest().encrypt(text.encode()).decode()


def unseal(sealed):
    """Return what was sealed; a text without a seal, such as an unusable password, as it is. Raises `CannotRead`."""
    if not sealed.startswith(PREFIX):
        return sealed
    try:
        return MultiFernet(_keys()).decrypt(sealed.removeprefix(PREFIX)).decode()
    except InvalidToken as error:
        raise CannotRead(_("No key of the accounts opens this.")) from error


def is_sealed_anew(sealed):
    """Whether the newest key sealed it."""
    if not sealed.startswith(PREFIX):
        return False
    try:
        _newest().decrypt(sealed.removeprefix(PREFIX))
    except InvalidToken:
        return False
    return True


def has_key():
    """Whether there is a key to seal with."""
    return bool(settings.ACCOUNT_KEYS or key_files())


def key_files():
    """Return the files of keys, newest first; none when there is no folder, or the keys come with the environment."""
    folder = Path(settings.ACCOUNT_KEYS_DIR)
    if settings.ACCOUNT_KEYS or not folder.exists():
        return []
    return sorted((folder / name for name in os.listdir(folder) if Path(name).match(_FILES)), reverse=True)


def make_key():
    """Make the next key, with which everything is sealed from now on, and return its file."""
    files = key_files()
    number = int(files[0].stem.rpartition("-")[2]) + 1 if files else 1
    made = Path(settings.ACCOUNT_KEYS_DIR) / f"account-{number:04}.key"
    kept_key(made, make=lambda: secrets.token_urlsafe(48))
    return made


def _newest():
    return _keys()[0]


def key_texts():
    """Return the texts of the keys, newest first. Raises `CannotRead` where there is none, or one of no use."""
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
