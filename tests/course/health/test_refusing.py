import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from course.errors import KEY_UNREADABLE, UNMIGRATED, WRONG_CLOCK
from course.health.facts import State, bad, good
from course.health.watching import Watch, watch
from course.people.roles import ADMINISTRATORS
from quizzes.models import AnswerWrite
from tests.factories import make_learner, make_staff
from tests.security.test_failing import begin_attempt, right_answer
from tests.serving import ROOT, migrated_database, served_site, until

LAST = max(path.stem for path in (settings.BASE_DIR / "course" / "migrations").glob("0*.py"))
# Whose moment is read anew each second, from a file.
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), "")


@pytest.fixture
def refused(monkeypatch):
    return lambda outage: monkeypatch.setattr(watch, "refused", outage)


@pytest.mark.parametrize("outage", [UNMIGRATED, KEY_UNREADABLE, WRONG_CLOCK], ids=lambda one: one.name)
@pytest.mark.parametrize("path", ["/", "/es/", "/en/", "/accounts/login/", "/cms/", "/v/", "/no-esta/"])
def test_every_page_is_refused_in_the_words_of_its_reader_without_a_query(client, refused, outage, path):
    client.cookies["sessionid"] = "a" * 32
    refused(outage)
    answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, str(outage.retry_after))
    assert answer["Cache-Control"] == "private, no-store"
    assert "default-src" in answer["Content-Security-Policy"]
    assert ('lang="en"' in answer.text) == (path == "/en/")


@pytest.mark.django_db
def test_an_answer_that_is_refused_is_offered_again(client, refused):
    attempt = begin_attempt(make_learner())
    client.force_login(attempt.learner)
    page, given = reverse("attempt_question", args=[attempt.pk, 1]), right_answer(attempt)
    refused(UNMIGRATED)
    assert f'<input type="hidden" name="choice" value="{given["choice"]}">' in client.post(page, given).text
    assert client.post(page, given, headers={"accept": "application/json"}).json()["problem"] == "unmigrated"
    assert not AnswerWrite.objects.exists()
    refused(None)
    assert client.post(page, given).status_code == 302


@pytest.mark.django_db
def test_whoever_installed_the_site_reads_the_details_on_the_desk_and_nobody_else(client, monkeypatch):
    monkeypatch.setattr(watch, "found", lambda: [good("database", "all is well"), bad("worker", "none lives")])
    page = reverse("desk_health")
    for person, reads in (
        (make_staff("jefa", ADMINISTRATORS), False),
        (make_staff("admin", is_staff=True, is_superuser=True), True),
    ):
        client.force_login(person)
        assert ("none lives" in client.get(page).text) == reads
        assert (page in client.get(reverse("desk_all_audit")).text) == reads


@pytest.mark.django_db
@pytest.mark.parametrize(("site", "left"), [("same-origin", True), ("cross-site", False)])
def test_who_changes_person_meanwhile_has_left_this_browser(client, refused, settings, site, left):
    settings.SESSION_COOKIE_NAME = "__Host-sessionid"
    client.force_login(make_learner())
    client.get("/accounts/cuenta/")
    refused(UNMIGRATED)
    answer = client.post(reverse("account_logout"), headers={"sec-fetch-site": site})
    assert (answer.status_code, "Usted salió en este aparato." in answer.text) == (503, left)
    gone = {name for name, cookie in answer.cookies.items() if (cookie.value, cookie["max-age"]) == ("", 0)}
    assert ({"__Host-sessionid", "person"} <= gone) == left
    # A browser takes such a name only with these, and so it does its end.
    assert not left or (answer.cookies["__Host-sessionid"]["secure"], answer.cookies["__Host-sessionid"]["path"]) == (
        True,
        "/",
    )
    for name in gone:
        del client.cookies[name]
    refused(None)
    assert client.get("/accounts/cuenta/").status_code == (302 if left else 200)


def test_a_pin_that_is_refused_is_not_offered_again(client, refused):
    refused(UNMIGRATED)
    answer = client.post("/accounts/login/", {"login": "ANA234", "password": "482915"})
    assert (answer.status_code, "482915" in answer.text) == (503, False)


def test_the_style_sheet_and_probes_are_not_refused(client, refused, monkeypatch):
    refused(UNMIGRATED)
    assert client.get("/static/site.css").status_code == 200
    assert client.get("/salud/viva/").content == b"ok\n"


@pytest.mark.parametrize(
    ("found", "status", "word"),
    [
        ([], 200, "ok"),
        ([bad("worker", "x")], 200, "warning"),
        ([bad("disk", "x")], 503, "unavailable"),
        ([bad("migrations", "x", UNMIGRATED)], 503, "unavailable"),
    ],
)
def test_a_stranger_hears_one_word_by_whatever_name_and_without_https(
    client, settings, monkeypatch, found, status, word
):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["trato.example"], True
    settings.SECURE_REDIRECT_EXEMPT = [r"^salud/(viva/)?$"]
    monkeypatch.setattr(watch, "found", lambda: found)
    answer = client.get("/salud/", headers={"host": "10.0.0.7"})
    live = client.get("/salud/viva/", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.text) == (status, f"{word}\n")
    assert (live.status_code, answer["Cache-Control"], len(answer.cookies)) == (200, "no-store", 0)
    assert client.post("/salud/", headers={"host": "10.0.0.7"}).status_code == 405


