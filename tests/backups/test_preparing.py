import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from course.backups import contents
from course.backups.making import back_up
from course.backups.opening import read_backup
from course.management.commands.prepare_site import Command, advisory_lock
from tests.factories import NOW

from .conftest import every_row

ROOT = Path(__file__).parents[2]


def backups_of(machines):
    return sorted(Path(machines.settings.BACKUP_DIR).glob("*.tar"))


def back_up_first():
    said = StringIO()
    Command(stdout=said).back_up_first()
    return said.getvalue()


@pytest.fixture
def behind(machines):
    newest = MigrationRecorder.Migration.objects.filter(app="course").latest("name")
    assert back_up_first() == ""
    MigrationRecorder.Migration.objects.filter(pk=newest.pk).delete()
    yield newest.name
    newest.save(force_insert=True)


def test_a_backup_is_made_before_tables_of_people_change_and_without_it_nothing_changes(machines, site, behind):
    said = back_up_first()
    (made,) = backups_of(machines)
    assert str(made) in said
    machines.settings.BACKUP_DIR = "/dev/null/backups"
    with pytest.raises(CommandError, match="cannot be used: /dev/null/backups"):
        call_command("prepare_site", no_content=True)
    assert behind not in set(MigrationRecorder.Migration.objects.values_list("name", flat=True))
    machines.settings.BACKUP_DIR = ""
    assert back_up_first() == ""


TABLE, ROW = "django_migrations (app, name, applied)", "django_migrations WHERE name = '0003_other'"
RENAME = "ALTER TABLE course_area RENAME COLUMN"


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (f"INSERT INTO {TABLE} VALUES ('course', '0003_other', '2026-01-01')", f"DELETE FROM {ROW}"),
        (f"{RENAME} sort_key TO sorted_by", f"{RENAME} sorted_by TO sort_key"),
    ],
    ids=["other names", "the same names"],
)
def test_a_database_of_other_migrations_is_refused_and_stays_as_it_is(machines, change, back):
    with connection.cursor() as cursor:
        cursor.execute(change)
        rows = every_row()
        with pytest.raises(CommandError, match=r"mueva la carpeta var/ a otro lugar"):
            call_command("prepare_site", no_content=True)
        assert every_row() == rows
        cursor.execute(back)
    call_command("prepare_site", no_content=True)


def test_a_site_without_people_needs_no_backup(machines, behind):
    assert back_up_first() == ""
    assert backups_of(machines) == []


def test_two_machines_prepare_the_site_one_after_the_other(machines):
    other = connection.copy()
    with advisory_lock(), other.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
            assert cursor.fetchone()[0] == 1
    with other.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'")
            assert cursor.fetchone()[0] == 0
    other.close()


def test_every_secret_and_every_address_of_the_settings_is_in_a_backup():
    page = (ROOT / "docs/reference/settings.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_][A-Z0-9_]*)` \|", page, flags=re.MULTILINE))
    cannot_be_lost = re.compile("KEY|SECRET|PASSWORD|DSN|URL|BUCKET|BACKUP|EMAIL|SEAL")
    kept = {name for name in documented if cannot_be_lost.search(name)} - set(contents.VARIABLES)
    # What opens sealed answers of the survey is in none, nor is where it lies.
    assert kept == {"SURVEY_KEYS_DIR"} == {name for name in documented if contents.NEVER_VARIABLES.match(name)}


def test_the_seal_comes_back_where_the_settings_say_or_it_is_said_where_it_lies(machines, site):
    kept = [machines.folder / name for name in ("seal.key", "seal.pem")]
    for path in kept:
        path.write_text(path.name)
    machines.settings.SEAL_KEY_FILE, machines.settings.SEAL_CERTIFICATE_FILE = map(str, kept)
    made = back_up(now=NOW).file
    folder = machines.run_on("second")
    for place in ("/proc/seal", "", str(folder / "seal")):
        machines.settings.SEAL_KEY_FILE = place and f"{place}.key"
        machines.settings.SEAL_CERTIFICATE_FILE = place and f"{place}.pem"
        said = StringIO()
        call_command("restore_backup", str(made), replace=True, no_backup=True, stdout=said)
        found = folder / "restored" / "seal-key.pem"
        assert found.read_text() == "seal.key"
        assert (str(found) in said.getvalue()) == (place != str(folder / "seal"))
    assert [(folder / name).read_text() for name in ("seal.key", "seal.pem")] == ["seal.key", "seal.pem"]


def test_the_file_of_settings_is_in_it_as_it_is_and_what_opens_surveys_never(machines, site, monkeypatch):
    file = machines.folder / "trato-digno.env"
    file.write_text("SITE_URL=https://trato.example\n SURVEY_KEYS=secret\nADMINS=a@example.gt\n")
    monkeypatch.setattr(contents, "ENVIRONMENT_FILE", file)
    monkeypatch.setenv("ACCOUNT_KEYS", "given-" + "x" * 40)
    (machines.settings.MEDIA_ROOT / "survey-keys").mkdir()
    (machines.settings.MEDIA_ROOT / "survey-keys" / "1.pem").write_text("secret")
    made = back_up(now=NOW).file
    assert not re.search(rb"survey.keys", made.read_bytes().lower())
    into = machines.folder / "into"
    into.mkdir()
    read_backup(made, into=into, wanted=lambda name: name.startswith("settings/"))
    assert (into / contents.ENVIRONMENT).read_text() == "SITE_URL=https://trato.example\nADMINS=a@example.gt\n"
    assert '"ACCOUNT_KEYS": "given-' in (into / contents.SETTINGS).read_text()
    monkeypatch.delenv("ACCOUNT_KEYS")
    folder = machines.run_on("second")
    said = StringIO()
    call_command("restore_backup", str(made), stdout=said)
    assert f"set as they were: ACCOUNT_KEYS (en / in {folder}/restored/settings.json)" in said.getvalue()
    assert (folder / "restored" / "trato-digno.env").read_text().startswith("SITE_URL=")
