"""The script that works in the browser beside the pages, with what it has to know of this site before it."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.templatetags.static import static
from django.utils.csp import build_policy
from rjsmin import jsmin

from course.sealing import CannotRead
from quizzes.copied import mark_of_code

from .keys import newest_key

WORKER = Path(__file__).with_name("worker.js")
# What the pages that are kept name, and what those scripts import.
ASSETS = (
    "site.css",
    "person.js",
    "site.js",
    "listen.js",
    "keeping.js",
    "offline.js",
    "modules/lesson.js",
    "quizzes/quiz.js",
    "quizzes/copied.js",
    "quizzes/places.js",
)


def worker_script():
    """Return the text of the worker as it is served: the same for everybody."""
    text, assets = _minified(), [static(name) for name in ASSETS if find(name)]
    version = hashlib.sha256("\n".join([text, mark_of_code(), *assets]).encode()).hexdigest()[:16]
    site = {"version": version, "assets": assets, "csp": build_policy(settings.SECURE_CSP)} | _key()
    return f"const SITE = {json.dumps(site)};\n{text}"


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
