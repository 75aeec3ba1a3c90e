"""Several processes for what takes a processor's time: printing certificates."""

import multiprocessing
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from django.db import connections

# A page takes a twentieth of a second. Whoever needs this long hangs.
_LONGEST = 600


def in_parallel(function, arguments, *, processes):
    """Yield `function(argument)` for each argument as they are ready, in any order, from that many processes.

    They are copies of this process, which give back what memory the press took when they end: it must not have printed
    anything itself, because a font configuration made before a copy hangs the copy. With none, in this process.
    """
    arguments = list(arguments)
    if not processes or not arguments:
        yield from map(function, arguments)
        return
    # Read once, before the copies are made: half a second each otherwise. Reading it makes no font configuration.
    import weasyprint  # noqa: F401, PLC0415 - only where something is printed

    # A connection is one process's.
    connections.close_all()
    copies = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(
        min(processes, len(arguments)), mp_context=copies, initializer=_begin, initargs=(os.getpid(),)
    ) as pool:
        for done in as_completed([pool.submit(function, argument) for argument in arguments], timeout=_LONGEST):
            yield done.result()


def _begin(parent):
    connections.close_all()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent):
    """A worker that is killed leaves nobody behind."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
