"""What a process that reads a file may take. The kernel holds it to that, whatever stands in the file."""

import json
import resource
from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Seconds of the processor, bytes of memory (all addresses, the program itself included), bytes of its answer."""

    seconds: int = 4
    memory: int = 300 * MEGABYTE
    answer: int = 32 * MEGABYTE


def take_on(limits):
    """Hold this process, from now on, to the limits: nobody but an administrator can lift them again."""
    wanted = {
        resource.RLIMIT_AS: limits.memory,
        # What it writes into the file of its answer.
        resource.RLIMIT_FSIZE: limits.answer,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    for kind, most in wanted.items():
        resource.setrlimit(kind, (most, most))
    # At the first the process is stopped by a signal, at the second the kernel ends it.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))


def open_nothing_more():
    """Let this process open no file and no connection from now on; it keeps what is open."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


_BYTES = "\x00bytes"


def pack(value):
    """Return the bytes of a plain value; bytes in it stand behind the JSON as they are."""
    parts = []

    def keep(part):
        if not isinstance(part, bytes):
            raise TypeError(f"{type(part).__name__} is no plain value")
        parts.append(part)
        return {_BYTES: len(part)}

    head = json.dumps(value, default=keep, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return b"".join([b"%d\n" % len(head), head, *parts])


def unpack(frame):
    """Return the value of what `pack` wrote; raises ValueError for anything else."""
    size, _end, _rest = frame[:20].partition(b"\n")
    if not size.isdigit():
        raise ValueError("no frame")
    begin = len(size) + 1
    place = begin + int(size)

    def find(found):
        nonlocal place
        if len(found) == 1 and isinstance(length := found.get(_BYTES), int) and length >= 0:
            if place + length > len(frame):
                raise ValueError("the frame is cut off")
            place += length
            return bytes(frame[place - length : place])
        return found

    try:
        # Objects end in the order in which they were written, as none with bytes holds another.
        return json.loads(frame[begin:place], object_hook=find)
    except RecursionError:
        raise ValueError("the frame is nested too deep") from None
