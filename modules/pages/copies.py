"""Copies of the course for a device without a line: a module with its lessons, and what all of them lead to."""

import gzip
import json
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
from modules.progress.outline import course_page, page_path
from modules.progress.structure import course_structure, own_path
from modules.reading.copying import mark_of_words, module_copy_rev
from modules.reading.directory import Directory
from modules.reading.lightening import lighten
from modules.wording.translations import language_mark
from quizzes.copied import digest, make_copy, make_page, mark_of_code

from .reading import (
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


class KeptCopy(NamedTuple):
    """A copy as this process keeps it: compressed, with the day that it says it is of."""

    rev: str
    day: object
    packed: bytes

    @property
    def size(self):
        """How many bytes it takes over the wire."""
        return len(self.packed)


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
    course, copies = course_page(), []
    if request.session.get("shared_computer"):
        return render(request, "modules/keep_course.html", {"is_shared": True})
    for module in course_structure().modules[course.locale.language_code] if course else ():
        kept = module_copy(module, role=role_of(request))
        address = reverse("module_copy", args=[own_path(module), kept.rev])
        lang = language_mark(module.locale.language_code)
        copies.append((f"{module.number}. {module.title}", lang, address, kept))
    if copies:
        kept = common_copy()
        copies.append((_("Directory and glossary"), "", reverse("common_copy", args=[kept.rev]), kept))
    context = {
        "rows": [(name, lang, address, ceil(kept.size / 1000)) for name, lang, address, kept in copies],
        "addresses": json.dumps([address for _name, _lang, address, _kept in copies]),
        "total": ceil(sum(kept.size for *_rest, kept in copies) / 1000),
    }
    return render(request, "modules/keep_course.html", context)


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
        body = gzip.decompress(body)
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
    return make_copy({path: lighten(page) for path, page in pages.items()}, rev=rev, title=title)


def _common(rev):
    views = {reverse("directory"): (show_directory,)}
    for need, _name, _count in Directory(get_language(), timezone.localdate()).needs():
        views[reverse("directory_need", args=[need])] = (show_need, need)
    views |= {reverse("glossary"): (show_glossary,), reverse("language_guide"): (show_language_guide,)}
    pages = {path: lighten(make_page(view, path, *args)) for path, (view, *args) in views.items()}
    return make_copy(pages, rev=rev, title=_("Directory and glossary"))
