"""What is written down, where it goes, and that nothing about people is in it: see course/privacy.py."""

import os

# Errors go to a server that speaks as Sentry does, where one is named.
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
        # In the place of Django's own, whose trouble with a mail server becomes the page's.
        "django": {"handlers": ["report"], "level": "INFO"},
        **{app: {"handlers": ["report"], "level": "INFO"} for app in ("course", "certificates", "modules", "quizzes")},
        # Anybody can cause these, as often as they like: a wrong Host, too many fields.
        "django.security": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
