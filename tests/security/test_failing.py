import errno
import html
import json
import logging
import random
import re
import socket
import sqlite3
import threading

import psycopg
import pytest
from django.core.mail import EmailMessage, mailers
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from course.errors import DATABASE_BUSY, DATABASE_DAMAGED, DATABASE_GONE, DATABASE_READ_ONLY, DISK_FULL, find_outage
from course.mailing import MOST_REPORTS, ReportToAdmins, postman
from quizzes.attempts.taking import start_attempt
from quizzes.kinds import get_kind
from quizzes.models import AnswerWrite
from tests.course.reminders.mail_server import mail_server
from tests.factories import PIN, make_learner, make_quiz
from tests.serving import served_site, until


def begin_attempt(learner):
    return start_attempt(learner, make_quiz(), language="es", now=timezone.now(), chance=random.Random(1))


def right_answer(attempt):
    item = attempt.snapshot["questions"][0]
    fields = {"question": item["key"], "shown": json.dumps(get_kind(item).empty_response), "client": "", "number": "1"}
    return fields | {"go": "next", "choice": get_kind(item).right_response(item)}


needs_file = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a file of SQLite is locked, filled, damaged")


def error_with(code):
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return error


def from_(cause, error=None):
    error = error or OperationalError("x")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (error_with(sqlite3.SQLITE_BUSY_SNAPSHOT), DATABASE_BUSY),
        (error_with(sqlite3.SQLITE_IOERR_WRITE), DATABASE_GONE),
        (error_with(sqlite3.SQLITE_READONLY_DBMOVED), DATABASE_READ_ONLY),
        (error_with(sqlite3.SQLITE_CORRUPT), DATABASE_DAMAGED),
        (from_(error_with(sqlite3.SQLITE_FULL), ValueError()), DISK_FULL),
        (psycopg.errors.DiskFull("x"), DISK_FULL),
        (psycopg.errors.TooManyConnections("x"), DATABASE_BUSY),
        (psycopg.errors.LockNotAvailable("x"), DATABASE_BUSY),
        (psycopg.errors.DeadlockDetected("x"), DATABASE_BUSY),
        (psycopg.errors.AdminShutdown("x"), DATABASE_GONE),
        (psycopg.errors.ReadOnlySqlTransaction("x"), DATABASE_READ_ONLY),
        (from_(psycopg.OperationalError("the connection is lost")), DATABASE_GONE),
        (psycopg.InterfaceError("the connection is closed"), DATABASE_GONE),
        (OSError(errno.ENOSPC, "x"), DISK_FULL),
        (OSError(errno.EROFS, "x"), DATABASE_READ_ONLY),
        (error_with(sqlite3.SQLITE_ERROR), None),
        (psycopg.errors.UndefinedTable("x"), None),
        (psycopg.errors.UniqueViolation("x"), None),
        (psycopg.ProgrammingError("x"), None),
        (OSError(errno.ENOENT, "x"), None),
        (ValueError(), None),
    ],
)
def test_an_error_is_told_from_a_mistake(error, outage):
    assert find_outage(error) is outage


@pytest.fixture
def patient(client):
    client.raise_request_exception = False
    return client


@pytest.fixture
def locked(database_on_disk):
    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout = 20")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)

    def begin():
        other.execute("BEGIN IMMEDIATE")
        return lambda: other.execute("ROLLBACK")

    yield begin
    other.close()


@needs_file
def test_an_answer_is_offered_again_while_the_database_is_locked_and_saved_after(locked, patient):
    attempt = begin_attempt(make_learner())
    patient.force_login(attempt.learner)
    page = reverse("attempt_question", args=[attempt.pk, 1])
    given = right_answer(attempt)
    release = locked()
    answer = patient.post(page, given)
    told = answer.text
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "private, no-store")
    said = ["El sitio está ocupado", "todavía no está guardado", f'action="{page}"']
    said += [f'<input type="hidden" name="choice" value="{given["choice"]}">']
    assert [words for words in said if words not in told] == []
    assert not AnswerWrite.objects.exists()
    release()
    again = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', told))
    assert patient.post(page, {name: html.unescape(value) for name, value in again.items()}).status_code == 302
    assert AnswerWrite.objects.get().attempt == attempt


@needs_file
def test_a_script_gets_the_reason_as_json_and_a_reader_of_english_in_english(locked, patient):
    attempt = begin_attempt(make_learner())
    patient.force_login(attempt.learner)
    locked()
    headers = {"accept": "application/json"}
    reply = patient.post(reverse("attempt_submit", args=[attempt.pk]), "{}", "application/json", headers=headers)
    assert (reply.status_code, reply["Retry-After"]) == (503, "10")
    assert json.loads(reply.content)["problem"] == "database_busy"
    english = patient.post(f"/en/cuestionario/intento/{attempt.pk}/enviar/")
    assert "The site is busy" in english.text


@needs_file
def test_a_pin_is_never_offered_again(locked, patient):
    make_learner()
    locked()
    answer = patient.post(reverse("account_login"), {"login": "ANA234", "password": PIN})
    assert (answer.status_code, "Regrese una página" in answer.text) == (503, True)
    assert [words for words in (PIN, "Espere un minuto") if words in answer.text] == []


