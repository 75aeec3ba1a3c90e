"""Preloading of the site before the fork.

Before a fork there may be no thread, connection or font configuration: a held lock would stay locked in the child, a
connection would be shared, and WeasyPrint that has printed hangs its copy.
"""

import contextlib
import ctypes
import gc
import os

from django.conf import settings
from django.urls import reverse
from django.utils import translation

_ARENA_MAX = -8


def load():
    # One malloc arena: glibc has one for each thread and returns nothing between them.
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
    if pooler := os.environ.get("DATABASE_POOLER_URL"):
        os.environ["DATABASE_URL"] = pooler
    from course import wsgi  # noqa: PLC0415 - it sets Django up, which takes a while

    # Load all addresses, translations and the library of PDFs.
    reverse("my_course")
    for language, _name in settings.INTERFACE_LANGUAGES:
        with translation.override(language):
            translation.gettext("")
    import weasyprint  # noqa: F401, PLC0415 - half a second that a keeper of a wrong site need not take

    # Garbage collection in a child would copy the shared pages.
    gc.collect()
    gc.freeze()
    gc.disable()
    return wsgi
