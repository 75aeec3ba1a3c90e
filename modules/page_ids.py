"""Page ids (`COURSE`, `M1`, `M1-L2`), from which translation keys are derived."""

from functools import lru_cache
from uuid import UUID

from wagtail.models import Page

from quizzes.base.identifiers import stable_key

from .models import CoursePage, Edition, LessonRead, LoadedContent, ModulePage

MAX_NUMBER = 99


@lru_cache
def _module_ids():
    return {stable_key("COURSE"): "COURSE"} | {stable_key(f"M{n}"): f"M{n}" for n in range(1, MAX_NUMBER + 1)}


@lru_cache
def _lesson_ids(module_id):
    return {stable_key(f"{module_id}-L{n}"): f"{module_id}-L{n}" for n in range(1, MAX_NUMBER + 1)}


def page_id(key):
    if identifier := _module_ids().get(key):
        return identifier
    for module_id in _module_ids().values():
        if identifier := _lesson_ids(module_id).get(key):
            return identifier
    return None


def next_number():
    identifier = _first_free(_unused_module_ids())
    return identifier and int(identifier[1:])


def assign_page_id(page):
    """Set translation key, number and slug of a new page: `M9` → 9, `m9`; `M9-L2` → `m9/2`.
    Translations and loaded pages already have a stable key (UUID version 5) and keep it.
    """
    if not page._state.adding or page.translation_key.version == 5:
        return
    identifier = _free_id(page)
    if identifier is None:
        return
    page.translation_key = stable_key(identifier)
    if isinstance(page, CoursePage):
        return
    if isinstance(page, ModulePage):
        page.number = int(identifier[1:])
    page.slug = _free_slug(page, identifier.partition("-L")[2] or identifier.lower())
    page.set_url_path(page.get_parent())


def _free_id(page):
    if isinstance(page, CoursePage):
        candidates = ["COURSE"]
    elif isinstance(page, ModulePage):
        # Code may ask for a number.
        candidates = sorted(_unused_module_ids(), key=lambda identifier: identifier != f"M{page.number}")
    else:
        module_id = page_id(page.get_parent().translation_key)
        candidates = [f"{module_id}-L{n}" for n in range(1, MAX_NUMBER + 1)] if module_id else []
    return _first_free(candidates)


def _unused_module_ids():
    used = set(ModulePage.objects.values_list("number", flat=True))
    return [f"M{n}" for n in range(1, MAX_NUMBER + 1) if n not in used]


def _first_free(candidates):
    taken = _taken_keys()
    return next((identifier for identifier in candidates if not _is_taken(identifier, taken)), None)


def _free_slug(page, slug):
    present = set(page.get_siblings(inclusive=False).values_list("slug", flat=True))
    slugs = (slug, *(f"{slug}-{n}" for n in range(2, len(present) + 3)))
    return next(slug for slug in slugs if slug not in present)


def _taken_keys():
    # An edition may name modules and lessons that were deleted.
    keys = set(Page.objects.values_list("translation_key", flat=True))
    for contents in Edition.objects.values_list("contents", flat=True):
        for module in contents:
            keys |= {UUID(key) for key in (module["key"], *module["lessons"])}
    return keys


def _is_taken(identifier, taken):
    # What learners did with a deleted lesson must not count for a new one.
    key = stable_key(identifier)
    if key in taken or LoadedContent.objects.filter(identifier=identifier).exists():
        return True
    read = [key] if "-" in identifier else [key, *_lesson_ids(identifier)]
    return LessonRead.objects.filter(lesson_key__in=read).exists()
