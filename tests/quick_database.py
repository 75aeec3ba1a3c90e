"""Migrating an empty SQLite database takes a third of a minute, so a migrated one is kept and copied into memory.

It is kept under `var/`, by a fingerprint of every migration and of the locked packages: a change of either makes
another one. On PostgreSQL nothing of this happens.
"""

import hashlib
import os
import sqlite3

from django.conf import settings
from django.db import connections


def keep_a_migrated_database():
    """Let the test database begin as a copy of a migrated one where there is one; else keep it for the next time."""
    connection = connections["default"]
    if connection.vendor != "sqlite":
        return
    creation = connection.creation
    migrate = creation.create_test_db

    def copy_or_migrate(*args, **kwargs):
        kept, name = kept_database(), creation._get_test_db_name()
        # An open connection keeps a database alive that is only in memory.
        creation.alive = sqlite3.connect(name, uri=True)
        if kept.exists():
            copy(sqlite3.connect(kept), creation.alive)
        made = migrate(*args, **kwargs)
        if not kept.exists():
            keep(creation.alive, kept)
        return made

    creation.create_test_db = copy_or_migrate


def kept_database():
    fingerprint = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for migration in sorted(settings.BASE_DIR.glob("*/migrations/*.py")):
        fingerprint.update(migration.name.encode() + migration.read_bytes())
    return settings.VAR_DIR / f"migrated-{fingerprint.hexdigest()[:16]}.sqlite3"


def keep(database, kept):
    for outdated in kept.parent.glob("migrated-*.sqlite3"):
        outdated.unlink(missing_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    copy(database, sqlite3.connect(unfinished))
    unfinished.replace(kept)


def copy(source, target):
    source.backup(target)
    target.commit()
