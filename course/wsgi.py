"""WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "course.settings.production")
_pages = get_wsgi_application()

from course.health.watching import watch  # noqa: E402 - models are there once Django is set up
from course.watching.exporting import exporter  # noqa: E402 - as above


def keep_watch():
    watch.keep()
    exporter.keep()


def application(environ, start_response):
    """The first request of a process starts the watch over it, whatever server this is."""
    keep_watch()
    return _pages(environ, start_response)
