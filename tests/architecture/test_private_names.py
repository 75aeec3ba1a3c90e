"""Private names of libraries: few, each with what it is for and a check that says what broke when it changes."""

import ast
import importlib
import inspect
import re

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.tasks.backends.immediate import ImmediateBackend
from django.utils.log import log_response
from django.views.debug import ExceptionReporter
from pyhanko.pdf_utils import writer
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from wagtail import hooks
from wagtail.models import Page
from wagtail_localize import wagtail_hooks as localize_hooks

from modules.cms.without_buttons import HOOKS

from .test_layers import APPS, FILES

# Of Django and the standard library, and described there.
DESCRIBED = {"_meta", "_state", "_replace", "_asdict", "_fields", "_default_manager", "_exit"}


def parameters(function):
    return list(inspect.signature(function).parameters)


def reports_no_query():
    assert parameters(ExceptionReporter._get_raw_insecure_uri) == ["self"]
    assert "self._get_raw_insecure_uri()" in inspect.getsource(ExceptionReporter.get_traceback_data)


def leaves_metadata_alone():
    assert parameters(IncrementalPdfFileWriter._update_meta) == ["self"]
    assert "self._update_meta()" in inspect.getsource(writer)


def finds_a_page_without_a_query():
    asks = inspect.getsource(Page.route_for_request)
    assert 'if not hasattr(request, "_wagtail_route_for_request"):' in asks
    assert "return request._wagtail_route_for_request" in asks


def knows_sessions_by_the_password():
    asks = inspect.getsource(AbstractBaseUser._get_session_auth_hash)
    assert parameters(AbstractBaseUser._get_session_auth_hash) == ["self", "secret"]
    assert '"django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"' in asks
    assert 'self.password,\n            secret=secret,\n            algorithm="sha256",' in asks
    assert "self._get_session_auth_hash()" in inspect.getsource(AbstractBaseUser.get_session_auth_hash)


def writes_down_an_answer_once():
    assert 'if getattr(response, "_has_been_logged", False):\n        return' in inspect.getsource(log_response)


def asks_one_clock_how_old_an_invitation_is():
    assert parameters(PasswordResetTokenGenerator._now) == ["self"]
    asks = inspect.getsource(PasswordResetTokenGenerator)
    assert asks.count("self._num_seconds(self._now())") == 2
    assert "dt - datetime(2001, 1, 1)" in asks


def runs_a_task_where_it_is_asked_for():
    assert parameters(ImmediateBackend._execute_task) == ["self", "task_result"]
    asks = inspect.getsource(ImmediateBackend.enqueue)
    assert "self._execute_task(task_result)\n\n        return task_result" in asks


def takes_buttons_out_of_lists():
    source = inspect.getsource(localize_hooks)
    assert all(f'"{name}"' in source for name in HOOKS)
    assert all(type(hook) is tuple and len(hook) == 2 for name in HOOKS for hook in hooks._hooks[name])
    left = [hook.__module__ for name in HOOKS for hook in hooks.get_hooks(name)]
    assert localize_hooks.__name__ not in left
    assert left


# {(module of ours, private name): the check that fails when the library changes it}
PINNED = {
    ("course.account.failing", "_has_been_logged"): writes_down_an_answer_once,
    ("course.models.people", "_get_session_auth_hash"): knows_sessions_by_the_password,
    ("course.people.inviting", "_now"): asks_one_clock_how_old_an_invitation_is,
    ("course.privacy", "_get_raw_insecure_uri"): reports_no_query,
    ("certificates.paper.sealing_writer", "_update_meta"): leaves_metadata_alone,
    ("quizzes.indexing", "_execute_task"): runs_a_task_where_it_is_asked_for,
    ("modules.cms.without_buttons", "_hooks"): takes_buttons_out_of_lists,
    ("modules.pages.serving", "_wagtail_route_for_request"): finds_a_page_without_a_query,
}
HIDDEN = re.compile(r"(^|\.)_|(^|\.)internal(\.|$)")


def named_by(tree):
    """Return the names that a file itself gives to something."""
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    on_self = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return names | {node.attr for node in on_self if getattr(node.value, "id", "") == "self"}


def overridden(name):
    """Yield the private methods that classes of a module of ours have from a library."""
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
    """Yield the private names of libraries that a module of ours uses."""
    tree = ast.parse(FILES[name].read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module.split(".")[0] not in APPS:
            found = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (one for one in found if HIDDEN.search(one))
        elif isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr) and node.attr not in ours | DESCRIBED:
            yield node.attr
    yield from overridden(name)


def test_every_private_name_of_a_library_is_pinned():
    ours = {own for path in FILES.values() for own in named_by(ast.parse(path.read_text()))}
    # The user of a request remembers what was asked once.
    ours |= {"_days_of_groups"}
    settings = {name for name in FILES if ".settings" in name or name.startswith("course.formats") or "wsgi" in name}
    found = {(name, hidden) for name in FILES.keys() - settings for hidden in hidden_names(name, ours)}
    assert found == set(PINNED)


@pytest.mark.parametrize("check", sorted(set(PINNED.values()), key=lambda one: one.__name__))
def test_what_is_pinned_is_still_as_it_was(check):
    check()
