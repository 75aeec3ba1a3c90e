"""What a person sees of the own sign-ins under *Mi cuenta*, and closing sessions from there."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from course.models import Change, Ending
from course.people import trail
from course.people.devices import forget_devices

from .marks import mark_of
from .sign_ins import sign_in_of

# Whoever stands behind somebody at a shared computer reads along.
_SHOWN, _SHOWN_SHARED = 20, 3


def trail_context(request):
    """Return what the page shows: the last sign-ins, which sessions are open, and what was changed; four queries."""
    person, here = request.user, sign_in_of(request)
    count = _SHOWN_SHARED if request.session.get("shared_computer", True) else _SHOWN
    sessions = list(trail.open_sessions(person, now=timezone.now()))
    return {
        "here": here and UUID(here),
        "sessions": sessions,
        "others_open": any(str(one.pk) != here for one in sessions),
        "open_keys": {one.pk for one in sessions},
        "sign_ins": list(trail.sign_ins_of(person, count=count)),
        "changes": list(trail.changes_of(person, count=count)),
    }


@login_required
@require_POST
def close_sessions(request):
    """Close one of the own sessions, or all but this one; what was known of the devices of the others is forgotten."""
    person, now = request.user, timezone.now()
    which = request.POST.get("session", "")
    if which == "others":
        with transaction.atomic():
            trail.close_other_sessions(person, besides=sign_in_of(request), ending=Ending.ELSEWHERE, now=now)
            forget_devices(person, besides=mark_of(request))
            trail.note_change(person, Change.SESSIONS_CLOSED, by=person, now=now)
        messages.success(
            request, _("All other sessions are closed. Choose another PIN too if somebody may know yours.")
        )
        return redirect("my_account")
    session = next((one for one in trail.open_sessions(person, now=now) if str(one.pk) == which), None)
    # One that is closed by now stays so; this one is left by signing out.
    if session and which != sign_in_of(request):
        trail.close_sessions(type(session).objects.filter(pk=session.pk), Ending.ELSEWHERE, now=now)
        messages.success(request, _("The session is closed."))
    return redirect("my_account")
