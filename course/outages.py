"""What an error means when it is not a mistake of the site: no room, a busy database, one that is gone."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext_lazy as _


class Outage(NamedTuple):
    """A reason why the site cannot do its work now: its name for scripts, two sentences, seconds to try again in."""

    name: str
    title: str
    reason: str
    retry_after: int


FULL = Outage(
    "disk_full",
    _("There is no room left"),
    _("The disk of the site is full, so nothing can be saved now. Tell whoever looks after the site."),
    300,
)
BUSY = Outage(
    "database_busy",
    _("The site is busy"),
    _("So much is being saved at this moment that your turn did not come. Wait a little and try again."),
    10,
)
GONE = Outage(
    "database_gone",
    _("The database does not answer"),
    _("The site cannot reach the place where everything is kept. If it lasts, tell whoever looks after the site."),
    30,
)
NO_STORAGE = Outage(
    "storage_gone",
    _("The pictures are out of reach"),
    _("The site cannot reach the place where pictures are kept. If it lasts, tell whoever looks after the site."),
    30,
)
CLOSED = Outage(
    "database_read_only",
    _("Nothing can be saved now"),
    _("The site may read what it keeps and may not write. Tell whoever looks after the site."),
    300,
)
DAMAGED = Outage(
    "database_damaged",
    _("The database is damaged"),
    _("The site cannot read what it keeps. Tell whoever looks after the site at once."),
    300,
)

# Of the site as a whole, on every page as long as it is so: see course/health.
UNMIGRATED = Outage(
    "unmigrated",
    _("The site is being brought up to date"),
    _("In a few minutes it is back. If it lasts, tell whoever looks after the site."),
    30,
)
NEWER_DATABASE = Outage(
    "newer_database",
    _("The site cannot read what it keeps"),
    _("What it keeps was written by a newer version of the site. Tell whoever looks after the site."),
    60,
)
KEY_UNREADABLE = Outage(
    "key_unreadable",
    _("The site cannot open its keys"),
    _("Without them nobody can sign in and no certificate can be signed. Tell whoever looks after the site."),
    60,
)
WRONG_CLOCK = Outage(
    "wrong_clock",
    _("The clock of the site is wrong"),
    _("Whatever is saved now would get a wrong day, so nothing is. Tell whoever looks after the site."),
    60,
)

# The smallest file that SQLite makes to share what it reads between processes.
_FEW_BYTES = 32 * 1024
# Primary result codes of SQLite; what stands above the low byte says more of the same.
_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CANTOPEN: GONE,
    sqlite3.SQLITE_IOERR: GONE,
    sqlite3.SQLITE_READONLY: CLOSED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
# SQLSTATE of PostgreSQL, or the class in its first two characters.
_OF_POSTGRESQL = {
    "53100": FULL,
    "53": BUSY,
    "40P01": BUSY,
    "55P03": BUSY,
    "57014": BUSY,
    "57": GONE,
    "08": GONE,
    "25006": CLOSED,
    "58": GONE,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
_OF_THE_SYSTEM = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: CLOSED}


def outage_of(error):
    """Return the Outage that an exception, or one that led to it, tells of; None where it is something else."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if found := _told_by(error):
            return found
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return None


def _told_by(error):
    if isinstance(error, sqlite3.Error):
        found = _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        # To open its file SQLite makes others beside it; where there is no room for them it says only that it can't.
        return FULL if found is GONE and _is_full() else found
    if isinstance(error, OSError):
        return _OF_THE_SYSTEM.get(error.errno)
    library = type(error).__module__.partition(".")[0]
    if library == "psycopg":
        return _told_by_postgresql(error)
    # Of storage that speaks S3: no line, or none that lasts.
    lines = ("HTTPClientError", "ConnectionError")
    if library == "botocore" and any(kind.__name__ in lines for kind in type(error).__mro__):
        return NO_STORAGE
    return None


def _is_full():
    try:
        disk = os.statvfs(Path(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]).parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _FEW_BYTES


def _told_by_postgresql(error):
    state = getattr(error, "sqlstate", None)
    if state:
        return _OF_POSTGRESQL.get(state) or _OF_POSTGRESQL.get(state[:2])
    # Without a state it is the line to the server that failed: none was made, or it broke.
    return GONE if type(error).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout") else None
