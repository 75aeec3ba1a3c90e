"""Copies of pages, to be kept on a device: made for nobody, so that nothing of a person can stand in them.

A page asks its request who reads it. A copy is made with a request of nobody's, whoever asked for the copy: without a
session, a cookie or a look. Whose page it is and how it looks the device puts in when it shows the copy.
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

# What the device replaces in each page: the signed owner of its forms, and the classes of its `html` element.
OWNER, LOOK = "__OWNER__", "__LOOK__"
# Raise it when old copies must be fetched again although no template, script, style or catalogue changed.
FORMAT = 1
# So long must a line be that several pages have.
WORTH_SHARING = 40

# The frame, the pages of learners, their words, looks and scripts.
_MADE_OF = (
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
_PLACE = re.compile(r"__(?=\d+__)")
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


def make_copy(pages, *, rev="", title, shares=False, **more):
    """Return a copy as JSON: `pages`, {path: HTML} with the first one first, and what their styles and scripts are.

    Without a `rev` it is that of the pages themselves. Where it `shares`, lines that several pages have stand once, in
    `shared`, and `__7__` in their places: a page is whole again with them in it. Only for pages without what people
    typed, in which a line may mean something.
    """
    rev = rev or digest(*pages.values())
    copy = {"rev": rev, "title": str(title), "first": next(iter(pages)), "assets": _found(_ASSET, pages)}
    # What a text itself has of this form is no place of a line.
    pages = {path: _PLACE.sub("_&#95;", page) for path, page in pages.items()}
    shared, pages = share_lines(pages) if shares else ([], pages)
    copy |= {"images": [], "entry": [], **more, "shared": shared, "pages": pages}
    return json.dumps(copy, ensure_ascii=False, separators=(",", ":"))


def share_lines(pages):
    """Return (the lines that several pages have, the pages with their numbers in their places).

    Compressing finds again only what stands within 32 KB, and pages are longer than that.
    """
    lines_of = {path: [line.strip() for line in page.split("\n") if line.strip()] for path, page in pages.items()}
    counts = Counter(line for lines in lines_of.values() for line in set(lines) if len(line) >= WORTH_SHARING)
    shared = [line for line, count in counts.items() if count > 1]
    marks = {line: f"__{number}__" for number, line in enumerate(shared)}
    # The longest first: at its end stands what the ends of the others are like.
    longest_first = sorted(lines_of.items(), key=lambda page: -sum(map(len, page[1])))
    return shared, {path: " ".join(marks.get(line, line) for line in lines) for path, lines in longest_first}


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
