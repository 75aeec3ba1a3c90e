"""Tries of a PIN or a code in a request: counted, delayed in words, and what is refused kept for administrators."""

from allauth.account.adapter import get_adapter
from django.forms import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.people import limits
from course.people.limits import TooSoon
from course.people.refusals import keep_refusal

from .marks import mark_of


def address_of(request):
    """Return the address that a request comes from, behind as many proxies as the settings say."""
    return get_adapter(request).get_client_ip(request)


def begin_try(request, code):
    """Return the try of somebody to show who they are. Raises `ValidationError`, with how long to wait, if too soon.

    Nothing of what was typed is looked at before: whether it was right is not told.
    """
    now, address = timezone.now(), address_of(request)
    try:
        return limits.take_try(code, mark=mark_of(request), address=address, now=now)
    except TooSoon as soon:
        request.waits = soon.wait
        keep_refusal("wait", address=address, code=code, now=now)
        raise ValidationError(words_of_wait(soon), code="too_soon") from soon


def end_try(request, code, tried, *, was_right, reason="pin"):
    """Give the try back if it was right; else it stays taken, and stands in the list of what was refused."""
    now = timezone.now()
    if was_right:
        limits.give_back(tried, now=now)
    else:
        keep_refusal(reason, address=address_of(request), code=code, is_known=tried.is_known, now=now)


def spend(request, what, whose, pace):
    """Take one of what somebody may do at this pace, if the request changes something. Raises `TooSoon`."""
    if request.method == "POST":
        limits.take(what, whose, pace, now=timezone.now())


def words_of_wait(soon):
    """Return in words how long to wait, and who can help."""
    how_long = {"how_long": length_in_words(soon.wait)}
    if soon.of_account:
        words = _("Too many wrong tries. Wait %(how_long)s and try again, or ask your trainer to unlock your code now.")
        return words % how_long
    return _("Too many wrong tries from this place. Wait %(how_long)s and try again.") % how_long


def length_in_words(wait):
    """Return a wait in whole minutes, rounded up: never said shorter than it is."""
    minutes = max(1, -(-int(wait.total_seconds() * 1000) // 60_000))
    hours, minutes = divmod(minutes, 60) if minutes > 60 else (0, minutes)
    parts = []
    if hours:
        parts.append(ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": hours})
    if minutes:
        parts.append(ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes})
    return (
        _("%(hours)s and %(minutes)s") % dict(zip(("hours", "minutes"), parts, strict=True)) if parts[1:] else parts[0]
    )
