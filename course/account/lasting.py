"""How long a session lasts: on a shared computer, for staff on a device of their own, and for everybody."""

from django.conf import settings


def idle_seconds(request):
    """Return after how many seconds without activity the session closes, or None where it does not."""
    if request.session.get("shared_computer"):
        return settings.IDLE_SECONDS
    return settings.STAFF_IDLE_SECONDS if request.user.is_staff else None


def longest_session(user):
    """Return how many seconds after signing in a session closes, whatever is done in it."""
    return settings.STAFF_SESSION_SECONDS if user.is_staff else settings.SESSION_COOKIE_AGE
