"""Checks: disk space of data, database and backups."""

import os
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext_lazy as _

from .facts import bad, filled, good, warning

MIB = 1024 * 1024
# Enough for the certificates of a large group, a backup of a clinic and a week of answers.
LITTLE = 1024 * MIB
# May be too little for a batch of certificates, SQLite's log or an upload of 40 MB.
TOO_LITTLE = 100 * MIB


def places():
    """Return {name for scripts: folder} of everything that the site writes on this machine."""
    found = {"var": Path(settings.VAR_DIR)}
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "sqlite" and not database.is_in_memory_db():
        found["database"] = Path(database.settings_dict["NAME"]).absolute().parent
    if settings.BACKUP_DIR:
        found["backups"] = Path(settings.BACKUP_DIR)
    return found


def room_in(folder):
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize


def there_is_room():
    room = {str(folder): room_in(folder)[0] for folder in places().values()}
    folder, free = min(room.items(), key=lambda one: one[1])
    said = filled(_("%(free)s MB are free in %(folder)s."), free=free // MIB, folder=folder)
    if free < TOO_LITTLE:
        return bad("disk", said)
    return (warning if free < LITTLE else good)("disk", said)
