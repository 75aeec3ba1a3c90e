"""Prepares the site of the journeys once for all who click through one: the course loaded, with demo people.

`python -m tests.journeys.prepared FOLDER` takes half a minute; each process of the journeys begins with a copy of what
the environment variable JOURNEYS_SITE names, and prepares one of its own where nothing is named.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def environment_of(folder, **others):
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
        "VAR_DIR": str(folder),
        "MAIL_FOLDER": str(folder / "mail"),
        "DATABASE_URL": f"sqlite:///{folder}/journeys.sqlite3",
        **others,
    }


def manage(environment, *arguments):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def prepare(folder, environment):
    if migrated := os.environ.get("MIGRATED_DATABASE"):
        shutil.copy(migrated, folder / "journeys.sqlite3")
    if collected := os.environ.get("COLLECTED_STATIC"):
        shutil.copytree(collected, folder / "static")
    manage(environment, "prepare_site")
    manage(environment, "make_demo_data")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    prepare(folder, environment_of(folder))
