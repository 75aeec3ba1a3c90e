"""A site that really is served, by `python -m course.serving`, for tests that speak with it from outside."""

import contextlib
import functools
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Longer than a busy machine takes for anything; a test that waits so long fails.
LONG = 60
_FOLDER = tempfile.TemporaryDirectory()


class ServedSite:
    """The processes that serve it, and the ways to ask it."""

    def __init__(self, folder, **environment):
        self.folder, self.log = folder, folder / "served.log"
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = self.door.getsockname()
        environment = {
            "DJANGO_SETTINGS_MODULE": "course.settings.test",
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/served.sqlite3",
            "WEB_CONCURRENCY": "2",
        } | environment
        self.environment = environment
        with self.log.open("wb") as log:
            self.keeper = subprocess.Popen(
                [sys.executable, "-m", "course.serving", "--fd", str(self.door.fileno())],
                cwd=ROOT,
                env=os.environ | environment,
                pass_fds=[self.door.fileno()],
                stdout=log,
                stderr=log,
            )
        self.door.close()

    def ask(self, path="/accounts/login/", method="GET", body=None, timeout=LONG, **headers):
        line = http.client.HTTPConnection(*self.address, timeout=timeout)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body, named | {"Connection": "close"})
            reply = line.getresponse()
            return reply.status, reply.headers, reply.read().decode()
        finally:
            line.close()

    def connect(self, sent=b""):
        line = socket.create_connection(self.address, timeout=LONG)
        line.sendall(sent)
        return line

    def answering(self):
        pid = self.keeper.pid
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def end(self):
        self.keeper.send_signal(signal.SIGTERM)
        return self.keeper.wait(LONG)


@functools.cache
def migrated_database():
    if made := os.environ.get("MIGRATED_DATABASE"):
        return Path(made)
    path = Path(_FOLDER.name) / "migrated.sqlite3"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "course.settings.test",
        "DATABASE_URL": f"sqlite:///{path}",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)
    return path


@contextlib.contextmanager
def served_site(folder, **environment):
    if "DATABASE_URL" not in environment:
        shutil.copy(migrated_database(), folder / "served.sqlite3")
    site = ServedSite(folder, **environment)
    try:
        try:
            site.ask("/static/site.css")
        except OSError:
            site.keeper.wait(LONG)
            raise AssertionError(site.log.read_text()) from None
        yield site
    finally:
        site.end()


def until(found, seconds=LONG):
    end = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return result
