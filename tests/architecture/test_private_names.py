import ast
import importlib
import inspect
import re

from .test_layout import APPS, FILES

DESCRIBED = {"_meta", "_state", "_replace", "_asdict", "_fields", "_default_manager", "_exit"}


KNOWN = {
    ("course.account.errors", "_has_been_logged"),
    ("course.models.people", "_get_session_auth_hash"),
    ("course.people.accounts", "_now"),
    ("course.privacy", "_get_raw_insecure_uri"),
    ("certificates.pdf.signature", "_update_meta"),
    ("quizzes.base.indexing", "_execute_task"),
    ("modules.cms.without_buttons", "_hooks"),
    ("modules.views.course", "_wagtail_route_for_request"),
}
HIDDEN = re.compile(r"(^|\.)_|(^|\.)internal(\.|$)")


def named_by(tree):
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    on_self = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return names | {node.attr for node in on_self if getattr(node.value, "id", "") == "self"}


def overridden(name):
    for thing in vars(importlib.import_module(name)).values():
        if not inspect.isclass(thing) or thing.__module__ != name:
            continue
        for method in vars(thing):
            foreign = [base for base in thing.__mro__[1:] if base.__module__.split(".")[0] not in APPS]
            if re.fullmatch(r"_[a-z]\w*[a-z]", method) and any(
                inspect.isfunction(vars(base).get(method)) for base in foreign
            ):
                yield method


def hidden_names(name, ours):
    tree = ast.parse(FILES[name].read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module.split(".")[0] not in APPS:
            found = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (one for one in found if HIDDEN.search(one))
        elif isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr) and node.attr not in ours | DESCRIBED:
            yield node.attr
    yield from overridden(name)


def test_no_other_private_name_of_a_library_is_used():
    ours = {own for path in FILES.values() for own in named_by(ast.parse(path.read_text()))}
    ours |= {"_days_of_groups"}
    settings = {name for name in FILES if ".settings" in name or name.startswith("course.formats") or "wsgi" in name}
    found = {(name, hidden) for name in FILES.keys() - settings for hidden in hidden_names(name, ours)}
    assert found == KNOWN
