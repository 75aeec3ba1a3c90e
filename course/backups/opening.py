"""Read a backup to its end, hash every byte, extract members."""

import contextlib
import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .archive import unpack
from .contents import FORMAT, MANIFEST
from .databases import POSTGRESQL, SQLITE
from .exceptions import BackupError
from .locking import decrypted, identities_in

_PIECE = 1024 * 1024
_LARGEST_MANIFEST = 64 * _PIECE
_ROOM = 32 * _PIECE
_MEMBERS = re.compile(
    r"database\.(sqlite3\.gz|pgdump)|media/.+|issuer-keys/issuer\.pem|account-keys/account-\d{4}\.key"
    r"|seal/(key|certificate)\.pem|settings/(settings\.json|trato-digno\.env)",
    re.DOTALL,
)
_KINDS = {SQLITE: "sqlite", POSTGRESQL: "postgresql"}
_ENCRYPTED = b"age-encryption.org/v1\n"


@dataclass(frozen=True)
class Manifest:
    version: str
    made_at: str
    kind: str
    database: str
    rows: dict
    migrations: list
    has_keys: bool
    members: dict


def is_encrypted(path):
    with path.open("rb") as file:
        return file.read(len(_ENCRYPTED)) == _ENCRYPTED


def read_backup(path, *, identity=None, into: Path, wanted):
    """Read all, extract members for which `wanted(name)`, return the `Manifest`. Raises `BackupError`."""
    found, manifest = {}, None
    try:
        with _plain(path, identity) as stream:
            for name, size, member in unpack(stream):
                if manifest is not None:
                    raise BackupError("El archivo está dañado: algo sigue a la lista / the file is damaged.")
                if name == MANIFEST:
                    manifest = _manifest(member.read(min(size, _LARGEST_MANIFEST)))
                elif not _MEMBERS.fullmatch(name):
                    raise BackupError(f"El archivo está dañado / the file is damaged: {name!r}")
                else:
                    digest = _put(member, size, into / name if wanted(name) else None, into)
                    found[name] = {"size": size, "sha256": digest}
    except OSError as error:
        raise BackupError(f"No se puede leer o guardar / it cannot be read or kept: {path} ({error}).") from error
    if manifest is None:
        raise BackupError("El archivo está dañado / the file is damaged: no tiene lista / it has no manifest.")
    if found != manifest.members or manifest.database not in found or _KINDS[manifest.database] != manifest.kind:
        raise BackupError("El archivo está dañado: no es lo que su lista dice / the file is damaged.")
    return manifest


@contextlib.contextmanager
def _plain(path, identity):
    encrypted = is_encrypted(path)
    if encrypted and identity is None:
        raise BackupError("El respaldo está cifrado: dé --identity ARCHIVO / it is encrypted: give --identity FILE.")
    with path.open("rb") as file:
        if not encrypted:
            yield file
            return
        with decrypted(file, identities_in(identity)) as stream:
            yield stream


def _put(member, size, target, folder):
    digest = hashlib.sha256()
    if target and size + _ROOM > shutil.disk_usage(folder).free:
        raise BackupError(f"No hay lugar en el disco / there is no room left on the disk: {folder}")
    with contextlib.ExitStack() as stack:
        if target:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            file = stack.enter_context(os.fdopen(opened, "wb"))
        while piece := member.read(_PIECE):
            digest.update(piece)
            if target:
                file.write(piece)
    return digest.hexdigest()


def _manifest(content):
    try:
        said = json.loads(content)
        number = said["format"]
        if isinstance(number, int) and number > FORMAT:
            raise BackupError(
                f"El respaldo es de una versión más nueva ({said.get('version')}): actualice primero el curso / it is "
                "of a newer version: upgrade the course first."
            )
        database = said["database"]
        return Manifest(
            version=str(said["version"]),
            made_at=str(said["made_at"]),
            kind=str(database["kind"]),
            database=str(database["member"]),
            rows=dict(database["rows"]),
            migrations=[(str(app), str(name)) for app, name in said["migrations"]],
            has_keys=bool(said["has_keys"]),
            members=dict(said["members"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError("El archivo está dañado / the file is damaged: su lista no se lee / its manifest.") from error
