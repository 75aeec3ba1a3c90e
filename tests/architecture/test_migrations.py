"""Migrations run back, forward and back again; attempts outlast the way to their first tables.

From the last release on they do so in `tests/upgrades`, on both databases; here a site of that release goes on, back to
the beginning.
"""

import ast
import lzma
import os
import subprocess
import sys

import pytest

from tests.upgrades.test_upgrades import HERE, KNEW, RELEASE, ROOT

# What is built on `quizzes`, `modules` among it, goes back with it.
THERE_AND_BACK = f"""
import django
django.setup()

import shutil
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from tests.migrating import no_garbage_looked_for
OURS = ("certificates_", "modules_", "quizzes_")
def ours():
    return sum(table.startswith(OURS) for table in connection.introspection.table_names())
def migrate(*targets):
    with no_garbage_looked_for():
        MigrationExecutor(connection).migrate(list(targets))
def attempts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, grade, passed, submitted_at IS NOT NULL FROM quizzes_attempt")
        rows = cursor.fetchall()
    whole = {{key: None if grade is None else int(grade) for key, grade, _passed, _sent in rows}}
    return {{key: (whole[key], bool(passed), bool(sent)) for key, _grade, passed, sent in rows}}
# Of those that were begun one was given up. With certificates that were annulled nobody goes so far back.
with transaction.atomic(), connection.cursor() as cursor:
    for table in connection.introspection.table_names():
        if table.startswith("certificates_"):
            cursor.execute("DELETE FROM " + table)
    begun = "SELECT id FROM quizzes_attempt WHERE submitted_at IS NULL AND abandoned_at IS NULL ORDER BY id"
    cursor.execute(begun)
    (given_up,), *begun = cursor.fetchall()
    cursor.execute("UPDATE quizzes_attempt SET abandoned_at = started_at WHERE id = %s", [given_up])
found = [attempts()]
migrate(("quizzes", "0001_initial"))
found.append(attempts())
# From here one goes forward, and a copy of it the rest of the way back.
here = connection.settings_dict["NAME"]
connection.close()
shutil.copy(here, here + ".first")
migrate(*{KNEW})
found.append(attempts())

# In one go, for which Django looks once at what all of the migrations have done. Forward from nothing every run of the
# tests has gone: nothing may be left that would be in the way.
connection.close()
connection.settings_dict["NAME"] = here + ".first"
migrate(("certificates", None), ("quizzes", None))
print((found, given_up, ours()))
"""


@pytest.mark.nightly
def test_migrations_run_both_ways(tmp_path):
    (tmp_path / "both-ways.sqlite3").write_bytes(lzma.decompress((HERE / f"{RELEASE}.sqlite3.xz").read_bytes()))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "course.settings.test",
        "DATABASE_URL": f"sqlite:///{tmp_path}/both-ways.sqlite3",
        "VAR_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", THERE_AND_BACK],
        cwd=ROOT, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (before, first, again), given_up, tables = ast.literal_eval(done.stdout)
    marked = {key: row for key, row in before.items() if row[0] is not None}
    waiting = {key for key, row in before.items() if row[0] is None and row[2]}
    begun = before.keys() - marked.keys() - waiting - {given_up}
    assert [len(some) for some in (marked, waiting, begun)] == [71, 3, 5]
    # The first tables know none that waits or was given up: those have a grade there, and it stays.
    assert {key: first[key] for key in marked} == marked
    assert {(first[key][0] is None, first[key][2]) for key in waiting} == {(False, True)}
    assert first[given_up] == (0, False, True)
    assert {key: first[key] for key in begun} == {key: before[key] for key in begun}
    assert again == first
    assert tables == 0
