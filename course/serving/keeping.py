"""Process supervisor: forks web processes and the worker, and replaces dead ones."""

import gc
import os
import signal
import sys
import threading
import time

from .door import GRACE

_LONGEST_END = GRACE + 5
_LOOK_EVERY = 0.2
_BEGUN_WELL = 10
_MOST_BAD_BEGINNINGS = 5
_WORKER_AGAIN = 3
_ENDINGS = {signal.SIGTERM, signal.SIGINT}


class Keeper:
    def __init__(self):
        self.is_told_to_end = False
        # The system closes it even if the parent is killed.
        self.ending, self.held = os.pipe()
        for number in _ENDINGS:
            signal.signal(number, self.end_soon)
        # If the parent's caller ignores SIGCHLD, exit codes are lost.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)

    def end_soon(self, *_):
        self.is_told_to_end = True

    def copy(self, live):
        """Fork a child that calls `live()`; return the `Copy`."""
        # A signal before the child has its own handlers would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)
            return Copy(pid)
        os.close(self.held)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Ctrl+C reaches every process of a terminal; the parent ends the children.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)
        gc.enable()
        threading.Thread(target=end_with_the_keeper, args=[self.ending], daemon=True).start()
        sys.exit(live())


def end_with_the_keeper(ending):
    # Unbuffered: the interpreter's end would wait for the buffer's lock.
    while os.read(ending, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


class Copy:
    def __init__(self, pid):
        self.pid, self.status, self.began_at = pid, None, time.monotonic()

    def has_ended(self):
        """Whether it has ended; then `status` is its exit code, below zero for a signal."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
        return self.status is not None

    def began_well(self):
        return time.monotonic() - self.began_at > _BEGUN_WELL

    def may_be_followed(self):
        """Whether another worker may begin: at once after a normal end, else after a delay."""
        return self.status == 0 or time.monotonic() - self.began_at > _WORKER_AGAIN

    def tell(self, number):
        if not self.has_ended():
            os.kill(self.pid, number)


def keep(answer, count, *, work=None):
    """Keep `count` web processes and the worker until SIGTERM or SIGINT; return the exit status.

    Returns 1 if web processes die again and again at the start; without a worker pages go on.
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
    until = time.monotonic() + _LONGEST_END
    for one in copies:
        one.tell(signal.SIGTERM)
    while not all(one.has_ended() for one in copies) and time.monotonic() < until:
        time.sleep(_LOOK_EVERY / 4)
    for one in copies:
        one.tell(signal.SIGKILL)
