"""What a reader may try in the process for files; each is called there and says what came of it."""

import os
import resource
import socket
import sys
import time
from pathlib import Path


class Refused(Exception):
    """What a reader says in a sentence."""


def tell_limits(_content):
    kinds = ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE")
    return {kind: list(resource.getrlimit(getattr(resource, f"RLIMIT_{kind}"))) for kind in kinds}


def tell_surroundings(content, *, word):
    return {
        "environment": sorted(os.environ),
        "loaded": sorted({name.split(".")[0] for name in sys.modules}),
        "content": content,
        "word": word,
    }


def reach_out(_content):
    found = {}
    for name, reach in {
        "file": lambda: Path("/etc/hostname").read_text(),
        "socket": lambda: socket.socket(),
        "pipe": os.pipe,
    }.items():
        try:
            reach()
            found[name] = "reached"
        except OSError as error:
            found[name] = type(error).__name__
    return found


def hold_much(_content):
    return len(bytearray(400 * 1024 * 1024))


def count_for_ever(_content):
    while True:
        pass


def wait_for_ever(_content):
    time.sleep(600)


def answer_much(_content):
    return "a" * (40 * 1024 * 1024)


def fail(content):
    raise LookupError(content)


def refuse(content):
    raise Refused(content.decode())


def end(_content):
    os._exit(3)
