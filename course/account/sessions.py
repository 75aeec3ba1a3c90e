"""Device cookie; start, length and end of a session; rate limit of sign-in attempts."""

import re
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.forms import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.models import Change, Ending
from course.people import devices, limits
from course.people.devices import is_shared_device, known_device, new_device_cookie, parse_user_agent, remember_device
from course.people.limits import TooSoon
from course.people.pins import choose_pin
from course.people.refusals import keep_refusal
from course.sessions.turns import round_goes_on, round_of

DEVICE_COOKIE = "device"
_DEVICE_COOKIE_AGE = timedelta(days=400)
_WELL_FORMED = re.compile(r"[\w-]{22}", re.ASCII)


def device_cookie(request):
    mark = request.COOKIES.get(DEVICE_COOKIE, "")
    return mark if _WELL_FORMED.fullmatch(mark) else ""


def remember_browser(request, response, person, *, is_shared):
    """Set the device cookie and register the device; return whether it is new to the person."""
    mark = device_cookie(request) or new_device_cookie()
    response.set_cookie(
        DEVICE_COOKIE,
        mark,
        max_age=_DEVICE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return remember_device(person, mark, is_shared=is_shared, now=timezone.now())


# Session keys that last from the sign-in form to the end of sign-in, past the page of a second factor.
SHARED_DEVICE, PENDING_ANSWER, PENDING_FORM = "shared_at_sign_in", "pending_answer", "pending_form"
_SURVIVES_SIGN_IN = {
    SHARED_DEVICE,
    PENDING_ANSWER,
    PENDING_FORM,
    AUTHENTICATION_METHODS_SESSION_KEY,
    f"{AUTHENTICATION_METHODS_SESSION_KEY}_user",
}


def clear_visitor_session(request):
    # In the database nothing of the visitor may be linked to the person who signs in.
    with round_goes_on(request):
        for name in set(request.session.keys()) - _SURVIVES_SIGN_IN:
            del request.session[name]


def set_session_length(request, *, is_shared):
    request.session["shared_computer"] = is_shared
    request.session.set_expiry(0 if is_shared else settings.SESSION_COOKIE_AGE)


def sign_in_without_form(request, person, *, backend, is_shared):
    with round_goes_on(request):
        request.session.flush()
    login(request, person, backend=backend)
    set_session_length(request, is_shared=is_shared)


def is_known_shared(request):
    was_idle = getattr(request, "was_locked", False) or "idle" in request.GET
    return was_idle or round_of(request) is not None or is_shared_device(device_cookie(request))


def is_phone(request):
    # Chromium says it in a header of its own, other browsers in their name.
    return request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.headers.get("User-Agent", "")


def preselect_shared(form, request):
    """Tick `shared` in an unbound form, unless the device is a phone that is not known as shared."""
    if form.is_bound or "shared" in form.initial:
        return
    is_shared, field = is_known_shared(request), form.fields["shared"]
    field.initial = is_shared or not is_phone(request)
    if not is_shared:
        # Some phones are recognised by their screen only: script looks at it.
        field.widget.attrs["data-unless-phone"] = ""


def idle_seconds(request):
    if request.session.get("shared_computer"):
        return settings.IDLE_SECONDS
    return settings.STAFF_IDLE_SECONDS if request.user.is_staff else None


def max_session_seconds(user):
    return settings.STAFF_SESSION_SECONDS if user.is_staff else settings.SESSION_COOKIE_AGE


SEEN_AT = "seen_at"


def record_sign_in(request, response, person, *, is_shared):
    is_new = remember_browser(request, response, person, is_shared=is_shared)
    now, session = timezone.now(), request.session
    device = known_device(person, response.cookies[DEVICE_COOKIE].value)
    looks = parse_user_agent(request.headers.get("User-Agent", ""))
    sign_in = devices.save_sign_in(person, looks, device=device, is_new=is_new, is_shared=is_shared, now=now)
    session[devices.SIGN_IN] = str(sign_in.pk)
    session[SEEN_AT] = int(now.timestamp())
    devices.set_hidden_before(session, person, device)
    if not is_new:
        _warn_of_new_devices(request, person, device, now)


def _warn_of_new_devices(request, person, device, now):
    for sign_in in devices.pop_new_device_sign_ins(person, device=device, now=now):
        day = date_format(timezone.localtime(sign_in.at), "DATETIME_FORMAT")
        messages.warning(
            request,
            _(
                "Someone signed in with your code on another device for the first time: %(day)s. If it was not you, "
                "open “My account”, close the other sessions and choose another PIN."
            )
            % {"day": day},
        )


def sign_in_key(request):
    return request.session.get(devices.SIGN_IN)


def record_session_end(request, ending):
    devices.end_sign_in(sign_in_key(request), ending, now=timezone.now())


def change_own_pin(request, pin):
    person, now = request.user, timezone.now()
    choose_pin(person, pin)
    devices.log_account_change(person, Change.PIN_CHOSEN, by=person, now=now)
    devices.close_other_sessions(person, besides=sign_in_key(request), ending=Ending.PIN, now=now)
    update_session_auth_hash(request, person)


def client_address(request):
    """Return the IP address of the client, behind as many proxies as the settings say."""
    return get_adapter(request).get_client_ip(request)


def begin_sign_in_attempt(request, code):
    """Count an attempt before the PIN is checked, and return it. Raises ValidationError if it is too soon."""
    now, address = timezone.now(), client_address(request)
    try:
        return limits.take_try(code, mark=device_cookie(request), address=address, now=now)
    except TooSoon as error:
        request.retry_after = error.wait
        keep_refusal("wait", address=address, code=code, now=now)
        raise ValidationError(wait_message(error), code="too_soon") from error


def end_sign_in_attempt(request, code, attempt, *, was_right, reason="pin"):
    now = timezone.now()
    if was_right:
        limits.give_back(attempt, now=now)
    else:
        keep_refusal(reason, address=client_address(request), code=code, is_known=attempt.is_known, now=now)


def enforce_rate_limit(request, action, subject, pace):
    """Count a POST request of a subject (a person or a network). Raises TooSoon."""
    if request.method == "POST":
        limits.take(action, subject, pace, now=timezone.now())


def wait_message(error):
    if error.of_account:
        message = _(
            "Too many wrong attempts. Wait %(how_long)s and try again, or ask your trainer to unlock your code now."
        )
    else:
        message = _("Too many wrong attempts from this place. Wait %(how_long)s and try again.")
    return message % {"how_long": format_wait(error.wait)}


def format_wait(wait):
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
