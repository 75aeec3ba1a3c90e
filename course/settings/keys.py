"""Keys that a site makes for itself, as files."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from course.atomic_files import fsync_folder


def kept_key(path, *, make=lambda: secrets.token_urlsafe(48)):
    """Return the key in the file at `path`; `make` it if there is none, once for parallel processes.

    An unreadable or empty file is an error: another key would end sessions and make cards useless.
    """
    path = Path(path)
    try:
        if not path.exists():
            _keep_first(path, make())
        key = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"The key {path} cannot be read or made: {error.strerror}.") from error
    except UnicodeDecodeError:
        key = ""
    if not key:
        raise ImproperlyConfigured(f"The file {path} holds no key. Put the right one back from a copy, or remove it.")
    return key


def _keep_first(path, key):
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
        fsync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)
