import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings as live
from django.core.management import CommandError
from django.db import connection

from course.backups.making import back_up
from course.backups.state import interrupted_restore, last_backup
from course.models import User
from tests.factories import NOW, make_learner
from tests.serving import LONG, ROOT, until

from .conftest import every_file, every_row, left_in, manage

SETTINGS = """
import os
from pathlib import Path
from course.settings.test import *
CREDENTIAL_KEYS_DIR, ACCOUNT_KEYS_DIR, ACCOUNT_KEYS = VAR_DIR / "keys", VAR_DIR / "account-keys", []
MEDIA_ROOT = VAR_DIR / "media"
SITE_URL = "https://trato.example"
"""


def begin(*arguments):
    where = connection.settings_dict
    database = f"sqlite:///{where['NAME']}"
    if connection.vendor == "postgresql":
        database = f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    (live.VAR_DIR.parent / "killed_settings.py").write_text(SETTINGS)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "killed_settings",
        "PYTHONPATH": str(live.VAR_DIR.parent),
        "DATABASE_URL": database,
        "VAR_DIR": str(live.VAR_DIR),
        "BACKUP_DIR": live.BACKUP_DIR,
    }
    return subprocess.Popen(
        [sys.executable, ROOT / "manage.py", *map(str, arguments)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )


def kill(process):
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait(LONG)


def waits_at(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    return path


@pytest.mark.nightly
def test_a_backup_that_is_killed_leaves_nothing_to_read_and_the_next_one_removes_the_rest(machines, site):
    before = back_up(now=NOW).file
    waits_at(live.MEDIA_ROOT / "zz" / "pipe.png")
    process = begin("back_up")
    # The database is in it by then, and the pictures before that one.
    (unfinished,) = until(lambda: list(before.parent.glob(".unfinished-*")))
    until(lambda: unfinished.stat().st_size > 1)
    with pytest.raises(CommandError, match="another backup is being made now"):
        manage("back_up")
    kill(process)
    assert left_in(before.parent) == [unfinished.name]
    assert last_backup().file == before
    assert sorted(path.name for path in before.parent.glob("*.tar")) == [before.name]
    (live.MEDIA_ROOT / "zz" / "pipe.png").unlink()
    manage("back_up")
    assert left_in(before.parent) == []
    assert last_backup().file != before


@contextmanager
def nobody_can_write_the_database():
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if own.vendor == "sqlite" else "BEGIN")
            cursor.execute("SELECT COUNT(*) FROM course_user")
            yield
            cursor.execute("ROLLBACK")
    finally:
        own.close()


def test_a_restore_that_is_killed_before_the_database_leaves_the_old_and_the_same_command_goes_on(machines, site):
    made = back_up(now=NOW).file
    rows, files = every_row(), every_file()
    machines.run_on("second")
    manage("restore_backup", made)
    make_learner("OTRA22")
    of_others = every_row()
    with nobody_can_write_the_database():
        process = begin("restore_backup", made, "--replace")
        until(lambda: interrupted_restore())
        kill(process)
    assert every_row() == of_others
    for refused in (["back_up"], ["prepare_site", "--no-content"]):
        with pytest.raises(CommandError, match=r"run manage\.py restore_backup with the same file"):
            manage(*refused)
    saved = last_backup().file
    manage("restore_backup", made)
    assert (every_row(), every_file(), interrupted_restore()) == (rows, files, None)
    # The backup of what was there was made before, once.
    assert last_backup().file == saved
    manage("restore_backup", saved, "--replace")
    assert User.objects.filter(username="OTRA22").exists()


def test_a_restore_that_is_killed_after_the_database_goes_on_to_the_new(machines, site):
    made = back_up(now=NOW).file
    rows, files = every_row(), every_file()
    machines.run_on("second")
    manage("restore_backup", made)
    make_learner("OTRA22")
    # One of the pictures cannot be compared; what is not in the backup goes before.
    picture = next(live.MEDIA_ROOT.glob("original_images/*"))
    picture.unlink()
    waits_at(picture)
    process = begin("restore_backup", made, "--replace", "--no-backup")
    until(lambda: interrupted_restore())
    until(lambda: not User.objects.filter(username="OTRA22").exists())
    kill(process)
    assert interrupted_restore()
    assert every_row() == rows
    picture.unlink()
    manage("restore_backup", made)
    assert (every_row(), every_file(), interrupted_restore()) == (rows, files, None)
    assert "restoring" not in left_in(live.VAR_DIR)


@contextmanager
def files_of_at_most(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_a_sentence_and_the_old_backups_stay(machines, site):
    before = back_up(now=NOW).file
    (live.MEDIA_ROOT / "large.png").write_bytes(os.urandom(20_000_000))
    with files_of_at_most(15_000_000), pytest.raises(CommandError, match="there is no room left on the disk"):
        manage("back_up")
    assert left_in(before.parent) == []
    assert [path.name for path in before.parent.glob("*.tar")] == [before.name]
    last = last_backup()
    assert (last.file, last.whole, "no room" in last.problem) == (before, True, True)
    assert "Entero" in manage("back_up", "--check")
    manage("back_up")
    assert last_backup().problem == ""


def test_without_a_folder_or_with_one_that_cannot_be_used_it_is_said(machines, site):
    machines.settings.BACKUP_DIR = ""
    with pytest.raises(CommandError, match="BACKUP_DIR is not set"):
        manage("back_up")
    machines.settings.BACKUP_DIR = "/dev/null/backups"
    with pytest.raises(CommandError, match="cannot be used: /dev/null/backups"):
        manage("back_up")
    machines.settings.BACKUP_DIR = str(machines.folder / "b")
    machines.settings.BACKUP_RECIPIENTS = ["age1nobody"]
    with pytest.raises(CommandError, match="names no public keys of age"):
        manage("back_up")


OLD_PROGRAM = """#!/bin/sh
echo "pg_dump (PostgreSQL) 9.6.1"
"""


@pytest.mark.postgres
def test_programs_of_postgresql_that_are_missing_or_older_than_the_server_are_said(machines, site, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite needs no program.")
    before = back_up(now=NOW).file
    folder = machines.folder / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for command in (["back_up"], ["back_up", "--check"]):
        with pytest.raises(CommandError, match=r"pg_\w+ is missing"):
            manage(*command)
    (folder / "pg_dump").write_text(OLD_PROGRAM)
    (folder / "pg_dump").chmod(0o755)
    with pytest.raises(CommandError, match="pg_dump is of version 9, the server of"):
        manage("back_up")
    assert left_in(before.parent) == []


def test_a_database_that_cannot_be_read_is_replaced_only_without_a_backup_of_it(machines, site):
    if connection.vendor == "postgresql":
        pytest.skip("A server whose database is damaged is not mended by a restore into it.")
    made = back_up(now=NOW).file
    rows = every_row()
    folder = machines.run_on("second")
    (folder / "trato-digno.sqlite3").write_bytes(b"no database" * 10_000)
    with pytest.raises(CommandError, match="--replace"):
        manage("restore_backup", made)
    with pytest.raises(CommandError, match="cannot be copied"):
        manage("restore_backup", made, "--replace")
    assert interrupted_restore() is None
    manage("restore_backup", made, "--replace", "--no-backup")
    assert every_row() == rows
    assert (folder / "trato-digno.sqlite3.damaged").read_bytes().startswith(b"no database")
