"""Lock against two upgrades or restores at once; survives a lost terminal."""

import contextlib
import fcntl
import signal

from . import places
from .words import Refused, say

_ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Child processes inherit the lock: they may go on after this one is killed.
held = []


@contextlib.contextmanager
def alone():
    """Hold the lock, survive the terminal; signals raise KeyboardInterrupt. Raises Refused if it is held."""
    with open(places.LOCK, "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                say(
                    "Otra actualización o restauración está en marcha. Espere a que termine.",
                    "Another upgrade or restore is at work. Wait for its end.",
                )
            ) from None
        held.append(lock.fileno())
        try:
            with _meanwhile({signal.SIGTERM: _interrupt, signal.SIGHUP: signal.SIG_IGN}):
                yield
        finally:
            held.remove(lock.fileno())


def is_at_work():
    try:
        with open(places.LOCK) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def tidied_up():
    """Let SIGTERM and SIGHUP raise KeyboardInterrupt, as Ctrl+C does."""
    return _meanwhile(dict.fromkeys(_ENDED_BY, _interrupt))


def undisturbed():
    return _meanwhile(dict.fromkeys(_ENDED_BY, signal.SIG_IGN))


def _interrupt(*_):
    raise KeyboardInterrupt


@contextlib.contextmanager
def _meanwhile(handlers):
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
