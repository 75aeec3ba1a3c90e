"""A site of an earlier release is brought up to this one: every row stays, and what waited for the worker is done.

Beside this file stands the database of a release, for SQLite and for PostgreSQL: demo people with answers, certificates
(one corrected, one annulled), sessions, calls, reminders, sheets on paper; and cards, booklets, certificates and a list
of staff that wait in the queue, asked for in English where a language could be said.
"""

import lzma
import os
import re
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from tests.beside import Beside

pytestmark = pytest.mark.nightly


HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[2]
RELEASE = "2026-11"
# The last migrations that it knew of apps that have more by now.
KNEW = [
    ("course", "0006_write_long_lists_in_the_background"),
    ("certificates", "0006_say_whether_expired_ones_are_printed"),
    ("quizzes", "0005_find_attempts_to_mark"),
    ("modules", "0007_let_attendance_count"),
]
# Tables whose rows got a key of their own since.
KEYED = ("user", "clinic", "area", "cohort", "enrolment", "session", "call")
APPS = ("course", "certificates", "modules", "quizzes")
# {table: {column then: column now}}
RENAMED = {
    "course_rosterupload": {"asked_at": "requested_at", "confirmed_at": "finished_at", "shown": "fingerprint"},
    "course_reminder": {"asked_at": "requested_at", "asked_by_id": "requested_by_id"},
}

# Columns with names of people, which are keys by now: see `LOGGED`; and the number of the edition, which has a table.
KEYS_NOW = {
    "course_auditentry": ("by_name", "subject"),
    "certificates_certificateevent": ("by_name",),
    "modules_coursepage": ("edition",),
}

# Texts as the log of the release held them: of people who are there, and (counted 777) of some who are not any more.
OLD_LOG = """
from datetime import UTC, datetime
from django.db import connection
cursor = connection.cursor()
cursor.execute("SELECT id, username, first_name, last_name FROM course_user WHERE first_name = 'Dora Alicia'")
pk, code, given, surnames = cursor.fetchone()
name, teacher, editor = f"{given} {surnames}", "Marta Elena Xicay Ordóñez", "Sofía Batz Guzmán"
there = [
    ("pin_given", None, f"{code} {name}"), ("pin_given", 1, name), ("person_added", None, f"{code} {name}"),
    ("roles_changed", None, f"{code} {name}: +Editoras"), ("person_moved", 1, f"{name}: A → B"),
    ("accounts_merged", 1, f"VIEJA2 → {code} {name}"), ("person_changed", 1, f"Antes, Ana → {surnames}, {given}"),
    ("trainers_named", 1, f"{teacher}, {editor}"), ("area_made", None, f"Sololá: {editor}"), ("area_made", None, "Sur"),
    ("joined_by_code", 1, code), ("person_exported", 1, name), ("group_made", 1, ""),
    ("clinic_made", None, "Zoraida"),
]
gone = [
    ("person_deleted", 1, "ZOR234 Zoraida Quiñónez Tzul"), ("pin_given", 1, "Zoraida Quiñónez Tzul"),
    ("person_called", 1, "Alguien Que No Está"), ("accounts_merged", 1, "VIE222 → ZOR234 Zoraida Quiñónez Tzul"),
    ("person_changed", 1, "Kiñonez, Zoraida → Quiñónez Tzul, Zoraida"),
    ("roles_changed", None, "ZOR234 Zoraida T.: +X"),
    ("roster_imported", 1, "lista de ZORAIDA QUIÑÓNEZ TZUL.xlsx"), ("joined_by_code", 1, "ZOR234"),
    ("trainers_named", 1, f"{editor}, Zoraida Quiñónez Tzul"),
]
at = datetime(2026, 11, 27, tzinfo=UTC)
put = "INSERT INTO course_auditentry (at, by_id, by_name, action, cohort_id, subject, people)"
put += " VALUES (%s, %s, %s, %s, %s, %s, %s)"
for action, cohort, text in there:
    cursor.execute(put, [at, 1, teacher, action, cohort, text, None])
for action, cohort, text in gone:
    cursor.execute(put, [at, None, "Zoraida Quiñónez Tzul", action, cohort, text, 777])
cursor.execute(put, [at, None, "", "reminders_asked", 1, name, None])
event = "INSERT INTO certificates_certificateevent (certificate_id, kind, at, by_id, by_name, note)"
event += " VALUES (1, 'printed', %s, NULL, %s, %s)"
for by in ("", "Zoraida Quiñónez Tzul"):
    cursor.execute(event, [at, by, "777" if by else ""])
"""
# What stands there by now for the entries of people who are there, in the order of `OLD_LOG`, and for the others.
THERE_NOW = [
    "{code} {name}", "{name}", "{code} {name}", "{code} {name}: +Editoras", "{name}: A → B", "{name} (antes: VIEJA2)",
    "{name} (antes: Antes, Ana)", "Marta Elena Xicay Ordóñez, Sofía Batz Guzmán", "Sololá: editora Sofía Batz Guzmán",
    "Sur", "{name}", "{name}", "", "Zoraida", "{name}",
]  # fmt: skip
GONE = "una cuenta eliminada"
GONE_NOW = [GONE] * 5 + [f"{GONE}: +X", "", GONE, f"Sofía Batz Guzmán, {GONE}"]
LOGGED = """
from certificates.models import CertificateEvent
from course.models import AuditEntry, User
dora = User.objects.get(first_name="Dora Alicia")
added = AuditEntry.objects.filter(pk__gt=7).order_by("pk")
print([
    (str(dora), dora.username),
    [(one.who, one.about_words) for one in added.exclude(people=777)],
    [(one.who, one.about_words) for one in added.filter(people=777)],
    [one.who for one in CertificateEvent.objects.filter(certificate=1, kind="printed", by=None).order_by("pk")],
])
"""

