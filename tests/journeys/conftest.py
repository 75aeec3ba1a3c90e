import contextlib
import os
import shutil
import socket
import subprocess
import sys
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.beside import Beside

from .browser import CHROMIUM, DESK, FLAGS, PATIENCE, PHONE, sign_in
from .device import at_hand
from .learner import ask_course, choose_own_pin, choose_role, make_newcomer
from .prepared import ROOT, environment_of, manage, prepare
from .year import YearSite


class RunningSite:
    """The address of the running site, the folder its letters go to, and a way to run a command on its database."""

    def __init__(self, folder):
        # Bound until the server has it: a port that is only looked up may be somebody else's by then.
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        self.mail = folder / "mail"
        self.environment = environment_of(folder, SITE_URL=self.url)
        self.beside = Beside(self.environment)

    def manage(self, *arguments):
        return manage(self.environment, *arguments)

    def shell(self, code):
        return self.beside.run(code)

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course.serving", "--fd", str(self.door.fileno())],
            cwd=ROOT,
            env=self.environment,
            pass_fds=[self.door.fileno()],
        )
        self.door.close()
        # Whoever knocks before the server is up waits at the door.
        urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=120)

    def stop(self):
        self.beside.end()
        self.process.terminate()
        self.process.wait(60)


# Minutes each: whoever began one last would be waited for by the others.
LONGEST = (
    "test_whole_path.py",
    "test_long_way.py",
    "test_paper_and_sessions.py",
    "test_three_waves.py",
    "test_year.py",
    "test_comfort.py",
)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    running = RunningSite(folder)
    if prepared := os.environ.get("JOURNEYS_SITE"):
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
    else:
        prepare(folder, running.environment)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def course(site):
    return ask_course(site)


@pytest.fixture(scope="session")
def answers(course):
    return course["answers"]


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as p:
        # Chromium has the true clock, as phones have their own: as of another day it hardly moves.
        true_clock = {name: value for name, value in os.environ.items() if name not in ("LD_PRELOAD", "FAKETIME")}
        browser = p.chromium.launch(executable_path=shutil.which(CHROMIUM), args=FLAGS, env=true_clock)
        yield browser
        browser.close()


@contextlib.contextmanager
def opening(chromium, url):
    contexts = []

    def _open(size=DESK, *, javascript=True, dark=False, language="es-GT"):
        context = chromium.new_context(
            base_url=url,
            locale=language,
            java_script_enabled=javascript,
            # As in a browser that keeps no pages; `test_offline.py` and its neighbours have those that do.
            service_workers="block",
            color_scheme="dark" if dark else "light",
            **size,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if language != "es-GT":
            context.add_cookies([{"name": "django_language", "value": language, "url": url}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
        page.on("pageerror", lambda e: page.complaints.append(str(e)))
        page.on("request", lambda r: r.url.startswith((url, "data:", "blob:")) or page.complaints.append(r.url))
        return page

    yield _open
    for context in contexts:
        context.close()


@pytest.fixture
def open_browser(chromium, site):
    with opening(chromium, site.url) as open_page:
        yield open_page


@pytest.fixture
def device(chromium, site, tmp_path):
    with at_hand(chromium, site, tmp_path) as device:
        yield device


@pytest.fixture
def year(tmp_path_factory):
    folder = tmp_path_factory.mktemp("year")
    site = YearSite(folder)
    if prepared := os.environ.get("JOURNEYS_SITE"):
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
    else:
        prepare(folder, site.environment)
    yield site
    site.stop()


@pytest.fixture
def open_later(chromium, year):
    with opening(chromium, year.url) as open_page:
        yield open_page


def begin_course(site, page, code):
    sign_in(page, *make_newcomer(site, code))
    choose_own_pin(page)
    choose_role(page, "apoyo")


def run_axe(page):
    return Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]


def axe_violations(page):
    return [f"{v['id']}: {v['help']} {[node['target'] for node in v['nodes']]}" for v in run_axe(page)]


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def well(page):
    size = page.viewport_size
    other = DESK["viewport"] if size["width"] < 1000 else PHONE["viewport"]
    for each in (other, size):
        page.set_viewport_size(each)
        assert sideways(page) == 0
    assert axe_violations(page) == []
    assert page.complaints == []
    return page.inner_text("main")
