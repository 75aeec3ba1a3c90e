import gzip
import http.server
import io
import json
import logging
import os
import socket
import subprocess
import sys
import threading

import brotli
import pytest
from django.test import override_settings
from django.urls import path, reverse
from django.utils import timezone

import course.urls
from course.mailing import ReportToAdmins
from course.people.accounts import invite_administrator
from course.privacy import RedactingFormatter, logs_to_journal
from course.watching import errors
from course.watching.errors import ReportError
from tests.factories import make_learner
from tests.serving import LONG, ROOT, until

pytestmark = pytest.mark.django_db
WORDS = ["Zoraida", "Xitumul", "ZOR777", "lo-que-escribio", "en-la-consulta", "de-donde", "10.9.8.7"]


class Unlucky(Exception):
    pass


def fail(request, code):
    answer = request.POST.get("answer", "")
    try:
        int(answer)
    except ValueError as error:
        raise Unlucky(f"{request.user} ({code}) answered {answer}") from error


handler500 = course.urls.handler500
urlpatterns = [path("fails/<str:code>/", fail, name="failing_page"), *course.urls.urlpatterns]


@pytest.fixture
def patient(client, settings):
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["testserver"]
    client.raise_request_exception = False
    client.force_login(make_learner("ZOR777", "Zoraida", "Xitumul"))
    return client


def make_trouble(patient):
    referer = "https://elsewhere.example/de-donde/Zoraida"
    told = {"referer": referer, "user-agent": "Zoraida", "x-forwarded-for": "10.9.8.7"}
    given = {"answer": "lo-que-escribio", "file": io.StringIO("Zoraida")}
    given["file"].name = "Zoraida.pdf"
    failed = patient.post("/fails/ZOR777/?c=en-la-consulta", given, headers=told)
    assert failed.status_code == 500
    assert "Lo que usted ya había guardado sigue guardado" in failed.text
    assert patient.get("/media/ZOR777.png?c=en-la-consulta", headers=told).status_code == 404
    assert patient.get("/fails/x/", headers={"host": "zoraida.xitumul.example"}).status_code == 400
    assert patient.post("/accounts/login/", {f"Zoraida{n}": "x" for n in range(10_100)}).status_code == 400
    patient.handler.enforce_csrf_checks = True
    assert patient.post("/es/comodidad/", given, headers=told).status_code == 403
    patient.handler.enforce_csrf_checks = False
    word = invite_administrator("jefa", now=timezone.now())
    invitation = reverse("accept_invitation", args=[word])
    with override_settings(PASSWORD_HASHERS=["nowhere.Hasher"]):
        chosen = {"new": "cuatro-volcanes-despiertos", "again": "cuatro-volcanes-despiertos"}
        told = {"referer": f"http://testserver{invitation}"}
        assert patient.post(invitation, chosen, headers=told).status_code == 500
    try:
        raise Unlucky(WORDS[0])
    except Unlucky:
        logging.getLogger("waitress").exception(f"Exception while serving {WORDS[2]}")
        logging.getLogger("some.library").exception("It failed for %s", "Zoraida Xitumul")
        logging.getLogger("course.jobs").exception("Job failed: %s", "cards")
    logging.getLogger("some.library").warning("Could not reach %s", "Zoraida Xitumul")
    return [*WORDS, word, "volcanes", patient.session.session_key]


def found_in(text, words):
    return [word for word in words if word.lower() in text.lower()]


@pytest.fixture
def written(settings, monkeypatch):
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(RedactingFormatter(settings.LOGGING["formatters"]["quiet"]["format"]))
    handler.setLevel(logging.WARNING)
    for name in ("", "django.security"):
        logging.getLogger(name).addHandler(handler)
    yield kept.getvalue
    for name in ("", "django.security"):
        logging.getLogger(name).removeHandler(handler)


def test_nobody_is_in_the_log(patient, written):
    words = make_trouble(patient)
    log = written()
    assert "ERROR django.request Internal Server Error: failing_page\n" in log
    assert "ERROR django.request Internal Server Error: accept_invitation\n" in log
    assert "WARNING django.request Not Found: upload\n" in log
    assert "ERROR django.security.DisallowedHost Bad Request: no page\n" in log
    assert "ERROR waitress An error\n" in log
    assert "ERROR course.jobs Job failed: cards\n" in log
    assert "WARNING some.library Could not reach %s\n" in log
    assert log.count("Unlucky\n") >= 4
    assert found_in(log, words) == []


