"""The mark of a device: a random cookie of the browser, by which a person is known where they signed in before.

It names nobody. One browser has one mark whoever signs in there; it stays when somebody signs out.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from course.people.devices import draw_mark, remember_device

MARK_COOKIE = "device"
# The longest that browsers keep one.
_LASTS = timedelta(days=400)
_WELL_FORMED = re.compile(r"[\w-]{22}", re.ASCII)


def mark_of(request):
    """Return the mark of the browser that sent this request, or "" if it has none of ours."""
    mark = request.COOKIES.get(MARK_COOKIE, "")
    return mark if _WELL_FORMED.fullmatch(mark) else ""


def know_device(request, response, person, *, is_shared):
    """Keep that the person signed in, all steps done, in this browser; return whether it is new to the person.

    The browser keeps its mark, or gets one with the response.
    """
    mark = mark_of(request) or draw_mark()
    response.set_cookie(
        MARK_COOKIE,
        mark,
        max_age=_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return remember_device(person, mark, is_shared=is_shared, now=timezone.now())
