"""Copies of pages, to be kept on a device: made for nobody, so that nothing of a person can stand in them.

A page asks its request who reads it. A copy is made with a request of nobody's, whoever asked for the copy: without a
session, a cookie or a look. Whose page it is and how it looks the device puts in when it shows the copy.
"""

import hashlib
import json
import re
from functools import cache

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import resolve
from django.utils import timezone

# What the device replaces in each page: the signed owner of its forms, and the classes of its `html` element.
OWNER, LOOK = "__OWNER__", "__LOOK__"
# Raised when copies of before must be fetched anew although no template, script, style or catalogue changed.
FORMAT = 1

# The frame, the pages of learners, their words, looks and scripts.
_MADE_OF = (
    "course/templates/base.html",
    "course/templates/components/*.html",
    "*/locale/*/LC_MESSAGES/django.mo",
    "modules/templates/modules/**/*.html",
    "quizzes/templates/quizzes/**/*.html",
    "course/static/site.css",
    "course/static/*.js",
    "modules/static/modules/*.js",
    "quizzes/static/quizzes/*.js",
)
_ASSET = re.compile(r'(?:<link rel="stylesheet" href|<script type="module" src|\bdata-script)="([^"]+)"')
_IMAGE = re.compile(r'<img\b[^>]*?\bsrc="([^"]+)"')


class RequestOfNobody(HttpRequest):
    """A request for a page that is kept: nobody's, whatever the page asks of it.

    `preview_role` is the job whose texts come first; `copied_on` the day that the copy says it is of.
    """

    def __init__(self, path, *, role=""):
        super().__init__()
        self.method, self.path, self.path_info = "GET", path, path
        self.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
        self.user, self.session = AnonymousUser(), {}
        self.resolver_match = resolve(path)
        self.preview_role, self.copied_on = role, timezone.localdate()


def keeps_pages():
    """Whether this site lets devices keep copies."""
    return settings.KEEP_PAGES_OFFLINE


def is_copy(request):
    """Whether the page is made to be kept on a device."""
    return isinstance(request, RequestOfNobody)


def make_page(view, path, *args, role="", **kwargs):
    """Return the HTML of the page at `path` as its view shows it to nobody."""
    return view(RequestOfNobody(path, role=role), *args, **kwargs).content.decode()


def make_copy(pages, *, rev="", title, **more):
    """Return a copy as JSON: `pages`, {path: HTML} with the first one first, and what their styles and scripts are.

    Without a `rev` it is that of the pages themselves.
    """
    rev = rev or digest(*pages.values())
    copy = {"rev": rev, "title": str(title), "first": next(iter(pages)), "assets": _found(_ASSET, pages), **more}
    # The longest first: what pages have in common compresses only where it stands within 32 KB, at their ends mostly.
    longest_first = dict(sorted(pages.items(), key=lambda page: -len(page[1])))
    return json.dumps(copy | {"pages": longest_first}, ensure_ascii=False, separators=(",", ":"))


def images_in(pages):
    """Return the addresses of the images on the pages, each once."""
    return _found(_IMAGE, pages)


def _found(pattern, pages):
    return list(dict.fromkeys(address for page in pages.values() for address in pattern.findall(page)))


def digest(*parts):
    """Return a short name for these values together: the same in every process."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


@cache
def mark_of_code():
    """Return what changes when pages are made otherwise or look otherwise, the same on every machine of a version."""
    files = sorted(path for place in _MADE_OF for path in settings.BASE_DIR.glob(place))
    return digest(FORMAT, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in files))
