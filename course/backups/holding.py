"""Unencrypted copy of the database on this machine, during an upgrade.

While its mark exists, the tables may be half migrated: no page is answered (course/health).
"""

import os
import shutil

from django.conf import settings

from course.atomic_files import fsync_folder
from course.operating.places import HALF_DONE

from . import databases
from .exceptions import BackupError


def hold_database():
    folder = _folder()
    if is_half_done():
        raise BackupError("Una actualización quedó a medias / an upgrade was cut off: trato upgrade --go-back")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    with databases.snapshot(folder) as snapshot:
        unfinished = folder / f".{snapshot.member}"
        with unfinished.open("xb") as file:
            shutil.copyfileobj(snapshot.file, file)
            file.flush()
            os.fsync(file.fileno())
    unfinished.rename(folder / snapshot.member)
    (settings.VAR_DIR / HALF_DONE).touch(mode=0o600)
    fsync_folder(folder)


def is_half_done():
    return (settings.VAR_DIR / HALF_DONE).exists()


def put_back_database():
    folder = _folder()
    held = [path for path in (folder / databases.SQLITE, folder / databases.POSTGRESQL) if path.exists()]
    if not held:
        raise BackupError("No hay una base de datos apartada / no database was put by.")
    work = folder / "unpacked"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    databases.replace(held[0].name, held[0], work, is_own=True)
    shutil.rmtree(work)


def forget_held_database():
    """Remove the held copy and the mark; idempotent."""
    shutil.rmtree(_folder(), ignore_errors=True)


def _folder():
    return settings.VAR_DIR / "upgrade"
