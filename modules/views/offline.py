"""Offline copies: one per module, and a common one of references."""

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

from modules.labels import lang_attribute
from modules.models import ModulePage
from modules.progress.outline import get_course_structure, page_path, path_in_course
from modules.rendering.lessons import get_references_digest, module_copy_rev, simplify_for_offline
from modules.rendering.references import Directory
from quizzes.base.offline_copies import build_offline_copy, code_version, digest, is_offline_enabled, render_anonymously

from .course import (
    get_role,
    learner_required,
    show_directory,
    show_glossary,
    show_language_guide,
    show_lesson,
    show_module,
    show_need,
)

# A copy is replaced when its revision or the day changes.
CACHE_SECONDS = 24 * 60 * 60
SIZE_CACHE_SECONDS = 30 * CACHE_SECONDS


class OfflineCopy(NamedTuple):
    rev: str
    day: object
    packed: bytes

    @property
    def size(self):
        return len(self.packed)

    def unpacked(self):
        return gzip.decompress(self.packed)


@learner_required
def show_module_copy(request, module, rev):
    """Serve the current copy, whatever the `rev` in the address."""
    page = get_course_structure().page_at(get_language(), module)
    if not isinstance(page, ModulePage):
        raise Http404
    return _copy_response(request, get_module_copy(page, role=get_role(request)), rev)


@learner_required
def show_common_copy(request, rev):
    return _copy_response(request, get_common_copy(), rev)


@learner_required
def show_keep_course(request):
    if not is_offline_enabled():
        raise Http404
    if request.session.get("shared_computer"):
        return render(request, "modules/offline/keep_course.html", {"is_shared": True})
    parts = _course_parts(get_role(request))
    sizes = _part_sizes(parts)
    context = {
        "rows": [(*part[:3], _kilobytes(size)) for part, size in zip(parts, sizes, strict=True)],
        "addresses": json.dumps([part.address for part in parts]),
        "total": _kilobytes(sum(sizes)),
    }
    return render(request, "modules/offline/keep_course.html", context)


class CoursePart(NamedTuple):
    name: str
    lang: str
    address: str
    rev: str
    make: Callable[[], OfflineCopy]


def _course_parts(role):
    parts = []
    for module in get_course_structure().modules_in(get_language()):
        rev = module_copy_rev(module, role=role)
        address = reverse("module_copy", args=[path_in_course(module), rev])
        name, lang = f"{module.number}. {module.title}", lang_attribute(module.locale.language_code)
        parts.append(CoursePart(name, lang, address, rev, partial(get_module_copy, module, role=role)))
    if parts:
        rev = _common_copy_rev()
        parts.append(
            CoursePart(_("Directory and glossary"), "", reverse("common_copy", args=[rev]), rev, get_common_copy)
        )
    return parts


def _part_sizes(parts):
    names = [f"size-of-copy:{part.rev}" for part in parts]
    known = caches["default"].get_many(names)
    for name, part in zip(names, parts, strict=True):
        if name not in known:
            known[name] = part.make().size
            caches["default"].set(name, known[name], SIZE_CACHE_SECONDS)
    return [known[name] for name in names]


def _kilobytes(size):
    return ceil(size / 1000)


def _copy_response(request, offline_copy, rev):
    # Compressed although the response is personal: it contains nothing worth guessing by its length. Under another
    # revision it is not cached: while processes differ, one may still have the old copy.
    cache_control = "private, max-age=31536000, immutable" if rev == offline_copy.rev else "private, no-store"
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    body = offline_copy.packed
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        body = offline_copy.unpacked()
    return HttpResponse(body, content_type="application/json", headers=headers)


def get_module_copy(module, *, role):
    rev = module_copy_rev(module, role=role)
    return _get_or_make(module.translation_key, role, rev, lambda: _make_module_copy(module, role, rev))


def get_common_copy():
    rev = _common_copy_rev()
    return _get_or_make("common", "", rev, lambda: _make_common_copy(rev))


def _common_copy_rev():
    return digest(code_version(), get_references_digest(), get_language())


def _get_or_make(what, role, rev, make):
    name, day = f"copy:{what}:{role}:{get_language()}", timezone.localdate()
    offline_copy = caches["bodies"].get(name)
    if offline_copy is None or (offline_copy.rev, offline_copy.day) != (rev, day):
        # Stored compressed: a hundred copies take three megabytes.
        offline_copy = OfflineCopy(rev, day, gzip.compress(make().encode(), 9, mtime=0))
        caches["bodies"].set(name, offline_copy, CACHE_SECONDS)
    return offline_copy


def _make_module_copy(module, role, rev):
    pages = {page_path(module): render_anonymously(show_module, page_path(module), module, role=role)}
    for lesson in module.lessons:
        pages[page_path(lesson)] = render_anonymously(show_lesson, page_path(lesson), lesson, role=role)
    title = _("Module %(number)s") % {"number": module.number}
    return build_offline_copy(
        {path: simplify_for_offline(page) for path, page in pages.items()}, rev=rev, title=title, shares=True
    )


def _make_common_copy(rev):
    views = {reverse("directory"): (show_directory,)}
    for need, _name, _count in Directory(get_language(), timezone.localdate()).needs():
        views[reverse("directory_need", args=[need])] = (show_need, need)
    views |= {reverse("glossary"): (show_glossary,), reverse("language_guide"): (show_language_guide,)}
    pages = {path: simplify_for_offline(render_anonymously(view, path, *args)) for path, (view, *args) in views.items()}
    return build_offline_copy(pages, rev=rev, title=_("Directory and glossary"), shares=True)
