"""The database put by for as long as an upgrade lasts, open and on this machine alone, so that it can be put back.

A backup may be encrypted for somebody who is not there; and of an upgrade that fails nobody's session should end.
"""

import os
import shutil

from django.conf import settings

from course.disk import sync_folder

from . import databases
from .exceptions import BackupError


def hold_database():
    """Put the database by as it is now, in the place of one that was put by before. Raises BackupError."""
    folder = _folder()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    with databases.snapshot(folder) as snapshot:
        unfinished = folder / f".{snapshot.member}"
        with unfinished.open("xb") as file:
            shutil.copyfileobj(snapshot.file, file)
            file.flush()
            os.fsync(file.fileno())
    unfinished.rename(folder / snapshot.member)
    sync_folder(folder)


def put_back_database():
    """Put what was put by in the place of the present database, at once or not at all. Raises BackupError."""
    folder = _folder()
    held = [path for path in (folder / databases.SQLITE, folder / databases.POSTGRESQL) if path.exists()]
    if not held:
        raise BackupError("No hay una base de datos apartada / no database was put by.")
    # Of a time before that was cut off nothing is in the way.
    work = folder / "unpacked"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    # No table is emptied: whoever was signed in goes on.
    databases.replace(held[0].name, held[0], work, tables=())
    shutil.rmtree(work)


def forget_held_database():
    """Remove what was put by; without it nothing happens."""
    shutil.rmtree(_folder(), ignore_errors=True)


def _folder():
    return settings.VAR_DIR / "upgrade"
