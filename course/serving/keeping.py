"""Keeping processes: several that answer at one door, the worker beside them, another for each that dies, and an end.

Each is a copy of this process, which has loaded the site and does nothing else: what it loaded is there once for all.
"""

import gc
import os
import signal
import sys
import threading
import time

from .door import GRACE

# What is asked of whoever answers ends within GRACE; whoever does not end then is ended.
_LONGEST_END = GRACE + 5
_LOOK_EVERY = 0.2
# A process that lives as long as this has begun well.
_BEGUN_WELL = 10
_MOST_BAD_BEGINNINGS = 5
# So long after its beginning, at the earliest, another worker follows one that failed.
_WORKER_AGAIN = 3
_ENDINGS = {signal.SIGTERM, signal.SIGINT}


class Keeper:
    """The process that keeps others, and the line that ends for them when it does."""

    def __init__(self):
        self.is_told_to_end = False
        # Nobody else holds the other end: it is closed also when the keeper is killed and can tell nothing.
        self.ending, self.held = os.pipe()
        for number in _ENDINGS:
            signal.signal(number, self.end_soon)
        # Ignored by whoever began this, ends of processes would be forgotten before they are asked for.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)

    def end_soon(self, *_):
        self.is_told_to_end = True

    def copy(self, live):
        """Begin a copy of this process, which does `live()` and ends; return the `Copy`."""
        # Told to end before it has its own way to, the copy would go on.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)
            return Copy(pid)
        os.close(self.held)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Ctrl+C reaches every process of a terminal; the one that keeps them says when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)
        gc.enable()
        threading.Thread(target=end_with_the_keeper, args=[self.ending], daemon=True).start()
        sys.exit(live())


def end_with_the_keeper(ending):
    """Wait, in a copy, for the end of the keeper; then end as if it had said so."""
    # Not through Python's buffer, which the end of the interpreter would want from this thread.
    while os.read(ending, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


class Copy:
    """A process that is kept, and since when."""

    def __init__(self, pid):
        self.pid, self.status, self.began_at = pid, None, time.monotonic()

    def has_ended(self):
        """Whether it has ended; then `status` says with what, below zero for a signal."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
        return self.status is not None

    def began_well(self):
        return time.monotonic() - self.began_at > _BEGUN_WELL

    def may_be_followed(self):
        """Whether another worker may begin: at once after one that has done its share, else when a while is over."""
        return self.status == 0 or time.monotonic() - self.began_at > _WORKER_AGAIN

    def tell(self, number):
        if not self.has_ended():
            os.kill(self.pid, number)


def keep(answer, count, *, work=None):
    """Keep `count` processes that answer, and one that works, until SIGTERM or SIGINT; return the status to end with.

    A site that dies again and again before it has begun well ends with 1. For a worker that does, pages go on.
    """
    keeper = Keeper()
    answering = [keeper.copy(answer) for _ in range(count)]
    worker = keeper.copy(work) if work else None
    bad_beginnings = 0
    while not keeper.is_told_to_end and bad_beginnings < _MOST_BAD_BEGINNINGS:
        time.sleep(_LOOK_EVERY)
        for place, one in enumerate(answering):
            if not one.has_ended() or keeper.is_told_to_end:
                continue
            bad_beginnings = 0 if one.began_well() else bad_beginnings + 1
            print(f"A process that answers has ended ({one.status}); another begins.", file=sys.stderr)
            answering[place] = keeper.copy(answer)
        if worker and worker.has_ended() and worker.may_be_followed() and not keeper.is_told_to_end:
            if worker.status:
                print(f"The worker has ended ({worker.status}); another begins.", file=sys.stderr)
            worker = keeper.copy(work)
    end_all([*answering, *([worker] if worker else [])])
    return 0 if keeper.is_told_to_end else 1


def end_all(copies):
    """Let all of them end at once, each when what it was asked is answered."""
    until = time.monotonic() + _LONGEST_END
    for one in copies:
        one.tell(signal.SIGTERM)
    while not all(one.has_ended() for one in copies) and time.monotonic() < until:
        time.sleep(_LOOK_EVERY / 4)
    for one in copies:
        one.tell(signal.SIGKILL)
