"""Serving: processes at one door, another for each that dies, an end that loses no answer, and a proxy's word."""

import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from certificates.verifying.uploads import LONGEST_LISTENED
from course.roster.reading import LARGEST as LARGEST_LIST
from course.serving import answering, door
from quizzes.importing.formats import LARGEST as LARGEST_BANK
from tests.serving import LONG, ROOT, served_site, until

pytestmark = pytest.mark.any_database

# Pages for trying the server out, beside the site's own.
SLOW_PAGE = """
import os, time
from django.http import HttpResponse
from django.urls import path
import course.urls

handler500 = course.urls.handler500

def slow(request):
    open(os.environ["BEGUN"], "w").close()
    time.sleep(2)
    return HttpResponse("done at last")

def told(request):
    return HttpResponse(f"{request.is_secure()} {request.META['REMOTE_ADDR']} {request.headers.get('X-Forwarded-For')}")

urlpatterns = [path("slow/", slow), path("told/", told), *course.urls.urlpatterns]
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A folder with settings that add those pages."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "slow_urls.py").write_text(SLOW_PAGE)
    (folder / "slow_settings.py").write_text('from course.settings.test import *\nROOT_URLCONF = "slow_urls"\n')
    return {"DJANGO_SETTINGS_MODULE": "slow_settings", "PYTHONPATH": str(folder), "BEGUN": str(folder / "begun")}


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


def test_when_the_keeper_is_killed_nobody_stays_behind(tmp_path):
    with served_site(tmp_path, WEB_CONCURRENCY="1") as site:
        left = site.answering()
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
        "WEB_CONCURRENCY": "1",
    }
    with served_site(folder, **own) as site:
        yield site


def test_production_takes_the_word_of_its_proxy_for_https_and_the_address(behind_a_proxy):
    told = {"Host": "trato.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "190.1.2.3"}
    assert behind_a_proxy.ask("/told/", **told)[2] == "True 127.0.0.1 190.1.2.3"
    status, headers, _ = behind_a_proxy.ask("/told/", Host="trato.example")
    assert (status, headers["Location"]) == (301, "https://trato.example/told/")


def test_a_header_with_underscores_is_not_taken_for_the_proxys(behind_a_proxy):
    forged = b"GET /told/ HTTP/1.0\r\nHost: trato.example\r\nX_Forwarded_Proto: https\r\n\r\n"
    with behind_a_proxy.connect(forged) as line:
        assert line.recv(13) == b"HTTP/1.0 301 "


def test_whatever_a_page_takes_comes_through_the_door():
    assert max(LONGEST_LISTENED, LARGEST_LIST, LARGEST_BANK) < door.LARGEST_BODY


def test_the_press_is_warmed_up_in_a_thread_beside_the_pages(monkeypatch):
    called = []
    monkeypatch.setattr("certificates.issuing.warming.warm_up", lambda: called.append(threading.current_thread().name))
    answering.warm_up_beside_the_pages()
    for thread in threading.enumerate():
        if thread.name == "press":
            thread.join()
    assert called == ["press"]
