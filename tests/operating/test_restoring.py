import os
import pwd
from pathlib import Path

import pytest

from course.operating import places, running
from course.operating.restoring import keys_of_before, set_line
from course.operating.running import Site
from course.operating.words import Refused

from .conftest import is_ready, rows_of, run_on_a_line_that_drops
from .test_upgrading import LIVES

pytestmark = pytest.mark.nightly


SETTINGS = "/etc/trato-digno.env"


def test_a_line_is_set_and_nothing_else_changes():
    text = '# what it is\nA=1\nSECRET_KEY=old\nB="x y"\n'
    assert set_line(text, "SECRET_KEY", "n$w") == '# what it is\nA=1\nB="x y"\nSECRET_KEY="n\\$w"\n'
    assert set_line(text, "ACCOUNT_KEYS", "k") == text + "ACCOUNT_KEYS=k\n"
    assert set_line(text, "SECRET_KEY", "") == '# what it is\nA=1\nB="x y"\n'
    assert set_line('B="x\u2028A=1"\nA=2\n', "A", "3") == 'B="x\u2028A=1"\nA=3\n'
    assert set_line("B=1\r\nA=2\r\n", "A", "3") == "B=1\r\nA=3\n"
    for over_lines in ('A="1\n2"\n', "A=1\\\n2\n", 'B="it\'s\nA=inside"\n', "B=1\\\nA=2\n"):
        with pytest.raises(Refused, match="a mano"):
            set_line(over_lines, "A", "3")


def test_of_what_a_backup_brought_only_keys_that_a_line_can_hold_are_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "ACCOUNT", pwd.getpwuid(os.geteuid()).pw_name)
    site, path = Site({}, Path("/nowhere")), tmp_path / "settings.json"
    assert keys_of_before(site, path) == {}, "a backup without keys brings none"
    path.write_text('{"SECRET_KEY": "k", "DATABASE_URL": "postgres://elsewhere/x"}')
    assert keys_of_before(site, path) == {"SECRET_KEY": "k"}
    for wrong in ("", "[]", "{", '{"SECRET_KEY": 1}', '{"SECRET_KEY": null}', '{"ACCOUNT_KEYS": "a\\nB=1"}'):
        path.write_text(wrong)
        with pytest.raises(Refused, match="compare a mano SECRET_KEY"):
            keys_of_before(site, path)
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(running, "_LONGEST", 0.2)
    with pytest.raises(Refused, match="compare a mano SECRET_KEY"):
        keys_of_before(site, path)


def test_a_backup_comes_back_whole(installed):
    before, settings = rows_of(installed, besides=LIVES), installed.path(SETTINGS).read_text()
    installed.run("trato", "backup")
    newest = max(installed.path("/var/backups/trato-digno").glob("*.tar"), key=lambda path: path.stat().st_mtime)
    installed.path("/root/stick").mkdir()
    newest.rename(installed.path("/root/stick/copy.tar"))
    restored = ("trato", "restore", "/root/stick/copy.tar", "--replace")
    # As on a machine that was installed anew: other people, another key.
    installed.run("trato", "manage", "invite_administrator", "OTRA22")
    set_another_key(installed, settings)
    refused = installed.run(*restored[:-1], check=False)
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    assert is_ready(installed), "what is refused stops nothing for long"
    assert run_on_a_line_that_drops(installed, *restored, at="Deteniendo") == 0
    assert rows_of(installed, besides=LIVES) == before
    assert sorted(installed.path(SETTINGS).read_text().splitlines()) == sorted(settings.splitlines())
    assert installed.path(SETTINGS).stat().st_mode & 0o777 == 0o640
    assert "another-one" in installed.path(SETTINGS + ".before-restore").read_text()
    assert installed.path(SETTINGS + ".before-restore").stat().st_mode & 0o777 == 0o600
    assert is_ready(installed)
    # Once more, and after a time that somebody killed: what is enabled starts.
    set_another_key(installed, settings)
    installed.run("systemctl", "stop", "trato-digno", "trato-digno-backup.timer")
    installed.run(*restored)
    assert sorted(installed.path(SETTINGS).read_text().splitlines()) == sorted(settings.splitlines())
    assert is_ready(installed)
    assert installed.run("systemctl", "is-active", "trato-digno-backup.timer", check=False).returncode == 0


def set_another_key(one, settings):
    other = "\n".join(line for line in settings.splitlines() if not line.startswith("SECRET_KEY="))
    one.path(SETTINGS).write_text(f"{other}\nSECRET_KEY=another-one-{'x' * 50}\n")
    one.path(SETTINGS).chmod(0o640)
