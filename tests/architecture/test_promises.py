import ast
import re

from django.conf import settings

ROWS = re.compile(r"^\| (?!promise |---)(?P<promise>[^|]+) \| (?P<tests>[^|]*) \|$", re.MULTILINE)
TEST = re.compile(r"`((?:tests|tools)/[\w/]+\.py)::(\w+(?:::\w+)?)`")


def test_every_promise_names_a_test_of_the_push():
    rows = ROWS.findall((settings.BASE_DIR / "docs/reference/promises.md").read_text(encoding="utf-8"))
    assert len(rows) > 100
    assert [promise for promise, tests in rows if not TEST.search(tests)] == []
    named = {test for _promise, tests in rows for test in TEST.findall(tests)}
    assert {f"{path}::{name}": problem for path, name in named if (problem := problem_of(path, name))} == {}


def problem_of(path, name):
    file = settings.BASE_DIR / path
    if not file.exists():
        return "no such file"
    body, marks = ast.parse(file.read_text(encoding="utf-8")).body, []
    marks += [node.value for node in body if isinstance(node, ast.Assign) and ast.unparse(node.targets) == "pytestmark"]
    for part in name.split("::"):
        node = next((node for node in body if getattr(node, "name", None) == part), None)
        if node is None:
            return "no such test"
        body, marks = node.body, marks + node.decorator_list
    # A case of a test may be nightly, as long as another one is not.
    marks = [mark for mark in marks if "parametrize" not in ast.unparse(mark)]
    return "nightly" if any("nightly" in ast.unparse(mark) for mark in marks) else ""


def test_a_promise_with_a_missing_or_nightly_test_is_told():
    assert problem_of("tests/nowhere.py", "test_x") == "no such file"
    assert problem_of("tests/architecture/test_promises.py", "test_nothing") == "no such test"
    assert problem_of("tests/security/test_crawler.py", "test_no_page_breaks_or_returns_what_was_put_in") == "nightly"
    assert problem_of("tests/architecture/test_promises.py", "test_every_promise_names_a_test_of_the_push") == ""