# More of what counted then: who attended and read nothing, attempts of which the first or the last counts, and somebody
# who had finished everything and was archived. {user code: [(module, passed or not, which counts)]}, after all others.
MORE_ATTEMPTS = {
    "ANA234": [(1, True, "best")],
    "BEA342": [(2, False, "first")],
    "JUA573": [(3, False, "last")],
    "KAR846": [(1, True, "first")],
    "OFE752": [(4, False, "last"), (4, True, "last")],
}
ARCHIVED = "IRM264"
MORE_FACTS = f"""
from datetime import UTC, datetime
from uuid import uuid4
from django.db import connection
cursor = connection.cursor()
cursor.execute("UPDATE modules_modulepage SET attendance_counts = true WHERE number = 1")
at = datetime(2026, 11, 27, 20, tzinfo=UTC)
for code, attempts in {MORE_ATTEMPTS}.items():
    cursor.execute("SELECT id FROM course_user WHERE username = %s", [code])
    learner, = cursor.fetchone()
    for minute, (number, passed, counts) in enumerate(attempts):
        quiz = "(SELECT translation_key FROM modules_modulepage JOIN quizzes_quiz ON quiz_id = id WHERE number = %s)"
        cursor.execute(f"SELECT * FROM quizzes_attempt WHERE passed AND quiz_key = {{quiz}} LIMIT 1", [number])
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone()))
        row |= {{"id": uuid4().hex, "learner_id": learner, "counting_attempt": counts, "passed": passed}}
        row |= {{"grade": 100 if passed else 10}}
        row |= dict.fromkeys(["started_at", "submitted_at"], at.replace(minute=minute))
        cursor.execute(
            f"INSERT INTO quizzes_attempt ({{', '.join(row)}}) VALUES ({{', '.join(['%s'] * len(row))}})",
            [str(value) if name == "quiz_key" else value for name, value in row.items()],
        )
cursor.execute("UPDATE course_user SET is_active = false WHERE username = '{ARCHIVED}'")
archived = "(SELECT id FROM course_user WHERE username = '{ARCHIVED}')"
cursor.execute(f"UPDATE course_enrolment SET left_at = %s WHERE learner_id = {{archived}}", [at])
cursor.execute("SELECT id, path, live, translation_key FROM wagtailcore_page")
print({{pk: (path, bool(live), str(key).replace("-", "")) for pk, path, live, key in cursor.fetchall()}})
"""
# Whose certificate is of what is on record, after the upgrade.
CERTIFIED = """
from certificates.issuing.eligibility import certifies
from certificates.issuing.issue import certificate_of
from course.models import User
from modules.progress.deriving import progress_of
for person in User.objects.exclude(certificates=None).order_by("username"):
    progress, certificate = progress_of(person), certificate_of(person)
    print(person.username, progress.finished, bool(certificate and certifies(certificate, progress)))
"""

