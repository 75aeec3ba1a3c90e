"""Figures of the site as a whole: from its database, so the same on every machine, and from this machine's disks."""

import time

from django.db import Error
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

# Whoever asks often does not make the database count often: of millions of answers it takes a second.
KEPT_FOR = 60
_SEVERITY = {State.GOOD: 0, State.WARNING: 1, State.BAD: 2}


class Figures:
    """Collects them for `prometheus_client`; those of a database that does not answer are left out.

    `afterwards` is called when the database was asked: each answer is given by a thread of its own.
    """

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
        # Of a database that is silent it is not asked once more, and waited for.
        if not any(fact.name == "database" and fact.state == State.BAD for fact in facts):
            yield from self.counted()

    def counted(self):
        """Return what the database says, counted once a minute."""
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
