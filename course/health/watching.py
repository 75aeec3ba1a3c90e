"""Background health checks in each process; pages, commands and the worker refuse."""

import logging
import os
import threading
import time

from django.core.management.base import CommandError
from django.db import connections
from django.utils.translation import gettext_lazy as _

from .database import silent
from .facts import State, bad, filled, in_both_languages
from .looking import LOOKS, look_at, refusal_in

logger = logging.getLogger(__name__)
EVERY = 15
EVERY_WHILE_REFUSED = 2
# Timeout of the first page: a slow database must not block the start.
FIRST_LOOK = 10
# A look that takes this long means that the database does not answer.
STUCK_AFTER = 60
# Without a watch, as on a development server, pages look themselves, this often at most.
KEPT_FOR = 5


class Watch:
    def __init__(self):
        self.facts, self.looked_at, self.refused = [], None, None
        self.process, self.beginning, self.looking = None, threading.Lock(), threading.Lock()
        self.has_looked = threading.Event()

    def keep(self):
        """Start to watch in this process, once; return after the first look, or a timeout."""
        # A forked process does not have the thread.
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
        try:
            facts = look_at(LOOKS)
        finally:
            # The connection belongs to this thread.
            connections.close_all()
        refusal = refusal_in(facts)
        if refusal and (self.refused is None or self.refused.name != refusal.outage.name):
            logger.error("%s", in_both_languages(filled(_("The site does not answer. %(why)s"), why=refusal.said)))
        if self.refused and not refusal:
            logger.warning("%s", in_both_languages(_("The site answers again.")))
        self.facts, self.looked_at, self.refused = facts, time.monotonic(), refusal.outage if refusal else None

    def found(self):
        if self.process == os.getpid():
            is_recent = self.facts and time.monotonic() - self.looked_at < STUCK_AFTER
            return self.facts if is_recent else [bad("database", silent())]
        with self.looking:
            if self.looked_at is None or time.monotonic() - self.looked_at > KEPT_FOR:
                self.facts, self.looked_at = look_at(LOOKS), time.monotonic()
            return self.facts


watch = Watch()


def refuse_unready():
    if refusal := refusal_in(look_at(LOOKS)):
        raise CommandError(in_both_languages(refusal.said))


def why_not_ready():
    connections.close_all()
    problem = _problem()
    return in_both_languages(problem.said) if problem else ""


def _rest(seconds):
    connections.close_all()
    time.sleep(seconds)


def wait_until_ready(*, wait=_rest):
    """Wait until the site is ready and its database answers; log each reason once."""
    said = None
    while problem := _problem():
        if problem.said != said:
            logger.error("%s", in_both_languages(problem.said))
        said = problem.said
        wait(EVERY)


def _problem():
    facts = look_at(LOOKS)
    gone = (fact for fact in facts if fact.name == "database" and fact.state == State.BAD)
    return refusal_in(facts) or next(gone, None)
