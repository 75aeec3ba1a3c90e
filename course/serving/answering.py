"""Life of a web process and of the worker beside it."""

import logging
import signal
import threading

from django.core.management import call_command

from .door import Door


def answer(site, sock):
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    door = Door(site.application, sock)
    signal.signal(signal.SIGTERM, lambda *_: door.end())
    site.keep_watch()
    warm_up_beside_the_pages()
    door.run()


def warm_up_beside_the_pages():
    """Make the first certificate as fast as the next ones; no page waits for it."""
    from certificates.issuing.issue import preload_renderer  # noqa: PLC0415 - models are there once Django is set up

    threading.Thread(target=preload_renderer, name="press").start()


def work(sock):
    # Clients would wait here for ever.
    sock.close()
    # Ctrl+C reaches every process of a terminal; the parent ends the children.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    call_command("work")
