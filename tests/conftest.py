"""What no test may leave behind for the next one in the same process."""

import functools
import gc
import re
from datetime import UTC

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.utils import timezone, translation

from . import tasks
from .changed import changed_files, concerned_by
from .quick_database import empty_by_deleting, keep_a_migrated_database
from .statements import NoteTaker, fewest, folder_of_notes, read_notes


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Once it is clear which database each process of the tests has, begin with a migrated one."""
    keep_a_migrated_database()
    empty_by_deleting()


@pytest.fixture(autouse=True)
def nothing_is_left_from_the_test_before():
    """The language of the last request outlasts it, and so do the counters in the cache."""
    begin_anew()


def begin_anew():
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()
    cache.clear()


@pytest.fixture(scope="module")
def filled_once(django_db_setup, django_db_blocker):
    """Let the fixtures of a file that ask for this fill the database once: each of its tests begins as they left it.

    Not for a file with a test that empties the database.
    """
    begin_anew()
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(tasks, "keeps_indexes", False)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def indexes(request, monkeypatch):
    """Keep Wagtail's indexes of words and references only for the tests that ask them."""
    monkeypatch.setattr(tasks, "keeps_indexes", bool(request.node.get_closest_marker("indexes")))


@pytest.fixture
def noon():
    """Let the test begin at noon in Guatemala: what it calls «today» is the same day at its end.

    Ask for it before anybody signs in: sessions of staff are not that long.
    """
    at = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(at.astimezone(UTC)):
        yield


@pytest.fixture
def database_on_disk(transactional_db, tmp_path):
    """Move SQLite out of memory: there, tables lock without waiting; a file waits its turn, as on a real site."""
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        yield
        return
    in_memory, name = connections["default"], connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tmp_path / "races.sqlite3")])
    connections["default"] = in_memory.copy()
    connection.settings_dict["NAME"] = connections.settings["default"]["NAME"] = str(tmp_path / "races.sqlite3")
    yield
    connection.close()
    connections["default"] = in_memory
    connections.settings["default"]["NAME"] = name


# Words by which a file of tests shows that it compares something with a clock or a calendar.
_OF_DATES = re.compile(r"\bNOW\b|timezone\.|timedelta|datetime|time\.time|localdate")


def pytest_addoption(parser):
    parser.addoption("--changed", action="store_true", help="Only tests that what is changed concerns.")


# A third of a minute and more: whoever began one last would be waited for by the others.
LONGEST = (
    "test_upgrades.py",
    "test_migrations.py",
    "test_going_back.py",
    "test_restoring.py",
    "test_upgrading.py",
    "test_addresses.py",
    "test_random_histories.py",
)


def pytest_configure(config):
    if (folder := folder_of_notes()) and _is_on_sqlite():
        config.pluginmanager.register(NoteTaker(folder))


def _is_on_sqlite():
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


def pytest_collection_modifyitems(config, items):
    """Begin with the longest tests, and run on PostgreSQL what another database or another day can change.

    Not the tests without a database, then, nor those about papers and programs, unless they know dates: `script/test`
    runs those on PostgreSQL as of another day. Of tests whose statements the tests on SQLite noted, those that between
    them send all of these; else, of a test with many cases, the first. All cases of those marked `every_case`.
    """
    items.sort(key=lambda item: (_empties_the_database(item), item.path.name not in LONGEST))
    if config.getoption("changed"):
        concerned = concerned_by(changed_files())
        keep(config, items, lambda item: item.path in concerned)
    if not _is_on_sqlite():
        keep(config, items, lambda item: _can_be_changed_by_a_database(item) or _can_be_changed_by_a_day(item))
        chosen = _that_send_all(items, read_notes(folder)) if (folder := folder_of_notes()) else _first_cases(items)
        keep(config, items, lambda item: item in chosen or item.get_closest_marker("every_case"))


def pytest_collection_finish():
    """Look for garbage seldom, and not among what stays to the end: it took a tenth of all the time of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def keep(config, items, wanted):
    config.hook.pytest_deselected(items=[item for item in items if not wanted(item)])
    items[:] = [item for item in items if wanted(item)]


def _first_cases(items):
    cases = {}
    for item in items:
        cases.setdefault((item.path, item.cls, item.originalname), []).append(item)
    return {of_one[0] for of_one in cases.values()}


def _that_send_all(items, notes):
    """Return the tests that between them send all that was noted, one or more of each file.

    And those that try what others do at the same moment, and the first case of those that send nothing.
    """
    sending = {
        item.nodeid: (took, numbers | {item.path})
        for item in items
        for took, numbers in [notes.get(item.nodeid, (0, set()))]
        if numbers
    }
    kept = {item.nodeid for item in items if _empties_the_database(item) or item.get_closest_marker("every_case")}
    chosen = fewest(sending, kept & sending.keys()) | kept
    first = _first_cases(items)
    return {item for item in items if item.nodeid in chosen or (item.nodeid not in sending and item in first)}


def _can_be_changed_by_a_database(item):
    uses_database = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames)
    return bool(uses_database) and not (item.get_closest_marker("any_database") or item.get_closest_marker("any_day"))


def _empties_the_database(item):
    """Tell whether a test leaves an empty database behind: those that begin with what migrations put in come before."""
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(marker and marker.kwargs.get("transaction"))


def _can_be_changed_by_a_day(item):
    return _knows_dates(item.path) and not item.get_closest_marker("any_day")


@functools.cache
def _knows_dates(path):
    return bool(_OF_DATES.search(path.read_text()))
