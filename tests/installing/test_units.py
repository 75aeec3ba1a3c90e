import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from course.installing.units import NIGHTLY, SITE, WORKER, unit_files
from tests.machines import machine

from .scratch import OPT, another_root, script_install

SERVER = ("--for", "server", "--address", "curso.example.gt", "--yes")


@pytest.fixture(scope="module")
def server(clinic, tmp_path_factory):
    root = another_root(clinic, tmp_path_factory.mktemp("server") / "machine")
    script_install("--root", root, *SERVER, "--backup-copies", "/mnt/otro disco,/srv/respaldo")
    return root


def units_of(root):
    return sorted(path.name for path in (root / "etc/systemd/system").iterdir())


@pytest.mark.parametrize("place", ["clinic", "server"])
def test_systemd_finds_nothing_wrong(place, request, tmp_path):
    root = another_root(request.getfixturevalue(place), tmp_path / "machine")
    shutil.copytree(request.getfixturevalue(place) / "etc", root / "etc")
    (root / OPT / "current").symlink_to(next((root / OPT / "releases").iterdir()).relative_to(root / OPT))
    with machine(root) as it:
        units = [f"/etc/systemd/system/{name}" for name in units_of(root)]
        verified = it.run("systemd-analyze", "verify", *units, check=False)
    # Its exit code is 0 also for keys that it does not know.
    assert (verified.stdout + verified.stderr, verified.returncode) == ("", 0)


def test_it_would_say_what_it_does_not_know(clinic, tmp_path):
    unit = tmp_path / "trato-digno.service"
    text = (clinic / "etc/systemd/system" / unit.name).read_text()
    unit.write_text(re.sub("ExecStart=.*", "ExecStart=/bin/true", text).replace("UMask=", "UMaks="))
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert "UMaks" in verified.stderr


def test_no_service_is_more_exposed_than_it_was(server):
    units = [name for name in units_of(server) if name.endswith(".service")]
    assert units
    for name in units:
        measured = subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=15", server / "etc/systemd/system" / name],
            capture_output=True,
            text=True,
            check=False,
        )
        assert measured.returncode == 0, measured.stdout + measured.stderr


def test_what_runs_is_a_command_of_the_site(server):
    for name in units_of(server):
        for command in re.findall(r"^ExecStart=(.+)$", (server / "etc/systemd/system" / name).read_text(), re.M):
            python, what = command.split(" ", 1)
            assert python == "/opt/trato-digno/current/.venv/bin/python"
            assert what == "-m course.serving" or what.removeprefix("manage.py ") in get_commands(), what


def test_each_command_of_the_night_has_its_timer_and_a_time_that_systemd_knows(clinic):
    timers = [name for name in units_of(clinic) if name.endswith(".timer")]
    assert timers == sorted(f"trato-digno-{name}.timer" for name, *_rest in NIGHTLY)
    for _name, _what, _command, when in NIGHTLY:
        subprocess.run(["systemd-analyze", "calendar", when], check=True, capture_output=True)


def test_a_clinic_has_the_worker_in_the_site_and_a_server_beside_it(clinic, server):
    assert set(units_of(server)) - set(units_of(clinic)) == {WORKER}
    assert SITE in units_of(clinic)


def test_only_the_backup_writes_where_backups_lie(server):
    writes = {
        path.name: re.search(r"^ReadWritePaths=(.*)$", path.read_text(), re.M)[1]
        for path in (server / "etc/systemd/system").glob("*.service")
    }
    backup = writes.pop("trato-digno-backup.service")
    assert backup == "/var/lib/trato-digno /var/backups/trato-digno -/mnt/otro\\x20disco -/srv/respaldo"
    assert set(writes.values()) == {"/var/lib/trato-digno"}


def test_a_folder_with_signs_that_mean_something_to_systemd_stays_that_folder():
    files = unit_files(place="clinic", var_dir="/srv/100% mío", backup_dir="/var/b", copies=[])
    assert "ReadWritePaths=/srv/100%%\\x20mío\n" in files[SITE]


def test_the_guide_names_every_unit(server):
    guide = (Path(__file__).parents[2] / "docs/how-to/install.md").read_text(encoding="utf-8")
    assert [name for name in units_of(server) if name.endswith(".timer") and name.rpartition(".")[0] not in guide] == []
