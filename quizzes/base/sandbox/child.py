"""Resource limits and messages of the sandboxed process."""

import json
import resource
from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Seconds of CPU time, bytes of address space (the program included), bytes of the answer."""

    seconds: int = 4
    memory: int = 300 * MEGABYTE
    answer: int = 32 * MEGABYTE


def apply_limits(limits):
    hard = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_FSIZE: limits.answer,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    for kind, limit in hard.items():
        resource.setrlimit(kind, (limit, limit))
    # SIGXCPU at the first, SIGKILL at the second.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))


def forbid_opening():
    """Forbid new files and connections; open ones stay open."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


_BYTES = "\x00bytes"


def pack(value):
    """Return a frame: length of the JSON, JSON, and the bytes objects of `value` as they are."""
    parts = []

    def append(part):
        if not isinstance(part, bytes):
            raise TypeError(f"{type(part).__name__} is not serialisable")
        parts.append(part)
        return {_BYTES: len(part)}

    head = json.dumps(value, default=append, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return b"".join([b"%d\n" % len(head), head, *parts])


def unpack(frame):
    """Raises ValueError."""
    size, _end, _rest = frame[:20].partition(b"\n")
    if not size.isdigit():
        raise ValueError("no frame")
    start = len(size) + 1
    position = start + int(size)

    def read_bytes(value):
        nonlocal position
        if len(value) == 1 and isinstance(length := value.get(_BYTES), int) and length >= 0:
            if position + length > len(frame):
                raise ValueError("the frame is cut off")
            position += length
            return bytes(frame[position - length : position])
        return value

    try:
        # Objects end in the order in which they were written, because those of bytes are not nested.
        return json.loads(frame[start:position], object_hook=read_bytes)
    except RecursionError:
        raise ValueError("the frame is nested too deep") from None
