"""Migrations run forward, all the way back, and forward again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.quick_database import kept_database

ROOT = Path(__file__).resolve().parent.parent.parent


def test_migrations_run_both_ways(tmp_path):
    # Most of the way forward is what every run of the tests has gone: see tests/quick_database.py.
    if (kept := kept_database()).exists():
        shutil.copy(kept, tmp_path / "both-ways.sqlite3")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "course.settings.dev",
        "DATABASE_URL": f"sqlite:///{tmp_path}/both-ways.sqlite3",
        "VAR_DIR": str(tmp_path),
    }
    steps = [["migrate"], ["migrate", "certificates", "zero"], ["migrate", "modules", "zero"]]
    steps += [["migrate", "quizzes", "zero"], ["migrate"]]
    for step in steps:
        done = subprocess.run(
            [sys.executable, "manage.py", *step, "-v", "0"],
            cwd=ROOT, env=environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, (step, done.stderr)
