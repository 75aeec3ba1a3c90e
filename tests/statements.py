"""Which tests PostgreSQL is asked: those that between them send it whatever the tests on SQLite sent just before.

Where STATEMENTS_OF_TESTS names a folder, the tests on SQLite note there what each of them sends, without values, and
for how long it runs. On PostgreSQL a test is left out when others, that take less time, send all that it sends. Only
what the databases make of one statement with other values is asked of SQLite alone, unless a test is `every_case`.
"""

import heapq
import json
import os
import re
import time
from pathlib import Path
from zlib import crc32

import pytest
from django.db import connections

# How many values a list has, and what is counted or named anew each time, make no other statement.
_ALIKE = [
    (re.compile(r"\(%s(?:, %s)*\)(?:, \(%s(?:, %s)*\))*"), "(%s)"),
    (re.compile(r'"s\d+_x\d+"'), "savepoint"),
    (re.compile(r"\b\d+\b"), "0"),
]


def folder_of_notes():
    """Return the folder of the notes, or None where none are taken."""
    name = os.environ.get("STATEMENTS_OF_TESTS")
    return Path(name) if name else None


class NoteTaker:
    """Notes what each test sends; a plugin of pytest."""

    def __init__(self, folder):
        self.path, self.sent, self.known = folder / f"{os.getpid()}.jsonl", set(), {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.sent, begun = set(), time.perf_counter()
        wrappers = connections["default"].execute_wrappers
        if self.see not in wrappers:
            wrappers.append(self.see)
        result = yield
        took = time.perf_counter() - begun
        with self.path.open("a") as notes:
            print(json.dumps([item.nodeid, took, sorted(map(self.number, self.sent))]), file=notes)
        return result

    def see(self, execute, sql, params, many, context):
        self.sent.add(sql)
        return execute(sql, params, many, context)

    def number(self, sql):
        if sql not in self.known:
            text = sql
            for pattern, alike in _ALIKE:
                text = pattern.sub(alike, text)
            self.known[sql] = crc32(text.encode())
        return self.known[sql]


def read_notes(folder):
    """Return {name of a test: (seconds, set of the numbers of its statements)}."""
    lines = (json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines())
    return {name: (took, set(numbers)) for name, took, numbers in lines}


def fewest(notes, kept=()):
    """Return the names of tests that between them send each statement once or more: the quickest, beside those kept.

    Each time the one is taken that sends the most of what is missing for its time: Chvátal, «A greedy heuristic for
    the set-covering problem», 1979.
    """
    sent = {number for name in kept for number in notes[name][1]}

    def worth(name):
        took, numbers = notes[name]
        return len(numbers - sent) / max(took, 0.001)

    chosen = set()
    waiting = [(-worth(name), name) for name in sorted(notes.keys() - set(kept))]
    heapq.heapify(waiting)
    while waiting and waiting[0][0]:
        # What one is worth only falls while others are taken.
        _worth, name = heapq.heappop(waiting)
        now = -worth(name)
        if waiting and now > waiting[0][0]:
            heapq.heappush(waiting, (now, name))
        elif now:
            chosen.add(name)
            sent |= notes[name][1]
    return chosen
