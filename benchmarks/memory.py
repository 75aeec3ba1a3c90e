"""Measure the memory of a site that runs: `python -m benchmarks.memory [--pages 200] [--profiles clinic server]`.

Serves the real course with a clinic's people under the settings of a server, on SQLite (or the database of
DATABASE_URL), once as a clinic's computer does (one process that answers, the worker beside it, all from one start) and
once as a server does (two, and the worker on its own). A learner, a trainer and an administrator ask for pages of all
kinds, the worker prints the certificates of a group and the site one. Prints the memory of each process and their sum
after each step, and what a process takes at each step of loading the site. Ends with 1 where a
clinic needs more than MOST.

What is counted is PSS, in which a page of memory that several processes share counts once in all. Who asks imports
nothing of the site, so that it shares none of those.
"""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
MOST = 320
PEOPLE = 333
HOST = "curso.example"
CSRF = "c" * 32
LONG = 120
# Each profile: the site's own environment, and whether the worker is begun apart.
PROFILES = {
    "clinic": ({"WEB_CONCURRENCY": "1", "SERVE_WORKER": "1", "PRINTING_PROCESSES": "1"}, False),
    "server": ({"WEB_CONCURRENCY": "2"}, True),
}
STEPS = """
import gc, os, sys
from pathlib import Path

def say(name):
    gc.collect()
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    print(f"{name:24}{kilobytes / 1024:8.0f}{len(sys.modules):9}")

say("Python")
import django
django.setup()
say("the apps")
from course.serving.loading import load
load()
say("all that is shared")
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=200, help="how many pages are asked for")
    parser.add_argument("--profiles", nargs="+", choices=PROFILES, default=list(PROFILES))
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.prepare:
        print(json.dumps(prepare()))
        return
    print(f"{'loading':24}{'MB PSS':>8}{'modules':>9}", flush=True)
    with new_place() as environment:
        subprocess.run([sys.executable, "-W", "ignore", "-c", STEPS], cwd=ROOT, env=environment, check=True)
    sums = {name: measure(name, arguments.pages) for name in arguments.profiles}
    sys.exit(1 if sums.get("clinic", 0) > MOST else 0)


@contextmanager
def new_place():
    """Give the environment of a site of its own, without a database yet, while the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        yield (
            {"DATABASE_URL": f"sqlite:///{folder}/measured.sqlite3"}
            | os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "benchmarks.served",
                "VAR_DIR": folder,
                "SECRET_KEY": "kept-by-the-measurement-" + "x7Qp" * 10,
                "ALLOWED_HOSTS": HOST,
                "SITE_URL": f"https://{HOST}",
                "HOST": "127.0.0.1",
            }
        )


def measure(profile, count):
    """Serve a new site, ask it for pages and certificates, print what each process takes; return the last sum in MB."""
    own, worker_apart = PROFILES[profile]
    with new_place() as environment:
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", "--prepare"],
            cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip
        site = json.loads(told.splitlines()[-1])
        visitor = Visitor(free_port(), site["sessions"])
        served = Served(environment | own | {"PORT": str(visitor.port)}, worker_apart=worker_apart)
        try:
            print(f"\n{profile}: {', '.join(f'{name}={value}' for name, value in own.items())}", flush=True)
            visitor.wait()
            served.report("begun")
            ask_for(visitor, site["pages"], count)
            served.report(f"after {count} pages")
            with served.watched() as most:
                print_those_of_a_group(visitor, site["group"])
            served.report("certificates of a group printed by the worker")
            print_own(visitor)
            last = served.report("one printed by the site")
            print(f"   {'the most while the worker printed':50}{most():6.0f}", flush=True)
        finally:
            served.end()
    return last


class Served:
    """The processes that serve the site, and what they take."""

    def __init__(self, environment, *, worker_apart):
        commands = [["-m", "course.serving"], ["manage.py", "work"]][: 1 + worker_apart]
        self.begun = [
            subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
            for command in commands
        ]

    def memory(self):
        """Return [(what the process is, MB)] of all of them."""
        found = [(pid, own_pss(pid)) for process in self.begun for pid in with_children(process.pid)]
        return [(pid, megabytes) for pid, megabytes in found if megabytes]

    def report(self, when):
        found = self.memory()
        total = sum(megabytes for _pid, megabytes in found)
        parts = " + ".join(f"{megabytes:.0f}" for _pid, megabytes in found)
        print(f"   {when:50}{total:6.0f} MB = {parts}", flush=True)
        return total

    @contextmanager
    def watched(self):
        """Look at the sum again and again while the block lasts; give a function that says the most."""
        sums, is_over = [0], threading.Event()

        def look():
            while not is_over.wait(0.1):
                sums.append(sum(megabytes for _pid, megabytes in self.memory()))

        looking = threading.Thread(target=look)
        looking.start()
        try:
            yield lambda: max(sums)
        finally:
            is_over.set()
            looking.join()

    def end(self):
        for process in self.begun:
            process.send_signal(signal.SIGTERM)
        for process in self.begun:
            process.wait(LONG)


def with_children(pid):
    """Return the process and all that it began, the oldest first."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in with_children(int(child)))]


def own_pss(pid):
    """Return the MB of a process; 0 of one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0)


