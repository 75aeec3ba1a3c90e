"""Migrating an empty database takes a third of a minute, so a migrated one is kept, and test databases begin as copies.

It is kept under `var/`, by a fingerprint of every migration and of the locked packages: a change of either makes
another one. On SQLite it is copied into memory, on PostgreSQL restored into the template of the test databases.
`python -m tests.quick_database` makes the one of `DATABASE_URL` beforehand, where there is none yet.
"""

import contextlib
import hashlib
import os
import sqlite3
import subprocess

import django
from django.conf import settings
from django.db import connections

from .migrating import no_garbage_looked_for


def keep_a_migrated_database():
    """Let the test database begin as a copy of a migrated one where there is one; else keep it for the next time."""
    creation = connections["default"].creation
    place, migrate = place_of(connections["default"]), creation.create_test_db

    def copy_or_migrate(*args, **kwargs):
        kept = kept_database(place.ending)
        with place.beginning_as(kept if kept.exists() else None):
            made = migrate(*args, **kwargs)
        if not kept.exists():
            for outdated in kept.parent.glob(f"migrated-*.{place.ending}"):
                outdated.unlink(missing_ok=True)
            unfinished = kept.with_suffix(f".{os.getpid()}")
            place.keep(unfinished)
            unfinished.replace(kept)
        return made

    creation.create_test_db = copy_or_migrate


def empty_by_deleting():
    """Let PostgreSQL delete rows after a test that committed some.

    TRUNCATE makes every table and index anew, on the disk: of ours, nearly all of them empty, that takes a second.
    """
    connection = connections["default"]
    if connection.vendor != "postgresql":
        return

    def delete_all(style, tables, *, reset_sequences=False, allow_cascade=False):
        assert not reset_sequences
        # References are looked at when all is deleted.
        return ["; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in sorted(tables))]

    connection.ops.sql_flush = delete_all


def kept_database(ending="sqlite3"):
    fingerprint = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for migration in sorted(settings.BASE_DIR.glob("*/migrations/*.py")):
        fingerprint.update(migration.name.encode() + migration.read_bytes())
    return settings.VAR_DIR / f"migrated-{fingerprint.hexdigest()[:16]}.{ending}"


def place_of(connection):
    return InMemory(connection) if connection.vendor == "sqlite" else OnServer(connection)


class InMemory:
    """Where the test database of SQLite is."""

    ending = "sqlite3"

    def __init__(self, connection):
        self.name = connection.creation._get_test_db_name()

    @contextlib.contextmanager
    def beginning_as(self, kept):
        # An open connection keeps a database alive that is only in memory.
        self.alive = sqlite3.connect(self.name, uri=True)
        if kept:
            copy(sqlite3.connect(kept), self.alive)
        yield

    def keep(self, path):
        copy(self.alive, sqlite3.connect(path))


def copy(source, target):
    source.backup(target)
    target.commit()


class OnServer:
    """Where the test database of PostgreSQL is, and how its own programs reach it."""

    ending = "sql"

    def __init__(self, connection):
        self.settings = connection.settings_dict

    @contextlib.contextmanager
    def beginning_as(self, kept):
        if not kept:
            yield
            return
        template = f"migrated_{os.getpid()}"
        self.run("psql", "postgres", "-qc", f"CREATE DATABASE {template}")
        self.run("psql", template, "-qf", kept, "-v", "ON_ERROR_STOP=1")
        self.settings["TEST"]["TEMPLATE"] = template
        yield
        self.run("psql", "postgres", "-qc", f"DROP DATABASE {template}")

    def keep(self, path):
        self.run("pg_dump", self.settings["NAME"], "-f", path)

    def run(self, program, database, *arguments):
        where = {"-h": self.settings["HOST"], "-p": str(self.settings["PORT"]), "-U": self.settings["USER"]}
        command = [program, *(word for pair in where.items() if pair[1] for word in pair), "-d", database, *arguments]
        environment = os.environ | {
            "PGPASSWORD": self.settings["PASSWORD"],
            "PGOPTIONS": "--client-min-messages=warning",
        }
        subprocess.run(command, env=environment, check=True, capture_output=True)


if __name__ == "__main__":
    django.setup()
    keep_a_migrated_database()
    of_tests = connections["default"]
    if not kept_database(place_of(of_tests).ending).exists():
        usual = of_tests.settings_dict["NAME"]
        with no_garbage_looked_for():
            of_tests.creation.create_test_db(verbosity=0)
        of_tests.creation.destroy_test_db(usual, verbosity=0)
