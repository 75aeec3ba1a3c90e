"""What the site keeps on disk is read by its own account alone: the settings see to new files, this to older ones."""

import os
import stat
from pathlib import Path

from django.conf import settings
from django.db import connections

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def close_to_others():
    """Take from every other account what it may do in `VAR_DIR` and with a database file; return how many changed.

    Links are not followed, and what belongs to another account is left alone. So is a folder that many accounts share,
    such as /tmp: there only the database is closed.
    """
    folder = settings.VAR_DIR
    shared = folder.stat().st_mode & stat.S_ISVTX
    found = (
        []
        if shared
        else [folder, *(Path(at, name) for at, folders, files in os.walk(folder) for name in (*folders, *files))]
    )
    return sum(_close(path) for path in [*found, *_database_files()])


def _database_files():
    for connection in connections.all():
        name = connection.settings_dict["NAME"]
        if connection.vendor == "sqlite" and not connection.is_in_memory_db():
            yield from (Path(f"{name}{ending}") for ending in ("", "-wal", "-shm", "-journal"))


def _close(path):
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid() or not found.st_mode & _OTHERS:
            return False
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
    except FileNotFoundError:
        # Gone since, as the log of SQLite comes and goes.
        return False
    return True
