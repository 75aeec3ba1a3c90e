"""Mail that a page causes goes out beside it: a mail server that is dead or silent delays and breaks no page.

What pages send are reports of errors to ADMINS and Wagtail's notes to reviewers. Reminders are sent by the worker,
which has to know what became of each: it uses the mailer `at_once`.
"""

import atexit
import contextlib
import logging
import queue
import threading
import time
from collections import deque
from contextvars import ContextVar
from functools import partial

from django.conf import settings
from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.log import AdminEmailHandler

from course.privacy import redact_record

logger = logging.getLogger(__name__)

MOST_WAITING = 100
# Seconds that a process waits at its end for what is being sent.
LAST_SECONDS = 5
# A report of an error waits for no transaction, which may well be taken back.
_is_report = ContextVar("what is mailed is a report of an error", default=False)
# Reports of one process in so many seconds: a site that fails at every page has said so by then, and its log goes on.
MOST_REPORTS, REPORTS_WITHIN = 10, 600


class Postman:
    """A thread that sends what waits, one after the other; what cannot be sent is a line in the log."""

    def __init__(self):
        self.waiting = queue.Queue(MOST_WAITING)
        self.thread, self.beginning = None, threading.Lock()
        atexit.register(self.finish)

    def take(self, message, mailer):
        try:
            self.waiting.put_nowait((message, mailer))
        except queue.Full:
            logger.warning("A message was not mailed: %s others wait.", MOST_WAITING)
            return
        with self.beginning:
            # Of a process that was copied the thread is not there.
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self.send_what_waits, name="postman", daemon=True)
                self.thread.start()

    def send_what_waits(self):
        while (given := self.waiting.get()) is not None:
            message, mailer = given
            try:
                mailers[mailer].send_messages([message])
            except Exception as error:
                logger.warning("A message was not mailed: %s.", type(error).__name__)
            self.waiting.task_done()

    def finish(self):
        """Give what waits a last moment when the process ends."""
        if self.thread is not None and self.thread.is_alive():
            with contextlib.suppress(queue.Full):
                self.waiting.put_nowait(None)
            self.thread.join(LAST_SECONDS)


postman = Postman()


class MailBeside(BaseEmailBackend):
    """Takes any message at once and never fails; another mailer, `through`, sends it in a thread of its own.

    In a transaction it is sent when that is committed: of what was taken back nobody is told.
    """

    def __init__(self, *, through, **options):
        super().__init__(**options)
        self.through = through

    def send_messages(self, email_messages):
        for message in email_messages:
            take = partial(postman.take, message, self.through)
            if _is_report.get():
                take()
            else:
                transaction.on_commit(take)
        return len(email_messages)


class ReportToAdmins(AdminEmailHandler):
    """Django's report of an error, never more than a few at a time; whatever fails in it is logged and not raised."""

    def __init__(self, **options):
        super().__init__(**options)
        self.sent_at = deque(maxlen=MOST_REPORTS)

    def emit(self, record):
        now = time.monotonic()
        has_sent_enough = len(self.sent_at) == MOST_REPORTS and now - self.sent_at[0] < REPORTS_WITHIN
        if not settings.ADMINS or has_sent_enough:
            return
        self.sent_at.append(now)
        try:
            super().emit(redact_record(record))
        except Exception as error:
            # Not by `handleError`, which repeats what the record holds.
            logger.warning("An error was not reported: %s.", type(error).__name__)

    def send_mail(self, *args, **kwargs):
        token = _is_report.set(True)
        try:
            super().send_mail(*args, **kwargs)
        finally:
            _is_report.reset(token)
