"""A clinic's PC on which the site was installed and runs, once for the tests of this folder, one after the other."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.installing.scratch import bring_environment, script_install
from tests.machines import machine
from tests.serving import migrated_database

DATABASE = "/var/lib/trato-digno/trato-digno.sqlite3"


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """An installed machine, the site running in it. Whoever changes it brings it back."""
    root = tmp_path_factory.mktemp("machine")
    bring_environment(root)
    script_install("--root", root, "--for", "clinic", "--address", "trato.lan", "--admin", "JEFA21", "--yes")
    with machine(root) as one:
        # Migrating takes a third of a minute.
        shutil.copy(migrated_database(), one.path(DATABASE))
        one.run("trato", "manage", "prepare_site", "--no-content")
        one.run("trato", "manage", "make_issuer_key")
        one.run("trato", "manage", "invite_administrator", "JEFA21")
        one.run("systemctl", "start", "trato-digno", "trato-digno-backup.timer")
        yield one


def rows_of(one, *, besides=()):
    """Return {table: its rows} of the machine's database, as the file holds it."""
    with closing(sqlite3.connect(one.path(DATABASE))) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"')))
            for name in tables
            if name not in besides
        }
