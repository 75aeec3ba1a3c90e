"""The ids of pages: `COURSE`, `M1`, `M1-L2`. Their stable key is made from them, so a page is found by its id again."""

from functools import lru_cache
from uuid import UUID

from wagtail.models import Page

from quizzes.base.identifiers import stable_key

from .models import CoursePage, Edition, LessonRead, LoadedContent, ModulePage

MOST = 99


@lru_cache
def _module_ids():
    return {stable_key("COURSE"): "COURSE"} | {stable_key(f"M{n}"): f"M{n}" for n in range(1, MOST + 1)}


@lru_cache
def _lesson_ids(module_id):
    return {stable_key(f"{module_id}-L{n}"): f"{module_id}-L{n}" for n in range(1, MOST + 1)}


def page_id(key):
    """Return the id of the page with this translation key, or None for a page that has no id of ours."""
    if identifier := _module_ids().get(key):
        return identifier
    for module_id in _module_ids().values():
        if identifier := _lesson_ids(module_id).get(key):
            return identifier
    return None


def next_number():
    """Return the number that a new module gets, or None where ninety-nine have been used."""
    used = set(ModulePage.objects.values_list("number", flat=True))
    taken = _taken_keys()
    free = (n for n in range(1, MOST + 1) if n not in used and not _is_taken(f"M{n}", taken))
    return next(free, None)


def name_new_page(page):
    """Give a page that is being made in the CMS the next free id, and with it its key, its number and its address.

    Facts and files name it by them whatever it is called later: `M9` is number 9 at `m9`, `M9-L2` stands at `m9/2`.
    What has a stable key keeps it: a translation, which has the address of its original, and what `load_content` makes.
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
        used = set(ModulePage.objects.values_list("number", flat=True))
        candidates = [f"M{n}" for n in range(1, MOST + 1) if n not in used]
        # Whoever makes one in code may say which.
        candidates.sort(key=lambda identifier: identifier != f"M{page.number}")
    else:
        module_id = page_id(page.get_parent().translation_key)
        candidates = [f"{module_id}-L{n}" for n in range(1, MOST + 1)] if module_id else []
    taken = _taken_keys()
    return next((identifier for identifier in candidates if not _is_taken(identifier, taken)), None)


def _free_slug(page, slug):
    """Return the address of a page among its neighbours; an older page may have it, whose address stays."""
    present = set(page.get_siblings(inclusive=False).values_list("slug", flat=True))
    slugs = (slug, *(f"{slug}-{n}" for n in range(2, len(present) + 3)))
    return next(one for one in slugs if one not in present)


def _taken_keys():
    """Return the keys of pages, and of modules and lessons that an edition asked for, whether they are there or not."""
    keys = set(Page.objects.values_list("translation_key", flat=True))
    for contents in Edition.objects.values_list("contents", flat=True):
        for module in contents:
            keys |= {UUID(key) for key in (module["key"], *module["lessons"])}
    return keys


def _is_taken(identifier, taken):
    """Whether a page has or had this id: what people did with a deleted lesson must not count for another."""
    key = stable_key(identifier)
    if key in taken or LoadedContent.objects.filter(identifier=identifier).exists():
        return True
    read = [key] if "-" in identifier else [key, *_lesson_ids(identifier)]
    return LessonRead.objects.filter(lesson_key__in=read).exists()
