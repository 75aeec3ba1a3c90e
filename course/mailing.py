"""Background sending of mail from pages: error reports, notes to reviewers."""

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
LAST_SECONDS = 5
# Error reports do not wait for a transaction, which may be rolled back.
_is_report = ContextVar("what is mailed is a report of an error", default=False)
# Per process; the log goes on.
MOST_REPORTS, REPORTS_WITHIN = 10, 600


class Postman:
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
            # A fork does not copy threads.
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
        if self.thread is not None and self.thread.is_alive():
            with contextlib.suppress(queue.Full):
                self.waiting.put_nowait(None)
            self.thread.join(LAST_SECONDS)


postman = Postman()


class MailBeside(BaseEmailBackend):
    """Mail backend that never fails; sends after commit, in a thread, by the mailer `through`."""

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
    """Django's error report, at most a few at a time; its own failures are logged, not raised."""

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
            # Not by `handleError`, which prints the record.
            logger.warning("An error was not reported: %s.", type(error).__name__)

    def send_mail(self, *args, **kwargs):
        token = _is_report.set(True)
        try:
            super().send_mail(*args, **kwargs)
        finally:
            _is_report.reset(token)
