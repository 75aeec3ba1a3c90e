import subprocess
import sys

import pytest

from course.operating.running import database_in_words
from tests.machines import ROOT


def trato(*words):
    return subprocess.run(
        [sys.executable, "-P", "-m", "course.operating", *words],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_alone_it_says_what_there_is():
    for words in ((), ("--help",), ("help",)):
        said = trato(*words)
        assert said.returncode == 0
        for what in ("status", "backup", "restore", "upgrade", "manage", "logs"):
            assert f"trato {what}" in said.stdout
    wrong = trato("estado")
    assert (wrong.returncode, "¿«estado»?" in wrong.stderr) == (1, True)


def test_where_nothing_is_installed_it_says_so():
    said = trato("status")
    assert said.returncode == 1
    assert "script/install" in said.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"VAR_DIR": "/var/lib/trato-digno"}, "SQLite /var/lib/trato-digno/trato-digno.sqlite3"),
        ({"DATABASE_URL": "sqlite:////srv/a%20b.sqlite3"}, "SQLite /srv/a b.sqlite3"),
        ({"DATABASE_URL": "postgres://%2Frun%2Fpostgresql/trato-digno"}, "PostgreSQL «trato-digno» /run/postgresql"),
        ({"DATABASE_URL": "postgres://ana:s3cret@db.example.gt:5433/trato"}, "PostgreSQL «trato» db.example.gt:5433"),
    ],
)
def test_a_database_is_named_without_its_password(settings, words):
    assert database_in_words(settings) == words
