"""Prometheus figures at METRICS_PORT of 127.0.0.1, for all processes of this machine.

Each process counts into its own file in shared memory. One of them answers at the port; when it dies the next one does.
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
from django.db import Error, connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from certificates.models import Certificate
from course.backups.state import last_backup
from course.health.facts import State
from course.health.looking import is_ready
from course.health.room import places, room_in
from course.health.signs import last_sign
from course.health.watching import watch
from course.version import release
from quizzes.models import AnswerWrite, LateAnswer

from .counting import CountRequests, Counts

# Counting millions of answers takes a second.
KEPT_FOR = 60
_SEVERITY = {State.GOOD: 0, State.WARNING: 1, State.BAD: 2}


class Figures:
    """Prometheus collector; `afterwards` is called after the database was read, in the same thread."""

    def __init__(self, count_processes, *, afterwards):
        self.count_processes, self.afterwards = count_processes, afterwards
        self.kept, self.counted_at = [], None

    def collect(self):
        from prometheus_client.core import InfoMetricFamily  # noqa: PLC0415 - a clinic never uses it

        yield InfoMetricFamily("trato_digno", "The version of the site.", {"version": release()})
        yield _gauge("processes", "Processes that answer on this machine.", self.count_processes())
        facts = watch.found()
        yield _gauge("ready", "1 when this machine can do its work.", int(is_ready(facts)))
        yield _labelled(
            "fact_severity",
            "What manage.py status says: 0 good, 1 look, 2 bad.",
            "fact",
            {fact.name: _SEVERITY[fact.state] for fact in facts},
        )
        room = {place: room_in(folder) for place, folder in places().items()}
        yield _labelled(
            "disk_free_bytes", "Free for the site.", "place", {name: free for name, (free, _) in room.items()}
        )
        yield _labelled("disk_size_bytes", "In all.", "place", {name: size for name, (_, size) in room.items()})
        if backup := last_backup():
            yield _gauge("last_backup_timestamp_seconds", "When the last backup was made.", backup.when.timestamp())
        # Do not wait for a silent database again.
        if not any(fact.name == "database" and fact.state == State.BAD for fact in facts):
            yield from self.counted()

    def counted(self):
        if self.counted_at is None or time.monotonic() - self.counted_at > KEPT_FOR:
            try:
                self.kept = list(_in_the_database(timezone.now()))
            except Error:
                self.kept = []
            finally:
                self.afterwards()
            self.counted_at = time.monotonic()
        return self.kept


def _in_the_database(now):
    waiting = DBTaskResult.objects.ready()
    oldest = waiting.order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    yield _gauge("queue_tasks", "Tasks that wait for the worker.", waiting.count())
    age = (now - oldest).total_seconds() if oldest else 0
    yield _gauge("queue_oldest_age_seconds", "How long the oldest of them has waited.", age)
    yield _gauge("answers_saved", "Writes of answers that were saved.", AnswerWrite.objects.count())
    held = LateAnswer.objects.filter(resolved_at=None).count()
    yield _gauge("answers_held", "Answers that wait for a trainer's decision.", held)
    yield _gauge("certificates_issued", "Certificates that were issued.", Certificate.objects.count())
    if seen_at := last_sign():
        yield _gauge("worker_last_sign_timestamp_seconds", "The worker's last sign of life.", seen_at.timestamp())


def _gauge(name, words, value):
    return _labelled(name, words, None, {None: value})


def _labelled(name, words, label, values):
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - a clinic never uses it

    family = GaugeMetricFamily(f"trato_digno_{name}", words, labels=[label] if label else [])
    for of, value in values.items():
        family.add_metric([of] if label else [], value)
    return family


logger = logging.getLogger(__name__)
_TRY_AGAIN = 30


class Exporter:
    def __init__(self):
        self.process, self.beginning = None, threading.Lock()

    def keep(self):
        """Start counting in this process if METRICS_PORT is set; idempotent."""
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
        folder = place / str(os.getppid())
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / f"process-{os.getpid()}").touch()
        # prometheus_client reads it on import.
        os.environ |= {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
        CountRequests.counts = Counts()
        threading.Thread(target=answer_in_turn, args=(place, folder), name="metrics", daemon=True).start()


def own_folder(port):
    """Return this account's folder in memory: on a full disk counting would end the process."""
    place = Path(os.environ.get("RUNTIME_DIRECTORY") or "/dev/shm") / f"trato-digno-{os.geteuid()}-{port}"  # noqa: S108 - its owner is looked at
    with contextlib.suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(f"{place} belongs to somebody else.")
    return place


def answer_in_turn(place, folder):
    from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415 - a clinic never uses it
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 - as above

    # Held until this process ends.
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
    for folder in place.iterdir():
        if folder.is_dir() and folder.name.isdecimal() and not is_alive(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def is_alive(process):
    return Path(f"/proc/{process}").exists()


exporter = Exporter()
