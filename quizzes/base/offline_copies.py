"""Offline copies of pages, rendered with an anonymous request: no personal data."""

import hashlib
import json
import re
from collections import Counter
from functools import cache

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import resolve
from django.utils import timezone

# The device replaces these: the page owner token of the forms, and the classes of the `html` element.
OWNER_PLACEHOLDER, LOOK_PLACEHOLDER = "__OWNER__", "__LOOK__"
# Raise it to have copies fetched again although no template, script, style or catalogue changed.
FORMAT_VERSION = 1
MIN_SHARED_LENGTH = 40

_SOURCES = (
    "course/templates/base.html",
    "course/templates/components/*.html",
    "*/locale/*/LC_MESSAGES/django.mo",
    "modules/templates/modules/**/*.html",
    "quizzes/templates/quizzes/**/*.html",
    "course/static/site.css",
    "course/static/*.js",
    "modules/static/modules/media.css",
    "modules/static/modules/*.js",
    "quizzes/static/quizzes/*.js",
)
_PLACEHOLDER = re.compile(r"__(?=\d+__)")
_ASSET = re.compile(r'(?:<link rel="stylesheet" href|<script type="module" src|\bdata-script)="([^"]+)"')
_IMAGE = re.compile(r'<img\b[^>]*?\bsrc="([^"]+)"')


class AnonymousRequest(HttpRequest):
    """`preview_role` is the job whose texts come first; `copied_on` is shown."""

    def __init__(self, path, *, role=""):
        super().__init__()
        self.method, self.path, self.path_info = "GET", path, path
        self.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
        self.user, self.session = AnonymousUser(), {}
        self.resolver_match = resolve(path)
        self.preview_role, self.copied_on = role, timezone.localdate()


def is_offline_enabled():
    return settings.KEEP_PAGES_OFFLINE


def is_offline_copy(request):
    return isinstance(request, AnonymousRequest)


def render_anonymously(view, path, *args, role="", **kwargs):
    return view(AnonymousRequest(path, role=role), *args, **kwargs).content.decode()


def build_offline_copy(pages, *, rev="", title, shares=False, **more):
    """Return {path: HTML} with assets as JSON; `shares` deduplicates lines, but changes line breaks in text."""
    rev = rev or digest(*pages.values())
    copy = {"rev": rev, "title": str(title), "first": next(iter(pages)), "assets": _find_addresses(_ASSET, pages)}
    pages = {path: _PLACEHOLDER.sub("_&#95;", page) for path, page in pages.items()}
    shared, pages = share_lines(pages) if shares else ([], pages)
    copy |= {"images": [], "entry": [], **more, "shared": shared, "pages": pages}
    return json.dumps(copy, ensure_ascii=False, separators=(",", ":"))


def share_lines(pages):
    """Return (common lines, pages with their numbers instead): deflate sees no repetition beyond 32 KB."""
    lines_of = {path: [line.strip() for line in page.split("\n") if line.strip()] for path, page in pages.items()}
    counts = Counter(line for lines in lines_of.values() for line in set(lines) if len(line) >= MIN_SHARED_LENGTH)
    shared = [line for line, count in counts.items() if count > 1]
    placeholders = {line: f"__{number}__" for number, line in enumerate(shared)}
    # Longest first compresses better.
    longest_first = sorted(lines_of.items(), key=lambda page: -sum(map(len, page[1])))
    return shared, {path: " ".join(placeholders.get(line, line) for line in lines) for path, lines in longest_first}


def find_images(pages):
    return _find_addresses(_IMAGE, pages)


def _find_addresses(pattern, pages):
    return list(dict.fromkeys(address for page in pages.values() for address in pattern.findall(page)))


def digest(*parts):
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


@cache
def code_version():
    """Return a digest of the rendering code, the same on every machine of a version."""
    files = sorted(path for pattern in _SOURCES for path in settings.BASE_DIR.glob(pattern))
    return digest(FORMAT_VERSION, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in files))