@needs_file
def test_another_sites_form_is_not_offered_again(locked, patient):
    attempt = begin_attempt(make_learner())
    patient.force_login(attempt.learner)
    locked()
    page, headers = reverse("attempt_question", args=[attempt.pk, 1]), {"origin": "https://elsewhere.example"}
    sent = patient.post(page, right_answer(attempt), headers=headers)
    assert (sent.status_code, "<form" in sent.text) == (503, False)


@needs_file
def test_a_full_disk_is_said_and_what_is_there_can_be_read(database_on_disk, patient):
    attempt = begin_attempt(make_learner())
    patient.force_login(attempt.learner)
    connection.connection.execute("VACUUM")
    pages = connection.connection.execute("PRAGMA page_count").fetchone()[0]
    connection.connection.execute(f"PRAGMA max_page_count = {pages}")
    question = reverse("attempt_question", args=[attempt.pk, 1])
    given = right_answer(attempt)
    answers = [patient.post(question, given | {"number": str(number)}) for number in range(1, 100)]
    full = [answer for answer in answers if answer.status_code == 503]
    assert full
    assert "No queda espacio" in full[0].text
    assert full[0]["Retry-After"] == "300"
    assert patient.get(question).status_code in (200, 503)


@needs_file
def test_a_damaged_database_is_said(database_on_disk, patient):
    person = make_learner()
    patient.force_login(person)
    connection.close()
    with open(connection.settings_dict["NAME"], "r+b") as file:
        file.write(b"nothing that SQLite knows" * 400)
    answer = patient.get(reverse("my_course"))
    assert (answer.status_code, "dañada" in answer.text) == (503, True)
    connection.close()


@pytest.mark.nightly
def test_a_database_server_that_is_gone_is_said_by_the_real_site(tmp_path):
    gone = "postgres://nobody@127.0.0.1:1/nothing?connect_timeout=5"
    with served_site(tmp_path, DATABASE_URL=gone, WEB_CONCURRENCY="1") as site:
        status, headers, text = site.ask("/es/", Cookie=f"sessionid={'a' * 32}")
        assert (status, headers["Retry-After"]) == (503, "30")
        assert "La base de datos no responde" in text
        status, _, text = site.ask("/es/", Cookie=f"sessionid={'a' * 32}", Accept="application/json")
        assert (status, json.loads(text)["problem"]) == (503, "database_gone")


@pytest.fixture
def mails_reports(settings):
    settings.ADMINS = ["admin@trato.example"]
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False

    def to(address):
        options = {"host": address[0], "port": address[1], "timeout": 5}
        smtp = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
        beside = {"BACKEND": "course.mailing.MailBeside", "OPTIONS": {"through": "at_once"}}
        settings.MAILERS = {"default": beside, "at_once": smtp}

    return to


@pytest.mark.django_db
def test_a_report_reaches_a_mail_server_that_works(mails_reports, patient, settings):
    settings.ROOT_URLCONF = "tests.security.failing_urls"
    with mail_server() as server:
        mails_reports(server.server_address)
        assert patient.get("/fails/").status_code == 500
        until(lambda: server.letters)


@pytest.mark.django_db
def test_a_mail_server_that_is_dead_or_silent_delays_no_page(mails_reports, patient, settings, caplog):
    settings.ROOT_URLCONF = "tests.security.failing_urls"
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = closed.getsockname()
    mails_reports(dead)
    assert patient.get("/fails/").status_code == 500
    until(lambda: "A message was not mailed: ConnectionRefusedError" in caplog.text)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mails_reports(silent.getsockname())
        assert patient.get("/fails/").status_code == 500
        line, _ = silent.accept()
        # The thread waits for a greeting now; pages, and mail of pages, do not wait for the thread.
        assert patient.get("/fails/").status_code == 500
        assert mailers["default"].send_messages([EmailMessage("a", "b", "c@d.example", ["e@f.example"])]) == 1
        assert [thread.name for thread in threading.enumerate()].count("postman") == 1
        line.close()
    # Before the settings of the tests are back, with which it would arrive.
    postman.waiting.join()


@pytest.mark.django_db
def test_wrong_host_sends_no_mail_and_repeated_failures_send_few(patient, settings, mailoutbox):
    settings.ADMINS, settings.ALLOWED_HOSTS = ["admin@trato.example"], ["testserver"]
    settings.ROOT_URLCONF = "tests.security.failing_urls"
    assert patient.get("/fails/", headers={"host": "elsewhere.example"}).status_code == 400
    assert patient.post("/accounts/login/", {str(n): "x" for n in range(10_100)}).status_code == 400
    assert [letter.subject for letter in mailoutbox] == []
    handlers = logging.getLogger("django").handlers
    handler = next(handler for handler in handlers if isinstance(handler, ReportToAdmins))
    handler.sent_at.clear()
    for _ in range(MOST_REPORTS + 2):
        patient.get("/fails/")
    assert len(mailoutbox) == MOST_REPORTS
    handler.sent_at.clear()
