"""What must not be done twice at once, and goes on when the line to the terminal drops."""

import contextlib
import fcntl
import signal

from . import places
from .words import Refused, say

_ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The lock of this process, which what it runs holds too: when it is killed, what it began may still be at work.
held = []


@contextlib.contextmanager
def alone():
    """Let one upgrade or restore be at work, and outlive its terminal. Raises Refused while another one is.

    Whoever ends this process otherwise raises KeyboardInterrupt, as Ctrl+C does.
    """
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
    """Whether an upgrade or a restore goes on at this moment."""
    try:
        with open(places.LOCK) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def tidied_up():
    """Let whoever ends this process, or a line that drops, raise KeyboardInterrupt, as Ctrl+C does."""
    return _meanwhile(dict.fromkeys(_ENDED_BY, _interrupt))


def undisturbed():
    """Let nobody end what has to come to its end: going back, above all."""
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
