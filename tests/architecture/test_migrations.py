"""Migrations run forward, all the way back, and forward again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.quick_database import kept_database

ROOT = Path(__file__).resolve().parent.parent.parent

# What is built on `quizzes`, `modules` among it, goes back with it.
THERE_AND_BACK = """
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
OURS = ("certificates_", "modules_", "quizzes_")
def ours():
    return sum(table.startswith(OURS) for table in connection.introspection.table_names())
call_command("migrate", verbosity=0)
before = ours()
# In one go, for which Django looks once at what all of the migrations have done.
MigrationExecutor(connection).migrate([("certificates", None), ("quizzes", None)])
print(ours())
call_command("migrate", verbosity=0)
print(ours() - before)
"""


def test_migrations_run_both_ways(tmp_path):
    # Most of the way forward is what every run of the tests has gone: see tests/quick_database.py.
    if (kept := kept_database()).exists():
        shutil.copy(kept, tmp_path / "both-ways.sqlite3")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "course.settings.dev",
        "DATABASE_URL": f"sqlite:///{tmp_path}/both-ways.sqlite3",
        "VAR_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", THERE_AND_BACK],
        cwd=ROOT, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split()) == (0, ["0", "0"]), done.stderr