@pytest.mark.django_db
def test_who_asks_often_looks_seldom(client):
    fresh = Watch()
    first = fresh.found()
    assert fresh.found() is first
    fresh.looked_at -= 6
    assert fresh.found() is not first


def test_a_database_that_is_silent_is_not_waited_for():
    stuck = Watch()
    stuck.process = os.getpid()
    assert stuck.found()[0].state == State.BAD
    stuck.facts, stuck.looked_at = [bad("worker", "x")], time.monotonic()
    assert stuck.found() == stuck.facts
    stuck.looked_at -= 61
    assert stuck.found()[0].name == "database"


def test_one_watch_is_kept_in_a_process_and_another_in_its_copy():
    looks = []

    class Counting(Watch):
        def look(self):
            looks.append(1)

    kept = Counting()
    threads = [threading.Thread(target=kept.keep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looks) == 1
    kept.process = os.getppid()
    kept.keep()
    assert len(looks) == 2


def change(folder, *statements):
    database = sqlite3.connect(folder / "served.sqlite3", timeout=20)
    with database:
        for statement in statements:
            database.execute(statement)
    database.close()


def is_ready(site):
    try:
        return site.ask("/salud/")[0] == 200
    except ConnectionError:
        return False


@pytest.mark.nightly
@pytest.mark.skipif("FAKETIME" in os.environ, reason="It sets the clock back itself; one that is set holds.")
def test_a_real_site_refuses_until_it_is_mended(tmp_path):
    shutil.copy(migrated_database(), tmp_path / "served.sqlite3")
    moment = tmp_path / "moment"
    moment.write_text("-10d")
    change(tmp_path, f"DELETE FROM django_migrations WHERE app = 'course' AND name = '{LAST}'")
    faked = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(moment), "FAKETIME_CACHE_DURATION": "1"}
    where = {"DATABASE_URL": f"sqlite:///{tmp_path}/served.sqlite3", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    with served_site(tmp_path, WEB_CONCURRENCY="1", **faked, **where) as site:

        def answers():
            session = {"Cookie": f"sessionid={'a' * 32}"}
            asked = [
                site.ask("/es/"),
                site.ask("/es/", **session),
                site.ask("/en/grupos/", **session),
                site.ask("/salud/"),
            ]
            return {status for status, _headers, _text in asked}, asked[0][2]

        statuses, text = answers()
        assert (statuses, "El sitio se está actualizando" in text) == ({503}, True)
        assert site.ask("/salud/viva/")[0] == 200
        change(
            tmp_path,
            f"INSERT INTO django_migrations (app, name, applied) VALUES ('course', '{LAST}', '2026-01-01')",
            "INSERT INTO course_auditentry (at, by_somebody, action, subject) VALUES (datetime('now'), 0, 'x', '')",
        )
        until(lambda: "El reloj del sitio está mal" in answers()[1])
        assert answers()[0] == {503}
        moment.write_text("+0s")
        until(lambda: is_ready(site))
        assert site.ask("/accounts/login/")[0] == 200
        log = site.log.read_text()
    assert "El sitio no atiende. La base de datos todavía no es de esta versión" in log
    assert " / The site does not answer. The clock says " in log
    assert log.count("The site answers again.") == 1
    assert log.count("\n") == 3, log


ON_A_FULL_DISK = """
set -e
mount -t tmpfs -o size=16m tmpfs "$1"
cp "$2" "$1/full.sqlite3"
dd if=/dev/zero of="$1/filler" bs=1k 2>/dev/null || true
export VAR_DIR="$1" DATABASE_URL="sqlite:///$1/full.sqlite3"
"$3" manage.py shell -v 0 -c '
from django.test import Client
client = Client(raise_request_exception=False, headers={"cookie": "sessionid=" + "a" * 32})
for path in ("/salud/", "/salud/viva/", "/accounts/login/", "/es/"):
    answer = client.get(path)
    print(path, answer.status_code, b"No queda espacio" in answer.content)
import os
os.remove(os.environ["VAR_DIR"] + "/filler")
print(client.get("/es/", follow=True).status_code)
'
"""


def test_a_site_that_begins_on_a_full_disk_says_that_it_is_full_and_goes_on_when_there_is_room(tmp_path):
    apart = ["unshare", "--map-root-user", "--mount", "sh", "-c", ON_A_FULL_DISK, "sh"]
    done = subprocess.run(
        [*apart, str(tmp_path), str(migrated_database()), sys.executable],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        capture_output=True,
        text=True,
    )
    told = ["/salud/ 503 False", "/salud/viva/ 200 False", "/accounts/login/ 503 True", "/es/ 503 True", "200"]
    assert done.stdout.splitlines() == told, done.stderr
