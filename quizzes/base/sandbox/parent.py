"""Have a file read in a process of its own, and get what stands in it, or a sentence that says why not."""

import contextlib
import logging
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryFile

from django.apps import apps
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import child
from .child import Limits

logger = logging.getLogger(__name__)
# One file at a time in each process of the site: the others go on answering, and memory is bounded.
_READING = threading.BoundedSemaphore(1)
_FOLDER = Path(__file__).resolve().parents[3]
# Nothing of the site's environment, such as its key and the password of its database, is handed on.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def read_confined(function, content, *, refusal, limits=None, **options):
    """Return `function(content, **options)`, a plain value, called in a process of its own under limits.

    `function` stands at the top of its module and needs neither database nor models; `options` are plain values too.
    When it raises `refusal`, a class, so does this, with the same sentence in the reader's language; and as well when
    the limits are reached, another file is being read, or what stands in the file makes the function fail.
    """
    if not _READING.acquire(timeout=settings.READING_PATIENCE):
        raise refusal(_("Another file is being read at this moment. Wait a few seconds, then bring yours once more."))
    try:
        answer = _ask(function, content, refusal, limits or Limits(seconds=settings.READING_SECONDS), options)
    finally:
        _READING.release()
    match answer:
        case {"returned": value}:
            return value
        case {"refused": str(sentence)}:
            raise refusal(sentence)
        case {"failed": place}:
            logger.error("A file could not be read: %s failed with %s", function.__qualname__, place)
            raise refusal(_("The file holds something that can’t be read. Save it anew, and bring it once more."))
    raise refusal(
        _(
            "What you brought is too heavy: reading it takes more time or memory than there is for one file. Save it"
            " anew with nothing but what is needed, or bring it in parts."
        )
    )


def _ask(function, content, refusal, limits, options):
    """Return what the process answers, as a dictionary; nothing in it when it was ended."""
    question = {
        "function": _name_of(function),
        "refusal": _name_of(refusal),
        "content": content,
        "options": options,
        "limits": [limits.seconds, limits.memory, limits.answer],
        "language": get_language(),
        "settings": _settings(),
    }
    with TemporaryFile() as asked, TemporaryFile() as answered:
        asked.write(child.pack(question))
        asked.seek(0)
        command = [sys.executable, "-E", "-s", "-m", "quizzes.base.sandbox"]
        with subprocess.Popen(  # noqa: S603 - our own module, nothing of the file
            command, cwd=_FOLDER, env=_ENVIRONMENT, stdin=asked, stdout=answered, stderr=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(timeout=max(settings.READING_DEADLINE, 3 * limits.seconds))
            except subprocess.TimeoutExpired:
                process.kill()
        if process.returncode:
            if process.returncode > 0:
                logger.error("The process for %s ended with %d", function.__qualname__, process.returncode)
            return {}
        answered.seek(0)
        with contextlib.suppress(ValueError):
            return child.unpack(answered.read(limits.answer))
    return {}


def _name_of(thing):
    return f"{thing.__module__}:{thing.__qualname__}"


def _settings():
    """Return what sentences need, as plain values: languages, and where their words are."""
    words = [Path(config.path) / "locale" for config in apps.get_app_configs()]
    ours = [str(path) for path in words if path.is_relative_to(_FOLDER) and path.is_dir()]
    return {
        "LANGUAGES": [[code, code] for code, _name in settings.INTERFACE_LANGUAGES],
        "INTERFACE_LANGUAGES": [[code, code] for code, _name in settings.INTERFACE_LANGUAGES],
        "LANGUAGE_CODE": settings.LANGUAGE_CODE,
        "LOCALE_PATHS": [*map(str, settings.LOCALE_PATHS), *ours],
        "FORMAT_MODULE_PATH": settings.FORMAT_MODULE_PATH,
        "TIME_ZONE": settings.TIME_ZONE,
    }
