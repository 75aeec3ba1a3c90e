"""Figures for a program of this machine: at METRICS_PORT of 127.0.0.1, from whichever process holds it, of all of them.

Each process counts into a file of its own in a folder in memory, which all those of one keeper share. One of them
answers at the port; when it dies the next one does, and nothing that was counted is lost.
"""

import contextlib
import fcntl
import logging
import os
import shutil
import stat
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import connections

from .counting import CountRequests, Counts
from .figures import Figures

logger = logging.getLogger(__name__)
_TRY_AGAIN = 30


class Exporter:
    """Counts in this process, and takes its turn at the port."""

    def __init__(self):
        self.process, self.beginning = None, threading.Lock()

    def keep(self):
        """Begin to count in this process if METRICS_PORT is set and it does not yet."""
        if not settings.METRICS_PORT or self.process == os.getpid():
            return
        with self.beginning:
            if self.process != os.getpid():
                self.process = os.getpid()
                try:
                    self.begin()
                except OSError as error:
                    logger.error("Nothing is counted: %s.", error)

    def begin(self):
        place = own_folder(settings.METRICS_PORT)
        # Those that one keeper began: a process of the time before counts no more.
        folder = place / str(os.getppid())
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / f"process-{os.getpid()}").touch()
        # prometheus_client looks for it when it is imported.
        os.environ |= {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
        CountRequests.counts = Counts()
        threading.Thread(target=answer_in_turn, args=(place, folder), name="metrics", daemon=True).start()


def own_folder(port):
    """Return the folder of this account in memory: a disk that is full would end whoever counts on it."""
    place = Path(os.environ.get("RUNTIME_DIRECTORY") or "/dev/shm") / f"trato-digno-{os.geteuid()}-{port}"  # noqa: S108 - its owner is looked at
    with contextlib.suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(f"{place} belongs to somebody else.")
    return place


def answer_in_turn(place, folder):
    """Wait until no other process answers at the port, then answer."""
    from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415 - a clinic never uses it
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 - as above

    # Held as long as this process lives; the system lets go of it.
    held = os.open(place / "held", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    forget_others(place)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))
    registry.register(Figures(lambda: len(living_processes(folder)), afterwards=connections.close_all))
    while True:
        try:
            start_http_server(settings.METRICS_PORT, "127.0.0.1", registry)
        except OSError as error:
            logger.error("No figures at port %s: %s.", settings.METRICS_PORT, error.strerror)
            time.sleep(_TRY_AGAIN)
        else:
            return


def living_processes(folder):
    names = (path.name.removeprefix("process-") for path in folder.glob("process-*"))
    return [name for name in names if is_alive(name)]


def forget_others(place):
    """Remove what keepers counted that are no more."""
    for folder in place.iterdir():
        if folder.is_dir() and folder.name.isdecimal() and not is_alive(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def is_alive(process):
    return Path(f"/proc/{process}").exists()


exporter = Exporter()
