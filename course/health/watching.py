"""A watch in each process that answers: it looks now and then, by a thread, and pages only read what it found.

While the database is not of this version, a key unreadable or the clock wrong, every page is refused in words; the
watch goes on looking, so that the site comes back by itself.
"""

import logging
import os
import threading
import time

from django.db import connections
from django.utils.translation import gettext_lazy as _

from .database import silent
from .facts import bad, filled, in_both_languages
from .looking import LOOKS, look_at, refusal_in

logger = logging.getLogger(__name__)
EVERY = 15
# Whoever mends a site waits for it.
EVERY_WHILE_REFUSED = 2
# How long the first page waits for the first look: a database that is far away must not keep the site from beginning.
FIRST_LOOK = 10
# A look that takes this long has come to nothing: the database is silent.
STUCK_AFTER = 60
# Where no watch is kept, such as on a developer's server, whoever asks looks, this often at most.
KEPT_FOR = 5


class Watch:
    """What was found last, and when."""

    def __init__(self):
        self.facts, self.looked_at, self.refused = [], None, None
        self.process, self.beginning, self.looking = None, threading.Lock(), threading.Lock()
        self.has_looked = threading.Event()

    def keep(self):
        """Begin to watch in this process if nothing does; return once it has looked, or when that takes too long."""
        # A process that was copied from one that watches has no such thread.
        if self.process == os.getpid():
            return
        with self.beginning:
            if self.process == os.getpid():
                return
            self.has_looked.clear()
            threading.Thread(target=self.go_on, name="watch", daemon=True).start()
            self.has_looked.wait(FIRST_LOOK)
            self.process = os.getpid()

    def go_on(self):
        while True:
            self.look()
            self.has_looked.set()
            time.sleep(EVERY_WHILE_REFUSED if self.refused else EVERY)

    def look(self):
        """Look at everything, and say in the log when pages are refused from now on, or not any more."""
        try:
            facts = look_at(LOOKS)
        finally:
            # The line to the database is the thread's own: none is kept for a look now and then.
            connections.close_all()
        refusal = refusal_in(facts)
        if refusal and (self.refused is None or self.refused.name != refusal.outage.name):
            logger.error("%s", in_both_languages(filled(_("The site does not answer. %(why)s"), why=refusal.said)))
        if self.refused and not refusal:
            logger.warning("%s", in_both_languages(_("The site answers again.")))
        self.facts, self.looked_at, self.refused = facts, time.monotonic(), refusal.outage if refusal else None

    def found(self):
        """Return the facts of a moment ago."""
        if self.process == os.getpid():
            return self.facts if self.facts and time.monotonic() - self.looked_at < STUCK_AFTER else [_stuck()]
        with self.looking:
            if self.looked_at is None or time.monotonic() - self.looked_at > KEPT_FOR:
                self.facts, self.looked_at = look_at(LOOKS), time.monotonic()
            return self.facts


def _stuck():
    return bad("database", silent())


watch = Watch()
