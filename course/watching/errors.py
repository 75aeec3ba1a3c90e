"""Error reports to a Sentry server, without personal data: a fixed list of fields."""

import atexit
import logging
import os
import threading
import time
import traceback
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from course.privacy import redacted_message, view_name_of
from course.version import release

logger = logging.getLogger(__name__)
# Per process; the log goes on.
MOST_ERRORS, ERRORS_WITHIN = 50, 600
_KEPT = {"event_id", "timestamp", "platform", "level", "logger", "release", "tags", "logentry", "exception", "sdk"}
_LAST_SECONDS = 2
_CODE = Path(__file__).resolve().parent.parent.parent


class ReportError(logging.Handler):
    def __init__(self, **options):
        super().__init__(**options)
        self.client, self.process, self.beginning = None, None, threading.Lock()
        self.told_at = deque(maxlen=MOST_ERRORS)

    def emit(self, record):
        now = time.monotonic()
        if len(self.told_at) == MOST_ERRORS and now - self.told_at[0] < ERRORS_WITHIN:
            return
        self.told_at.append(now)
        try:
            self.teller().capture_event(event_of(record))
        except Exception as error:
            # Log a wrong address once.
            if self.client is not False:
                self.client = False
                logger.warning("Errors cannot be told to SENTRY_DSN: %s.", type(error).__name__)

    def teller(self):
        with self.beginning:
            # A fork does not copy threads.
            if not self.client or self.process != os.getpid():
                self.client, self.process = new_client(settings.SENTRY_DSN), os.getpid()
                atexit.register(self.client.close, timeout=_LAST_SECONDS)
            return self.client


def new_client(address):
    import sentry_sdk  # noqa: PLC0415 - a clinic never uses it

    return sentry_sdk.Client(
        address,
        release=release(),
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        server_name="",
        before_send=lambda event, _hint: {name: value for name, value in event.items() if name in _KEPT},
    )


def event_of(record):
    event = {
        "timestamp": datetime.fromtimestamp(record.created, UTC),
        "platform": "python",
        "level": record.levelname.lower(),
        "logger": record.name,
        "logentry": {"message": redacted_message(record)},
        "tags": {"page": view_name_of(record), "status": str(getattr(record, "status_code", ""))},
    }
    if record.exc_info and record.exc_info[1]:
        event["exception"] = {"values": [*reversed([_told(error) for error in _chain(record.exc_info[1])])]}
    return event


def _chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error):
    kind = type(error)
    frames = [
        {"filename": _short(frame.filename), "function": frame.name, "lineno": frame.lineno, "in_app": _is_own(frame)}
        for frame in traceback.extract_tb(error.__traceback__, limit=-60)
    ]
    told = {"type": kind.__qualname__, "module": kind.__module__, "value": ""}
    return told | ({"stacktrace": {"frames": frames}} if frames else {})


def _is_own(frame):
    return frame.filename.startswith(str(_CODE)) and "site-packages" not in frame.filename


def _short(filename):
    return filename.rpartition("/site-packages/")[2].removeprefix(f"{_CODE}/")
