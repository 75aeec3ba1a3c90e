"""A benchmark of two sites, a small and a big one: each is filled and measured by a process of its own."""

import argparse
import json
import os
import subprocess
import sys
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

FEW = 1000


def at_two_sizes(module, *, description, counted, measure_site, report, needs_postgresql=False):
    """Run a benchmark: `measure_site(size)` on both sites, then `report(few, many)`; end with 1 if that finds a fault.

    `module` is the benchmark's own name, by which its processes start; `counted` names the option for the bigger size.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(f"--{counted}", type=int, default=100_000, help="how many people the bigger site has")
    parser.add_argument("--on", nargs=2, metavar="URL", help="databases of two sites that were filled before")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        with redirect_stdout(sys.stderr):
            measured = measure_site(arguments.measure)
        json.dump(measured, sys.stdout)
        return
    on_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgres")
    if needs_postgresql and not on_postgresql and not arguments.on:
        raise SystemExit("these rows are multiplied by PostgreSQL: script/with-postgres")
    sizes = (FEW, getattr(arguments, counted))
    with _databases(sizes, arguments.on) as urls:
        few, many = (_measure_in_process(module, size, url) for size, url in zip(sizes, urls, strict=True))
    sys.exit(1 if report(few, many) else 0)


@contextmanager
def _databases(sizes, filled):
    """Give the URLs of the two databases; those that are made here are gone after the block."""
    server = os.environ.get("DATABASE_URL", "")
    if filled or not server.startswith("postgres"):
        yield filled or [None, None]
        return
    import psycopg

    names = [f"desk_{size}" for size in sizes]
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")
        parts = urlsplit(server)
        yield [urlunsplit(parts._replace(path=f"/{name}")) for name in names]
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _measure_in_process(module, size, url):
    """Return what a process of its own measures on the site of that size."""
    environment = os.environ | ({"DATABASE_URL": url} if url else {})
    command = [sys.executable, "-m", module, "--measure", str(size)]
    print(f"a site of {size} people", flush=True)
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1], check=True)
    return json.loads(done.stdout)
