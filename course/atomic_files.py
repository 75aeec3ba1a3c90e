"""Atomic and durable writing of files, with the standard library alone."""

import os
from pathlib import Path


def write_atomically(path, content, *, mode=0o600, give=None):
    """Replace the file; one writer at a time. `give` gets its unfinished path, to change the owner."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.unfinished")
    beside.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            if give:
                give(beside)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def replace_symlink(link, target):
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    fsync_folder(link.parent)


def fsync_folder(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
