import json
import re
import signal
import subprocess
import time

import pytest

from tests.machines import ROOT
from tests.serving import until

from .conftest import is_ready, rows_of, run_on_a_line_that_drops, write_version

pytestmark = pytest.mark.nightly


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
LIVES = ("course_heartbeat", "modules_structurestamp", "sqlite_sequence")


@pytest.fixture
def version(installed):
    def make(name, **files):
        write_version(installed.path(f"/root/{name}"), **files)
        return f"/root/{name}"

    return make


def release_in_use(one):
    return one.path("/opt/trato-digno/current").readlink().name


def backups_of(one):
    return set(one.path("/var/backups/trato-digno").glob("*.tar"))


def sign_in_page(one):
    as_the_proxy = ("--header", "X-Forwarded-Proto: https", "--header", "Host: trato.lan")
    return one.fetch("http://127.0.0.1:8000/accounts/login/", *as_the_proxy)


def look_of(one):
    return re.search(r"/static/site\.\w+\.css", sign_in_page(one))[0]


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
    backups = backups_of(installed)
    done = upgrade(installed, version("fails", **{"course/migrations/9000_fails.py": FAILS}))
    assert done.returncode == 1
    assert "this migration fails" in done.stderr
    assert "el sitio está como antes" in done.stderr
    assert_as_before(installed, release, rows)
    assert len(backups_of(installed) - backups) == 1, "a backup came first"


def test_a_version_that_does_not_start_is_taken_back_with_its_database(installed, version):
    release, rows = release_in_use(installed), rows_of(installed, besides=LIVES)
    look = look_of(installed)
    files = {
        "course/migrations/9000_adds.py": ADDS,
        "course/static/site.css": "body { color: red }",
        "course/serving/__main__.py": "raise SystemExit('no')",
    }
    backups = backups_of(installed)
    begun = installed.begin("trato", "upgrade", version("dies", **files), stderr=subprocess.PIPE, text=True)
    said = ""
    for line in begun.stderr:
        said += line
        if "Volviendo" in line:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                begun.send_signal(number)
    assert begun.wait(300) == 1
    assert "El sitio no quedó listo" in said
    assert "el sitio está como antes" in said
    assert_as_before(installed, release, rows)
    assert len(backups_of(installed) - backups) == 2, "before it, and of what was done with the new version"
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
    for words in (("upgrade", folder), ("upgrade", "--go-back"), ("restore", "/root/copy.tar")):
        refused = installed.run("trato", *words, check=False)
        assert (refused.returncode, "está en marcha" in refused.stderr) == (1, True)
    # As when the power fails: nobody has a moment to do anything. Until the last of it is gone it is at work.
    installed.run("pkill", "--signal", "KILL", "--full", "course.operating")
    running.wait(30)
    assert running.returncode != 0
    assert "está en marcha" in upgrade(installed, folder).stderr
    installed.run("pkill", "--signal", "KILL", "--full", "prepare_site")
    installed.run("rm", "/tmp/wait", "/tmp/reached")
    assert "'lost'" in rows_of(installed)["course_user"][0], "half of it was done"
    installed.run("systemctl", "start", "trato-digno", "trato-digno-backup.timer")
    until(lambda: installed.run("curl", "--silent", "http://127.0.0.1:8000/salud/viva/", check=False).stdout)
    assert "503" in sign_in_page(installed).splitlines()[0], "nothing is saved that going back would lose"
    assert "Una actualización quedó a medias" in installed.run("trato", "status", check=False).stdout
    for words in (("upgrade", folder), ("restore", "/root/copy.tar")):
        refused = installed.run("trato", *words, check=False)
        assert (refused.returncode, "medias" in refused.stderr.splitlines()[-1]) == (1, True)
    installed.run("trato", "upgrade", "--go-back")
    assert_as_before(installed, release, rows)
    again = installed.run("trato", "upgrade", "--go-back", check=False)
    assert (again.returncode, "nada que deshacer" in again.stderr) == (1, True)


def test_a_version_that_is_well_takes_the_place_of_the_present_one(installed, version):
    release, people = release_in_use(installed), rows_of(installed)["course_user"]
    changed = "/etc/systemd/system/trato-digno-tidy.timer"
    installed.path(changed).write_text(installed.path(changed).read_text() + "# mine\n")
    quiz = "content/es/m1/quiz.yaml"
    text = re.sub("(?m)^intro: .*$", "intro: De otra versión.", (ROOT / quiz).read_text())
    folder = version("well", **{"course/migrations/9000_adds.py": ADDS, quiz: text})
    assert run_on_a_line_that_drops(installed, "trato", "upgrade", folder, at="Deteniendo") == 0
    assert release_in_use(installed) != release
    assert rows_of(installed)["added"] == []
    assert rows_of(installed)["course_user"] == people
    assert "'De otra versión.'" in str(rows_of(installed)["quizzes_quiz"]), "the text that nobody edited comes along"
    assert is_ready(installed)
    assert installed.path(changed).read_text().endswith("# mine\n"), "what a person changed stays"
    kept = {path.name for path in installed.path("/opt/trato-digno/releases").iterdir()}
    assert {release, release_in_use(installed)} == kept, "the version before is kept, what failed is not"
    assert not installed.path("/var/lib/trato-digno/upgrade").exists()
    assert not installed.path("/opt/trato-digno/upgrading.json").exists()
    same = upgrade(installed, "/root/well")
    assert (same.returncode, "ya está en uso" in same.stderr) == (1, True)
    # The other tests bring versions without its migration. A process that still has it answers 503.
    installed.run("trato", "manage", "migrate", "course", LAST)
    installed.path("/opt/trato-digno/current/course/migrations/9000_adds.py").unlink()
    installed.run("systemctl", "restart", "trato-digno")
    until(lambda: is_ready(installed))


def test_one_that_was_killed_after_its_start_loses_nothing_that_was_done(installed):
    releases = installed.path("/opt/trato-digno/releases")
    new = release_in_use(installed)
    old = next((path.name for path in releases.iterdir() if path.name != new), new)
    old, new = (f"/opt/trato-digno/releases/{name}" for name in (old, new))
    at = {"old": old, "new": new, "units": ["trato-digno.service"], "stage": "started"}
    installed.path("/opt/trato-digno/upgrading.json").write_text(json.dumps(at))
    installed.run("trato", "manage", "invite_administrator", "NUEVA88")
    settings = installed.path("/etc/trato-digno.env").read_text()
    installed.path("/etc/trato-digno.env").write_text(settings + "BACKUP_DIR=/dev/null\n")
    installed.run("systemctl", "stop", "trato-digno")
    refused = installed.run("trato", "upgrade", "--go-back", check=False)
    assert (refused.returncode, "Sin un respaldo de lo que hay ahora" in refused.stderr) == (1, True)
    installed.path("/etc/trato-digno.env").write_text(settings)
    installed.run("systemctl", "start", "trato-digno")
    until(lambda: is_ready(installed))
    ended = installed.run("trato", "upgrade", "--go-back")
    assert "no se deshace, se termina" in ended.stderr
    assert f"/opt/trato-digno/releases/{release_in_use(installed)}" == new
    assert "NUEVA88" in str(rows_of(installed)["course_user"])
    assert not installed.path("/opt/trato-digno/upgrading.json").exists()
    assert is_ready(installed)
