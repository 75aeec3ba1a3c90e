import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import override

from certificates.badges.keys import make_key
from course import version
from course.errors import KEY_UNREADABLE, NEWER_DATABASE, UNMIGRATED, WRONG_CLOCK
from course.health import room, signs
from course.health.backup import backup_is_made, restore_is_over, upgrade_is_over
from course.health.database import clock_is_right, compare_migrations, migrations_fit
from course.health.facts import State, in_both_languages
from course.health.keys import account_keys_open, issuer_key_is_read, seal_is_good
from course.health.looking import LOOKS, ONLY_WHEN_ASKED, is_ready, look_at, refusal_in
from course.health.outside import certificate_lasts, mail_goes_out
from course.health.watching import refuse_unready, wait_until_ready
from course.models import AuditEntry, Heartbeat
from course.sealing import seal
from course.settings.environment import env_moment
from tests.course.reminders.mail_server import mail_server
from tests.factories import make_learner
from tests.serving import ROOT, until

pytestmark = pytest.mark.django_db
LAST = max(path.stem for path in (settings.BASE_DIR / "course" / "migrations").glob("0*.py"))


def forget_migration(app="course", name=LAST):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, name])


def apply_migration(app, name):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", [app, name, "2026-01-01"]
        )


@contextlib.contextmanager
def closed_to_this_account(path):
    mode, account = path.stat().st_mode, os.geteuid()
    path.chmod(0)
    if account == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(account)
        path.chmod(mode)


def test_a_database_without_a_migration_that_django_would_make_is_refused():
    assert compare_migrations() == ([], [])
    forget_migration()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    assert compare_migrations()[0] == [f"{one.app_label}.{one.name}" for one, _backwards in plan] == [f"course.{LAST}"]
    fact = migrations_fit()
    assert (fact.state, fact.outage, LAST in str(fact.said)) == (State.BAD, UNMIGRATED, True)


@pytest.mark.parametrize("app", ["course", "wagtailcore"])
def test_a_database_that_a_newer_version_migrated_is_refused(app):
    apply_migration(app, "9000_later")
    fact = migrations_fit()
    assert (fact.outage, f"{app}.9000_later" in str(fact.said)) == (NEWER_DATABASE, True)


def test_migrations_of_what_is_not_installed_and_old_ones_that_were_replaced_are_nobodys_business():
    apply_migration("gone", "9000_later")
    apply_migration("wagtailcore", "0002_replaced_long_ago")
    assert migrations_fit().state == State.GOOD


def test_of_a_database_that_is_not_of_this_version_nothing_more_is_asked():
    forget_migration()
    facts = look_at(LOOKS)
    asked = ["restore", "upgrade", "database", "migrations", "issuer_key", "disk", "backup"]
    assert [fact.name for fact in facts] == asked
    assert not is_ready(facts)


def test_a_clock_before_the_last_fact_is_refused_and_one_that_is_known_to_have_been_ahead_is_not(settings, monkeypatch):
    now = timezone.now()
    AuditEntry.objects.create(action="x", at=now - timedelta(days=1))
    assert clock_is_right().state == State.GOOD
    AuditEntry.objects.create(action="x", at=now + timedelta(minutes=4))
    assert clock_is_right().state == State.GOOD
    AuditEntry.objects.create(action="x", at=now + timedelta(days=2))
    fact = clock_is_right()
    assert (fact.state, fact.outage) == (State.BAD, WRONG_CLOCK)
    monkeypatch.setenv("CLOCK_AHEAD_UNTIL", str(fact.said).rpartition("CLOCK_AHEAD_UNTIL=")[2].rstrip("."))
    settings.CLOCK_AHEAD_UNTIL = env_moment("CLOCK_AHEAD_UNTIL")
    assert clock_is_right().state == State.GOOD
    AuditEntry.objects.create(action="x", at=now + timedelta(days=3))
    assert clock_is_right().state == State.BAD
    with time_machine.travel(now + timedelta(days=4)):
        assert clock_is_right().state == State.GOOD


@pytest.fixture
def key_folder(settings, tmp_path):
    settings.ACCOUNT_KEYS, settings.ACCOUNT_KEYS_DIR = [], tmp_path / "account-keys"
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    for folder in (settings.ACCOUNT_KEYS_DIR, settings.CREDENTIAL_KEYS_DIR):
        folder.mkdir()
    # pytest keeps its folders closed; whoever may not read the key still finds its folder.
    for folder in [tmp_path, *list(tmp_path.parents)[:2], settings.ACCOUNT_KEYS_DIR, settings.CREDENTIAL_KEYS_DIR]:
        folder.chmod(0o755)
    return tmp_path


