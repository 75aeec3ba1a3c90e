import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from certificates.verifying.verification import MAX_REQUEST_SIZE
from course.roster.reading import LARGEST as LARGEST_LIST
from course.serving import answering, door
from modules.pictures.looking import LARGEST_BYTES as LARGEST_PHOTO
from modules.recorded.bringing import MOST_BYTES_OF_FILM, MOST_BYTES_OF_SOUND
from quizzes.importing.formats import LARGEST as LARGEST_BANK
from tests.serving import LONG, ROOT, served_site, until

SLOW_PAGE = """
import os, random, secrets, ssl, time, uuid
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.utils.crypto import get_random_string
import course.urls

handler500 = course.urls.handler500

def slow(request):
    open(os.environ["BEGUN"], "w").close()
    time.sleep(2)
    return HttpResponse("done at last")

def drawn(request):
    chance = [random.random(), secrets.token_hex(8), uuid.uuid4().hex, ssl.RAND_bytes(8).hex(), get_random_string(12)]
    return JsonResponse({"by": os.getpid(), "chance": chance})

def told(request):
    return HttpResponse(f"{request.is_secure()} {request.META['REMOTE_ADDR']} {request.headers.get('X-Forwarded-For')}")

urlpatterns = [path("slow/", slow), path("drawn/", drawn), path("told/", told), *course.urls.urlpatterns]
"""
TOLD = {"Host": "trato.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "190.1.2.3"}
WITH_WORKER = {"DJANGO_SETTINGS_MODULE": "working_settings", "WEB_CONCURRENCY": "1", "SERVE_WORKER": "1"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "slow_urls.py").write_text(SLOW_PAGE)
    (folder / "slow_settings.py").write_text('from course.settings.test import *\nROOT_URLCONF = "slow_urls"\n')
    (folder / "working_settings.py").write_text("from slow_settings import *\nfrom course.settings.base import TASKS\n")
    return {"DJANGO_SETTINGS_MODULE": "slow_settings", "PYTHONPATH": str(folder), "BEGUN": str(folder / "begun")}


@pytest.mark.nightly
def test_a_process_that_dies_is_followed_by_another_and_the_last_answers_are_given(pages, tmp_path):
    with served_site(tmp_path, **pages) as site:
        first = site.answering()
        assert len(first) == 2
        os.kill(first.copy().pop(), signal.SIGKILL)
        until(lambda: len(site.answering()) == 2 and site.answering() != first)
        assert "has ended (-9); another begins" in site.log.read_text()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(site.ask("/slow/")))
        asking.start()
        until(lambda: os.path.exists(pages["BEGUN"]))
        with site.connect(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "):
            pass
        assert site.end() == 0
        asking.join()
        assert answers[0][0::2] == (200, "done at last")
        assert "rror" not in site.log.read_text()
        with pytest.raises(ConnectionRefusedError):
            site.connect()


LOAD = """
import os, threading
from course.serving.loading import load
load()
from django.conf import settings
database = settings.DATABASES["default"]
assert (database["PORT"], database["DISABLE_SERVER_SIDE_CURSORS"]) == (2, True), database
from django.db import connections
held = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
opened = [os.readlink(path) for path in held if os.path.lexists(path)]
assert threading.active_count() == 1 == len(os.listdir("/proc/self/task")), threading.enumerate()
assert not [one for one in connections.all(initialized_only=True) if one.connection]
assert not [name for name in opened if name.startswith("socket:") or "sqlite" in name], opened
"""


@pytest.mark.nightly
def test_the_site_is_loaded_without_a_database_a_thread_or_a_press_and_will_ask_a_pooler():
    nowhere = {"DATABASE_URL": "postgres://t@127.0.0.1:1/t", "DATABASE_POOLER_URL": "postgres://t@127.0.0.1:2/t"}
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=ROOT, env=os.environ | nowhere, capture_output=True, text=True
    )
    assert (loaded.returncode, loaded.stderr) == (0, "")


@pytest.mark.nightly
def test_the_worker_beside_the_pages_is_followed_by_another_and_is_not_listened_to_as_a_page(pages, tmp_path):
    with served_site(tmp_path, **pages | WITH_WORKER) as site:
        first = until(lambda: working(site))
        assert len(site.answering() - {first}) == 1
        os.kill(first, signal.SIGKILL)
        second = until(lambda: working(site) != first and working(site))
        assert "The worker has ended (-9); another begins" in site.log.read_text()
        # What it had open it has closed: whoever came in there would wait for ever.
        assert door_of(site.keeper.pid)
        assert not door_of(second)
        assert site.end() == 0
        assert not os.path.exists(f"/proc/{second}")
        # The one that follows may find the database still closed by the one that was killed: it says that it waits.
        said = [line for line in site.log.read_text().splitlines() if "course.health.watching" not in line]
        assert said == ["The worker has ended (-9); another begins."]