def test_nobody_is_in_a_letter(patient, settings, mailoutbox):
    settings.ADMINS = ["admin@trato.example"]
    reports = [one for one in logging.getLogger("django").handlers if isinstance(one, ReportToAdmins)]
    reports[0].sent_at.clear()
    words = make_trouble(patient)
    letters = [letter for letter in mailoutbox if "django.request" in letter.body]
    assert [letter.subject.partition("ERROR (EXTERNAL IP): ")[2] for letter in letters] == [
        "Internal Server Error: failing_page",
        "Internal Server Error: accept_invitation",
    ]
    assert "Unlucky at failing_page (fails/<str:code>/)\n" in letters[0].body
    assert "Request URL: accept_invitation (accounts/invitacion/<str:word>/)\n" in letters[1].body
    assert "answer = '****" in letters[0].body
    assert 'test_errors.py", line' in letters[0].body
    assert found_in("".join(f"{letter.subject}{letter.body}" for letter in mailoutbox), words) == []
    reports[0].sent_at.clear()


PRINT_LINES = """
import logging, logging.config
from course.settings.logs import LOGGING
logging.config.dictConfig(LOGGING | {"loggers": {}, "handlers": {"console": LOGGING["handlers"]["console"]}})
logging.getLogger("course").warning("a")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("course").exception("b")
"""


def test_the_journal_is_told_how_grave_each_line_is():
    assert not logs_to_journal()
    reading, writing = os.pipe()
    stream = os.fstat(writing)
    environment = os.environ | {"JOURNAL_STREAM": f"{stream.st_dev}:{stream.st_ino}"}
    subprocess.run([sys.executable, "-c", PRINT_LINES], cwd=ROOT, env=environment, stderr=writing, check=True)
    os.close(writing)
    with os.fdopen(reading) as told:
        lines = told.read().splitlines()
    assert [line[:3] for line in lines] == ["<4>", *["<3>"] * (len(lines) - 1)]
    assert len(lines) > 4


class Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = {"gzip": gzip.decompress, "br": brotli.decompress}[self.headers["Content-Encoding"]](body)
        self.server.envelopes.append((str(self.headers), body.decode()))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def listener():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        server.envelopes = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def told(settings):
    handler = ReportError(level=logging.ERROR)

    def begin(address):
        settings.SENTRY_DSN = f"http://key@{address[0]}:{address[1]}/1"
        logging.getLogger().addHandler(handler)
        return handler

    yield begin
    logging.getLogger().removeHandler(handler)
    if handler.client:
        handler.client.close(timeout=0)


def test_nobody_is_in_what_a_server_is_told_of_errors(patient, listener, told):
    told(listener.server_address)
    words = make_trouble(patient)
    until(lambda: len(listener.envelopes) >= 5)
    everything = "".join(headers + body for headers, body in listener.envelopes)
    assert found_in(everything, [*words, socket.gethostname(), str(ROOT)]) == []
    events = [json.loads(body.splitlines()[2]) for _headers, body in listener.envelopes]
    page = next(event for event in events if event["logger"] == "django.request")
    assert page["tags"] == {"page": "failing_page", "status": "500"}
    assert [error["type"] for error in page["exception"]["values"]] == ["ValueError", "Unlucky"]
    last = page["exception"]["values"][1]["stacktrace"]["frames"][-1]
    assert last["filename"] == "tests/course/watching/test_errors.py"
    assert (last["function"], last["in_app"]) == ("fail", True)
    kept = {"event_id", "timestamp", "platform", "level", "logger", "release", "tags", "logentry", "exception", "sdk"}
    assert {name for event in events for name in event} <= kept
    assert {event["logger"] for event in events} == {"django.request", "waitress", "some.library", "course.jobs"}


def test_a_server_that_says_nothing_delays_no_page(patient, told):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told(silent.getsockname())
        # It is answered while the server has not even been listened to.
        assert patient.post("/fails/x/").status_code == 500
        assert patient.post("/fails/x/").status_code == 500
        line, _ = silent.accept()
        line.settimeout(LONG)
        assert line.recv(4) == b"POST"
        line.close()


def test_an_address_that_is_none_is_said_once_and_breaks_no_page(patient, told, settings, written):
    told(("127.0.0.1", 1))
    settings.SENTRY_DSN = "no address"
    assert patient.post("/fails/x/").status_code == 500
    assert patient.post("/fails/x/").status_code == 500
    assert written().count("Errors cannot be told to SENTRY_DSN: BadDsn.") == 1


def test_a_site_that_always_fails_has_said_so(patient, listener, told, monkeypatch):
    handler = told(listener.server_address)
    handler.told_at = type(handler.told_at)(maxlen=2)
    monkeypatch.setattr(errors, "MOST_ERRORS", 2)
    for _ in range(4):
        patient.post("/fails/x/")
    handler.client.flush(timeout=LONG)
    assert len(listener.envelopes) == 2
