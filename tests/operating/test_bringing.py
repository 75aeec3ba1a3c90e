import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from course.installing import places as installed
from course.installing import steps
from course.installing.machine import Machine
from course.operating import places
from course.operating.running import Site, for_the_account, forget_brought, is_out_of_reach
from course.operating.words import Refused
from tests.machines import ROOT

ACCOUNT = "daemon"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may be two accounts")
# `trato backup --check FILE` on a machine whose code is a program that says what it was given, and waits.
CHECKS = f"""
import sys
from pathlib import Path
from course.operating import __main__, places
from course.operating.running import Site
home, file = Path(sys.argv[1]), sys.argv[2]
places.ACCOUNT, places.BROUGHT = "{ACCOUNT}", home / "brought"
__main__.back_up(Site({{}}, home / "code"), ["--check", file])
"""
SAYS_AND_WAITS = """\
#!/bin/sh
for last; do :; done
cat "$last"
exec sleep 60
"""


@pytest.fixture
def home(monkeypatch):
    mask = os.umask(0o022)
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    (folder / "account").mkdir()
    (folder / "stick").mkdir(mode=0o700)
    (folder / "stick/key.txt").write_text("AGE-SECRET-KEY-1")
    (folder / "stick/key.txt").chmod(0o600)
    os.chown(folder / "account", pwd.getpwnam(ACCOUNT).pw_uid, pwd.getpwnam(ACCOUNT).pw_gid)
    monkeypatch.setattr(places, "ACCOUNT", ACCOUNT)
    monkeypatch.setattr(places, "BROUGHT", folder / "brought")
    yield folder
    os.umask(mask)
    shutil.rmtree(folder)


@pytest.fixture
def site():
    return Site({}, Path("/nowhere"))


def read_as_the_account(site, path):
    read = subprocess.run(["cat", path], capture_output=True, text=True, check=False, **site.runs_as())
    return read.stdout


def test_what_the_account_cannot_read_is_copied_for_as_long_as_it_is_needed(home, site):
    key = home / "stick/key.txt"
    with contextlib.ExitStack() as stack:
        given = for_the_account(site, stack, str(key))
        assert given != str(key)
        assert read_as_the_account(site, given) == "AGE-SECRET-KEY-1"
        assert Path(given).stat().st_uid == Path(given).parent.stat().st_uid == 0, "it may change nothing of it"
        assert [Path(given).stat().st_mode & 0o777, Path(given).parent.stat().st_mode & 0o777] == [0o640, 0o710]
        forget_brought()
        assert read_as_the_account(site, given), "what is needed stays"
    assert list(places.BROUGHT.iterdir()) == []


def test_what_it_reads_itself_and_words_are_left_as_they_are(home, site):
    (home / "open.tar").write_text("open")
    with contextlib.ExitStack() as stack:
        for word in (str(home / "open.tar"), "--replace", "no-such-file"):
            assert for_the_account(site, stack, word) == word
    assert not places.BROUGHT.exists()


@pytest.mark.parametrize("planted", ["link", "folder", "on_the_way", "another_name"])
def test_what_the_account_could_have_put_there_is_not_read_for_it(home, site, planted):
    secret = home / "stick/key.txt"
    if planted == "link":
        (home / "account/copy.tar").symlink_to(secret)
        path = home / "account/copy.tar"
    elif planted == "folder":
        # A file of root's, in a folder in which the account may exchange it.
        path = home / "account/copy.tar"
        shutil.copy(secret, path)
    elif planted == "on_the_way":
        (home / "account/way").symlink_to(home / "stick")
        path = home / "account/way/key.txt"
    else:
        path = home / "copy.tar"
        path.hardlink_to(secret)
    with contextlib.ExitStack() as stack, pytest.raises(Refused, match="carpeta de root"):
        for_the_account(site, stack, str(path))
    assert not places.BROUGHT.exists()


def test_a_path_is_out_of_reach_where_nobody_else_writes(home):
    path, uid = home / "stick/key.txt", pwd.getpwnam(ACCOUNT).pw_uid
    assert is_out_of_reach(path, uid=uid, groups=[])
    (home / "stick").chmod(0o777)
    assert not is_out_of_reach(path, uid=uid, groups=[])
    (home / "stick").chmod(0o1777)
    assert is_out_of_reach(path, uid=uid, groups=[]), "as in /tmp"
    (home / "stick").chmod(0o770)
    assert is_out_of_reach(path, uid=uid, groups=[])
    assert not is_out_of_reach(path, uid=uid, groups=[path.parent.stat().st_gid])
    assert is_out_of_reach(home / "stick", uid=uid, groups=[])
    assert not is_out_of_reach(home / "account", uid=uid, groups=[])


def test_a_folder_for_copies_is_made_by_the_account_where_it_may_and_never_over_a_link(home, monkeypatch):
    ours, its = home / "stick/respaldos", home / "account/respaldos"
    (home / "stick").chmod(0o755)
    (home / "account/link").symlink_to(home / "stick")
    monkeypatch.setattr(installed, "ACCOUNT", ACCOUNT)
    monkeypatch.setattr(steps, "_OWN", (ACCOUNT, ACCOUNT))
    machine = Machine()
    for path in (ours, its):
        steps.CopiesFolder(str(path)).do(machine)
        assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (pwd.getpwnam(ACCOUNT).pw_uid, 0o700)
    with pytest.raises(Refused, match="pasa por un enlace"):
        steps.CopiesFolder(str(home / "account/link/more")).do(machine)
    assert not (home / "stick/more").exists()


def test_nothing_of_it_is_left_by_who_is_ended(home, site):
    python = home / "code/.venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(SAYS_AND_WAITS)
    python.chmod(0o755)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        with subprocess.Popen(
            [sys.executable, "-P", "-c", CHECKS, home, home / "stick/key.txt"],
            env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as running:
            assert running.stdout.read(3) == "AGE"
            running.send_signal(number)
            running.wait(30)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
        assert bool(list(places.BROUGHT.iterdir())) is (number == signal.SIGKILL)
    forget_brought()
    assert list(places.BROUGHT.iterdir()) == []
