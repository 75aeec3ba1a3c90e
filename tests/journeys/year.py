"""A site of one journey whose clock goes from month to month: a year of what people do, in minutes."""

import os
import socket
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime

from tests.beside import Beside

from .prepared import ROOT, environment_of

# Without its preloaded library a program reads the true clock, in a run as of another day too.
_FAKED = ("LD_PRELOAD", "FAKETIME", "FAKETIME_SHARED")
_HOUR = 15


def true_now():
    environment = {name: value for name, value in os.environ.items() if name not in _FAKED}
    return int(subprocess.run(["date", "+%s"], env=environment, check=True, capture_output=True, text=True).stdout)


def first_month():
    today = datetime.fromtimestamp(true_now(), UTC)
    return months_later((today.year, today.month), 1)


def months_later(month, number):
    year, zero_based = divmod(month[0] * 12 + month[1] - 1 + number, 12)
    return year, zero_based + 1


class YearSite:
    """The site in a folder, served as of one day after the other at one address."""

    def __init__(self, folder):
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment_of(folder, SITE_URL=self.url)
        self.process = self.beside = None

    def go_to(self, year, month, day):
        self.stop()
        ahead = int(datetime(year, month, day, _HOUR, tzinfo=UTC).timestamp()) - true_now()
        environment = {name: value for name, value in self.environment.items() if name not in _FAKED}
        environment |= {
            "LD_PRELOAD": _library(),
            "FAKETIME": f"+{ahead}s",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.beside = Beside(environment)
        door = socket.create_server(("127.0.0.1", self.port))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course.serving", "--fd", str(door.fileno())],
            cwd=ROOT,
            env=environment,
            pass_fds=[door.fileno()],
        )
        door.close()
        urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=120)

    def shell(self, code):
        return self.beside.run(code)

    def stop(self):
        if self.process is not None:
            self.beside.end()
            self.process.terminate()
            self.process.wait(60)
            self.process = None


def _library():
    said = subprocess.run(
        ["faketime", "-f", "+0s", "printenv", "LD_PRELOAD"], check=True, capture_output=True, text=True
    )
    return said.stdout.strip().split(":")[-1]
