import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection

from course.backups.holding import forget_held_database, hold_database, put_back_database
from course.models import User
from course.operating import places
from course.operating.alone import alone
from course.operating.restoring import restore
from course.operating.upgrading import upgrade
from course.operating.words import Refused

from .conftest import every_row


def rows_with_sessions():
    return every_row() | {"django_session": sorted(Session.objects.values_list("session_key", flat=True))}


@pytest.mark.postgres
def test_what_an_upgrade_did_to_the_tables_is_undone(machines, site, settings):
    session = SessionStore()
    session["who"] = "somebody"
    session.save()
    before = rows_with_sessions()
    hold_database()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE half_done (id integer)")
        cursor.execute("ALTER TABLE course_area ADD COLUMN half_done integer")
    User.objects.update(first_name="lost")
    Session.objects.all().delete()
    connection.close()
    put_back_database()
    assert rows_with_sessions() == before, "what the upgrade brought is gone too"
    put_back_database()
    assert rows_with_sessions() == before, "twice is once"
    forget_held_database()
    assert not (settings.VAR_DIR / "upgrade").exists()
    with pytest.raises(CommandError, match="no database was put by"):
        call_command("hold_database", put_back=True)


def test_it_is_for_the_account_of_the_site_alone(machines, site, settings):
    hold_database()
    held = [*(settings.VAR_DIR / "upgrade").iterdir()]
    assert len(held) == 2
    assert [path.stat().st_mode & 0o077 for path in (*held, held[0].parent)] == [0, 0, 0]


def test_what_is_needed_still_is_not_replaced(machines, site, settings):
    before = every_row()
    hold_database()
    User.objects.update(first_name="lost")
    with pytest.raises(CommandError, match="trato upgrade --go-back"):
        call_command("hold_database")
    put_back_database()
    assert every_row() == before
    (settings.VAR_DIR / "upgrade/under-way").unlink()
    hold_database()


def test_what_a_putting_back_left_that_was_cut_off_is_not_in_the_way(machines, site, settings):
    before = every_row()
    hold_database()
    (settings.VAR_DIR / "upgrade/unpacked").mkdir()
    (settings.VAR_DIR / "upgrade/unpacked/database.sqlite3").write_text("half")
    put_back_database()
    assert every_row() == before


@pytest.mark.parametrize("begin", [lambda: upgrade(None, "new"), lambda: restore(None, ["file"])])
def test_a_second_upgrade_or_restore_is_refused_while_one_is_at_work(monkeypatch, tmp_path, begin):
    monkeypatch.setattr(places, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(places, "UNDER_WAY", tmp_path / "upgrading.json")
    places.UNDER_WAY.write_text('{"old": "1", "new": "2", "units": []}')
    with alone(), pytest.raises(Refused, match=r"en marcha|at work"):
        begin()
