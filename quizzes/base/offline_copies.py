"""Offline copies of pages, rendered with an anonymous request, so that they contain no personal data.

The request has no session, cookie or display settings. The device fills in the owner token
and the display settings when it shows a page.
"""

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
# Shorter lines are not worth sharing between pages, in characters.
MIN_SHARED_LENGTH = 40

# Templates, translations, styles and scripts of the pages of learners.
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
    """A request for an offline copy. `preview_role` is the job whose texts come first; `copied_on` is shown."""

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
    """Return the HTML of the page at `path` for an anonymous reader."""
    return view(AnonymousRequest(path, role=role), *args, **kwargs).content.decode()


def build_offline_copy(pages, *, rev="", title, shares=False, **more):
    """Return an offline copy as JSON: `pages` ({path: HTML}, the start page first) and their styles and scripts.

    `rev` defaults to the digest of the pages. With `shares`, lines common to several pages are stored once, in
    `shared`, and replaced by `__7__`; not for pages with text that people typed, whose line breaks matter.
    """
    rev = rev or digest(*pages.values())
    copy = {"rev": rev, "title": str(title), "first": next(iter(pages)), "assets": _find_addresses(_ASSET, pages)}
    # Escape text that looks like a placeholder.
    pages = {path: _PLACEHOLDER.sub("_&#95;", page) for path, page in pages.items()}
    shared, pages = share_lines(pages) if shares else ([], pages)
    copy |= {"images": [], "entry": [], **more, "shared": shared, "pages": pages}
    return json.dumps(copy, ensure_ascii=False, separators=(",", ":"))


def share_lines(pages):
    """Return (lines common to several pages, pages with the numbers of these lines instead).

    Deflate finds repetitions only within 32 KB, and pages are longer.
    """
    lines_of = {path: [line.strip() for line in page.split("\n") if line.strip()] for path, page in pages.items()}
    counts = Counter(line for lines in lines_of.values() for line in set(lines) if len(line) >= MIN_SHARED_LENGTH)
    shared = [line for line, count in counts.items() if count > 1]
    placeholders = {line: f"__{number}__" for number, line in enumerate(shared)}
    # The longest first: the ends of the others resemble its end.
    longest_first = sorted(lines_of.items(), key=lambda page: -sum(map(len, page[1])))
    return shared, {path: " ".join(placeholders.get(line, line) for line in lines) for path, lines in longest_first}


def find_images(pages):
    """Return the distinct addresses of the images on the pages."""
    return _find_addresses(_IMAGE, pages)


def _find_addresses(pattern, pages):
    return list(dict.fromkeys(address for page in pages.values() for address in pattern.findall(page)))


def digest(*parts):
    """Return a short hash of these values, the same in every process."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


@cache
def code_version():
    """Return a digest of the code that pages are rendered with, the same on every machine of a version."""
    files = sorted(path for pattern in _SOURCES for path in settings.BASE_DIR.glob(pattern))
    return digest(FORMAT_VERSION, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in files))
