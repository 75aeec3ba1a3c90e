"""Check a backup: hash every byte and open its database."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from .databases import opened, rows_in
from .exceptions import BackupError
from .making import backup_folder, one_at_a_time, sentence_of
from .opening import Manifest, is_encrypted, read_backup
from .state import read_state, write_state


@dataclass(frozen=True)
class Checked:
    file: Path
    sha256: str
    # None where nothing is known of how it was written.
    as_written: bool | None
    manifest: Manifest | None


def newest_backup():
    folder = backup_folder()
    if not (newest := read_state(folder).newest):
        raise BackupError(f"Todavía no hay respaldos en / there is no backup yet in {folder}")
    return folder / newest


def check_backup(path, *, identity=None, look_inside=None):
    """Read a whole backup and return `Checked`. Raises `BackupError` for a bad one.

    Without its identity, an encrypted one is only compared with its known digest. `look_inside` is called with the
    alias of the staged database, if it is SQLite.
    """
    try:
        digest = _digest_of(path)
        encrypted = is_encrypted(path)
    except OSError as error:
        raise BackupError(f"No se puede leer / it cannot be read: {path} ({error.strerror}).") from error
    written = read_state(path.parent).files.get(path.name, {}).get("sha256")
    try:
        if written and written != digest:
            raise BackupError(f"El archivo no es el que se guardó / the file is not as it was written: {path}")
        manifest = None if encrypted and identity is None else _read(path, identity, look_inside)
    except BackupError:
        _remember(path, damaged=bool(written) and written != digest)
        raise
    return Checked(path, digest, None if written is None else True, manifest)


def _digest_of(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path, identity, look_inside):
    # Not in /tmp: it may be in memory, or readable by others.
    folder = settings.VAR_DIR / "checking"
    with one_at_a_time(settings.VAR_DIR):
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(mode=0o700)
            manifest = read_backup(
                path, identity=identity, into=folder, wanted=lambda name: name.startswith("database.")
            )
            check_rows(manifest, folder)
            if look_inside:
                with opened(manifest.database, folder / manifest.database, folder) as alias:
                    if alias:
                        look_inside(alias)
        except OSError as error:
            raise BackupError(sentence_of(error, folder)) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return manifest


def check_rows(manifest, folder):
    """Open the staged database and count rows; raises `BackupError` if they differ from the manifest."""
    if rows_in(manifest.database, folder / manifest.database, folder) != manifest.rows:
        raise BackupError("La base de datos no tiene las filas que debe / the database lacks rows, or has others.")


def _remember(path, *, damaged):
    state = read_state(path.parent)
    if damaged and path.name in state.files:
        state.files[path.name]["damaged"] = True
        write_state(path.parent, state)
