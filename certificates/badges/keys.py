"""The keys that sign credentials: Ed25519, in a folder outside the database. The newest signs, all of them verify.

`issuer-0001.pem` holds a key pair; rotating makes `issuer-0002.pem` and leaves only the public half of the first,
unless that is itself an issuer (`did:key`): nothing else can sign its lists of the revoked. A site on several machines
gives the same keys to each in `CREDENTIAL_KEYS` instead, the newest first.
"""

import base64
import binascii
import logging
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings
from django.db import DatabaseError

from certificates.models import StatusList

_FILES = "issuer-[0-9][0-9][0-9][0-9].pem"
_RETIRED_FILES = "retired-[0-9][0-9][0-9][0-9].pem"
logger = logging.getLogger(__name__)
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL)


class IssuerKey(NamedTuple):
    """A key as others know it, and its secret half while it signs anything."""

    multibase: str
    secret: Ed25519PrivateKey | None


class IssuerKeys(NamedTuple):
    """The keys of this site: the one that signs, if any; all, newest first; what is wrong, a sentence for each."""

    signing: IssuerKey | None
    keys: tuple[IssuerKey, ...]
    problems: tuple[str, ...]


class KeyRefused(ValueError):
    """A key is not made; the message says why to whoever asked for it."""


def keys_folder():
    return Path(settings.CREDENTIAL_KEYS_DIR)


def issuer_keys():
    """Return the keys that were given, or those in the folder, read once in a process and again when a file changed."""
    if settings.CREDENTIAL_KEYS:
        return _read_given(settings.CREDENTIAL_KEYS)
    try:
        files = _files_in(keys_folder())
        return _read(tuple((path, _state_of(path)) for path in files))
    except OSError as error:
        return IssuerKeys(None, (), (f"The folder {keys_folder()} cannot be read: {error.strerror}.",))


def known_keys():
    """Return the keys, as others know them, whose signatures under our own digests count: also those that were retired.

    `retired-0001.pem` is a key that stands in no published document any more, because it was stolen, say, so that
    nothing it signed verifies elsewhere; what this site signed for itself with it is still known to be its own.
    """
    known = {key.multibase for key in issuer_keys().keys}
    try:
        files = _files_in(keys_folder(), _RETIRED_FILES)
        return known | _retired(tuple((path, _state_of(path)) for path in files))
    except OSError:
        return known


@lru_cache(maxsize=1)
def _retired(files):
    found = set()
    for path, _state in files:
        try:
            found.add(_key_in(path.read_bytes()).multibase)
        except (OSError, ValueError, TypeError):
            logger.error("The retired key %s cannot be read", path)
    return frozenset(found)


def unreadable_files():
    """Return how many files of keys there are, and a sentence for each that cannot be read. No key is looked into."""
    if settings.CREDENTIAL_KEYS:
        return len(issuer_keys().keys), list(issuer_keys().problems)
    problems = []
    try:
        files = _files_in(keys_folder())
    except OSError as error:
        return 0, [f"{keys_folder()}: {error.strerror}"]
    for path in files:
        try:
            path.read_bytes()
        except OSError as error:
            problems.append(f"{path}: {error.strerror}")
    return len(files), problems


def make_key(*, rotate=False):
    """Make a key that signs from now on and return its file.

    The first one, or with `rotate` the next; of those before, only the public half is kept, but of one that is an
    issuer of lists. Raises `KeyRefused`.
    """
    if settings.CREDENTIAL_KEYS:
        raise KeyRefused("The keys are in CREDENTIAL_KEYS: --print shows one to put first there.")
    folder = keys_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    old = _files_in(folder)
    if old and not rotate:
        raise KeyRefused(f"There is a key already: {old[0]}. It is not overwritten; --rotate makes the next one.")
    if rotate and not old:
        raise KeyRefused(f"There is no key to rotate in {folder}. Without --rotate the first one is made.")
    number = int(old[0].stem.rpartition("-")[2]) + 1 if old else 1
    made = folder / f"issuer-{number:04}.pem"
    issuers_before = _issuers_of_lists() if old else set()
    _write(made, _secret_pem(Ed25519PrivateKey.generate()))
    # Once more: a certificate may have been issued with the key before in the meantime.
    issuers = issuers_before | (_issuers_of_lists() if old else set())
    for path in old:
        _forget_secret(path, unless=issuers)
    return made


