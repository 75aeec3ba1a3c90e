"""Plain values (texts, numbers, lists, dictionaries) and bytes among them, as one run of bytes: JSON, then the bytes.

Never pickle: whoever reads it trusts nothing that stands in it.
"""

import json

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
