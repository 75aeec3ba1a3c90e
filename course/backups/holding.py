"""The database put by for as long as an upgrade lasts, open and on this machine alone, so that it can be put back.

A backup may be encrypted for somebody who is not there; and of an upgrade that fails nobody's session should end.
While the mark beside it stands, the tables may be half of another version: no page is answered (course/health).
"""

import os
import shutil

from django.conf import settings

from course.atomic_files import fsync_folder
from course.operating.places import HALF_DONE

from . import databases
from .exceptions import BackupError


def hold_database():
    """Put the database by as it is now, and mark that it is being changed. Raises BackupError.

    One that was put by before gives way, unless it is needed still.
    """
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
    """Whether an upgrade is changing the tables, or was cut off while it did."""
    return (settings.VAR_DIR / HALF_DONE).exists()


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
    # Whoever was signed in goes on.
    databases.replace(held[0].name, held[0], work, is_own=True)
    shutil.rmtree(work)


def forget_held_database():
    """Remove what was put by, and the mark; without it nothing happens."""
    shutil.rmtree(_folder(), ignore_errors=True)


def _folder():
    return settings.VAR_DIR / "upgrade"
