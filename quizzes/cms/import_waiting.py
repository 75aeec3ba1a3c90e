"""A file between its upload and the confirmation: kept for an hour at most, for nobody but who brought it.

What was read of it waits in `VAR_DIR/imports`, since it may be of 20 MB with images and the pages in between need all
of it. It is removed when it is imported or given up, and whatever stays behind when the next file comes in.
"""

import json
import os
import re
import time
from dataclasses import asdict, dataclass
from secrets import token_hex

from django.conf import settings

from quizzes.confined import frames

LONGEST = 60 * 60  # seconds
_TOKEN = re.compile(r"[0-9a-f]{32}")


class NotWaiting(Exception):
    """There is no such file: it was imported, given up, or brought by somebody else; or an hour has passed."""


@dataclass(frozen=True)
class WaitingFile:
    """A file that waits; `topic` and `quiz` are keys of rows, or None."""

    token: str
    user: str
    name: str
    locale: int
    topic: int | None = None
    quiz: int | None = None

    @property
    def brought(self):
        """What was read of it, as a plain value; raises NotWaiting once it is being imported."""
        return _unpack(_read(_path(self.token, "file")))


def let_wait(brought, *, user, **fields):
    """Keep what was read of a file that `user` brought, a plain value, and return it as WaitingFile."""
    _sweep()
    waiting = WaitingFile(token_hex(16), str(user.pk), **fields)
    _write(_path(waiting.token, "file"), frames.pack(brought))
    _write(_path(waiting.token, "json"), json.dumps(asdict(waiting)).encode())
    return waiting


def find_waiting(token, user):
    """Return what waits under a token, for who brought it; raises NotWaiting."""
    if not _TOKEN.fullmatch(token):
        raise NotWaiting
    try:
        waiting = WaitingFile(**json.loads(_read(_path(token, "json"))))
    except TypeError:
        # Another version of the site let it wait.
        raise NotWaiting from None
    if waiting.user != str(user.pk):
        raise NotWaiting
    return waiting


def claim(waiting):
    """Return what was read for the one who imports it: of two requests at once, the second gets NotWaiting."""
    try:
        _path(waiting.token, "file").rename(_path(waiting.token, "claimed"))
    except FileNotFoundError as error:
        raise NotWaiting from error
    return _unpack(_read(_path(waiting.token, "claimed")))


def give_back(waiting):
    """Let the file wait again, since nothing was imported."""
    _path(waiting.token, "claimed").rename(_path(waiting.token, "file"))


def finish(waiting, result):
    """Put a result (JSON) in the place of the file."""
    _write(_path(waiting.token, "result"), json.dumps(result).encode())
    _path(waiting.token, "claimed").unlink(missing_ok=True)


def find_result(waiting):
    """Return the result, or None while there is none; raises NotWaiting when nothing is being imported."""
    if (path := _path(waiting.token, "result")).exists():
        return json.loads(_read(path))
    if not _path(waiting.token, "claimed").exists():
        raise NotWaiting
    return None


def give_up(waiting):
    """Remove the file and what is known of it."""
    for part in ("file", "json", "claimed", "result"):
        _path(waiting.token, part).unlink(missing_ok=True)


def _folder():
    folder = settings.VAR_DIR / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(token, part):
    return _folder() / f"{token}.{part}"


def _sweep():
    for path in _folder().iterdir():
        try:
            if path.stat().st_mtime < time.time() - LONGEST:
                path.unlink()
        except FileNotFoundError:
            continue  # another request was faster


def _write(path, content):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    # By the clock that it is read with: a disk on the network may have another.
    os.utime(path, (now := time.time(), now))


def _read(path):
    """Return the bytes of a file that waits; raises NotWaiting for one that is not there or older than an hour."""
    try:
        if path.stat().st_mtime < time.time() - LONGEST:
            raise NotWaiting
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotWaiting from error


def _unpack(content):
    try:
        return frames.unpack(content)
    except ValueError:
        raise NotWaiting from None