def test_account_keys_that_cannot_be_read_or_open_nothing_are_refused(key_folder, settings):
    assert account_keys_open().state == State.WARNING
    key = settings.ACCOUNT_KEYS_DIR / "account-0001.key"
    key.write_text("k" * 40)
    person = make_learner()
    person.password = seal("something")
    person.save()
    assert account_keys_open().state == State.GOOD
    # A process that has read it keeps it; the next one to begin can't.
    os.utime(key)
    with closed_to_this_account(key):
        fact = account_keys_open()
    assert (fact.state, fact.outage) == (State.BAD, KEY_UNREADABLE)
    key.write_text("another key, that opens nothing of this site")
    assert account_keys_open().outage == KEY_UNREADABLE
    key.unlink()
    assert account_keys_open().outage == KEY_UNREADABLE


def test_an_issuer_key_that_cannot_be_read_is_refused_and_one_that_is_missing_is_said(key_folder, settings):
    assert issuer_key_is_read().state == State.WARNING
    key = make_key()
    assert issuer_key_is_read().state == State.GOOD
    with closed_to_this_account(key):
        fact = issuer_key_is_read()
    # Where the folders above are closed as well, the folder is named.
    assert (fact.outage, str(key.parent) in str(fact.said)) == (KEY_UNREADABLE, True)


def test_a_seal_that_cannot_be_used_is_said(settings, tmp_path):
    assert seal_is_good().state == State.GOOD
    settings.SEAL_KEY_FILE = settings.SEAL_CERTIFICATE_FILE = str(tmp_path / "nothing.pem")
    fact = seal_is_good()
    assert (fact.state, fact.outage) == (State.BAD, None)


def test_room_is_said_before_it_is_used_up(settings, tmp_path, monkeypatch):
    settings.VAR_DIR, settings.BACKUP_DIR = tmp_path, tmp_path / "not" / "there" / "yet"
    free, _all = room.room_in(tmp_path)
    assert room.there_is_room().name == "disk"
    monkeypatch.setattr(room, "LITTLE", free * 2)
    monkeypatch.setattr(room, "TOO_LITTLE", 0)
    assert room.there_is_room().state == State.WARNING
    monkeypatch.setattr(room, "TOO_LITTLE", free * 2)
    facts = [room.there_is_room()]
    assert (facts[0].state, is_ready(facts), refusal_in(facts)) == (State.BAD, False, None)


def test_a_worker_gives_signs_and_its_silence_is_said(monkeypatch):
    assert signs.worker_lives().state == State.BAD
    now = timezone.now()
    signs.give_sign("here:1", now=now - timedelta(days=2))
    signs.give_sign("here:2", now=now - timedelta(minutes=3))
    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["here:2"]
    assert signs.worker_lives().state == State.BAD
    signs.give_sign("there:1", now=now)
    assert signs.worker_lives().state == State.GOOD
    assert is_ready([signs.worker_lives()])


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_signs_go_on_until_the_work_is_over(monkeypatch):
    monkeypatch.setattr(signs, "EVERY", 0.05)
    with signs.signs_of_life():
        first = Heartbeat.objects.get()
        until(lambda: Heartbeat.objects.get().seen_at > first.seen_at)
        assert Heartbeat.objects.get().began_at == first.began_at
    assert not Heartbeat.objects.exists()
    assert "signs-of-life" not in {thread.name for thread in threading.enumerate()}