class Visitor:
    """Asks the site, as the proxy before it would, for whoever has a session there."""

    def __init__(self, port, sessions):
        self.port, self.sessions = port, sessions

    def ask(self, who, path, form=None):
        """Return (status, headers, body)."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG)
        cookies = f"__Host-sessionid={self.sessions.get(who, '')}; __Host-csrftoken={CSRF}"
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "190.1.2.3",
            "Cookie": cookies,
            "Accept": "text/html",
            "Accept-Encoding": "gzip",
        }
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": CSRF,
                "Referer": f"https://{HOST}{path}",
            }
        try:
            line.request("GET" if form is None else "POST", path, form and urlencode(form), headers)
            reply = line.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            line.close()

    def insist(self, who, path, form=None, status=200):
        answered, headers, body = self.ask(who, path, form)
        if answered != status:
            raise SystemExit(f"{path} answered {answered} {headers.get('Location', '')}")
        return headers, body

    def wait(self):
        """Wait until the site answers, and until it has done what it does at its start."""
        until = time.monotonic() + LONG
        while True:
            try:
                self.insist("", "/accounts/login/")
                break
            except OSError:
                if time.monotonic() > until:
                    raise SystemExit("The site did not start.") from None
                time.sleep(0.2)
        time.sleep(5)


def ask_for(visitor, pages, count):
    """Ask for so many of the pages in turn, two at a time."""
    wanted = [pages[number % len(pages)] for number in range(count)]
    failures = []

    def some(number):
        try:
            for who, path in wanted[number::2]:
                visitor.insist(who, path)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=some, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def print_those_of_a_group(visitor, path):
    """Ask as the trainer for the certificates of the group, and wait until the worker has made them."""
    headers, _body = visitor.insist("trainer", path, {"cuales": "nuevos"}, status=302)
    until = time.monotonic() + LONG
    while json.loads(visitor.insist("trainer", f"{headers['Location']}avance/")[1])["waits"]:
        if time.monotonic() > until:
            raise SystemExit("The worker did not print.")
        time.sleep(0.2)
    visitor.insist("trainer", f"{headers['Location'].rstrip('/')}.pdf")


def print_own(visitor):
    form = {"given_names": "Juan José", "surnames": "Núñez Chávez"}
    visitor.insist("graduate", "/es/certificado/", form, status=302)


def prepare():
    """Fill the site; return the sessions of people, the pages that they ask for, and that of a group to print."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.urls import reverse

    from benchmarks.big_site.filling import fill_site
    from benchmarks.big_site.writing import trainer_code
    from course.models import User

    call_command("prepare_site", verbosity=0)
    call_command("make_issuer_key", "--if-missing", verbosity=0)
    fill_site(PEOPLE, clinics=1, certificates=0, out=None)
    trained = User.objects.get(username=trainer_code(0)).cohorts_trained.all()
    group = max(trained, key=lambda one: one.enrolments.count())
    people = {
        "learner": User.objects.get(username="ANA234"),
        "graduate": User.objects.get(username="JUA573"),
        "trainer": group.trainers.get(username=trainer_code(0)),
        "administrator": User.objects.get(username="admin"),
    }
    return {
        "sessions": {name: session_of(person) for name, person in people.items()},
        "pages": pages_of(people["learner"], group),
        "group": reverse("desk_cohort_certificates", args=[group.pk]),
    }


def session_of(person):
    """Sign a person in, with the second step where it is asked for, and return the session's key."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from course.people.roles import needs_second_factor

    from .site import session_of

    if needs_second_factor(person):
        TOTP.activate(person, generate_totp_secret())
    return session_of(person)


def pages_of(learner, group):
    """Return [(who, path)]: mostly what learners read, then the desk, and a little of the CMS."""
    import random

    from django.urls import reverse
    from django.utils import timezone
    from wagtail.models import Site

    from modules.progress.outline import course_outline
    from quizzes.attempts.taking import start_attempt
    from quizzes.models import Quiz

    outline = course_outline()
    quiz = Quiz.objects.get(translation_key=outline[0].quiz_key, locale__language_code="es")
    attempt = start_attempt(learner, quiz, language="es", now=timezone.now(), chance=random.Random(1))
    lessons = [lesson for module in outline for lesson in module.lessons][:20]
    root = Site.objects.get(is_default_site=True).root_page_id
    learners = [
        reverse("my_course"),
        *(lesson.url for lesson in lessons),
        *(reverse("attempt_question", args=[attempt.pk, number]) for number in range(1, 6)),
        reverse("directory"),
        reverse("my_certificate"),
    ]
    desk = [
        reverse("desk_cohorts"),
        reverse("desk_cohort", args=[group.pk]),
        reverse("desk_activities", args=[group.pk]),
        reverse("desk_summary"),
        reverse("desk_cohort_xlsx", args=[group.pk]),
    ]
    cms = [
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_explore", args=[root]),
        reverse("wagtailadmin_pages:edit", args=[root]),
        reverse("wagtailimages:index"),
    ]
    return (
        [("learner", path) for path in learners]
        + [("trainer", path) for path in desk]
        + [("administrator", path) for path in cms]
    )


def free_port():
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


if __name__ == "__main__":
    main()