def did_key(multibase):
    """Return the identifier of the issuer that a key is by itself."""
    return f"did:key:{multibase}"


def _issuers_of_lists():
    """Return as whom the published lists are signed; without that nobody knows which secrets are still needed."""
    try:
        return set(StatusList.objects.values_list("issuer", flat=True).distinct())
    except DatabaseError as error:
        raise KeyRefused(
            f"The database does not answer ({type(error).__name__}), so it is not known which keys are still needed: "
            "nothing was changed."
        ) from error


def new_key_text():
    """Return a new key as one line for `CREDENTIAL_KEYS`; it is kept nowhere."""
    return base64.b64encode(_secret_pem(Ed25519PrivateKey.generate())).decode()


def key_files():
    """Return the files of keys, newest first, then those retired; none when the keys come with the environment."""
    if settings.CREDENTIAL_KEYS:
        return []
    return _files_in(keys_folder()) + _files_in(keys_folder(), _RETIRED_FILES)


def _files_in(folder, named=_FILES):
    """Return the files of keys, newest first; none when there is no folder."""
    if not folder.exists():
        return []
    # Unlike glob, this raises when the folder may not be listed.
    return sorted((folder / name for name in os.listdir(folder) if Path(name).match(named)), reverse=True)


def _state_of(path):
    found = path.stat()
    # A change of owner or mode shows in the third only.
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


@lru_cache(maxsize=1)
def _read(files):
    read, problems = {}, []
    for path, _state in files:
        try:
            read[path] = _key_in(path.read_bytes())
        except OSError as error:
            problems.append(f"The key {path} cannot be read: {error.strerror}.")
        except (ValueError, TypeError):
            problems.append(f"The file {path} holds no Ed25519 key.")
    # No older key takes the place of the newest when that cannot be read.
    newest = read.get(files[0][0]) if files else None
    return IssuerKeys(newest if newest and newest.secret else None, tuple(read.values()), tuple(problems))


@lru_cache(maxsize=1)
def _read_given(text):
    """Return the keys in a text: PEM, or the base64 of one each, separated by commas."""
    # Some programs that start services keep the ends of lines so.
    text = text.replace("\\n", "\n")
    pems = _PEM.findall(text) or text.split(",")
    read, problems = [], []
    for number, pem in enumerate(pems, start=1):
        try:
            read.append(_key_in(pem.encode() if _PEM.match(pem) else base64.b64decode(pem.strip(), validate=True)))
        except (ValueError, TypeError, binascii.Error):
            problems.append(f"Number {number} in CREDENTIAL_KEYS is no Ed25519 key as PEM or its base64.")
    newest = read[0] if read and not problems else None
    return IssuerKeys(newest if newest and newest.secret else None, tuple(read), tuple(problems))


def _key_in(pem):
    secret = load_pem_private_key(pem, password=None) if b"PRIVATE KEY" in pem else None
    public = secret.public_key() if secret else load_pem_public_key(pem)
    if not isinstance(public, Ed25519PublicKey):
        raise TypeError
    from openbadgeslib.ob3 import multikey_from_pem  # noqa: PLC0415 - slow to import

    return IssuerKey(multikey_from_pem(_public_pem(public)), secret)


def _secret_pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public_pem(key):
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _forget_secret(path, *, unless):
    pem = path.read_bytes()
    if b"PRIVATE KEY" in pem and did_key(_key_in(pem).multibase) not in unless:
        public_only = path.with_suffix(".new")
        _write(public_only, _public_pem(load_pem_private_key(pem, password=None).public_key()))
        public_only.replace(path)


def _write(path, content):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
