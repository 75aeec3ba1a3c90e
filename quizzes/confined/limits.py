"""What a process that reads a file may take. The kernel holds it to that, whatever stands in the file."""

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
