import contextlib
import gc
import os
import random
import sqlite3
from datetime import UTC

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.utils import timezone, translation

from . import tasks


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    delete_rows_instead_of_truncating()
    migrated = os.environ.get("MIGRATED_DATABASE")
    if not (migrated and connection.vendor == "sqlite"):
        yield
        return
    # Django finds nothing to migrate in a copy of a migrated database, which lives while a connection to it is open.
    with contextlib.closing(sqlite3.connect(connection.creation._get_test_db_name(), uri=True)) as in_memory:
        with contextlib.closing(sqlite3.connect(migrated)) as on_disk:
            on_disk.backup(in_memory)
        yield


def delete_rows_instead_of_truncating():
    connection = connections["default"]
    keep, flush = {"django_content_type", "auth_permission"}, connection.ops.sql_flush

    def delete_all(style, tables, *, reset_sequences=False, allow_cascade=False):
        assert not reset_sequences
        tables = sorted(set(tables) - keep)
        if connection.vendor != "postgresql":
            return flush(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        # Foreign keys are checked when the transaction ends.
        return ["; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables)]

    connection.ops.sql_flush = delete_all


@pytest.fixture(autouse=True)
def reset_process_state():
    reset_language_and_cache()


def reset_language_and_cache():
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()
    cache.clear()


@pytest.fixture(scope="module")
def filled_once(django_db_setup, django_db_blocker):
    reset_language_and_cache()
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(tasks, "keeps_indexes", False)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def no_indexes(monkeypatch):
    monkeypatch.setattr(tasks, "keeps_indexes", False)


@pytest.fixture
def indexes(no_indexes, monkeypatch):
    monkeypatch.setattr(tasks, "keeps_indexes", True)


@pytest.fixture
def noon():
    at = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(at.astimezone(UTC)):
        yield


@pytest.fixture
def database_on_disk(transactional_db, tmp_path):
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        yield
        return
    in_memory, name = connections["default"], connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tmp_path / "races.sqlite3")])
    connections["default"] = in_memory.copy()
    connection.settings_dict["NAME"] = connections.settings["default"]["NAME"] = str(tmp_path / "races.sqlite3")
    # The first connection switches the file to WAL, which waits for no other connection.
    connection.ensure_connection()
    yield
    connection.close()
    connections["default"] = in_memory
    connections.settings["default"]["NAME"] = name


def pytest_addoption(parser):
    parser.addoption("--shuffle", metavar="SEED", help="Run the tests in a random order.")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        deselected = [item for item in items if not uses_database(item)]
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if uses_database(item)]
    if seed := config.getoption("shuffle"):
        random.Random(seed).shuffle(items)


def uses_database(item):
    return bool(item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames))


def pytest_collection_finish():
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
