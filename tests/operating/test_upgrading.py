"""An upgrade of an installed site: done whole, or taken back by itself with nothing lost."""

import re
import subprocess
import time

import pytest

from tests.machines import ROOT

from .conftest import is_ready, rows_of, write_version

pytestmark = pytest.mark.any_database

LAST = sorted(path.stem for path in (ROOT / "course/migrations").glob("[0-9]*.py"))[-1]
ADDS = f"""
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("course", "{LAST}")]
    operations = [migrations.RunSQL("CREATE TABLE added (id integer)", "DROP TABLE added")]
"""
FAILS = f"""
import pathlib, time
from django.db import migrations

def fail(apps, schema_editor):
    if pathlib.Path("/tmp/wait").exists():
        pathlib.Path("/tmp/reached").touch()
        time.sleep(600)
    raise RuntimeError("this migration fails")

class Migration(migrations.Migration):
    atomic = False
    dependencies = [("course", "{LAST}")]
    operations = [
        migrations.RunSQL("CREATE TABLE half_done (id integer)", "DROP TABLE half_done"),
        migrations.RunSQL("UPDATE course_user SET first_name = 'lost'", ""),
        migrations.RunPython(fail, migrations.RunPython.noop),
    ]
"""
# What a site at work writes by itself.
LIVES = ("course_signoflife", "modules_structurestamp", "sqlite_sequence")


@pytest.fixture
def version(installed):
    """Make the code of another version and return its folder, as the machine sees it."""

    def make(name, **files):
        write_version(installed.path(f"/root/{name}"), **files)
        return f"/root/{name}"

    return make


def release_in_use(one):
    return one.path("/opt/trato-digno/current").readlink().name


def look_of(one):
    """Return the name of the style sheet that pages ask for: a digest of what it holds."""
    as_the_proxy = ("--header", "X-Forwarded-Proto: https", "--header", "Host: trato.lan")
    page = one.fetch("http://127.0.0.1:8000/accounts/login/", *as_the_proxy)
    return re.search(r"/static/site\.\w+\.css", page)[0]


def upgrade(one, folder, **options):
    return one.run("trato", "upgrade", folder, check=False, **options)


def assert_as_before(one, release, rows):
    assert release_in_use(one) == release
    assert rows_of(one, besides=LIVES) == rows
    assert is_ready(one)
    assert one.run("systemctl", "is-active", "trato-digno-backup.timer", check=False).returncode == 0
    assert not one.path("/opt/trato-digno/upgrading.json").exists()


def test_without_its_settings_nothing_is_done_to_another_database(installed):
    code = "/opt/trato-digno/current"
    bare = installed.run(f"{code}/.venv/bin/python", f"{code}/manage.py", "prepare_site", check=False)
    assert (bare.returncode, "trato manage prepare_site" in bare.stderr) == (1, True)
    assert not installed.path(f"{code}/var").exists()
    said = installed.run("trato", "manage", "--version").stderr
    assert "https://trato.lan" in said
    assert "SQLite /var/lib/trato-digno/trato-digno.sqlite3" in said


def test_a_migration_that_fails_is_taken_back_by_itself(installed, version):
    release, rows = release_in_use(installed), rows_of(installed, besides=LIVES)
    backups = set(installed.path("/var/backups/trato-digno").glob("*.tar"))
    done = upgrade(installed, version("fails", **{"course/migrations/9000_fails.py": FAILS}))
    assert done.returncode == 1
    assert "this migration fails" in done.stderr
    assert "el sitio está como antes" in done.stderr
    assert_as_before(installed, release, rows)
    assert len(set(installed.path("/var/backups/trato-digno").glob("*.tar")) - backups) == 1, "a backup came first"


def test_a_version_that_does_not_start_is_taken_back_with_its_database(installed, version):
    release, rows = release_in_use(installed), rows_of(installed, besides=LIVES)
    look = look_of(installed)
    files = {
        "course/migrations/9000_adds.py": ADDS,
        "course/static/site.css": "body { color: red }",
        "course/serving/__main__.py": "raise SystemExit('no')",
    }
    done = upgrade(installed, version("dies", **files))
    assert done.returncode == 1
    assert "El sitio no quedó listo" in done.stderr
    assert_as_before(installed, release, rows)
    assert look_of(installed) == look


def test_code_that_cannot_be_read_touches_nothing(installed, version):
    release, rows = release_in_use(installed), rows_of(installed, besides=LIVES)
    site = installed.run("cat", "/run/units/trato-digno.service").stdout
    done = upgrade(installed, version("broken", **{"course/urls.py": "def"}))
    assert done.returncode == 1
    assert installed.run("cat", "/run/units/trato-digno.service").stdout == site, "it went on running"
    assert_as_before(installed, release, rows)
    nothing = upgrade(installed, "/tmp")
    assert (nothing.returncode, "no es una carpeta con el código" in nothing.stderr) == (1, True)


def test_one_that_was_killed_is_taken_back_when_it_is_asked(installed, version):
    release, rows = release_in_use(installed), rows_of(installed, besides=LIVES)
    folder = version("killed", **{"course/migrations/9000_fails.py": FAILS})
    installed.run("touch", "/tmp/wait")
    running = installed.begin("trato", "upgrade", folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while installed.run("test", "-e", "/tmp/reached", check=False).returncode:
        assert running.poll() is None
        time.sleep(0.1)
    # As when the power fails: nobody has a moment to do anything.
    installed.run("pkill", "--signal", "KILL", "--full", "course.operating|prepare_site")
    running.wait(30)
    assert running.returncode != 0
    assert "'lost'" in rows_of(installed)["course_user"][0], "half of it was done"
    refused = upgrade(installed, folder)
    assert "trato upgrade --go-back" in refused.stderr
    assert refused.returncode == 1
    installed.run("trato", "upgrade", "--go-back")
    assert_as_before(installed, release, rows)
    again = installed.run("trato", "upgrade", "--go-back", check=False)
    assert (again.returncode, "nada que deshacer" in again.stderr) == (1, True)


def test_a_version_that_is_well_takes_the_place_of_the_present_one(installed, version):
    release, people = release_in_use(installed), rows_of(installed)["course_user"]
    changed = "/etc/systemd/system/trato-digno-tidy.timer"
    installed.path(changed).write_text(installed.path(changed).read_text() + "# mine\n")
    done = upgrade(installed, version("well", **{"course/migrations/9000_adds.py": ADDS}))
    assert done.returncode == 0, done.stderr
    assert release_in_use(installed) != release
    assert rows_of(installed)["added"] == []
    assert rows_of(installed)["course_user"] == people
    assert is_ready(installed)
    assert installed.path(changed).read_text().endswith("# mine\n"), "what a person changed stays"
    kept = {path.name for path in installed.path("/opt/trato-digno/releases").iterdir()}
    assert {release, release_in_use(installed)} == kept, "the version before is kept, what failed is not"
    assert not installed.path("/var/lib/trato-digno/upgrade").exists()
    same = upgrade(installed, "/root/well")
    assert (same.returncode, "ya está en uso" in same.stderr) == (1, True)
