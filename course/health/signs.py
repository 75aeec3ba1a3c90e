"""Heartbeats of the workers, in the database, twice a minute."""

import contextlib
import logging
import os
import secrets
import socket
import threading
from datetime import timedelta

from django.db import Error, connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from course.models import Heartbeat

from .facts import bad, filled, good, moment

logger = logging.getLogger(__name__)
EVERY = 30
# Four heartbeats missing: a busy database delays one, a busy machine two.
SILENT_AFTER = timedelta(minutes=2)
KEPT = timedelta(days=1)
# Held while writing and forking: no fork happens in the middle of a heartbeat.
_writing = threading.Lock()
os.register_at_fork(before=_writing.acquire, after_in_parent=_writing.release, after_in_child=_writing.release)


@contextlib.contextmanager
def signs_of_life():
    """Send heartbeats from a thread while the block lasts, and remove the row at its end."""
    name, over = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[-100:], threading.Event()
    give_sign(name, now=timezone.now())
    thread = threading.Thread(target=_go_on, args=(name, over), name="signs-of-life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(EVERY)
        with contextlib.suppress(Error):
            Heartbeat.objects.filter(name=name).delete()


def give_sign(name, *, now):
    Heartbeat.objects.update_or_create(
        name=name, defaults={"seen_at": now}, create_defaults={"began_at": now, "seen_at": now}
    )
    Heartbeat.objects.filter(seen_at__lt=now - KEPT).delete()


def _go_on(name, over):
    while not over.wait(EVERY):
        with _writing:
            try:
                give_sign(name, now=timezone.now())
            except Error as error:
                logger.warning("The worker could give no sign of life: %s.", type(error).__name__)
            finally:
                connection.close()


def last_sign():
    return Heartbeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()


def worker_lives():
    last, now = last_sign(), timezone.now()
    if last is None:
        return bad("worker", _("No worker runs beside the site: what takes longer than a page waits."))
    if now - last > SILENT_AFTER:
        said = _("The worker gave its last sign of life on %(last)s: what takes longer than a page waits.")
        return bad("worker", filled(said, last=moment(last)))
    return good("worker", _("The worker gives signs of life."))
