"""One process that answers: `python -m course.serving.answering FD`, begun by `keeping`."""

import logging
import os
import signal
import socket
import sys
import threading

from django.urls import reverse

from .door import Door


def main():
    # Ctrl+C reaches every process of a terminal; the one that keeps them says when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # How many wait for a thread is nothing to report.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    from course.wsgi import application, keep_watch  # noqa: PLC0415 - it sets Django up, which takes a while

    # Every address is known before the first is asked for, which would wait a second for it.
    reverse("my_course")
    door = Door(application, socket.socket(fileno=int(sys.argv[1])))
    signal.signal(signal.SIGTERM, lambda *_: door.end())
    threading.Thread(target=end_with_the_keeper, args=[door], daemon=True).start()
    # Says at the start what is wrong.
    keep_watch()
    warm_up_beside_the_pages()
    door.run()


def warm_up_beside_the_pages():
    """Let the first certificate take no longer than the next ones; no page waits for it."""
    from certificates.issuing.warming import warm_up  # noqa: PLC0415 - models are there once Django is set up

    threading.Thread(target=warm_up, name="press").start()


def end_with_the_keeper(door):
    """Wait for the end of the process that keeps this one, which closes the line to it."""
    # Not through Python's buffer, which the end of the interpreter would want from this thread.
    while os.read(sys.stdin.fileno(), 1):
        pass
    door.end()


if __name__ == "__main__":
    main()