def working(site):
    with sqlite3.connect(site.folder / "served.sqlite3", timeout=LONG) as database:
        found = database.execute("SELECT name FROM course_heartbeat ORDER BY began_at DESC").fetchone()
    return found and int(found[0].split(":")[1])


def door_of(pid):
    listening = {
        line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    }
    held = [os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir() if one.exists() or one.is_symlink()]
    return any(name.startswith("socket:[") and name[8:-1] in listening for name in held)


@pytest.mark.nightly
def test_when_the_keeper_is_killed_nobody_stays_behind(pages, tmp_path):
    with served_site(tmp_path, **pages | WITH_WORKER) as site:
        left = site.answering()
        assert len(left) == 2
        site.keeper.kill()
        site.keeper.wait(LONG)
        until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in left))
        assert "rror" not in site.log.read_text()


def test_a_site_that_cannot_begin_says_why_and_ends(tmp_path):
    wrong = os.environ | {"DJANGO_SETTINGS_MODULE": "course.settings.nowhere", "PORT": "0", "VAR_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "course.serving"], cwd=ROOT, env=wrong, capture_output=True, text=True, timeout=LONG
    )
    assert ended.returncode == 1
    assert "No module named 'course.settings.nowhere'" in ended.stderr


def test_a_port_that_is_taken_is_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = {"HOST": "127.0.0.1", "PORT": str(taken.getsockname()[1])}
        ended = subprocess.run(
            [sys.executable, "-m", "course.serving"], cwd=ROOT, env=os.environ | place, capture_output=True, text=True
        )
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "No se puede abrir 127.0.0.1:" in ended.stderr


@pytest.fixture(scope="module")
def behind_a_proxy(pages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "proxy_settings.py").write_text('from course.settings.production import *\nROOT_URLCONF = "slow_urls"\n')
    own = {
        "DJANGO_SETTINGS_MODULE": "proxy_settings",
        "PYTHONPATH": f"{folder}:{pages['PYTHONPATH']}",
        "SECRET_KEY": "kept-by-the-tests-" + "x7Qp" * 10,
        "ALLOWED_HOSTS": "trato.example",
        "SITE_URL": "https://trato.example",
    }
    with served_site(folder, **own) as site:
        yield site


@pytest.mark.nightly
def test_those_that_answer_draw_each_for_itself(behind_a_proxy):
    drawn = {}

    def draw():
        answered = json.loads(behind_a_proxy.ask("/drawn/", **TOLD)[2])
        drawn[answered["by"]] = answered["chance"]
        return len(drawn) == 2

    until(draw)
    assert set(drawn) == behind_a_proxy.answering()
    assert all(one != other for one, other in zip(*drawn.values(), strict=True))


def test_production_takes_the_word_of_its_proxy_for_https_and_the_address(behind_a_proxy):
    assert behind_a_proxy.ask("/told/", **TOLD)[2] == "True 127.0.0.1 190.1.2.3"
    status, headers, _ = behind_a_proxy.ask("/told/", Host="trato.example")
    assert (status, headers["Location"]) == (301, "https://trato.example/told/")


def test_a_header_with_underscores_is_not_taken_for_the_proxys(behind_a_proxy):
    forged = b"GET /told/ HTTP/1.0\r\nHost: trato.example\r\nX_Forwarded_Proto: https\r\n\r\n"
    with behind_a_proxy.connect(forged) as line:
        assert line.recv(13) == b"HTTP/1.0 301 "


def test_whatever_a_page_takes_comes_through_the_door():
    brought = [MOST_BYTES_OF_FILM, 2 * MOST_BYTES_OF_SOUND, LARGEST_PHOTO, LARGEST_LIST, LARGEST_BANK]
    assert max(*brought, MAX_REQUEST_SIZE) + 1024**2 <= door.LARGEST_BODY


def test_the_press_is_warmed_up_in_a_thread_beside_the_pages(monkeypatch):
    called = []
    monkeypatch.setattr(
        "certificates.issuing.issue.preload_renderer", lambda: called.append(threading.current_thread().name)
    )
    answering.warm_up_beside_the_pages()
    for thread in threading.enumerate():
        if thread.name == "press":
            thread.join()
    assert called == ["press"]
