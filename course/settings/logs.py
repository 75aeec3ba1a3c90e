"""Logging, without personal data: see course/privacy.py."""

import os

SENTRY_DSN = os.environ.get("SENTRY_DSN", "")
_ERRORS = ["errors"] if SENTRY_DSN else []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "quiet": {"()": "course.privacy.RedactingFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "quiet", "level": "WARNING"},
        "report": {"class": "course.mailing.ReportToAdmins", "formatter": "quiet", "level": "ERROR"},
        "errors": {"class": "course.watching.errors.ReportError", "formatter": "quiet", "level": "ERROR"},
    },
    "root": {"handlers": ["console", *_ERRORS], "level": "WARNING"},
    "loggers": {
        # Django's own handler fails the page if the mail server fails.
        "django": {"handlers": ["report"], "level": "INFO"},
        **{app: {"handlers": ["report"], "level": "INFO"} for app in ("course", "certificates", "modules", "quizzes")},
        # Anybody can cause these at will, as by a wrong Host: no report.
        "django.security": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
