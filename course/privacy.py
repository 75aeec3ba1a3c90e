"""Personal cookies, and redaction of logs and error reports."""

import copy
import logging
import os
import sys
import traceback
from http import HTTPStatus
from types import SimpleNamespace

from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

DISPLAY_COOKIE = "comfort"
# Display settings, last search (of `modules.search.search`, which can't be imported this early), messages.
PERSONAL_COOKIES = (DISPLAY_COOKIE, "buscado", "messages")


def delete_personal_cookies(response):
    for name in PERSONAL_COOKIES:
        # A cookie that the response sets is of the next person.
        if name not in response.cookies:
            response.delete_cookie(name, samesite="Lax")


_IMPERSONAL_META = ("REQUEST_METHOD", "SERVER_PROTOCOL", "CONTENT_LENGTH", "wsgi.url_scheme")


class RedactingExceptionFilter(SafeExceptionReporterFilter):
    def is_active(self, request):
        return True

    def get_cleansed_multivaluedict(self, request, multivaluedict):
        return dict.fromkeys(multivaluedict, self.cleansed_substitute)

    def get_post_parameters(self, request):
        return self.get_cleansed_multivaluedict(request, request.POST) if request is not None else {}

    def get_safe_cookies(self, request):
        return dict.fromkeys(getattr(request, "COOKIES", {}), self.cleansed_substitute)

    def get_safe_request_meta(self, request):
        # Many headers contain an address, or a part of one.
        meta = super().get_safe_request_meta(request)
        return {name: meta[name] for name in _IMPERSONAL_META if name in meta}

    def get_traceback_frame_variables(self, request, tb_frame):
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]


class RedactingExceptionReporter(ExceptionReporter):
    """Django's error report without query, messages, user and address, which may be a secret."""

    def _get_raw_insecure_uri(self):
        return describe_view(self.request)

    def get_traceback_data(self):
        hidden = self.filter.cleansed_substitute
        report = super().get_traceback_data() | {"unicode_hint": "", "exception_notes": ""}
        if self.request is not None:
            report |= {
                "request": SimpleNamespace(path_info=describe_view(self.request), META=report["request_meta"]),
                "user_str": None,
                "request_GET_items": [(name, hidden) for name in self.request.GET],
                "request_FILES_items": [(name, hidden) for name in self.request.FILES],
            }
        if report.get("exception_value"):
            report["exception_value"] = hidden
        if report["template_info"]:
            report["template_info"] |= {"message": hidden}
        for frame in report.get("frames", []):
            if frame.get("exc_cause"):
                frame["exc_cause"] = type(frame["exc_cause"]).__name__
        return report


# Their messages contain nothing personal; those of libraries may.
_OWN_LOGGERS = ("course", "certificates", "modules", "quizzes")
# Prefixes of sd-daemon(3).
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


def redacted_message(record):
    """Return the message without personal data: the view name for requests, else without values."""
    if record.name.partition(".")[0] in _OWN_LOGGERS:
        return record.getMessage()
    if hasattr(record, "request") or record.name.startswith(("django.request", "django.security")):
        return f"{_phrase(getattr(record, 'status_code', 0))}: {view_name_of(record)}"
    return "An error" if record.exc_info else str(record.msg)


def view_name_of(record):
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return match.view_name if match else "no page"


def describe_view(request):
    match = getattr(request, "resolver_match", None)
    return f"{match.view_name} ({match.route})" if match else "no page"


def _phrase(status):
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"


def redact_record(record):
    redacted = copy.copy(record)
    redacted.msg, redacted.args, redacted.exc_text = redacted_message(record), None, None
    return redacted


class RedactingFormatter(logging.Formatter):
    def format(self, record):
        text = super().format(redact_record(record))
        if not logs_to_journal():
            return text
        priority = next((number for level, number in _PRIORITIES if record.levelno >= level), 7)
        return "\n".join(f"<{priority}>{line}" for line in text.split("\n"))

    def formatException(self, ei):
        lines, error = [], ei[1]
        while error is not None:
            stack = "".join(traceback.format_tb(error.__traceback__))
            lines.append(f"Traceback (most recent call last):\n{stack}{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nThe cause was:\n".join(lines)


def logs_to_journal():
    """Whether standard error is the stream of the journal: see systemd.exec(5)."""
    try:
        status = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return os.environ.get("JOURNAL_STREAM", "") == f"{status.st_dev}:{status.st_ino}"
