"""Runs parsers of uploaded files in a sandboxed subprocess."""

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
# One file at a time in each worker process: memory is bounded.
_SLOT = threading.BoundedSemaphore(1)
_FOLDER = Path(__file__).resolve().parents[3]
# The site's environment has secrets, so the subprocess gets none of it.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def run_sandboxed(function, content, *, refusal, limits=None, **options):
    """Call a module-level function in a subprocess; raises `refusal` if it fails, exceeds limits or is busy."""
    if not _SLOT.acquire(timeout=settings.READING_PATIENCE):
        raise refusal(_("Another file is being read. Wait a few seconds, then upload yours again."))
    try:
        answer = _run(function, content, refusal, limits or Limits(seconds=settings.READING_SECONDS), options)
    finally:
        _SLOT.release()
    match answer:
        case {"returned": value}:
            return value
        case {"refused": str(message)}:
            raise refusal(message)
        case {"failed": place}:
            logger.error("A file could not be read: %s failed with %s", function.__qualname__, place)
            raise refusal(_("Part of the file can’t be read. Save the file again and upload it."))
    raise refusal(
        _(
            "The file takes too much time or memory to read. Save it again with only what is needed, or upload it in"
            " parts."
        )
    )


def _run(function, content, refusal, limits, options):
    request = {
        "function": _name_of(function),
        "refusal": _name_of(refusal),
        "content": content,
        "options": options,
        "limits": [limits.seconds, limits.memory, limits.answer],
        "language": get_language(),
        "settings": _settings(),
    }
    with TemporaryFile() as stdin, TemporaryFile() as stdout:
        stdin.write(child.pack(request))
        stdin.seek(0)
        command = [sys.executable, "-E", "-s", "-m", "quizzes.base.sandbox"]
        with subprocess.Popen(  # noqa: S603 - our own module, no user input
            command, cwd=_FOLDER, env=_ENVIRONMENT, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(timeout=max(settings.READING_DEADLINE, 3 * limits.seconds))
            except subprocess.TimeoutExpired:
                process.kill()
        if process.returncode:
            if process.returncode > 0:
                logger.error("The process for %s ended with %d", function.__qualname__, process.returncode)
            return {}
        stdout.seek(0)
        with contextlib.suppress(ValueError):
            return child.unpack(stdout.read(limits.answer))
    return {}


def _name_of(thing):
    return f"{thing.__module__}:{thing.__qualname__}"


def _settings():
    locales = [Path(config.path) / "locale" for config in apps.get_app_configs()]
    ours = [str(path) for path in locales if path.is_relative_to(_FOLDER) and path.is_dir()]
    return {
        "LANGUAGES": [[code, code] for code, _name in settings.INTERFACE_LANGUAGES],
        "INTERFACE_LANGUAGES": [[code, code] for code, _name in settings.INTERFACE_LANGUAGES],
        "LANGUAGE_CODE": settings.LANGUAGE_CODE,
        "LOCALE_PATHS": [*map(str, settings.LOCALE_PATHS), *ours],
        "FORMAT_MODULE_PATH": settings.FORMAT_MODULE_PATH,
        "TIME_ZONE": settings.TIME_ZONE,
    }
