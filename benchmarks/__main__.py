"""Measure this machine: `python -m benchmarks [--seconds 5]`.

Serves the real course as `script/server` does (two processes, the site's own middleware, the database of DATABASE_URL
or a new SQLite file) and prints, from one run, pages per second of a bare Wagtail page, the first lesson, a lesson
of thirty blocks and a question, signed in. Ratios carry over from machine to machine; absolute numbers don't.
"""

import argparse
import http.client
import threading
import time

from .site import BARE, BARE_HOST, BARE_PATH, WORKERS, measured_site

CLIENTS = 4
SLICE = 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5, help="how long each page is asked for")
    arguments = parser.parse_args()

    with measured_site() as (port, paths, cookie):
        report(measure(port, paths, cookie, arguments.seconds))


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


if __name__ == "__main__":
    main()
