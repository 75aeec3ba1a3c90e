import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# From the lowest to the highest: an app imports the apps below it.
APPS = ["quizzes", "modules", "certificates", "course"]
# Below models: what tables and forms are made of.
BELOW_MODELS = {
    "quizzes": {"base", "kinds", "exceptions"},
    "modules": {"blocks", "page_ids", "recorded", "text", "labels"},
    "certificates": {"images", "text"},
    "course": {"sealing"},
}
SCREENS = {"views", "cms", "account", "desk", "styleguide"}
# Where Django and Wagtail look for addresses: these alone import screens.
ADDRESSES = re.compile(r"(\w+_)?urls|wagtail_hooks")
ONLY_FOR_SCREENS = (
    "django.shortcuts",
    "django.contrib.messages",
    "django.contrib.auth.decorators",
    "django.views",
    "django.template.response",
)
# Django's own places, which import what they need.
FRAMEWORK = {"settings", "formats", "management", "templatetags"}
MOST_LINES = 600
# Rooms that are merged with the issue that rewrites them: until then they have small modules and `x_views`.
NOT_MERGED_YET = {
    "quizzes": {"bank", "cms", "exporting", "guessing", "importing", "surveys"},
    "modules": {"cms", "content", "pictures", "recorded", "reviews", "text", "translating"},
    "certificates": set(),
    "course": {"backups", "desk", "groups", "health", "installing", "operating", "paper", "plans", "reminders"}
    | {"reports", "roster", "serving", "sessions", "survey", "watching"},
}


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    module_name(path): path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
}


def existing(name):
    while name and name not in FILES:
        name = name.rpartition(".")[0]
    return name or None


@functools.cache
def imports_of(name):
    found, path = [], FILES[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, node.module or ""]).strip(".")
            wanted = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        found += [(module, node.lineno) for module in {existing(name) for name in wanted} - {None, name}]
    return found


def app_of(name):
    return name.partition(".")[0]


def room_of(name):
    return name if FILES[name].name == "__init__.py" or name.count(".") == 1 else name.rpartition(".")[0]


def first_folder(name):
    return name.split(".")[1] if "." in name else ""


def is_address(name):
    return bool(ADDRESSES.fullmatch(name.rpartition(".")[2]))


def where(name, line):
    return f"{FILES[name].relative_to(ROOT)}:{line}"


def references_upwards(name):
    higher = [*APPS[APPS.index(app_of(name)) + 1 :], "tools"]
    return [line for line, target in references(ast.parse(FILES[name].read_text())) if target in higher]


def references(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, (node.module or "").split(".")[0]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts = node.value.split(".")
            if len(parts) > 1 and parts[-1] != "yaml" and all(map(str.isidentifier, parts)):
                yield node.lineno, parts[0]


@functools.cache
def documented_rooms():
    rooms = {}
    page = (ROOT / "docs/explanation/architecture.md").read_text()
    for app, table in re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL):
        for room, allowed in re.findall(r"^\| `([\w/.]+)` \|[^|]*\|([^|]*)\|$", table, re.MULTILINE):
            name = f"{app}.{room.removesuffix('.py').strip('/').replace('/', '.')}"
            rooms[name] = {f"{app}.{other.replace('/', '.')}" for other in re.findall(r"[\w/]+", allowed)}
    return rooms


def room_imports():
    graph = {room_of(name): {} for name in FILES}
    for name in FILES:
        if is_address(name) or first_folder(name) in FRAMEWORK:
            continue
        for target, line in imports_of(name):
            here, there = room_of(name), room_of(target)
            if here != there:
                graph[here].setdefault(there, []).append(where(name, line))
    return graph


def circles_in(graph):
    order, low, stack, circles = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in order:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], order[other])
        if low[node] == order[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                circles.append(sorted(group))

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return circles


def test_imports_follow_the_arrows():
    upwards = [where(name, line) for name in FILES for line in references_upwards(name)]
    of_models, of_screens, of_requests = [], [], []
    for name in FILES:
        folder, app = first_folder(name), app_of(name)
        for target, line in imports_of(name):
            there = first_folder(target)
            if folder == "models" and app_of(target) == app and there not in BELOW_MODELS[app] | {"models", ""}:
                of_models.append((where(name, line), target))
            if there in SCREENS and (app_of(target), there) != (app, folder) and not is_address(name):
                of_screens.append((where(name, line), target))
        if name.count(".") > 1 and folder not in SCREENS | FRAMEWORK:
            text = FILES[name].read_text()
            of_requests += [
                where(name, text[: found.start()].count("\n") + 1)
                for found in re.finditer(r"^(?:from|import) ([\w.]+)", text, re.MULTILINE)
                if found[1].startswith(ONLY_FOR_SCREENS)
            ]
    assert {"upwards": upwards, "models": of_models, "screens": of_screens, "requests": of_requests} == {
        "upwards": [],
        "models": [],
        "screens": [],
        "requests": [],
    }
    documented, imported = documented_rooms(), room_imports()
    packages = {
        room
        for room in imported
        if "." in room and FILES[room].name == "__init__.py" and first_folder(room) not in FRAMEWORK
    }
    assert packages - set(documented) == set(), "rooms that the page does not name"
    assert set(documented) - set(FILES) == set(), "rooms that the page names and that are not there"
    drawn = {
        room: {other for other in imported[room] if app_of(other) == app_of(room) and "." in other}
        for room in documented
    }
    extra = {(room, other): imported[room][other] for room in drawn for other in drawn[room] - documented[room]}
    assert extra == {}
    assert {room: documented[room] - drawn[room] for room in documented if documented[room] - drawn[room]} == {}


def test_neither_files_nor_rooms_form_a_circle():
    files = {name: {target for target, _line in imports_of(name)} for name in FILES}
    assert circles_in(files) == []
    rooms = room_imports()
    assert [
        {(room, other): rooms[room][other] for room in circle for other in circle if other in rooms[room]}
        for circle in circles_in(rooms)
    ] == []


def test_modules_have_a_natural_size_and_package_files_only_export():
    long, packages, names = {}, [], []
    for name, path in FILES.items():
        text = path.read_text()
        tree = ast.parse(text)
        if text.count("\n") > MOST_LINES and "Long because" not in (ast.get_docstring(tree) or ""):
            long[name] = text.count("\n")
        if first_folder(name) in NOT_MERGED_YET[app_of(name)] | FRAMEWORK:
            continue
        if path.name == "__init__.py" and name not in EXPORTING and tree.body:
            packages.append(name)
        if re.fullmatch(
            r"\w+_(views|words|urls)|words|telling|sentences|tasks|shown|utils|common|services", name.rpartition(".")[2]
        ):
            names.append(name)
    names = set(names) - {"modules.search.words", "modules.progress.telling"}
    assert (long, packages, names) == ({}, [], set())


EXPORTING = {
    "quizzes.kinds",
    "quizzes.models",
    "modules.models",
    "modules.search",
    "certificates.models",
    "course.models",
}


@pytest.mark.parametrize(
    ("graph", "circles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, [["a", "b", "c"]]),
        ({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c", "a"}}, [["a", "b"], ["c", "d"]]),
    ],
)
def test_the_check_finds_circles(graph, circles):
    assert circles_in(graph) == circles


@pytest.mark.parametrize(
    "line",
    [
        "import course",
        "from course.models import User",
        "models.ForeignKey('course.User', on_delete=models.CASCADE)",
        "import_string('course.people.pins.make_starting_pin')",
    ],
)
def test_the_check_sees_every_way_to_reach_up(line):
    assert [target for _line, target in references(ast.parse(line))] == ["course"]
