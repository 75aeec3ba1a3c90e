"""Uploaded files between preview and confirmation."""

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
    """The file was imported, cancelled, uploaded by somebody else or has expired."""


@dataclass(frozen=True)
class WaitingFile:
    """A file that waits since `at`, in seconds; `topic` and `quiz` are primary keys or None."""

    token: str
    user: str
    at: float
    name: str
    locale: int
    topic: int | None = None
    quiz: int | None = None

    @property
    def brought(self):
        """Return the Reading as a plain value; raises NotWaiting once it is being imported."""
        if _is_there(self.token, "claimed"):
            raise NotWaiting
        return _unpack(_read(self.token, "file"))


def let_wait(brought, *, user, **fields):
    _sweep()
    waiting = WaitingFile(token_hex(16), str(user.pk), time.time(), **fields)
    _write(waiting.token, "file", child.pack(brought))
    _write(waiting.token, "json", json.dumps(asdict(waiting)).encode())
    return waiting


def find_waiting(token, user):
    """Raises NotWaiting."""
    if not _TOKEN.fullmatch(token):
        raise NotWaiting
    try:
        waiting = WaitingFile(**json.loads(_read(token, "json")))
    except TypeError:
        raise NotWaiting from None
    if waiting.user != str(user.pk) or waiting.at < time.time() - LONGEST:
        raise NotWaiting
    return waiting


def claim(waiting):
    """Return the Reading as a plain value; of two requests at once, the second gets NotWaiting."""
    with transaction.atomic():
        # Locks on any machine.
        get_user_model().objects.select_for_update().get(pk=waiting.user)
        brought = waiting.brought
        _write(waiting.token, "claimed", b"")
    return brought


def give_back(waiting):
    """Undo `claim`, since nothing was imported."""
    _files().delete(_name(waiting.token, "claimed"))


def finish(waiting, result):
    _write(waiting.token, "result", json.dumps(result).encode())
    for part in ("file", "claimed"):
        _files().delete(_name(waiting.token, part))


def find_result(waiting):
    """Return None while there is none; raises NotWaiting when nothing is being imported."""
    if _is_there(waiting.token, "result"):
        return json.loads(_read(waiting.token, "result"))
    if not _is_there(waiting.token, "claimed"):
        raise NotWaiting
    return None


def give_up(waiting):
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
