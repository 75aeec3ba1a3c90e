"""Form errors as a list; outages of disk or database."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext_lazy as _


class FormError(NamedTuple):
    message: str
    control: str = ""  # its id


def form_errors(form):
    """Return the FormErrors of a form; errors of the whole form point to its first control."""
    if not getattr(form, "errors", None):
        return []
    fields = form.visible_fields()
    first = _control(fields[0]) if fields else ""
    found = [FormError(error, first) for error in form.non_field_errors()]
    found += [FormError(error) for field in form.hidden_fields() for error in field.errors]
    return found + [FormError(error, _control(field)) for field in fields for error in field.errors]


def _control(field):
    # A group of radio buttons or check boxes has an id for each.
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label or field.auto_id


class Outage(NamedTuple):
    name: str  # for scripts
    title: str
    reason: str
    retry_after: int  # seconds


DISK_FULL = Outage(
    "disk_full",
    _("There is no room left"),
    _("The disk of the site is full, so nothing can be saved now. Contact the administrator."),
    300,
)
DATABASE_BUSY = Outage(
    "database_busy",
    _("The site is busy"),
    _("Too much is being saved at this moment. Wait a little and try again."),
    10,
)
DATABASE_GONE = Outage(
    "database_gone",
    _("The database does not answer"),
    _("The database is unavailable. If this lasts, contact the administrator."),
    30,
)
STORAGE_GONE = Outage(
    "storage_gone",
    _("The pictures are unavailable"),
    _("The storage of pictures is unavailable. If this lasts, contact the administrator."),
    30,
)
DATABASE_READ_ONLY = Outage(
    "database_read_only", _("Nothing can be saved now"), _("The database is read-only. Contact the administrator."), 300
)
DATABASE_DAMAGED = Outage(
    "database_damaged",
    _("The database is damaged"),
    _("The site cannot read its data. Contact the administrator now."),
    300,
)

UNMIGRATED = Outage(
    "unmigrated",
    _("The site is being updated"),
    _("It will be back in a few minutes. If this lasts, contact the administrator."),
    30,
)
NEWER_DATABASE = Outage(
    "newer_database",
    _("The site cannot read its data"),
    _("The data was written by a newer version of the site. Contact the administrator."),
    60,
)
KEY_UNREADABLE = Outage(
    "key_unreadable",
    _("The site cannot open its keys"),
    _("Without them no one can sign in and no certificate can be signed. Contact the administrator."),
    60,
)
WRONG_CLOCK = Outage(
    "wrong_clock",
    _("The clock of the site is wrong"),
    _("Nothing can be saved, because it would get a wrong date. Contact the administrator."),
    60,
)

_SQLITE_SHM_BYTES = 32 * 1024
# By primary result code, the low byte of an extended code.
_SQLITE_OUTAGES = {
    sqlite3.SQLITE_BUSY: DATABASE_BUSY,
    sqlite3.SQLITE_LOCKED: DATABASE_BUSY,
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_CANTOPEN: DATABASE_GONE,
    sqlite3.SQLITE_IOERR: DATABASE_GONE,
    sqlite3.SQLITE_READONLY: DATABASE_READ_ONLY,
    sqlite3.SQLITE_CORRUPT: DATABASE_DAMAGED,
    sqlite3.SQLITE_NOTADB: DATABASE_DAMAGED,
}
# By SQLSTATE, or by its class: the first two characters.
_POSTGRESQL_OUTAGES = {
    "53100": DISK_FULL,
    "53": DATABASE_BUSY,
    "40P01": DATABASE_BUSY,
    "55P03": DATABASE_BUSY,
    "57014": DATABASE_BUSY,
    "57": DATABASE_GONE,
    "08": DATABASE_GONE,
    "25006": DATABASE_READ_ONLY,
    "58": DATABASE_GONE,
    "XX001": DATABASE_DAMAGED,
    "XX002": DATABASE_DAMAGED,
}
_OS_OUTAGES = {errno.ENOSPC: DISK_FULL, errno.EDQUOT: DISK_FULL, errno.EROFS: DATABASE_READ_ONLY}


def find_outage(error):
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if found := _classify(error):
            return found
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return None


def _classify(error):
    if isinstance(error, sqlite3.Error):
        found = _SQLITE_OUTAGES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        # Without room for the -shm and -wal files SQLite reports only that it can't open the database.
        return DISK_FULL if found is DATABASE_GONE and _is_disk_full() else found
    if isinstance(error, OSError):
        return _OS_OUTAGES.get(error.errno)
    library = type(error).__module__.partition(".")[0]
    if library == "psycopg":
        return _classify_postgresql(error)
    if library == "botocore" and {"HTTPClientError", "ConnectionError"} & {cls.__name__ for cls in type(error).__mro__}:
        return STORAGE_GONE
    return None


def _is_disk_full():
    try:
        disk = os.statvfs(Path(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]).parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _SQLITE_SHM_BYTES


def _classify_postgresql(error):
    state = getattr(error, "sqlstate", None)
    if state:
        return _POSTGRESQL_OUTAGES.get(state) or _POSTGRESQL_OUTAGES.get(state[:2])
    # Without SQLSTATE the connection to the server failed.
    return (
        DATABASE_GONE if type(error).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout") else None
    )