# The key that signed the credentials of the release: of a did:key the name is the public half.
ISSUER_KEY = """
from certificates.badges.keys import keys_folder, make_key
from certificates.models import Certificate
from openbadgeslib.ob3 import resolve_did
[issuer] = set(Certificate.objects.values_list("issuer", flat=True))
keys_folder().mkdir()
(keys_folder() / "issuer-0001.pem").write_bytes(resolve_did(issuer))
# The next, as the secret half of that one is not here.
make_key(rotate=True)
"""
VERIFIED = """
from django.core.management import call_command
call_command("verify_issued")
"""
PROTECTED = """
from django.core.management import call_command
call_command("verify_issued", protect_older=True)
from certificates.issuing.checking import is_as_issued
from certificates.models import Certificate
print([is_as_issued(certificate).name for certificate in Certificate.objects.all()])
"""
OF_BEFORE = [
    "Certificados revisados: 5", "Con algo mal: 0",
    "Emitidos antes de que hubiera huellas, revisados por lo que tienen: 5",
]  # fmt: skip

WAITED = """
from django.core.management import call_command
# What was queued then names tasks as they were called then.
call_command("db_worker", "--backend=background", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)
from certificates.models import CertificateBatch
from course.models import CardPrint, PaperPrint, Reminder, RosterUpload, User
for job in (CardPrint.objects.get(), PaperPrint.objects.get(), CertificateBatch.objects.get()):
    assert (job.problem, bytes(job.pdf[:4])) == ("", b"%PDF"), (job, job.problem)
# A list was confirmed as it was read then: it is given back, to be looked at as it is read now, and then it is written.
from django.utils import timezone
from course.roster.importing import confirm_list
from course.roster.uploads import plan_of
upload = RosterUpload.objects.get(name="otra.xlsx")
assert (upload.requested_at, upload.finished_at) == (None, None)
assert "Revise la lista otra vez." in upload.problem or "Look at the list again." in upload.problem, upload.problem
confirm_list(upload, shown=plan_of(upload).fingerprint, by=upload.brought_by, now=timezone.now())
assert User.objects.filter(first_name="Ema", last_name="Choc Caal", cohorts__name__contains="tarde").exists()
open("cards.pdf", "wb").write(bytes(CardPrint.objects.get().pdf))
print("done")
"""


FORWARD = """
from django.core.management import call_command
from tests.migrating import no_garbage_looked_for
with no_garbage_looked_for():
    call_command("migrate", verbosity=0)
"""
# The apps in one go, for which Django looks once at what all of their migrations have done.
BACK = f"""
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.migrating import no_garbage_looked_for
with no_garbage_looked_for():
    MigrationExecutor(connection).migrate({KNEW})
"""


