"""Measure this machine: `python -m benchmarks [--seconds 5]`.

Serves the real course with gunicorn (two workers, the site's own middleware, the database of DATABASE_URL or a new
SQLite file) and prints, from one run, pages per second of a bare Wagtail page, the first lesson, a lesson of thirty
blocks and a question, signed in, and how many certificates are rendered per second. Ratios carry over from machine to
machine; absolute numbers don't.
"""

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

BARE = "bare Wagtail page"
BARE_HOST = "otro.localhost"
BARE_PATH = "/otro/pagina/"
BLOCKS = 30
CLIENTS = 4
WORKERS = 2
SLICE = 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5, help="how long each page is asked for")
    parser.add_argument("--certificates", type=int, default=60, help="how many certificates are rendered")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAR_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        port = free_port()
        os.environ["SITE_URL"] = f"http://127.0.0.1:{port}"
        import django

        django.setup()
        paths, cookie = prepare()
        server = serve(port)
        try:
            rates = measure(port, paths, cookie, arguments.seconds)
        finally:
            server.terminate()
            server.wait()
        report(rates)
        report_certificates(arguments.certificates)


def prepare():
    """Load the course and sign one person in; return {name: path} and the session's cookie."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.utils import timezone
    from wagtail.models import Page, Site

    from course.models import Cohort, Enrolment
    from modules.models import CoursePage
    from modules.progress import course_outline
    from quizzes.attempts import start_attempt
    from quizzes.models import Quiz

    call_command("prepare_site", verbosity=0)
    # On a site of its own, so that Wagtail finds it its own way and not through the course's.
    root = Page.get_first_root_node()
    home = root.add_child(instance=Page(title="Otro sitio", slug="otro", locale=CoursePage.objects.get().locale))
    home.add_child(instance=Page(title="Una página", slug="pagina", locale=home.locale))
    Site.objects.create(hostname=BARE_HOST, port=80, root_page=home)
    learner = get_user_model().objects.create_user("BENCH2", first_name="Ana Lucía", last_name="Coj", role="recepcion")
    Enrolment.objects.create(learner=learner, cohort=Cohort.objects.create(name="Medición"))
    first = course_outline()[0]
    quiz = Quiz.objects.get(translation_key=first.quiz_key)
    attempt = start_attempt(learner, quiz, language="es", now=timezone.now(), chance=random.Random(1))
    session = SessionStore()
    session[SESSION_KEY] = str(learner.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = learner.get_session_auth_hash()
    session.save()
    return (
        {
            BARE: BARE_PATH,
            "lesson": first.lessons[0].url,
            f"lesson of {BLOCKS} blocks": add_long_lesson(BLOCKS),
            "question": f"/es/cuestionario/intento/{attempt.pk}/1/",
        },
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
    )


def add_long_lesson(blocks):
    """Add a lesson of that many blocks, taken from the real ones in turn, and return its address."""
    from modules.models import LessonPage, ModulePage
    from modules.outline import page_path

    module = ModulePage.objects.order_by("path").first()
    bodies = [lesson.body for lesson in LessonPage.objects.child_of(module).order_by("path")]
    parts = [part for body in bodies for part in body.get_prep_value()]
    body = [{"type": part["type"], "value": part["value"]} for part in (parts * blocks)[:blocks]]
    lesson = LessonPage(title="Una lección larga", slug="larga", locale=module.locale, body=json.dumps(body))
    module.add_child(instance=lesson)
    return page_path(lesson)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def serve(port):
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "course.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)],
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def ask(port, path, cookie):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    host = BARE_HOST if path == BARE_PATH else f"127.0.0.1:{port}"
    connection.request("GET", path, headers={"Host": host, "Cookie": cookie, "Accept-Encoding": "gzip"})
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{path} answered {response.status}")


def measure(port, paths, cookie, seconds):
    """Return {name: pages per second}, asking for the pages in turn, so that a busy moment of the machine hits all."""
    for path in paths.values():
        for _ in range(10 * WORKERS):
            ask(port, path, cookie)
    counts, spent = dict.fromkeys(paths, 0), dict.fromkeys(paths, 0.0)
    while min(spent.values()) < seconds:
        for name, path in paths.items():
            asked, took = ask_for_a_while(port, path, cookie, SLICE)
            counts[name] += asked
            spent[name] += took
    return {name: counts[name] / spent[name] for name in paths}


def ask_for_a_while(port, path, cookie, seconds):
    """Ask for `path` with CLIENTS clients at once; return (pages, seconds)."""
    counts = [0] * CLIENTS
    begun = time.monotonic()

    def client(number):
        while time.monotonic() < begun + seconds:
            ask(port, path, cookie)
            counts[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts), time.monotonic() - begun


def report(rates):
    bare = rates[BARE]
    print(f"{'page, signed in':24}{'per second':>12}{'of bare':>10}")
    for name, rate in rates.items():
        print(f"{name:24}{rate:12.1f}{rate / bare:10.0%}")


def render_some(count):
    """Render `count` certificates in a process of its own; return (seconds of the first, seconds of the others)."""
    import django

    django.setup()
    from certificates.composing import example_print
    from certificates.designs import design_in_use
    from certificates.rendering import render_pdf
    from certificates.serials import new_serial

    printed = example_print(design_in_use("es"), language="es")
    chance = random.Random(count)

    def render():
        serial = new_serial(chance.getrandbits)
        render_pdf(printed | {"serial": serial, "verify_url": f"https://trato.example/v/{serial}/"})

    begun = time.perf_counter()
    render()
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    for _ in range(count - 1):
        render()
    return first, time.perf_counter() - begun


def report_certificates(count):
    with ProcessPoolExecutor(1) as pool:
        first, others = pool.submit(render_some, count).result()
    one = (count - 1) / others
    with ProcessPoolExecutor(WORKERS) as pool:
        results = list(pool.map(render_some, [count] * WORKERS))
    both = sum((count - 1) / others for _first, others in results)
    print(f"\n{'certificates':24}{'per second':>12}{'of one':>10}")
    print(f"{'one process':24}{one:12.1f}{1:10.0%}")
    print(f"{'two processes':24}{both:12.1f}{both / one:10.0%}")
    print(f"the first in a process takes {first / (others / (count - 1)):.1f} times a warm one ({first * 1000:.0f} ms)")


if __name__ == "__main__":
    main()
