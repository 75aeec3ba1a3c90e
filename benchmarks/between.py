"""Compare the desk of two versions: `script/with-postgres .venv/bin/python -m benchmarks.between CHECKOUT`.

CHECKOUT is a clone of this project at the version before, with its environment. Its code makes a site with the real
course and 100,000 people (`--learners`) on the server of DATABASE_URL; a copy of that database is upgraded to this
version, which says how long it takes. Then both answer for the same pages in turn, round after round, so that a busy
moment of the machine hits both. Prints from one run, for each page, the quickest of its times, what it costs processors
on the average (as in `benchmarks.desk`), the number of queries and the ratios. Ends with 1 where a page takes more than
a tenth longer than before.

`--on DATABASE [UPGRADED]` takes the site from a database of that server which was filled before, and its copy.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
LEARNERS_A_CLINIC = 333
MOST = 1.10

FILL = f"""
import sys
from benchmarks.site import new_site
with new_site():
    from django.core.management import call_command
    from benchmarks.big_site.filling import fill_site
    call_command("prepare_site", verbosity=0)
    learners = int(sys.argv[1])
    fill_site(learners, clinics=max(learners // {LEARNERS_A_CLINIC}, 1), certificates=200, out=None)
"""
UPGRADE = """
from benchmarks.site import new_site
with new_site():
    from django.core.management import call_command
    from django.db import connection
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
"""
# A line in: the name of a page. A line out: what one time took, of which processors, and how many queries.
ANSWER = """
import json, sys, time
from benchmarks.site import new_site
out, sys.stdout = sys.stdout, sys.stderr
with new_site():
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from benchmarks.desk import Desk, processor_seconds
    call_command("collectstatic", interactive=False, verbosity=0)
    pages = {name: (who, path) for name, who, path, _about in Desk().pages()}
    print(json.dumps(list(pages)), file=out, flush=True)
    def ask(name):
        who, path = pages[name]
        client = Client(HTTP_HOST="localhost")
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        begun, busy = time.perf_counter(), processor_seconds()
        reply = client.get(path)
        took = time.perf_counter() - begun, processor_seconds() - busy
        if reply.status_code != 200:
            raise SystemExit(f"{path} answered {reply.status_code}")
        return took
    counted = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in counted:
            ask(name)
            with CaptureQueriesContext(connection) as captured:
                ask(name)
            counted[name] = len(captured)
        print(json.dumps([*ask(name), counted[name]]), file=out, flush=True)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path, metavar="CHECKOUT", help="a clone of the version before, set up")
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=12, help="how often each page is asked for")
    parser.add_argument("--on", nargs="+", metavar="DATABASE", help="filled before; and its copy, upgraded before")
    arguments = parser.parse_args()
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        parser.error("DATABASE_URL has to name a PostgreSQL server: script/with-postgres")
    before, after = [*(arguments.on or ["between_before"]), "between_after"][:2]
    if not arguments.on:
        create(server, before)
        begun = time.perf_counter()
        run(arguments.before, FILL, url_of(server, before), str(arguments.learners))
        print(f"a site of {arguments.learners} people: filled in {time.perf_counter() - begun:.0f} s", flush=True)
    if len(arguments.on or []) < 2:
        create(server, after, template=before)
        begun = time.perf_counter()
        run(ROOT, UPGRADE, url_of(server, after))
        print(f"upgraded in {time.perf_counter() - begun:.0f} s", flush=True)
    sites = Site(arguments.before, url_of(server, before)), Site(ROOT, url_of(server, after))
    sys.exit(1 if report(compare(*sites, arguments.rounds)) else 0)


def create(server, name, *, template="template1"):
    """Create a database on the server, a copy of another one."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def url_of(server, name):
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def command_of(checkout, code, *arguments):
    return [checkout / ".venv" / "bin" / "python", "-c", code, *arguments]


def run(checkout, code, url, *arguments):
    """Run code with that version's own environment on the database."""
    environment = os.environ | {"DATABASE_URL": url}
    subprocess.run(command_of(checkout, code, *arguments), cwd=checkout, env=environment, check=True)


class Site:
    """A version that answers for pages of the desk, in a process of its own."""

    def __init__(self, checkout, url):
        self.process = subprocess.Popen(
            command_of(checkout, ANSWER), cwd=checkout, env=os.environ | {"DATABASE_URL": url},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.pages = json.loads(self.process.stdout.readline())

    def ask(self, page):
        """Return (seconds, seconds of processors, queries) of one time."""
        print(page, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


def compare(before, after, rounds):
    """Return {page that both have: [before, after], each (quickest, mean of processors, queries)}."""
    pages = [page for page in before.pages if page in after.pages]
    taken = {page: ([], []) for page in pages}
    for number in range(rounds):
        for page in pages:
            both = list(zip((before, after), taken[page], strict=True))
            # Who comes first changes, so that neither always finds the machine as the other left it.
            for site, times in reversed(both) if number % 2 else both:
                times.append(site.ask(page))
    return {page: [summed_up(times) for times in both] for page, both in taken.items()}


def summed_up(times):
    seconds, busy, queries = zip(*times, strict=True)
    return min(seconds), sum(busy) / len(busy), queries[-1]


def report(compared):
    """Print the table; return the pages that take more than a tenth longer."""
    ways = f"{'ms, then':>9}{'now':>9}{'ratio':>7}"
    print(f"{'page':32}{ways}   of processors{ways}{'queries':>14}")
    slower = []
    for page, ((then, busy_then, queries_then), (now, busy_now, queries)) in compared.items():
        missed = now > MOST * then
        figures = f"{in_ms(then, now)}{'':16}{in_ms(busy_then, busy_now)}{f'{queries_then} → {queries}':>14}"
        print(f"{page:32}{figures}{'  slower' if missed else ''}")
        slower += [page] if missed else []
    return slower


def in_ms(then, now):
    return f"{1000 * then:9.1f}{1000 * now:9.1f}{now / then:7.2f}"


if __name__ == "__main__":
    main()
