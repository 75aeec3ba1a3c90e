"""Copies of the course for a device without a line: a module with its lessons, and what all of them lead to."""

import gzip
from typing import NamedTuple

from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from modules.models import ModulePage
from modules.progress.outline import page_path
from modules.progress.structure import course_structure
from modules.reading.copying import mark_of_words, module_copy_rev
from modules.reading.directory import Directory
from modules.reading.uploads import without_uploads
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
    return _answer(module_copy(page, role=role_of(request)))


@for_learners
def show_common_copy(request, rev):
    """The directory, the glossary and the language guide as they are now, whichever `rev` was asked for."""
    return _answer(common_copy())


def _answer(kept):
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return HttpResponse(gzip.decompress(kept.packed), content_type="application/json", headers=headers)


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
        # Compressed as it goes over the wire: a hundred of them take two megabytes.
        kept = KeptCopy(rev, day, gzip.compress(make().encode(), 6, mtime=0))
        caches["bodies"].set(name, kept, KEPT_SECONDS)
    return kept


def _module(module, role, rev):
    pages = {page_path(module): make_page(show_module, page_path(module), module, role=role)}
    for lesson in module.lessons:
        pages[page_path(lesson)] = make_page(show_lesson, page_path(lesson), lesson, role=role)
    title = _("Module %(number)s") % {"number": module.number}
    return make_copy({path: without_uploads(page) for path, page in pages.items()}, rev=rev, title=title)


def _common(rev):
    views = {reverse("directory"): (show_directory,)}
    for need, _name, _count in Directory(get_language(), timezone.localdate()).needs():
        views[reverse("directory_need", args=[need])] = (show_need, need)
    views |= {reverse("glossary"): (show_glossary,), reverse("language_guide"): (show_language_guide,)}
    pages = {path: without_uploads(make_page(view, path, *args)) for path, (view, *args) in views.items()}
    return make_copy(pages, rev=rev, title=_("Directory and glossary"))
