"""Modules of a session, and those whose lessons attendance counts as read."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.progress.outline import course_outline


def module_choices():
    """Return [(key, «1. Title»)], each marked where the page is in another language."""
    return [
        (str(module.key), format_html("<span{}>{}. {}</span>", module.lang, module.number, module.title))
        for module in course_outline()
    ]


def modules_of(session, outline=None):
    """Return the modules that still exist; `outline` is `course_outline()`."""
    return [module for module in outline or course_outline() if str(module.key) in session.modules]


def counting_modules(session, outline=None):
    return [module for module in modules_of(session, outline) if str(module.key) in session.counts_for]


def usually_counting():
    return [str(module.key) for module in course_outline() if module.attendance_counts]


def unpublished_modules(session, outline=None):
    shown = {str(module.key) for module in outline or course_outline()}
    return [key for key in session.modules if key not in shown]


def unpublished_counting(session):
    return [key for key in unpublished_modules(session) if key in session.counts_for]


def counting_keys(session):
    return set(session.modules) & set(session.counts_for)


def counting_words(session, outline=None):
    numbers = [str(module.number) for module in counting_modules(session, outline)]
    unpublished = len(set(unpublished_modules(session, outline)) & set(session.counts_for))
    if not numbers and not unpublished:
        return _("Does not count as reading")
    if not numbers:
        words = ngettext(
            "Counts the lessons of %(count)d module that is not published as read",
            "Counts the lessons of %(count)d modules that are not published as read",
            unpublished,
        )
        return words % {"count": unpublished}
    words = ngettext(
        "Counts the lessons of module %(numbers)s as read",
        "Counts the lessons of modules %(numbers)s as read",
        len(numbers),
    ) % {"numbers": ", ".join(numbers)}
    if not unpublished:
        return words
    more = ngettext(
        "%(words)s, and those of %(count)d module that is not published",
        "%(words)s, and those of %(count)d modules that are not published",
        unpublished,
    )
    return more % {"words": words, "count": unpublished}
