"""Whose page a browser shows and who is signed in there now: two marks that script compares, and that name nobody.

Every page carries the mark of the person it was made for; a cookie carries the mark of whoever is signed in. Where the
two differ the page covers itself (`person.js`): in another tab, in what *Back* brings up, in an answer that came late.
"""

from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

from course.privacy import OF_ONE_PERSON, forget_person
from quizzes.base.offline_copies import is_copy

# Read by script, so not HttpOnly; it opens nothing.
COOKIE = "person"


def person_mark(user):
    """Return the same few letters on all pages of one person, and none for a visitor."""
    return _mark_of(str(user.key), settings.SECRET_KEY) if user.is_authenticated else ""


@lru_cache(maxsize=512)
def _mark_of(key, secret):
    """Three times a page asks for the mark of one person, which lasts as long as the site's key."""
    return salted_hmac(__name__, key, secret=secret, algorithm="sha256").hexdigest()[:16]


def page_context(request):
    """What the frame of every page needs to tell whose it is; a copy that a device keeps does not say it."""
    says = hasattr(request, "user") and not is_copy(request)
    return {"person_mark": person_mark(request.user)} if says else {}


class TellWhoIsThere:
    """Keeps the cookie true, however a session began or ended, and forgets what the person before left in others."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        before = request.COOKIES.get(COOKIE, "")
        if before and before != person_mark(request.user):
            for name in OF_ONE_PERSON:
                request.COOKIES.pop(name, None)
        response = self.get_response(request)
        now = person_mark(request.user)
        if before != now and "immutable" not in response.get("Cache-Control", ""):
            if before:
                forget_person(response)
            if now:
                response.set_cookie(COOKIE, now, samesite="Lax", secure=request.is_secure())
            else:
                response.delete_cookie(COOKIE, samesite="Lax")
        return response
