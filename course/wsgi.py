"""What is served."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "course.settings.production")
_pages = get_wsgi_application()

from course.health.watching import watch  # noqa: E402 - models are there once Django is set up
from course.watching.exporting import exporter  # noqa: E402 - as above


def keep_watch():
    """Watch over the site in this process, and count if that is wanted; once it does, it costs nothing."""
    watch.keep()
    exporter.keep()


def application(environ, start_response):
    """Answer a request. The first one of a process begins the watch over it, whatever server this is."""
    keep_watch()
    return _pages(environ, start_response)
