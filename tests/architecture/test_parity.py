"""docs/reference/django-quiz-app.md: every behaviour of the old package has its verdict, and what it says is so."""

import ast
import functools
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = (ROOT / "docs" / "reference" / "django-quiz-app.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
HEADINGS = {"django-quiz-app", "---"}


class Row(NamedTuple):
    line: int
    section: str
    behaviour: str
    verdict: str
    here: str
    shown_by: str


def rows_of(text):
    """Yield the rows of the tables, each with its line and the heading above it."""
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#"):
            section = line.strip("# ")
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            if cells[0].strip("|- ") and cells[0] not in HEADINGS:
                yield Row(number, section, *cells)


ROWS = list(rows_of(TABLE))


@functools.cache
def names_of_tests(path):
    """Return the names of the test functions of a file."""
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_a_row_says_what_became_of_a_behaviour_and_where():
    verdicts = ("kept", "bettered", "dropped")
    assert [row for row in ROWS if not (row.verdict in verdicts and row.behaviour and row.here)] == []


def test_a_row_names_tests_that_exist_or_gives_its_reason():
    named = {test for row in ROWS for test in TEST.findall(row.shown_by)}
    assert [f"{path}::{name}" for path, name in named if name not in names_of_tests(path)] == []
    # Whatever else looks like a test is a slip of the pen.
    assert [row for row in ROWS if row.shown_by.count("::") != len(TEST.findall(row.shown_by))] == []
    dropped = [row for row in ROWS if row.verdict == "dropped"]
    assert [row for row in dropped if len(TEST.sub("", row.shown_by).split()) < 5] == []
    assert [row for row in ROWS if row not in dropped and not TEST.findall(row.shown_by)] == []


def test_no_behaviour_stands_twice():
    counts = Counter((row.section, row.behaviour.casefold()) for row in ROWS)
    assert [behaviour for behaviour, count in counts.items() if count > 1] == []


def test_all_22_faults_and_all_60_tests_have_their_rows():
    faults = {int(number) for row in ROWS if row.section.endswith("Its faults") for number in number_of(row)}
    assert faults == set(range(1, 23))
    counted = [
        int(n) for row in ROWS if row.section == "Its 60 tests" for n in re.findall(r"\((\d+)\):", row.behaviour)
    ]
    assert sum(counted) == 60


def number_of(row):
    """Return the number that a fault begins with, in a list; nothing where it has none."""
    return re.findall(r"^(\d+)[a-z]?\. ", row.behaviour)
