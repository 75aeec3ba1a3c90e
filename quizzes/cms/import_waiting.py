"""A file between its upload and the confirmation: kept for an hour at most, for nobody but who brought it.

What was read of it waits in the storage `waiting`, since it may be of 20 MB with images and the pages in between need
all of it, on whichever machine. It is removed when it is imported or given up, and whatever stays behind when the next
file comes in.
"""

import json
import re
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from secrets import token_hex

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from quizzes.base.sandbox import child

LONGEST = 60 * 60  # seconds
_TOKEN = re.compile(r"[0-9a-f]{32}")
_PARTS = ("file", "json", "claimed", "result")


class NotWaiting(Exception):
    """There is no such file: it was imported, given up, or brought by somebody else; or an hour has passed."""


@dataclass(frozen=True)
class WaitingFile:
    """A file that waits since `at`, in seconds; `topic` and `quiz` are keys of rows, or None."""

    token: str
    user: str
    at: float
    name: str
    locale: int
    topic: int | None = None
    quiz: int | None = None

    @property
    def brought(self):
        """What was read of it, as a plain value; raises NotWaiting once it is being imported."""
        if _is_there(self.token, "claimed"):
            raise NotWaiting
        return _unpack(_read(self.token, "file"))


def let_wait(brought, *, user, **fields):
    """Keep what was read of a file that `user` brought, a plain value, and return it as WaitingFile."""
    _sweep()
    waiting = WaitingFile(token_hex(16), str(user.pk), time.time(), **fields)
    _write(waiting.token, "file", child.pack(brought))
    _write(waiting.token, "json", json.dumps(asdict(waiting)).encode())
    return waiting


def find_waiting(token, user):
    """Return what waits under a token, for who brought it; raises NotWaiting."""
    if not _TOKEN.fullmatch(token):
        raise NotWaiting
    try:
        waiting = WaitingFile(**json.loads(_read(token, "json")))
    except TypeError:
        # Another version of the site let it wait.
        raise NotWaiting from None
    if waiting.user != str(user.pk) or waiting.at < time.time() - LONGEST:
        raise NotWaiting
    return waiting


def claim(waiting):
    """Return what was read for the one who imports it: of two requests at once, the second gets NotWaiting."""
    with transaction.atomic():
        # The row of who brought it is the door, on whichever machines they are.
        get_user_model().objects.select_for_update().get(pk=waiting.user)
        brought = waiting.brought
        _write(waiting.token, "claimed", b"")
    return brought


def give_back(waiting):
    """Let the file wait again, since nothing was imported."""
    _files().delete(_name(waiting.token, "claimed"))


def finish(waiting, result):
    """Put a result (JSON) in the place of the file."""
    _write(waiting.token, "result", json.dumps(result).encode())
    for part in ("file", "claimed"):
        _files().delete(_name(waiting.token, part))


def find_result(waiting):
    """Return the result, or None while there is none; raises NotWaiting when nothing is being imported."""
    if _is_there(waiting.token, "result"):
        return json.loads(_read(waiting.token, "result"))
    if not _is_there(waiting.token, "claimed"):
        raise NotWaiting
    return None


def give_up(waiting):
    """Remove the file and what is known of it."""
    for part in _PARTS:
        _files().delete(_name(waiting.token, part))


def _files():
    return storages["waiting"]


def _name(token, part):
    return f"{token}.{part}"


def _is_there(token, part):
    return _files().exists(_name(token, part))


def _sweep():
    files, before = _files(), timezone.now() - timedelta(seconds=LONGEST)
    try:
        names = files.listdir("")[1]
    except FileNotFoundError:
        return
    for name in names:
        try:
            if files.get_modified_time(name) < before:
                files.delete(name)
        except FileNotFoundError:
            continue  # another request was faster


def _write(token, part, content):
    _files().save(_name(token, part), ContentFile(content))


def _read(token, part):
    try:
        with _files().open(_name(token, part)) as file:
            return file.read()
    except FileNotFoundError as error:
        raise NotWaiting from error


def _unpack(content):
    try:
        return child.unpack(content)
    except ValueError:
        raise NotWaiting from None
