"""Loading the site, in the process that keeps others: they are copies of it, and share what it has read.

Whoever copies itself has no thread, no connection and no configuration of letters: a lock that a thread held would stay
locked in the copy for ever, a connection would be of two processes, and a press that has printed hangs its copy.
"""

import contextlib
import ctypes
import gc
import os

from django.conf import settings
from django.urls import reverse
from django.utils import translation

# Of glibc's mallopt: how many separate stores of memory threads may have.
_ARENA_MAX = -8


def load():
    """Read what every process of the site needs, and return `course.wsgi`."""
    keep_one_store_of_memory()
    reach_the_database_through_its_pooler()
    from course import wsgi  # noqa: PLC0415 - it sets Django up, which takes a while

    read_addresses()
    read_words()
    read_the_press()
    # What is there stays. Were it looked through for garbage, a copy would write to it and have it for itself.
    gc.collect()
    gc.freeze()
    gc.disable()
    return wsgi


def keep_one_store_of_memory():
    """Have the threads of a process share one: with glibc each has its own, and gives nothing of it to the others."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def reach_the_database_through_its_pooler():
    """Have pages ask at DATABASE_POOLER_URL, if there is one; commands ask the database itself."""
    if pooler := os.environ.get("DATABASE_POOLER_URL"):
        os.environ["DATABASE_URL"] = pooler


def read_addresses():
    """Know every address before the first is asked for, which would wait a second for it."""
    reverse("my_course")


def read_words():
    """Read the words of every language of the site."""
    for language, _name in settings.INTERFACE_LANGUAGES:
        with translation.override(language):
            translation.gettext("")


def read_the_press():
    """Read the programs that print, without printing."""
    import weasyprint  # noqa: F401, PLC0415 - half a second that a keeper of a wrong site need not take
