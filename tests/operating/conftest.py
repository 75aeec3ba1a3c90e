import os
import pty
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from tests.installing.scratch import bring_environment
from tests.machines import ROOT, machine
from tests.serving import migrated_database, until

# Of the course one module, and no tests: what is installed is the same.
LEFT_OUT = ("tests/", "docs/pictures/", "benchmarks/", *(f"content/es/m{number}" for number in range(2, 9)))
DATABASE = "/var/lib/trato-digno/trato-digno.sqlite3"


def write_version(folder, **files):
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in filter(None, tracked.split("\0")):
        if not path.startswith(LEFT_OUT) and (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            # With its moment: static files that are as they were need not be collected anew.
            shutil.copy2(ROOT / path, folder / path)
    for path, text in files.items():
        (folder / path).write_text(text)


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    root = tmp_path_factory.mktemp("machine")
    bring_environment(root)
    write_version(root / "root/first")
    answers = ["--for", "clinic", "--address", "trato.lan", "--admin", "JEFA21", "--yes"]
    subprocess.run([root / "root/first/script/install", "--root", root, *answers], check=True, capture_output=True)
    with machine(root) as one:
        shutil.copy(migrated_database(), one.path(DATABASE))
        if collected := os.environ.get("COLLECTED_STATIC"):
            shutil.copytree(collected, one.path("/var/lib/trato-digno/static"))
        one.run("trato", "manage", "prepare_site")
        one.run("trato", "manage", "make_issuer_key")
        one.run("trato", "manage", "invite_administrator", "JEFA21")
        for what in ("enable", "start"):
            one.run("systemctl", what, "trato-digno", "trato-digno-backup.timer")
        until(lambda: is_ready(one))
        yield one


def is_ready(one):
    ask = ("curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "http://127.0.0.1:8000/salud/")
    return one.run(*ask, check=False).stdout == "200"


def run_on_a_line_that_drops(one, *words, at):
    ours, its = pty.openpty()
    running = one.begin("setsid", "--ctty", *words, stdin=its, stdout=its, stderr=its)
    os.close(its)
    said = b""
    while at.encode() not in said:
        said += os.read(ours, 4096)
    os.close(ours)
    return running.wait(300)


def rows_of(one, *, besides=()):
    with closing(sqlite3.connect(one.path(DATABASE))) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"')))
            for name in tables
            if name not in besides
        }
