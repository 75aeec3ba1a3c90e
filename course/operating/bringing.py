"""Files that root names and the site's account is to read: it gets a copy of what it could not read by itself.

Root follows the account nowhere: what the account could put in the place of such a file, or of a folder on the way to
it, would be read to it with root's rights. And root writes into no folder of the account.
"""

import contextlib
import fcntl
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from . import places
from .words import Refused, say


def for_the_account(site, stack, word):
    """Return a path at which the account reads the file `word`, for as long as `stack` lasts; no file: the word itself.

    Raises Refused for a file that the account cannot read, and could have put there itself.
    """
    path = Path(os.path.abspath(word))
    if word.startswith("-") or not path.is_file():
        return word
    who = site.runs_as()
    if not who or _can_read(path, who):
        return str(path)
    groups = os.getgrouplist(places.ACCOUNT, who["group"])
    if not is_out_of_reach(path, uid=who["user"], groups=groups):
        raise Refused(
            say(
                f"{path}: la cuenta {places.ACCOUNT} puede cambiar ese camino, o pasa por un enlace. Copie el archivo "
                "a una carpeta de root, como /root, y dé ese.",
                f"{path}: the account {places.ACCOUNT} can change that path, or it leads over a link. Copy the file "
                "into a folder of root's, such as /root, and give that one.",
            )
        )
    try:
        return str(_copy(path, group=who["group"], stack=stack))
    except OSError as error:
        raise Refused(f"{error.filename or path}: {error.strerror}") from error


def is_out_of_reach(path, *, uid, groups):
    """Whether an account of these numbers can put nothing in the place of the file or folder, or of one above it."""
    for step in (path, *path.parents):
        found = step.lstat()
        writes = found.st_mode & stat.S_IWOTH or (found.st_gid in groups and found.st_mode & stat.S_IWGRP)
        # In a folder such as /tmp everybody writes, and each may remove only what is its own.
        if stat.S_ISLNK(found.st_mode) or found.st_uid == uid or (writes and not found.st_mode & stat.S_ISVTX):
            return False
    # There it could be another name of somebody else's file.
    return path.is_dir() or path.lstat().st_nlink == 1


def forget_brought():
    """Remove copies that somebody left who was killed, unless somebody needs one at this moment."""
    with contextlib.suppress(FileNotFoundError, BlockingIOError), _held(fcntl.LOCK_EX | fcntl.LOCK_NB):
        for folder in places.BROUGHT.iterdir():
            shutil.rmtree(folder)


def _can_read(path, who):
    command = ["test", "-r", path]
    return not subprocess.run(command, check=False, **who).returncode  # noqa: S603 - a file that root names


def _copy(path, *, group, stack):
    places.BROUGHT.mkdir(mode=0o700, exist_ok=True)
    places.BROUGHT.chmod(0o711)
    stack.enter_context(_held(fcntl.LOCK_SH))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=places.BROUGHT)))
    copy = folder / path.name
    with (
        os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as source,
        os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target,
    ):
        shutil.copyfileobj(source, target)
        os.fchown(target.fileno(), 0, group)
        os.fchmod(target.fileno(), 0o640)
    os.chown(folder, 0, group)
    folder.chmod(0o710)
    return copy


@contextlib.contextmanager
def _held(how):
    opened = os.open(places.BROUGHT, os.O_RDONLY)
    try:
        fcntl.flock(opened, how)
        yield
    finally:
        os.close(opened)
