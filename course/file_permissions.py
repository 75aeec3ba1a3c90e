"""Permissions of the site's files: for its own account alone."""

import os
import stat
from pathlib import Path

from django.conf import settings
from django.db import connections

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def restrict_to_owner():
    """Remove other accounts' permissions in `VAR_DIR` and on database files; return how many changed."""
    folder = settings.VAR_DIR
    paths = [*_database_files()]
    if not folder.stat().st_mode & stat.S_ISVTX:
        paths += [folder, *(Path(at, name) for at, folders, files in os.walk(folder) for name in (*folders, *files))]
    return sum(_restrict(path) for path in paths)


def _database_files():
    for connection in connections.all():
        name = connection.settings_dict["NAME"]
        if connection.vendor == "sqlite" and not connection.is_in_memory_db():
            yield from (Path(f"{name}{ending}") for ending in ("", "-wal", "-shm", "-journal"))


def _restrict(path):
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode) or status.st_uid != os.geteuid() or not status.st_mode & _OTHERS:
            return False
        path.chmod(stat.S_IMODE(status.st_mode) & ~_OTHERS)
    except FileNotFoundError:  # The -wal and -shm files of SQLite come and go.
        return False
    return True
