"""Inside an app rules lie below and pages on top; `docs/explanation/architecture.md` draws the rooms.

Folders form no circle, inline imports included; a room of views is imported by nothing but the files in which Django
and Wagtail look for addresses; rules know no request; an inline import of own code says why.
"""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["quizzes", "modules", "certificates", "course"]
# Rooms of views: pages for people, pages of the CMS, and what stands around them.
ROOMS_OF_VIEWS = {
    "quizzes": ["pages", "cms"],
    "modules": ["pages", "cms"],
    "certificates": ["pages", "cms"],
    "course": ["account", "cms", "desk", "styleguide"],
}
# Where Django and Wagtail look for addresses.
ADDRESSES = re.compile(r"(\w+_)?urls|wagtail_hooks")
# What only a page needs.
OF_REQUESTS = (
    "django.shortcuts",
    "django.contrib.messages",
    "django.contrib.auth.decorators",
    "django.views.decorators",
    "django.views.generic",
    "django.template.response",
)


def name_of(path):
    """Return the dotted name of a file, and whether it is a package's own."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return (".".join(parts[:-1]), True) if parts[-1] == "__init__" else (".".join(parts), False)


FILES = {
    name_of(path)[0]: path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
}


@functools.cache
def imports_of(name):
    """Return [(module of ours, line, whether it stands inside a function)] of every import of a file."""
    found, path = [], FILES[name]
    package = name if name_of(path)[1] else name.rpartition(".")[0]
    tree = ast.parse(path.read_text())
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, node.module or ""]).strip(".")
            wanted = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        found += [(one, node.lineno, id(node) not in top) for one in {ours(name) for name in wanted} - {None}]
    return found


def ours(name):
    while name and name not in FILES:
        name = name.rpartition(".")[0]
    return name or None


def folder_of(name):
    """Return the folder in which a module stands; at the top of an app each file is a room of its own."""
    if name_of(FILES[name])[1] or name.count(".") == 1:
        return name
    return name.rpartition(".")[0]


def arrows():
    """Return {folder: {folders that it imports}}, and {(from, to): [where]}; addresses bring everything together."""
    graph, why = {folder_of(name): set() for name in FILES}, {}
    for name in FILES:
        if ADDRESSES.fullmatch(name.rpartition(".")[2]):
            continue
        for found, line, _inline in imports_of(name):
            here, there = folder_of(name), folder_of(found)
            if here != there:
                graph[here].add(there)
                why.setdefault((here, there), []).append(f"{FILES[name].relative_to(ROOT)}:{line}")
    return graph, why


def circles_in(graph):
    """Return the groups of folders that reach one another (Tarjan's strongly connected components)."""
    order, low, stack, circles = {}, {}, [], []

    def visit(folder):
        order[folder] = low[folder] = len(order)
        stack.append(folder)
        for other in sorted(graph.get(folder, ())):
            if other not in order:
                visit(other)
                low[folder] = min(low[folder], low[other])
            elif other in stack:
                low[folder] = min(low[folder], order[other])
        if low[folder] == order[folder]:
            group = stack[stack.index(folder) :]
            del stack[stack.index(folder) :]
            if len(group) > 1:
                circles.append(sorted(group))

    for folder in sorted(graph):
        if folder not in order:
            visit(folder)
    return circles


def test_no_folders_form_a_circle():
    graph, why = arrows()
    found = [
        {f"{a} → {b}": places for (a, b), places in why.items() if a in circle and b in circle}
        for circle in circles_in(graph)
    ]
    assert found == []


def documented_rooms():
    """Return {room: {rooms of its app that it may import}} as the page about the architecture draws them."""
    page = (ROOT / "docs/explanation/architecture.md").read_text()
    tree, rooms, app = page.split("## The rooms")[1].split("```")[1], {}, ""
    for line in filter(None, tree.splitlines()):
        if not line.startswith(" "):
            app = line.strip("/")
            continue
        name, _, rest = line.strip().partition(" ")
        _holds, _, may = rest.partition("→")
        rooms[f"{app}.{name.removesuffix('.py').strip('/').replace('/', '.')}"] = {
            f"{app}.{one}" for one in may.split()
        }
    return rooms


def test_the_documentation_draws_every_room_and_what_it_may_import():
    rooms, (graph, why) = documented_rooms(), arrows()
    # Django's own places, and files at the top that only bring things together.
    its_own = {"settings", "formats", "management", "templatetags"}
    folders = {
        folder
        for folder in graph
        if name_of(FILES[folder])[1] and "." in folder and folder.split(".")[1] not in its_own
    }
    assert folders - set(rooms) == set()
    assert {room for room in rooms if room not in graph and room not in FILES} == set()
    imported = {room: {there for there in graph[room] if there.split(".")[0] == room.split(".")[0]} for room in rooms}
    extra = {room: found - rooms[room] for room, found in imported.items() if found - rooms[room]}
    assert {(room, there): why[room, there] for room, others in extra.items() for there in others} == {}
    assert {room: rooms[room] - found for room, found in imported.items() if rooms[room] - found} == {}


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


def room_of_views(name):
    app, _, rest = name.partition(".")
    room = rest.partition(".")[0]
    return f"{app}.{room}" if room in ROOMS_OF_VIEWS[app] else None


def test_nothing_but_addresses_imports_a_room_of_views():
    found = [
        f"{FILES[name].relative_to(ROOT)}:{line} {there}"
        for name in FILES
        for there, line, _inline in imports_of(name)
        if room_of_views(there) not in (None, room_of_views(name)) and not ADDRESSES.fullmatch(name.split(".")[1])
    ]
    assert found == []


def test_rules_know_no_request():
    found = []
    for name, path in FILES.items():
        rest = name.partition(".")[2]
        if room_of_views(name) or "." not in rest or rest.startswith(("settings", "management", "templatetags")):
            continue
        for line, text in enumerate(path.read_text().splitlines(), start=1):
            if (match := re.match(r"from (\S+) import|import (\S+)", text)) and (match[1] or match[2]).startswith(
                OF_REQUESTS
            ):
                found.append(f"{path.relative_to(ROOT)}:{line}")
    assert found == []


# What a view says of itself: it handed something on, and changed nothing.
HANDED_ON = re.compile(r".*_(exported|printed|fetched)")


def test_a_view_writes_down_only_what_it_hands_on():
    written = {
        (name, call.args[0].value)
        for name, path in FILES.items()
        if room_of_views(name)
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "").lstrip("_").startswith("note")
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    assert {(name, action) for name, action in written if not HANDED_ON.fullmatch(action)} == set()
    assert ("course.desk.views", "group_exported") in written


def test_models_import_no_rule_but_those_below_them():
    """Blocks, kinds, words and checks of files lie below models; everything that asks or shows them lies above."""
    below = {
        "quizzes": {"kinds", "wording", "shown", "exceptions"},
        "modules": {"blocks", "recorded", "text", "wording"},
        "certificates": {"images", "wording"},
        "course": {"sealing"},
    }
    found = [
        f"{FILES[name].relative_to(ROOT)}:{line} {there}"
        for name in FILES
        for there, line, _inline in imports_of(name)
        if name.split(".")[1:2] == ["models"]
        and (app := name.split(".")[0]) == there.split(".")[0]
        and "." in there
        and there.split(".")[1] not in below[app] | {"models"}
    ]
    assert found == []


def test_an_inline_import_of_own_code_says_why():
    """ruff (PLC0415) finds every inline import; those of own code are few, and each has its reason beside it."""
    inline = [
        (f"{FILES[name].relative_to(ROOT)}:{line}", FILES[name].read_text().splitlines()[line - 1])
        for name in FILES
        for _found, line, is_inline in imports_of(name)
        if is_inline
    ]
    assert [place for place, text in inline if not re.search(r"# noqa: (F401, )?PLC0415 - \w+", text)] == []
    assert len({place for place, _text in inline}) <= 12
