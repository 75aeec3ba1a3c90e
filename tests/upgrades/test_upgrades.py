"""A site of an earlier release is brought up to this one: every row stays, and what waited for the worker is done.

Beside this file stands the database of a release, for SQLite and for PostgreSQL: demo people with answers, certificates
(one corrected, one annulled), sessions, calls, reminders, sheets on paper; and cards, booklets, certificates and a list
of staff that wait in the queue, asked for in English where a language could be said.
"""

import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[2]
RELEASE = "2026-11"
# The last migrations that it knew of apps that have more by now.
KNEW = {"course": "0006", "certificates": "0006", "quizzes": "0005"}
# Tables whose rows got a key of their own since.
KEYED = ("user", "clinic", "area", "cohort", "enrolment", "session", "call")
APPS = ("course", "certificates", "modules", "quizzes")
# {table: {column then: column now}}
RENAMED = {
    "course_rosterupload": {"asked_at": "requested_at", "confirmed_at": "finished_at", "shown": "fingerprint"},
    "course_reminder": {"asked_at": "requested_at", "asked_by_id": "requested_by_id"},
}

WAITED = """
from certificates.models import CertificateBatch
from course.models import CardPrint, PaperPrint, Reminder, RosterUpload, User
for job in (CardPrint.objects.get(), PaperPrint.objects.get(), CertificateBatch.objects.get()):
    assert (job.problem, bytes(job.pdf[:4])) == ("", b"%PDF"), (job, job.problem)
assert User.objects.filter(first_name="Ema", last_name="Choc Caal", cohorts__name__contains="tarde").exists()
assert RosterUpload.objects.get(name="otra.xlsx").finished_at
open("cards.pdf", "wb").write(bytes(CardPrint.objects.get().pdf))
print("done")
"""


class Site:
    """The site of the release: its database restored, and commands of this version run on it."""

    def __init__(self, folder):
        self.folder, self.name = folder, f"release_{os.getpid()}"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "course.settings.dev",
            "DATABASE_URL": self.restore(),
            "VAR_DIR": str(folder),
            # Without it the cards are void, as tests/security/test_keys.py says.
            "SECRET_KEY": "kept-by-the-release-" + "x7Qp" * 10,
            "PYTHONPATH": str(ROOT),
        }

    def restore(self):
        """Restore the database beside the one of the tests; return its address."""
        if connection.vendor == "sqlite":
            path = self.folder / "release.sqlite3"
            path.write_bytes(lzma.decompress((HERE / f"{RELEASE}.sqlite3.xz").read_bytes()))
            return f"sqlite:///{path}"
        self.address = connection.settings_dict["HOST"], connection.settings_dict["PORT"]
        self.psql("postgres", "-c", f"CREATE DATABASE {self.name}")
        dump = self.folder / "release.sql"
        dump.write_bytes(lzma.decompress((HERE / f"{RELEASE}.sql.xz").read_bytes()))
        self.psql(self.name, "-f", dump)
        return "postgres://postgres@{}:{}/{}".format(*self.address, self.name)

    def psql(self, database, *arguments):
        host, port = self.address
        command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", str(port), "-U", "postgres", "-d", database]
        subprocess.run([*command, *arguments], check=True, capture_output=True)

    def manage(self, *arguments):
        command = [sys.executable, ROOT / "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self):
        """Return {table: {key: {column: value}}} of the tables of ours; of bytes a digest."""
        return eval(self.manage("shell", "-v", "0", "-c", ROWS))


ROWS = f"""
import hashlib, uuid, datetime, decimal
from django.db import connection
cursor = connection.cursor()
found = {{}}
for table in sorted(connection.introspection.table_names()):
    if table.split("_")[0] in {APPS}:
        cursor.execute(f'SELECT * FROM "{{table}}"')
        columns = [column[0] for column in cursor.description]
        key = columns.index("id") if "id" in columns else 0
        def plain(value):
            if isinstance(value, (bytes, memoryview)):
                return hashlib.sha256(bytes(value)).hexdigest()
            return value if value is None or isinstance(value, (int, str, float, bool)) else str(value)
        found[table] = {{str(row[key]): dict(zip(columns, map(plain, row))) for row in cursor.fetchall()}}
print(found)
"""


@pytest.fixture
def site(db, tmp_path):
    site = Site(tmp_path)
    yield site
    if connection.vendor == "postgresql":
        site.psql("postgres", "-c", f"DROP DATABASE {site.name} WITH (FORCE)")


def as_now(rows):
    """Return rows of the release under the names that columns have now."""
    return {
        table: {
            key: {RENAMED.get(table, {}).get(column, column): value for column, value in row.items()}
            for key, row in of_table.items()
        }
        for table, of_table in rows.items()
    }


def only_columns_of(rows, others):
    """Return the rows without the columns that `others` lack."""
    return {
        table: {
            key: {column: value for column, value in row.items() if column in others[table].get(key, row)}
            for key, row in of_table.items()
        }
        for table, of_table in rows.items()
        if table in others
    }


def test_a_site_of_the_release_keeps_every_row_and_goes_on(site):
    before = site.rows()
    counts = {table: len(before[table]) for table in ("course_user", "quizzes_answer", "certificates_certificate")}
    assert counts == {"course_user": 46, "quizzes_answer": 642, "certificates_certificate": 5}
    site.manage("migrate", "-v", "0")
    now = site.rows()
    for table in [*(f"course_{name}" for name in KEYED), "quizzes_allowance"]:
        keys = [row["key"] for row in now[table].values()]
        assert None not in keys, table
        assert len(keys) == len(set(keys)), table
    assert only_columns_of(now, as_now(before)) == as_now(before)

    for app, migration in KNEW.items():
        site.manage("migrate", app, migration, "-v", "0")
    assert site.rows() == before
    site.manage("migrate", "-v", "0")

    # What was queued then names tasks as they were called then.
    site.manage("db_worker", "--backend", "background", "--batch", "--no-startup-delay", "-v", "0")
    assert site.manage("shell", "-v", "0", "-c", WAITED).split() == ["done"]
    words = subprocess.run(
        ["pdftotext", site.folder / "cards.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "User code" in words
