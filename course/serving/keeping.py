"""Keeping processes that answer: several at one door, another for each that dies, and an end within a time."""

import signal
import subprocess
import sys
import time

from .door import GRACE

# What is asked of whoever answers ends within GRACE; whoever does not end then is ended.
_LONGEST_END = GRACE + 5
_LOOK_EVERY = 0.2
# A process that lives as long as this has begun well.
_BEGUN_WELL = 10
_MOST_BAD_BEGINNINGS = 5


class Answering:
    """One process that answers at the door, and since when."""

    def __init__(self, door):
        self.began_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - nothing in the command comes from outside
            [sys.executable, "-m", "course.serving.answering", str(door.fileno())],
            # It ends when this line does, also when who keeps it is killed and can tell nothing.
            stdin=subprocess.PIPE,
            pass_fds=[door.fileno()],
        )

    def began_well(self):
        return time.monotonic() - self.began_at > _BEGUN_WELL


def keep_answering(door, count):
    """Keep `count` processes answering at a listening socket until SIGTERM or SIGINT; return the status to end with.

    A site whose first process cannot begin, or that dies again and again before it has begun well, ends with 1.
    """
    ends = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ends.append(True))
    answering, bad_beginnings = [Answering(door) for _ in range(count)], 0
    while not ends and bad_beginnings < _MOST_BAD_BEGINNINGS:
        time.sleep(_LOOK_EVERY)
        for place, one in enumerate(answering):
            status = one.process.poll()
            if status is None or ends:
                continue
            if one.began_well():
                bad_beginnings = 0
            elif status > 0 and not any(other.began_well() for other in answering):
                # It has said why.
                bad_beginnings = _MOST_BAD_BEGINNINGS
                break
            else:
                bad_beginnings += 1
            print(f"A process that answers has ended ({status}); another begins.", file=sys.stderr)
            answering[place] = Answering(door)
    end_all([one.process for one in answering])
    return 0 if ends else 1


def end_all(processes):
    """Let all of them end at once, each when what it was asked is answered."""
    until = time.monotonic() + _LONGEST_END
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
