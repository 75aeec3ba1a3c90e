"""Make a backup, delete old ones, copy it."""

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from course.atomic_files import fsync_folder
from course.version import typed

from .archive import pack
from .contents import applied_migrations, manifest_of, members
from .copies import copy_all
from .databases import snapshot
from .exceptions import BackupError
from .keeping import kept, moment_of, name_of
from .locking import recipients_of, write_encrypted
from .state import Copy, interrupted_restore, read_state, write_state

_UNFINISHED = ".unfinished-"


class Made(NamedTuple):
    file: Path
    size: int
    copies: tuple[Copy, ...]
    foreign: str


def back_up(*, now, without_keys=False, spare=None, copied=True):
    """Make a backup in `BACKUP_DIR` and return `Made`. Raises `BackupError`; then old ones stay.

    `spare` is an old one that must not be deleted. One that is not `copied` now is copied by the next run.
    """
    folder = backup_folder()
    refuse_interrupted()
    with one_at_a_time(folder):
        state = read_state(folder)
        try:
            path, size, digest, foreign = _write(folder, now, without_keys)
        except BackupError as error:
            _remember_problem(folder, state, str(error))
            raise
        state.newest, state.made_at, state.problem = path.name, moment_of(path.name).isoformat(), foreign
        state.files[path.name] = {"size": size, "sha256": digest}
        _remove_old(folder, spare)
        state.files = {name: of_file for name, of_file in state.files.items() if (folder / name).exists()}
        write_state(folder, state)
        copies = copy_all(folder, settings.BACKUP_COPIES) if copied else []
        if copied:
            state.copies = [asdict(one) for one in copies]
            write_state(folder, state)
    return Made(path, size, tuple(copies), foreign)


def refuse_interrupted():
    if interrupted_restore():
        raise BackupError(
            f"Una restauración se interrumpió: repita {typed('restore_backup')} con el mismo archivo / a restore was "
            f"interrupted: run {typed('restore_backup')} with the same file again."
        )


def backup_folder():
    if not settings.BACKUP_DIR:
        raise BackupError("Falta BACKUP_DIR: dónde se guardan los respaldos / BACKUP_DIR is not set.")
    folder = Path(settings.BACKUP_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(f"No se puede usar / it cannot be used: {folder} ({error.strerror}).") from error
    return folder


@contextlib.contextmanager
def one_at_a_time(folder):
    """Hold the lock for making and restoring; the system releases it if the process dies."""
    try:
        file = (folder / ".lock").open("w")
    except OSError as error:
        raise BackupError(f"No se puede escribir en / it cannot be written to: {folder} ({error.strerror}).") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("Otro respaldo se está haciendo ahora / another backup is being made now.") from None
        for left in folder.glob(f"{_UNFINISHED}*"):
            left.unlink()
        yield


def _write(folder, now, without_keys):
    recipients = recipients_of(settings.BACKUP_RECIPIENTS)
    now = now.replace(microsecond=0)
    while (path := folder / name_of(now, encrypted=bool(recipients))).exists():
        now += timedelta(seconds=1)
    unfinished = folder / f"{_UNFINISHED}{secrets.token_hex(8)}"
    try:
        with snapshot(folder) as database, _new_file(unfinished) as file:
            target = Digesting(file)
            make = manifest_of(database, applied_migrations(), without_keys=without_keys, now=now)
            pieces = pack(members(database, without_keys=without_keys), make, moment=now)
            if recipients:
                write_encrypted(pieces, target, recipients)
            else:
                for piece in pieces:
                    target.write(piece)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        fsync_folder(folder)
    except OSError as error:
        raise BackupError(sentence_of(error, folder)) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return path, target.size, target.digest.hexdigest(), database.foreign


def _new_file(path):
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


class Digesting:
    def __init__(self, file):
        self.file, self.size, self.digest = file, 0, hashlib.sha256()

    def write(self, piece):
        self.digest.update(piece)
        self.size += len(piece)
        return self.file.write(piece)

    def flush(self):
        self.file.flush()


def sentence_of(error, folder):
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"No hay lugar en el disco / there is no room left on the disk: {folder}"
    return f"{error.strerror or error}: {error.filename or folder}"


def _remove_old(folder, spare):
    found = {
        path.name for path in folder.iterdir() if moment_of(path.name) and not path.is_symlink() and path.is_file()
    }
    for name in found - kept(found) - {spare and spare.name}:
        (folder / name).unlink()


def _remember_problem(folder, state, problem):
    state.problem = problem
    # Fails on a full disk; the old state stays.
    with contextlib.suppress(OSError):
        write_state(folder, state)
