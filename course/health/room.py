"""Room on the disks: of what the site writes, of its database and of its backups."""

import os
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext_lazy as _

from .facts import bad, filled, good, warning

MIB = 1024 * 1024
# The certificates of a large group, a backup of a clinic and a week of answers fit into this.
LITTLE = 1024 * MIB
# A batch of certificates, the log of SQLite at its largest or an upload of 40 MB may not fit into less.
TOO_LITTLE = 100 * MIB


def places():
    """Return {what lies there, for scripts: its folder} of everything that the site writes on this machine."""
    found = {"var": Path(settings.VAR_DIR)}
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "sqlite" and not database.is_in_memory_db():
        found["database"] = Path(database.settings_dict["NAME"]).absolute().parent
    if settings.BACKUP_DIR:
        found["backups"] = Path(settings.BACKUP_DIR)
    return found


def room_in(folder):
    """Return (bytes that are free for this account, bytes in all) of the disk of a folder, which need not be there."""
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
