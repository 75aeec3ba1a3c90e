"""An app may import the apps below it and never one above it; `docs/explanation/architecture.md` says why."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ["quizzes", "modules", "certificates", "course"]  # from the lowest to the highest
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def references(tree, rooms):
    """Yield (line, name) of every import of, and every string that points into, one of `rooms`.

    Strings count when they look like a dotted path or a model («course.User», «course.account.sign_in.x»), because
    `ForeignKey("course.…")`, `get_model` and `import_string` are imports by another name.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if node.level == 0 else []
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value] if is_reference(node.value, rooms) else []
        else:
            continue
        for name in names:
            if name.split(".")[0] in rooms:
                yield node.lineno, name


def is_reference(text, rooms):
    parts = text.split(".")
    # «course.yaml» is a file of the course's text.
    return parts[0] in rooms and len(parts) > 1 and parts[-1] != "yaml" and all(map(str.isidentifier, parts))


def test_a_room_imports_no_room_above_it():
    assert len(MODULES) > 300
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in MODULES
        for line, name in references(ast.parse(path.read_text()), above(path.relative_to(ROOT).parts[0]))
    ]
    assert found == []


def above(room):
    return [*ROOMS[ROOMS.index(room) + 1 :], "tools"]


@pytest.mark.parametrize(
    "line",
    [
        "import course",
        "from course.models import User",
        "from certificates import issuing",
        "models.ForeignKey('course.User', on_delete=models.CASCADE)",
        "apps.get_model('course.User')",
        "import_string('course.people.pins.make_starting_pin')",
    ],
)
def test_the_check_sees_every_way_to_reach_up(line):
    assert list(references(ast.parse(line), ["certificates", "course"]))


def test_course_has_no_wagtail_page():
    """A person and a page in one app do not migrate: `User` would need a page that needs `User`."""
    trees = [ast.parse(path.read_text()) for path in (ROOT / "course" / "models").glob("*.py")]
    imported = [node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert imported
    assert not [name for name in imported if name and name.startswith(("wagtail", "modelcluster", "modules"))]


def test_no_module_has_grown_past_its_subject():
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in MODULES}
    assert [path for path, count in lines.items() if count > 400 and "/migrations/" not in path] == []


def test_templates_hold_no_inline_script_or_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=|<style", re.IGNORECASE)
    found = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room / "templates").rglob("*.html")
        if "pdf" not in path.parts and inline.search(path.read_text())
    ]
    assert found == []


def test_locks_and_settings_name_no_package_registry():
    names = ["py" + "pi.org", "pythonhosted" + ".org", "npmjs" + ".org"]
    locks = [ROOT / "benchmarks/lighthouse/package-lock.json", ROOT / "tests/interop/package-lock.json"]
    paths = [*ROOT.glob("requirements*"), *ROOT.glob("*.toml"), *(ROOT / "script").glob("*"), *locks]
    assert [path.name for path in paths for name in names if name in path.read_text()] == []
    assert [path for path in locks if '"resolved"' in path.read_text()] == []
