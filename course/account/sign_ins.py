"""What a session knows of the sign-in that opened it: which one it was, when, and what may be shown in it."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from course.models import Change, Ending
from course.people import trail
from course.people.browsers import device_of
from course.people.devices import known_device
from course.people.pins import choose_pin

from .marks import MARK_COOKIE, know_device

# A name in the session: when somebody was there last, in seconds.
SEEN_AT = "seen_at"


def arrive(request, response, person, *, is_shared):
    """Know the device by which the person came in, all steps done, and begin the trail of this session."""
    is_new = know_device(request, response, person, is_shared=is_shared)
    now, session = timezone.now(), request.session
    device = known_device(person, response.cookies[MARK_COOKIE].value)
    looks = device_of(request.headers.get("User-Agent", ""))
    sign_in = trail.keep_sign_in(person, looks, device=device, is_new=is_new, is_shared=is_shared, now=now)
    session[trail.SIGN_IN] = str(sign_in.pk)
    session[SEEN_AT] = int(now.timestamp())
    trail.keep_hidden_before(session, person, device)
    if not is_new:
        _tell_new_devices(request, person, device, now)


def _tell_new_devices(request, person, device, now):
    for one in trail.take_new_devices(person, device=device, now=now):
        day = date_format(timezone.localtime(one.at), "DATETIME_FORMAT")
        messages.warning(
            request,
            _(
                "Somebody signed in with your code on another device for the first time: %(day)s. If it was not you, "
                "open “My account”, close the other sessions and choose another PIN."
            )
            % {"day": day},
        )


def sign_in_of(request):
    """Return the key of the sign-in that opened this session, or None."""
    return request.session.get(trail.SIGN_IN)


def end_trail(request, ending):
    """Keep how the session of this request comes to its end; the first that is said of it stays."""
    trail.end_sign_in(sign_in_of(request), ending, now=timezone.now())


def keep_own_pin(request, pin):
    """Keep the PIN or password that the person chose; every other session is closed, and this one goes on."""
    person, now = request.user, timezone.now()
    choose_pin(person, pin)
    trail.note_change(person, Change.PIN_CHOSEN, by=person, now=now)
    trail.close_other_sessions(person, besides=sign_in_of(request), ending=Ending.PIN, now=now)
    update_session_auth_hash(request, person)
