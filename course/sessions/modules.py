"""The modules of the course that a session is on."""

from django.utils.html import format_html

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


def counting_modules(session):
    """Return the numbers of the session's modules for which attending counts as reading their lessons."""
    return [module.number for module in modules_of(session) if module.attendance_counts]
