"""Migrations run back, forward and back again; attempts outlast the way to their first tables."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.quick_database import kept_database

ROOT = Path(__file__).resolve().parent.parent.parent

# What is built on `quizzes`, `modules` among it, goes back with it.
THERE_AND_BACK = """
import shutil
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.migrating import no_garbage_looked_for
OURS = ("certificates_", "modules_", "quizzes_")
def ours():
    return sum(table.startswith(OURS) for table in connection.introspection.table_names())
call_command("migrate", verbosity=0)

from django.utils import timezone
from quizzes.models import Attempt
from tests.factories import make_learner, make_quiz
from tests.quizzes.factories import start
def grades():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, grade, passed, submitted_at IS NOT NULL FROM quizzes_attempt")
        rows = cursor.fetchall()
    return sorted((key, int(grade), bool(passed), bool(is_sent)) for key, grade, passed, is_sent in rows)
# One waits for a marker, one was never sent: the first tables know neither, and the grade that they get stays.
waiting, abandoned = (start(make_learner(code), make_quiz(code.lower(), 1)) for code in ("EVA222", "ANA222"))
Attempt.objects.filter(pk=waiting.pk).update(submitted_at=timezone.now())
Attempt.objects.filter(pk=abandoned.pk).update(abandoned_at=timezone.now())
expected = sorted((attempt.pk.hex, 0, False, True) for attempt in (waiting, abandoned))
with no_garbage_looked_for():
    MigrationExecutor(connection).migrate([("quizzes", "0001_initial")])
print(grades() == expected)
# From here one goes forward, and a copy of it the rest of the way back.
here = connection.settings_dict["NAME"]
connection.close()
shutil.copy(here, f"{here}.first")
with no_garbage_looked_for():
    call_command("migrate", "quizzes", verbosity=0)
print(grades() == expected)

# In one go, for which Django looks once at what all of the migrations have done. Forward from nothing every run of the
# tests has gone: nothing may be left that would be in the way.
connection.close()
connection.settings_dict["NAME"] = f"{here}.first"
with no_garbage_looked_for():
    MigrationExecutor(connection).migrate([("certificates", None), ("quizzes", None)])
print(ours())
"""


@pytest.mark.any_day
def test_migrations_run_both_ways(tmp_path):
    # Most of the way forward is what every run of the tests has gone: see tests/quick_database.py.
    if (kept := kept_database()).exists():
        shutil.copy(kept, tmp_path / "both-ways.sqlite3")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "course.settings.test",
        "DATABASE_URL": f"sqlite:///{tmp_path}/both-ways.sqlite3",
        "VAR_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", THERE_AND_BACK],
        cwd=ROOT, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split()) == (0, ["True", "True", "0"]), done.stderr
