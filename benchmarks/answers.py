"""Measure how answers are saved: `python -m benchmarks.answers [--seconds 5]`.

Serves the real course as `script/server` does (two processes, the site's own middleware, the database of DATABASE_URL
or a new SQLite file) and saves answers as the question's page does, from 1, 8 and 32 phones at once, each with a
learner and an attempt of its own. In turn with it, in the same run, stand a bare INSERT through the ORM behind the same
server and middleware, and a bare Wagtail page. Prints how many per second, how long they took, and every error.
"""

import argparse
import http.client
import random
import threading
import time
from itertools import count
from uuid import uuid4

from .site import BARE_HOST, BARE_PATH, new_site, prepare, serve
from .takers import Phone, make_takers

CLIENTS = (1, 8, 32)
SLICE = 1.0
BATCH = 500
ANSWER, INSERT, PAGE = "answer saved", "bare INSERT", "bare Wagtail page"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5, help="how long each is asked for")
    arguments = parser.parse_args()
    with new_site() as port:
        from django.db import connection

        prepare()
        phones = [Phone(port, taker, f"phone-{n}") for n, taker in enumerate(make_takers(max(CLIENTS)))]
        print(f"{connection.vendor}, two workers")
        connection.close()
        server = serve(port)
        try:
            asker = measure(phones, arguments.seconds)
            report_rows(phones, asker.answered[ANSWER])
            measure_batches(phones[0], arguments.seconds)
        finally:
            server.terminate()
            server.wait()


class Asker:
    """What is asked for, from any number of phones; keeps how long each took and what went wrong."""

    def __init__(self):
        self.numbers = count(1)
        self.chance = random.Random(1)
        self.answered = dict.fromkeys((ANSWER, INSERT, PAGE), 0)
        self.errors = []

    def ask(self, name, phone):
        """Ask once and return the seconds it took."""
        begun = time.perf_counter()
        try:
            status = getattr(self, f"ask_{name.split()[-1].lower()}")(phone)
        except (OSError, http.client.HTTPException) as error:
            status = repr(error)
        took = time.perf_counter() - begun
        if status == 200:
            self.answered[name] += 1
        else:
            self.errors.append((name, status))
        return took

    def ask_saved(self, phone):
        return phone.send([phone.answer(next(self.numbers), self.chance)])[0]

    def ask_insert(self, phone):
        answer = phone.answer(next(self.numbers), self.chance)
        row = {"attempt_id": phone.taker.attempt, "question_key": str(uuid4()), "client": "bare"}
        return phone.post("/otro/insertar/", row | {"number": answer["number"], "response": answer["response"]})[0]

    def ask_page(self, phone):
        connection = http.client.HTTPConnection("127.0.0.1", phone.port, timeout=30)
        connection.request("GET", BARE_PATH, headers=phone.headers | {"Host": BARE_HOST, "Accept": "text/html"})
        reply = connection.getresponse()
        reply.read()
        connection.close()
        return reply.status


def measure(phones, seconds):
    asker = Asker()
    for name in asker.answered:
        ask_for_a_while(asker, name, phones[:2], SLICE)
    print(f"{'phones':>6}  {'':20}{'per second':>12}{'p50 ms':>9}{'p99 ms':>9}{'of INSERT':>11}{'of page':>9}")
    for clients in CLIENTS:
        report(clients, measure_in_turn(asker, phones[:clients], seconds))
    print(f"errors: {len(asker.errors)} {asker.errors[:3] or ''}")
    return asker


def measure_in_turn(asker, phones, seconds):
    """Return {name: (per second, seconds that each took)}; in turn, so that a busy moment of the machine hits all."""
    took, spent = {name: [] for name in asker.answered}, dict.fromkeys(asker.answered, 0.0)
    while min(spent.values()) < seconds:
        for name in took:
            times, passed = ask_for_a_while(asker, name, phones, SLICE)
            took[name] += times
            spent[name] += passed
    return {name: (len(took[name]) / spent[name], sorted(took[name])) for name in took}


def ask_for_a_while(asker, name, phones, seconds):
    """Ask from all phones at once; return (seconds that each took, seconds that passed)."""
    times, begun = [], time.monotonic()

    def run(phone):
        while time.monotonic() < begun + seconds:
            times.append(asker.ask(name, phone))

    threads = [threading.Thread(target=run, args=[phone]) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, time.monotonic() - begun


def report(clients, measured):
    for name, (rate, times) in measured.items():
        shares = f"{rate / measured[INSERT][0]:11.0%}{rate / measured[PAGE][0]:9.0%}"
        middle, slow = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
        print(f"{clients:6}  {name:20}{rate:12.1f}{middle:9.1f}{slow:9.1f}{shares}")


def report_rows(phones, acknowledged):
    """Compare what was acknowledged with what the database holds."""
    from django.db import connection

    from quizzes.models import AnswerWrite

    writes = AnswerWrite.objects.filter(
        attempt__in=[phone.taker.attempt for phone in phones], client__startswith="phone"
    )
    print(f"acknowledged: {acknowledged}, rows: {writes.count()}")
    connection.close()


def measure_batches(phone, seconds):
    """Print how many answers a second come in, in batches as of a device that was offline for long."""
    asker, sent, begun = Asker(), 0, time.monotonic()
    late = Phone(phone.port, phone.taker, "offline")
    while time.monotonic() < begun + seconds:
        status, _reply = late.send([late.answer(next(asker.numbers), asker.chance) for _ in range(BATCH)])
        if status != 200:
            raise SystemExit(f"A batch was answered with {status}.")
        sent += BATCH
    print(f"in batches of {BATCH}: {sent / (time.monotonic() - begun):.0f} answers a second")


if __name__ == "__main__":
    main()