def test_mail_that_is_taken_and_mail_that_is_not(settings):
    options = {"host": "127.0.0.1", "port": 1, "timeout": 5}
    settings.MAILERS = {"at_once": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    assert mail_goes_out().state == State.BAD
    with mail_server() as server:
        settings.MAILERS["at_once"]["OPTIONS"]["port"] = server.server_address[1]
        assert mail_goes_out().state == State.GOOD
        assert not server.letters
    settings.MAIL_GOES_OUT = False
    assert mail_goes_out().state == State.GOOD


def test_an_address_whose_certificate_cannot_be_looked_at_is_said(settings):
    assert certificate_lasts().state == State.GOOD
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.SITE_URL = f"https://127.0.0.1:{closed.getsockname()[1]}"
    assert certificate_lasts().state == State.WARNING


def status(*arguments):
    printed = io.StringIO()
    try:
        call_command("status", *arguments, stdout=printed)
    except SystemExit as end:
        return end.code, printed.getvalue()
    return 0, printed.getvalue()


def test_status_says_all_in_the_language_of_the_terminal_and_its_code_says_whether_something_is_wrong(monkeypatch):
    for language, worker, backups in (
        ("C.UTF-8", "MAL    Ningún trabajador corre junto al sitio: ", "Aquí no se hacen respaldos: "),
        ("en_GB.UTF-8", "BAD   No worker runs beside the site: ", "No backups are made here: "),
    ):
        monkeypatch.setenv("LANG", language)
        code, text = status()
        assert (code, worker in text, text.count(backups), " / " in text) == (1, True, 1, False)
    signs.give_sign("here:1", now=timezone.now())
    code, text = status("--json")
    told = json.loads(text)
    assert (code, told["ready"]) == (0, True)
    assert list(told["facts"]) == [look.name for look in [*LOOKS, *ONLY_WHEN_ASKED]]


@pytest.mark.nightly
def test_status_of_a_database_that_is_gone_says_which_without_its_password_and_ends_with_1(tmp_path):
    gone = {"DATABASE_URL": "postgres://ana:geheim@127.0.0.1:1/nothing", "VAR_DIR": str(tmp_path), "LANG": "C.UTF-8"}
    told = subprocess.run(
        [sys.executable, "manage.py", "status"], cwd=ROOT, env=os.environ | gone, capture_output=True, text=True
    )
    assert (told.returncode, told.stderr) == (1, "")
    assert "PostgreSQL ana@127.0.0.1:1/nothing" in told.stdout
    assert "MAL    La base de datos no responde.\n" in told.stdout
    assert "geheim" not in told.stdout


def test_commands_refuse_a_site_that_is_not_ready_and_the_worker_waits(caplog):
    refuse_unready()
    forget_migration()
    for command in ("tidy", "send_reminders"):
        with pytest.raises(CommandError, match="faltan 1 migraciones"):
            call_command(command)
    waited = []

    def mend(seconds):
        waited.append(seconds)
        if len(waited) == 2:
            apply_migration("course", LAST)

    wait_until_ready(wait=mend)
    assert len(waited) == 2
    assert caplog.text.count("migraciones") == 1


def test_a_fact_is_told_in_the_language_of_its_reader():
    with override("es"):
        fact = migrations_fit()
    assert in_both_languages(fact.said) == "La base de datos es de esta versión. / The database is of this version."


def write_backup_state(folder, when, *, size=3, **state):
    (folder / "copia.trato").write_bytes(b"abc")
    files = {"copia.trato": {"size": size, "sha256": "", "damaged": False}}
    known = {"newest": "copia.trato", "made_at": when.isoformat(), "problem": "", "copies": [], "files": files} | state
    (folder / "state.json").write_text(json.dumps(known))


def test_a_backup_that_is_old_damaged_or_was_not_copied_is_said(settings, tmp_path):
    now = timezone.now()
    settings.BACKUP_DIR = ""
    assert backup_is_made().state == State.GOOD
    settings.BACKUP_DIR = str(tmp_path)
    assert backup_is_made().state == State.WARNING
    write_backup_state(tmp_path, now - timedelta(hours=25))
    assert backup_is_made().state == State.GOOD
    write_backup_state(tmp_path, datetime(2026, 11, 27, 8, 15, tzinfo=UTC))
    assert "El último respaldo se hizo el 27 de noviembre de 2026, 02:15." in str(backup_is_made().said)
    write_backup_state(tmp_path, now - timedelta(hours=27))
    assert backup_is_made().state == State.WARNING
    write_backup_state(tmp_path, now, size=4)
    assert backup_is_made().state == State.BAD
    write_backup_state(tmp_path, now, copies=[{"target": "s3://away/here", "problem": "no answer"}])
    assert (backup_is_made().state, "s3://away/here: no answer" in str(backup_is_made().said)) == (State.BAD, True)


def test_a_restore_that_was_interrupted_refuses_pages(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert restore_is_over().state == State.GOOD
    (tmp_path / "restoring").mkdir()
    (tmp_path / "restoring" / "ready").touch()
    assert restore_is_over().outage == UNMIGRATED
    assert "repita manage.py restore_backup" in str(restore_is_over().said)


def test_an_upgrade_that_was_cut_off_refuses_pages(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert upgrade_is_over().state == State.GOOD
    (tmp_path / "upgrade").mkdir()
    (tmp_path / "upgrade" / "database.sqlite3.gz").touch()
    assert upgrade_is_over().state == State.GOOD, "what was put by alone says nothing"
    (tmp_path / "upgrade" / "under-way").touch()
    assert upgrade_is_over().outage == UNMIGRATED
    assert "trato upgrade --go-back" in str(upgrade_is_over().said)


def test_what_to_type_is_what_there_is_on_this_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(version, "_ROOT", tmp_path)
    forget_migration()
    assert "Ejecute manage.py prepare_site," in str(migrations_fit().said)
    (tmp_path / "RELEASE").write_text("2026-11-27-4ce00f3")
    assert "Ejecute trato manage prepare_site," in str(migrations_fit().said)
    assert version.typed("restore_backup") == "trato restore"


def test_a_command_on_an_empty_database_says_what_to_do_and_shows_no_traceback(tmp_path):
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3", "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "close_attempts"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Ejecute manage.py prepare_site" in done.stderr
    assert "Traceback" not in done.stderr
