"""The modules of the course that a session is on, and those whose lessons count as read for whoever attends."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.models import ModulePage
from modules.progress.outline import course_outline


def module_choices():
    """Return [(key, «1. Title»)] of the modules of the course, each marked where the page is in another language."""
    return [
        (str(module.key), format_html("<span{}>{}. {}</span>", module.lang, module.number, module.title))
        for module in course_outline()
    ]


def modules_of(session, outline=None):
    """Return the modules that a session is on; of one that is no longer in the course nothing is left to say.

    `outline` is `course_outline()`, for who asks about many sessions.
    """
    return [module for module in outline or course_outline() if str(module.key) in session.modules]


def counting_modules(session, outline=None):
    """Return those of its modules whose lessons count as read for whoever attends.

    A session of before, which does not say so itself, leaves it to each module.
    """
    modules = modules_of(session, outline)
    if session.counts_for is None:
        return [module for module in modules if module.attendance_counts]
    return [module for module in modules if str(module.key) in session.counts_for]


def counts_as_modules_say(keys=None):
    """Return the keys of modules, of these or of all, of which a session counts where nobody decides otherwise."""
    modules = [str(module.key) for module in course_outline() if module.attendance_counts]
    return [key for key in modules if keys is None or key in keys]


def unpublished_modules(session, outline=None):
    """Return the keys of those modules of a session that the course does not show now: it is on them all the same."""
    shown = {str(module.key) for module in outline or course_outline()}
    return [key for key in session.modules if key not in shown]


def unpublished_counting(session):
    """Return those of the keys of `unpublished_modules` of which attending counts, by the session or by the module."""
    keys = unpublished_modules(session)
    if session.counts_for is not None:
        return [key for key in keys if key in session.counts_for]
    says = ModulePage.objects.filter(translation_key__in=keys, attendance_counts=True) if keys else ()
    counting = {str(page.translation_key) for page in says}
    return [key for key in keys if key in counting]


def may_count_for(session):
    """Return the keys for which having attended may have counted; of a session of before any of its modules."""
    return set(session.modules) & set(session.modules if session.counts_for is None else session.counts_for)


def counting_words(session, outline=None):
    """Return «Counts the lessons of module 3 as read», or that it does not count as reading."""
    numbers = [str(module.number) for module in counting_modules(session, outline)]
    unpublished = len(set(unpublished_modules(session, outline)) & set(session.counts_for or ()))
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
