"""The script that works in the browser beside the pages, with what it has to know of this site before it."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from rjsmin import jsmin

from course.sealing import CannotRead
from quizzes.base.offline_copies import mark_of_code

from .keys import newest_key

WORKER = Path(__file__).with_name("worker.js")


def worker_script():
    """Return the text of the worker as it is served: the same for everybody."""
    version = hashlib.sha256(f"{_minified()}\n{mark_of_code()}".encode()).hexdigest()[:8]
    site = json.dumps({"version": version} | _key(), separators=(",", ":"))
    return f"const SITE={site}\n{_minified()}"


@cache
def _minified():
    return jsmin(WORKER.read_text())


def _key():
    """Return the key to seal for; without one, or where it is not wanted, nothing is kept on any device."""
    try:
        key = newest_key()
    except CannotRead:
        return {"key": "", "keyId": "", "off": True}
    return {"key": base64.b64encode(key.point).decode(), "keyId": key.id, "off": not settings.KEEP_PAGES_OFFLINE}
