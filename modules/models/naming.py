"""The ids of pages: `COURSE`, `M1`, `M1-L2`. Their stable key is made from them, so a page is found by its id again."""

from functools import lru_cache

from quizzes.identity import stable_key

from . import CoursePage, LessonRead, LoadedContent, ModulePage

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


def give_stable_key(page):
    """Give a page that is being made in the CMS the key of the next free id, so that facts and files can name it.

    A page that has a stable key (a translation of one, or one made by `load_content`) keeps it.
    """
    if not page._state.adding or page.translation_key.version == 5:
        return
    if isinstance(page, CoursePage):
        candidates = ["COURSE"]
    elif isinstance(page, ModulePage):
        candidates = [f"M{page.number}", *(f"M{n}" for n in range(1, MOST + 1))]
    else:
        module_id = page_id(page.get_parent().translation_key)
        candidates = [f"{module_id}-L{n}" for n in range(1, MOST + 1)] if module_id else []
    for identifier in candidates:
        if not _is_taken(identifier, type(page)):
            page.translation_key = stable_key(identifier)
            return


def _is_taken(identifier, model):
    """Whether a page has or had this id: what people did with a deleted lesson must not count for another."""
    key = stable_key(identifier)
    if model.objects.filter(translation_key=key).exists():
        return True
    if LoadedContent.objects.filter(identifier=identifier).exists():
        return True
    return LessonRead.objects.filter(lesson_key=key).exists()
