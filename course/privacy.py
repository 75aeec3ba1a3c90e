"""What must not be kept: pages in a browser that the next person uses, and people's words in reports of errors."""

import copy
import logging
import os
import sys
import traceback
from http import HTTPStatus
from types import SimpleNamespace

from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

# How the last visitor of this browser wanted the pages to look.
LOOK_COOKIE = "comfort"
# The cookies that hold something of one person: the look, what was looked for, and what a page was about to say. The
# second is of `modules.search.search`, which can't be imported this early.
OF_ONE_PERSON = (LOOK_COOKIE, "buscado", "messages")


def forget_person(response):
    """Leave nothing of the person in cookies: the next one starts fresh.

    What pages kept in the browser's storage, the next page clears (`person.js`), but for answers that wait to be sent.
    """
    for name in OF_ONE_PERSON:
        # What the answer itself sets is of whoever comes.
        if name not in response.cookies:
            response.delete_cookie(name, samesite="Lax")


_META_OF_NOBODY = ("REQUEST_METHOD", "SERVER_PROTOCOL", "CONTENT_LENGTH", "wsgi.url_scheme")


class NothingPeopleWrote(SafeExceptionReporterFilter):
    """Reports say what failed and where, never what a person sent: no form, cookie, query or local variable."""

    def is_active(self, request):
        return True

    def get_cleansed_multivaluedict(self, request, multivaluedict):
        return dict.fromkeys(multivaluedict, self.cleansed_substitute)

    def get_post_parameters(self, request):
        return self.get_cleansed_multivaluedict(request, request.POST) if request is not None else {}

    def get_safe_cookies(self, request):
        return dict.fromkeys(getattr(request, "COOKIES", {}), self.cleansed_substitute)

    def get_safe_request_meta(self, request):
        """Return the few headers and figures that are of nobody; an address, whole or not, is in many of the others."""
        meta = super().get_safe_request_meta(request)
        return {name: meta[name] for name in _META_OF_NOBODY if name in meta}

    def get_traceback_frame_variables(self, request, tb_frame):
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]


class QuietReporter(ExceptionReporter):
    """Django's report of an error without what may repeat a person's words: query, message, who it was.

    Nor is the address of the page in it, which may be a key to something (an invitation's link): its name stands there.
    """

    def _get_raw_insecure_uri(self):
        return named_page(self.request)

    def get_traceback_data(self):
        hidden = self.filter.cleansed_substitute
        report = super().get_traceback_data() | {"unicode_hint": "", "exception_notes": ""}
        if self.request is not None:
            report |= {
                "request": SimpleNamespace(path_info=named_page(self.request), META=report["request_meta"]),
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


# Whose messages say nothing of people; those of libraries may hold an address, a name, what was sent.
_OWN = ("course", "certificates", "modules", "quizzes")
# How the journal of systemd is told how grave a line is.
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


def quiet_message(record):
    """Return the message of a log record without what may be of a person.

    Of a request the name of the page stands there, and neither its address nor why it was refused; what a library says
    has no values in it, and where it tells of an error, whose place follows, it says nothing.
    """
    if record.name.partition(".")[0] in _OWN:
        return record.getMessage()
    if hasattr(record, "request") or record.name.startswith(("django.request", "django.security")):
        return f"{_phrase(getattr(record, 'status_code', 0))}: {page_of(record)}"
    return "An error" if record.exc_info else str(record.msg)


def page_of(record):
    """Return the name of the page that a log record is about, or "no page"."""
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return match.view_name if match else "no page"


def named_page(request):
    """Return the name of the page that a request is for, with the pattern of its address, or "no page"."""
    match = getattr(request, "resolver_match", None)
    return f"{match.view_name} ({match.route})" if match else "no page"


def _phrase(status):
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"


def quiet_record(record):
    """Return a copy of a log record that says no more than `quiet_message`."""
    quiet = copy.copy(record)
    quiet.msg, quiet.args, quiet.exc_text = quiet_message(record), None, None
    return quiet


class QuietFormatter(logging.Formatter):
    """A log line without people; a traceback names the type of each error and not its message.

    In the journal of systemd each line begins with how grave it is.
    """

    def format(self, record):
        text = super().format(quiet_record(record))
        if not is_journal():
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


def is_journal():
    """Whether standard error leads to the journal of systemd, which says so by the file it is."""
    told = os.environ.get("JOURNAL_STREAM", "")
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return told == f"{found.st_dev}:{found.st_ino}"