class Site:
    """The site of the release: its database restored, and code of this version that is run on it."""

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
        self.beside = Beside(self.environment, cwd=folder)
        self.run = self.beside.run

    def begin_anew(self):
        """Let a new process run what comes: one that has seen no earlier tables."""
        self.beside.end()

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

    def keep(self):
        """Keep a copy of the database on PostgreSQL, where migrating it once more takes half a minute."""
        if connection.vendor == "postgresql":
            self.psql("postgres", "-c", f"CREATE DATABASE {self.name}_kept TEMPLATE {self.name}")

    def stand_at_the_end_again(self):
        """Go forward once more, or, on PostgreSQL, where that makes the same of rows, take the copy.

        Return whether it went.
        """
        if connection.vendor == "sqlite":
            self.run(FORWARD)
        else:
            self.psql("postgres", "-c", f"DROP DATABASE {self.name} WITH (FORCE)")
            self.psql("postgres", "-c", f"ALTER DATABASE {self.name}_kept RENAME TO {self.name}")
        return connection.vendor == "sqlite"

    def psql(self, database, *arguments):
        host, port = self.address
        command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", str(port), "-U", "postgres", "-d", database]
        subprocess.run([*command, *arguments], check=True, capture_output=True)

    def rows(self):
        """Return {table: {key: {column: value}}} of the tables of ours; of bytes a digest."""
        return eval(self.run(ROWS))


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
    site.beside.end()
    if connection.vendor == "postgresql":
        for name in (site.name, f"{site.name}_kept"):
            site.psql("postgres", "-c", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


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


def without_names_of_the_gone(rows):
    """Return the rows without those that named only people who were deleted, and without columns that are keys now."""
    kept = {
        table: {key: row for key, row in of_table.items() if row.get("people") != 777 and row.get("note") != "777"}
        for table, of_table in rows.items()
    }
    return kept, {
        table: {
            key: {column: value for column, value in row.items() if column not in KEYS_NOW.get(table, ())}
            for key, row in of_table.items()
        }
        for table, of_table in kept.items()
    }


def check_log(site):
    """Check that whoever is there is named as before, and nobody else."""
    (name, code), there, gone, events = eval(site.run(LOGGED))
    by = ["Marta Elena Xicay Ordóñez"] * (len(THERE_NOW) - 1) + ["El sitio, automáticamente"]
    assert there == list(zip(by, [words.format(name=name, code=code) for words in THERE_NOW], strict=True))
    assert gone == [(GONE, words) for words in GONE_NOW]
    assert events == ["", GONE]


def finished_then(rows, pages):
    """Read by hand who had finished what in the database of then: {(person, module, "" for all): the last fact}."""

    def plain(key):
        return str(key).replace("-", "")

    def of(table, learner, **values):
        found = [row for row in rows[table].values() if row["learner_id"] == learner]
        return [row for row in found if all(plain(row[name]) == value for name, value in values.items())]

    live = {pk: (path, key) for pk, (path, is_live, key) in pages.items() if is_live}
    lessons = [live[row["page_ptr_id"]] for row in rows["modules_lessonpage"].values() if row["page_ptr_id"] in live]
    counting = {
        "best": lambda sent: sent,
        "first": lambda sent: sent[:1],
        "last": lambda sent: [row for row in sent if row["grade"] is not None][-1:],
    }
    finished = {}
    for learner in {
        row["learner_id"] for row in [*rows["modules_lessonread"].values(), *rows["quizzes_attempt"].values()]
    }:
        moments = {}
        for module in rows["modules_modulepage"].values():
            path, key = live[module["page_ptr_id"]]
            to_read = {lesson for place, lesson in lessons if place.startswith(path)}
            read = [row["read_at"] for row in of("modules_lessonread", learner) if plain(row["lesson_key"]) in to_read]
            sessions = [
                row["noted_at"]
                for row in of("course_attendance", learner)
                if module["attendance_counts"]
                and key in plain(rows["course_session"][str(row["session_id"])]["modules"])
            ]
            quiz = plain(rows["quizzes_quiz"][str(module["quiz_id"])]["translation_key"])
            attempts = sorted(of("quizzes_attempt", learner, quiz_key=quiz), key=lambda row: row["started_at"])
            sent = [row for row in attempts if row["submitted_at"]]
            passed = attempts and any(row["passed"] for row in counting[attempts[-1]["counting_attempt"]](sent))
            if passed and (sessions or len(read) == len(to_read)):
                tries = [row[name] for row in attempts for name in ("started_at", "submitted_at") if row[name]]
                moments[key] = max(moment[:19] for moment in [*read, *sessions, *tries])
        if len(moments) == len(rows["modules_modulepage"]):
            moments[""] = max(moments.values())
        finished |= {(learner, module): moment for module, moment in moments.items()}
    return finished


def on_record(rows):
    """Return {(person, module): the moment} of the record of training."""
    return {
        (row["learner_id"], (row["module_key"] or "").replace("-", "")): row["finished_at"][:19]
        for row in rows["modules_trainingrecord"].values()
        if row["annulled_at"] is None
    }


def check_records(rows, finished):
    """Check that who had finished is on record, once, in the edition of then, with place and group of then."""
    codes = {row["username"]: pk for pk, row in rows["course_user"].items()}
    whole = {code for code, pk in codes.items() if (int(pk), "") in finished}
    assert whole == {"BEA342", "CAR783", "IRM264", "OFE752"}
    by_person = [sum(learner == int(codes[code]) for learner, _module in finished) for code in sorted(MORE_ATTEMPTS)]
    # By attendance; all of it twice; all but one; nothing.
    assert by_person == [1, 9, 7, 0, 9]
    assert on_record(rows) == finished
    records = rows["modules_trainingrecord"].values()
    assert len(records) == len(finished)
    (edition,) = rows["modules_edition"].values()
    assert {edition["number"]} == {row["edition"] for row in rows["certificates_certificate"].values()}
    assert {row["edition_id"] for row in records} == {edition["id"]}
    assert {row["registration_id"] for row in records} <= {row["id"] for row in rows["modules_registration"].values()}
    clinics, groups = ({row["id"]: row for row in rows[f"course_{table}"].values()} for table in ("clinic", "cohort"))
    enrolled = {row["learner_id"]: row["cohort_id"] for row in rows["course_enrolment"].values()}
    for row in records:
        person = rows["course_user"][str(row["learner_id"])]
        clinic, group = clinics.get(person["clinic_id"], {}), groups.get(enrolled.get(person["id"]), {})
        assert (row["role"], row["clinic"], row["clinic_key"]) == (
            person["role"], clinic.get("name", ""), clinic.get("key")
        )  # fmt: skip
        assert (row["cohort"], row["cohort_key"]) == (group.get("name", ""), group.get("key"))


def check_certificates(site, before):
    """Check that certificates are as they were issued then, say so, and get a digest when asked."""
    then, now = before["certificates_certificate"], site.rows()["certificates_certificate"]
    assert now.keys() == then.keys()
    for key, row in now.items():
        # Of bytes, `rows` has the digest.
        assert (row["pdf"], row["credential"]) == (row["sha256"], then[key]["credential"])
        assert row["credential"]
        first = row
        while "corrected" in first["printed"]:
            first = now[str(first["replaces_id"])]
        assert row["awarded_at"] == first["issued_at"]
    assert [key for key, row in now.items() if row["awarded_at"] != row["issued_at"]] == ["5"]
    site.run(ISSUER_KEY)
    assert site.run(VERIFIED).splitlines() == [*OF_BEFORE, "Credenciales: 5"]
    protected = [*OF_BEFORE, "Que reciben su huella con fecha de hoy: 5", "Credenciales: 5"]
    assert site.run(PROTECTED).splitlines() == [*protected, str(["AS_ISSUED"] * 5)]
    assert site.run(VERIFIED).splitlines() == [*OF_BEFORE[:2], "Credenciales: 5"]


# Whom a session counts for, [(person, number of the module)], and how many sessions say it themselves.
COUNTED = """
from course.models import Session, User
from modules.progress.deriving import progress_by_learner
progress = progress_by_learner(User.objects.all())
counted = sorted((pk, one.outline.number) for pk, so in progress.items() for one in so.modules if one.attended_at)
print((counted, Session.objects.exclude(counts_for=None).count()))
"""


def check_sessions(site, before, pages):
    """Check that the sessions of the release go on to count as their modules say, and for nothing else."""
    [first] = [row for row in before["modules_modulepage"].values() if row["attendance_counts"]]
    key = pages[first["page_ptr_id"]][2]
    on_it = {
        row["learner_id"]
        for row in before["course_attendance"].values()
        if key in str(before["course_session"][str(row["session_id"])]["modules"]).replace("-", "")
    }
    assert on_it
    assert eval(site.run(COUNTED)) == (sorted((person, first["number"]) for person in on_it), 0)


@pytest.mark.postgres
def test_a_site_of_the_release_keeps_every_row_and_goes_on(site):
    site.run(OLD_LOG)
    pages = eval(site.run(MORE_FACTS))
    before, as_keys = without_names_of_the_gone(site.rows())
    counts = {table: len(before[table]) for table in ("course_user", "quizzes_answer", "certificates_certificate")}
    assert counts == {"course_user": 46, "quizzes_answer": 642, "certificates_certificate": 5}
    site.run(FORWARD)
    _kept, now = without_names_of_the_gone(site.rows())
    check_log(site)
    finished = finished_then(before, pages)
    check_records(now, finished)
    check_sessions(site, before, pages)
    for table in [*(f"course_{name}" for name in KEYED), "quizzes_allowance"]:
        keys = [row["key"] for row in now[table].values()]
        assert None not in keys, table
        assert len(keys) == len(set(keys)), table
    assert only_columns_of(now, as_now(as_keys)) == as_now(as_keys)
    check_certificates(site, before)

    site.keep()
    site.run(BACK)
    back = site.rows()
    assert without_names_of_the_gone(back)[0] == before
    logged = [*back["course_auditentry"].values(), *back["certificates_certificateevent"].values()]
    assert not [row for row in logged if re.search("qui[nñ][oó]nez|zor234|vie222", str(row), re.IGNORECASE)]
    has_gone = site.stand_at_the_end_again()
    check_records(site.rows(), finished)
    # Whoever goes back loses the digests; the copy has them.
    assert site.run(VERIFIED).splitlines() == [*OF_BEFORE[: 3 if has_gone else 2], "Credenciales: 5"]

    site.begin_anew()
    # One of the four has none; of another it was annulled.
    assert site.run(CERTIFIED).splitlines() == [
        "BEA342 True True", "CAR783 True False", "IRM264 True True", "OFE752 True True",
    ]  # fmt: skip
    assert site.run(WAITED).split() == ["done"]
    words = subprocess.run(
        ["pdftotext", site.folder / "cards.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "User code" in words

    check_the_text_written_anew(site)


# An editor changed a lesson, a question that is asked no more and a quiz, each as the release had it.
EDITED = """
from modules.models import LessonPage
from quizzes.models import Question, Quiz
lesson = LessonPage.objects.get(url_path="/curso/m8/1/")
lesson.title = "Como lo dice la editora"
lesson.save()
question = Question.objects.get(identifier="M1-Q2")
question.text = "Una pregunta de la editora"
question.save()
quiz = Quiz.objects.get(identifier__iexact="M8")
quiz.title = "Cuestionario de la editora"
quiz.save()
"""
# Somebody had translated a word, of which nothing was remembered then.
TRANSLATED = """
from modules.models import GlossaryTerm
from wagtail.models import Locale
term = GlossaryTerm.objects.get(identifier="estigma", locale=Locale.get_default())
english = Locale.objects.get_or_create(language_code="en")[0]
GlossaryTerm.objects.bulk_create([GlossaryTerm(
    identifier="estigma", term="Our stigma", definition="A label.", locale=english, translation_key=term.translation_key
)])
"""
TO_TRANSLATE = """
from modules.translating.outdated import to_translate
print([(str(row.kind), str(row.state), row.title) for row in to_translate() if row.state != "missing"])
"""
LOADED = """
from io import StringIO
from django.core.management import call_command
said = StringIO()
call_command("load_content", stdout=said)
print(said.getvalue())
"""
# (code, edition that one takes, whether all is finished, how many modules are) of each person.
STANDING = """
from course.models import User
from django.utils import timezone
from modules.progress.deriving import progress_of
people = [(user, progress_of(user, now=timezone.now())) for user in User.objects.filter(is_staff=False)]
print(sorted(
    (user.username, so.edition.number, bool(so.finished), sum(m.state.name == "FINISHED" for m in so.modules))
    for user, so in people
))
"""
NOW_THERE = """
from modules.models import Edition, LessonPage
from quizzes.models import Question, Quiz
here = {"locale__language_code": "es"}
quizzes = Quiz.objects.filter(identifier__iregex="^m[0-9]$", **here).order_by("identifier")
print((
    list(Edition.objects.order_by("number").values_list("number", flat=True)),
    LessonPage.objects.get(url_path="/curso/m8/1/").title,
    Question.objects.get(identifier="M1-Q2", **here).text,
    {quiz.identifier: [entry.question.identifier for entry in quiz.entries.all()] for quiz in quizzes},
    {quiz.identifier: [(draw.pool, draw.count) for draw in quiz.draws.all()] for quiz in quizzes},
    Question.objects.filter(identifier="M5-Q7").exists(),
))
"""
# Languages and number of statements of the survey that a round would ask.
SURVEY_THERE = """
from quizzes.surveys.wording import wording_in_force
contents = wording_in_force().contents
print((contents["languages"], sum(len(block["items"]) for block in contents["blocks"])))
"""
# What people did, and what they were given for it.
OF_PEOPLE = (
    *("quizzes_attempt", "quizzes_answer", "modules_lessonread", "modules_trainingrecord", "certificates_certificate"),
    *("certificates_certificateevent", "course_attendance", "course_enrolment", "modules_registration"),
)


def check_the_text_written_anew(site):
    """Check that it takes nothing from people, and nothing from editors."""
    before, standing = site.rows(), site.run(STANDING)
    assert [one[0] for one in eval(standing) if one[2]] == ["BEA342", "CAR783", "IRM264", "OFE752"]
    site.run(EDITED)
    site.run(TRANSLATED)
    unknown = ("term", "unknown", "Estigma")
    assert eval(site.run(TO_TRANSLATE)) == [unknown]

    said = site.run(LOADED)

    # The files translate what they say in Spanish themselves, and not what an editor made of it.
    assert eval(site.run(TO_TRANSLATE)) == [
        ("lesson", "changed", "M8-L1 · Como lo dice la editora"),
        ("quiz", "changed", "M8 · Cuestionario de la editora"),
        unknown,
    ]

    assert eval(site.run(SURVEY_THERE)) == (["es", "en"], 27)
    now = site.rows()
    for table in OF_PEOPLE:
        # Who takes which edition is written down where another one comes into force.
        rows = {pk: row for pk, row in now[table].items() if pk in before[table]}
        assert rows == before[table], table
        assert table == "modules_registration" or len(now[table]) == len(before[table]), table
    assert site.run(STANDING) == standing
    for words in ("quiz:M8 «Cuestionario de la editora»", "M8-L1 «Como lo dice la editora»", "M1-Q2 · Una pregunta de"):
        assert words in said
    assert "el cuestionario «Cuestionario del módulo 5» hace 6 preguntas para todo el personal y 4 del puesto" in said
    assert "vale para todas las personas desde su próximo intento" in said
    assert "Quien ya terminó no pierde nada." in said
    editions, lesson, question, asked, draws, is_old_one_there = eval(site.run(NOW_THERE))
    assert (editions, lesson, question, is_old_one_there) == (
        [1, 2], "Como lo dice la editora", "Una pregunta de la editora", True,
    )  # fmt: skip
    # The editor's quiz asks what it asked; the others ask by job, and of the old ones only what stayed.
    assert asked.pop("m8") == [f"M8-Q{number}" for number in range(1, 10)]
    assert draws.pop("m8") == []
    assert {tuple(one) for one in draws.values()} == {(("core", 6), ("own", 4))}
    old = {f"M{module}-Q{number}" for module in range(1, 8) for number in range(1, 10)}
    assert {one for questions in asked.values() for one in questions} & old == {"M1-Q4", "M4-Q3", "M6-Q1"}
