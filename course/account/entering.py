"""How a session of a person begins, whichever way they came in: what it takes along, and how long it lasts."""

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import login

from course.people.devices import is_called_shared
from course.sessions.turns import round_goes_on, round_of

from .marks import mark_of

# Kept from the form of sign-in to the end of it, perhaps past the page of a second factor.
SHARED, CARRIED, KEPT = "shared_at_sign_in", "carried", "kept"
# All that a session keeps of the visitor who signs in. The last two: how they proved who they are, and who that is.
_TAKEN_ALONG = {
    SHARED,
    CARRIED,
    KEPT,
    AUTHENTICATION_METHODS_SESSION_KEY,
    f"{AUTHENTICATION_METHODS_SESSION_KEY}_user",
}


def drop_visitor(request):
    """Drop what a visitor's session holds, so that nothing of it stands beside the person in the database."""
    with round_goes_on(request):
        for name in set(request.session.keys()) - _TAKEN_ALONG:
            del request.session[name]


def set_length(request, *, is_shared):
    """Let the session end with the browser, and after ten idle minutes, on a shared device; else last for two weeks."""
    request.session["shared_computer"] = is_shared
    request.session.set_expiry(0 if is_shared else settings.SESSION_COOKIE_AGE)


def let_in(request, person, *, backend, is_shared):
    """Sign in a person who needs no form of sign-in, such as one who joined a group just now."""
    with round_goes_on(request):
        request.session.flush()
    login(request, person, backend=backend)
    set_length(request, is_shared=is_shared)


def is_known_shared(request):
    """Whether the device was closed for idleness, goes round a group, or was called shared by anybody known on it."""
    was_idle = getattr(request, "was_locked", False) or "idle" in request.GET
    return was_idle or round_of(request) is not None or is_called_shared(mark_of(request))


def is_phone(request):
    """Whether the browser says that it runs on a telephone: Chromium in a header of its own, others in their name."""
    return request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.headers.get("User-Agent", "")


def ask_whether_shared(form, request):
    """Tick the question before it is shown: yes, unless the device is a telephone of which nothing else is known.

    Where only the screen can tell, script looks at it. A form that comes back keeps what was chosen in it.
    """
    if form.is_bound or "shared" in form.initial:
        return
    known, field = is_known_shared(request), form.fields["shared"]
    field.initial = known or not is_phone(request)
    if not known:
        field.widget.attrs["data-unless-phone"] = ""
