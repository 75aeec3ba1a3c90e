"""Files that are there whole or not at all, and are still there when the power comes back. Needs nothing but Python."""

import os
from pathlib import Path


def write_whole(path, content, *, mode=0o600, give=None):
    """Put a text or bytes in the place of the file at `path`, which nobody sees half written; one writer at a time.

    Before anybody else may read it, `give` is called with where it still lies, to give it to another account. Who is
    killed in the middle leaves a file that the next writer removes.
    """
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
    sync_folder(path.parent)


def lead_to(link, target):
    """Let the link lead to `target`, whether it is new or led elsewhere, in one moment."""
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    sync_folder(link.parent)


def sync_folder(folder):
    """A name is on the disk once its folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
