"""What a process that answers does, from its beginning as a copy of its keeper to its end."""

import logging
import signal
import threading

from .door import Door


def answer(site, sock):
    """Answer at the socket for the site, as `load` gives it, until SIGTERM, and then what was asked before."""
    # How many wait for a thread is nothing to report.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    door = Door(site.application, sock)
    signal.signal(signal.SIGTERM, lambda *_: door.end())
    begin_beside_the_pages(site)
    door.run()


def begin_beside_the_pages(site):
    """Begin the threads that every process that answers has beside those of the door."""
    # Says at the start what is wrong.
    site.keep_watch()
    warm_up_beside_the_pages()


def warm_up_beside_the_pages():
    """Let the first certificate take no longer than the next ones; no page waits for it."""
    from certificates.issuing.issue import preload_renderer  # noqa: PLC0415 - models are there once Django is set up

    threading.Thread(target=preload_renderer, name="press").start()
