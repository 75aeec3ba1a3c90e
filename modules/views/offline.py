"""Copies of the course for a device without a line: a module with its lessons, and what all of them lead to."""

import gzip
import json
from collections.abc import Callable
from functools import partial
from math import ceil
from typing import NamedTuple

from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from modules.models import ModulePage
from modules.progress.outline import course_structure, own_path, page_path
from modules.rendering.lessons import lighten, mark_of_words, module_copy_rev
from modules.rendering.references import Directory
from modules.wording import language_mark
from quizzes.base.offline_copies import digest, keeps_pages, make_copy, make_page, mark_of_code

from .course import (
    for_learners,
    role_of,
    show_directory,
    show_glossary,
    show_language_guide,
    show_lesson,
    show_module,
    show_need,
)

# As long as they hold: until something in them changes, or the day does.
KEPT_SECONDS = 24 * 60 * 60
# How long all processes know how large a copy is.
KNOWN_SECONDS = 30 * KEPT_SECONDS


class KeptCopy(NamedTuple):
    """A copy as this process keeps it: compressed, with the day that it says it is of."""

    rev: str
    day: object
    packed: bytes

    @property
    def size(self):
        """How many bytes it takes over the wire."""
        return len(self.packed)

    def unpacked(self):
        """Return it as JSON, in bytes."""
        return gzip.decompress(self.packed)


@for_learners
def show_module_copy(request, module, rev):
    """A module and its lessons as they are now, for the reader's role, whichever `rev` was asked for."""
    page = course_structure().page_at(get_language(), module)
    if not isinstance(page, ModulePage):
        raise Http404
    return _answer(request, module_copy(page, role=role_of(request)), rev)


@for_learners
def show_common_copy(request, rev):
    """The directory, the glossary and the language guide as they are now, whichever `rev` was asked for."""
    return _answer(request, common_copy(), rev)


@for_learners
def show_keep_course(request):
    """Offer the whole course for a device of one's own, and say what each part takes of the line."""
    if not keeps_pages():
        raise Http404
    if request.session.get("shared_computer"):
        return render(request, "modules/keep_course.html", {"is_shared": True})
    parts = _parts_of_course(role_of(request))
    sizes = _sizes_of(parts)
    context = {
        "rows": [(*part[:3], _kilobytes(size)) for part, size in zip(parts, sizes, strict=True)],
        "addresses": json.dumps([part.address for part in parts]),
        "total": _kilobytes(sum(sizes)),
    }
    return render(request, "modules/keep_course.html", context)


class _Part(NamedTuple):
    """What can be kept of the course: its name with the mark of its language, where it is, and how it is made."""

    name: str
    lang: str
    address: str
    rev: str
    make: Callable[[], KeptCopy]


def _parts_of_course(role):
    """Return the `_Part`s for readers of `role`: the modules, and what they lead to; none where there is no course."""
    parts = []
    for module in course_structure().modules_in(get_language()):
        rev = module_copy_rev(module, role=role)
        address = reverse("module_copy", args=[own_path(module), rev])
        name, lang = f"{module.number}. {module.title}", language_mark(module.locale.language_code)
        parts.append(_Part(name, lang, address, rev, partial(module_copy, module, role=role)))
    if parts:
        rev = common_copy_rev()
        parts.append(_Part(_("Directory and glossary"), "", reverse("common_copy", args=[rev]), rev, common_copy))
    return parts


def _sizes_of(parts):
    """Return how many bytes each takes, made only where no process has made it before: one query as a rule."""
    names = [f"size-of-copy:{part.rev}" for part in parts]
    known = caches["default"].get_many(names)
    for name, part in zip(names, parts, strict=True):
        if name not in known:
            known[name] = part.make().size
            caches["default"].set(name, known[name], KNOWN_SECONDS)
    return [known[name] for name in names]


def _kilobytes(size):
    return ceil(size / 1000)


def _answer(request, kept, rev):
    """Answer with the copy as it is kept, to whoever reads that: nothing in it is worth guessing by its length.

    Under the name of another one it is not to be kept: while processes differ on what is present, a new name may be
    asked of one that still has the old copy.
    """
    keeps = "private, max-age=31536000, immutable" if rev == kept.rev else "private, no-store"
    headers = {"Cache-Control": keeps, "Vary": "Accept-Encoding"}
    body = kept.packed
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        body = kept.unpacked()
    return HttpResponse(body, content_type="application/json", headers=headers)


def module_copy(module, *, role):
    """Return the `KeptCopy` of a module of the structure and its lessons, made at most once a day while it holds."""
    rev = module_copy_rev(module, role=role)
    return _kept(module.translation_key, role, rev, lambda: _module(module, role, rev))


def common_copy():
    """Return the `KeptCopy` of what lessons lead to."""
    rev = common_copy_rev()
    return _kept("common", "", rev, lambda: _common(rev))


def common_copy_rev():
    return digest(mark_of_code(), mark_of_words(), get_language())


def _kept(what, role, rev, make):
    """Return the copy that this process keeps under a name, or make it anew where another one holds by now."""
    name, day = f"copy:{what}:{role}:{get_language()}", timezone.localdate()
    kept = caches["bodies"].get(name)
    if kept is None or (kept.rev, kept.day) != (rev, day):
        # Compressed as it goes over the wire: a hundred of them take three megabytes.
        kept = KeptCopy(rev, day, gzip.compress(make().encode(), 9, mtime=0))
        caches["bodies"].set(name, kept, KEPT_SECONDS)
    return kept


def _module(module, role, rev):
    pages = {page_path(module): make_page(show_module, page_path(module), module, role=role)}
    for lesson in module.lessons:
        pages[page_path(lesson)] = make_page(show_lesson, page_path(lesson), lesson, role=role)
    title = _("Module %(number)s") % {"number": module.number}
    return make_copy({path: lighten(page) for path, page in pages.items()}, rev=rev, title=title, shares=True)


def _common(rev):
    views = {reverse("directory"): (show_directory,)}
    for need, _name, _count in Directory(get_language(), timezone.localdate()).needs():
        views[reverse("directory_need", args=[need])] = (show_need, need)
    views |= {reverse("glossary"): (show_glossary,), reverse("language_guide"): (show_language_guide,)}
    pages = {path: lighten(make_page(view, path, *args)) for path, (view, *args) in views.items()}
    return make_copy(pages, rev=rev, title=_("Directory and glossary"), shares=True)
