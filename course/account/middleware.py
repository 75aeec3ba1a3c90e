"""A trial says so: one line on every page of a site whose passwords anybody can read."""

import re
from math import ceil
from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from course.models import Ending, SignIn
from course.people.devices import SIGNED_IN_AT
from course.people.limits import TooSoon
from course.people.refusals import keep_refusal
from course.people.roles import needs_second_factor
from course.privacy import forget_person
from course.sealing import CannotRead
from course.sessions.turns import round_goes_on
from quizzes.exceptions import SignInRequired

from .sessions import (
    SEEN_AT,
    address_of,
    end_trail,
    idle_seconds,
    keep_form,
    length_in_words,
    longest_session,
    sign_in_of,
)
from .sign_in import show_sign_in, sign_in_with_answer

# Where the line stands, the first that is there: in the content of the editors' pages, which hold a head of ours in a
# template that nobody sees; in the head of our pages, which is not printed; in others' apps. Part of a page has none.
_PLACES = [re.compile(place) for place in (rb'<main[^>]*\bid="main"[^>]*>', rb'<header class="top">', rb"<body[^>]*>")]
# Ours has a style; the others are Wagtail's: on a telephone its button for the menu lies over the left end.
_LINE = (
    '<p class="trial help-block help-warning w-my-0 w-pl-slim-header sm:w-pl-5">'
    '<span class="w-block w-ml-2.5 sm:w-ml-0">{}</span></p>'
)


class SayTrial:
    """Puts the line into pages as they leave, those about errors and those of others' apps among them."""

    def __init__(self, get_response):
        if not settings.IS_TRIAL:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            self.add_line(request, response)
        return response

    def add_line(self, request, response):
        place = next(filter(None, (place.search(response.content) for place in _PLACES)), None)
        if place is None:
            return
        at = place.end()
        language = response.get("Content-Language") or get_language_from_request(request, check_path=True)
        with override(language):
            line = format_html(_LINE, _words()).encode()
        response.content = response.content[:at] + line + response.content[at:]
        if "Content-Length" in response:
            response["Content-Length"] = len(response.content)


def _words():
    return _("A trial with public passwords: enter nothing about real people.")


class PrivatePages:
    """What a signed-in person sees is never kept by a browser or a proxy that the next person uses.

    But for what says of itself that it never changes, such as an image of a question: it tells nothing of anybody.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Asked before the page: at the end of a session it still shows what the person did.
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        never_changes = "immutable" in response.get("Cache-Control", "")
        if (signed_in or request.user.is_authenticated) and not never_changes:
            response["Cache-Control"] = "private, no-store"
        return response


class SessionsEnd:
    """Sign out who has been away, or whose session lasted long enough; what was given is in the database already."""

    # The admin asks these by itself while an editor is open: nobody need be there.
    NOT_A_PERSON = ("/cms/editing-sessions/",)

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, idle = int(timezone.now().timestamp()), idle_seconds(request)
        signed_in_at = request.session[SIGNED_IN_AT]
        if now - signed_in_at > longest_session(request.user):
            return self.close(request, Ending.LIMIT)
        if idle:
            seen_at = request.session.get(SEEN_AT, signed_in_at)
            # The moment is written at most once in a quarter of the period, so that much is forgiven.
            quarter = idle // 4
            if now - seen_at > idle + quarter:
                return self.close(request, Ending.IDLE)
            if now - seen_at >= quarter and not request.path.startswith(self.NOT_A_PERSON):
                request.session[SEEN_AT] = now
        return self.get_response(request)

    def close(self, request, ending):
        """Close the session. A post goes on as from nobody, so that an answer in it is carried through the sign-in."""
        kept = keep_form(request) if request.method == "POST" and request.user.is_staff else ""
        was_shared = bool(request.session.get("shared_computer"))
        # The sign-in page takes a device that was closed for idleness for a shared one.
        why = "away" if ending == Ending.IDLE and not was_shared else ending.value
        end_trail(request, ending)
        with round_goes_on(request):
            logout(request)
        request.was_locked = was_shared
        if request.headers.get("Accept", "").startswith("application/json") or request.path == reverse("keep_alive"):
            return JsonResponse({"signed_in": False}, status=401)
        if request.method != "POST":
            response = sign_in_and_go_on(request.path, why)
            if was_shared:
                forget_person(response)
            return response
        response = self.get_response(request)
        if urlsplit(response.get("Location", "")).path != reverse("account_login"):
            return response
        if kept:
            return show_sign_in(request, initial={"kept": kept, "shared": False})
        # The address of a post can't be opened after signing in; the page with its form can.
        there = urlsplit(request.headers.get("Referer", "")).path or "/"
        return sign_in_and_go_on(there, why, lost=request.path != reverse("account_logout"))


def sign_in_and_go_on(path, why, *, lost=False):
    """Lead to the sign-in page, which says why the session is over, and that what was sent was not saved (`lost`)."""
    asked = {"next": path, why: 1} | ({"lost": 1} if lost else {})
    return redirect(f"{reverse('account_login')}?{urlencode(asked)}")


class SignInsInStep:
    """The key of a session changes when somebody signs in or chooses a PIN: its sign-in is found by the new one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        before = request.session.session_key
        response = self.get_response(request)
        if request.session.session_key != before and (key := sign_in_of(request)):
            if request.session.session_key is None:
                request.session.create()
            SignIn.objects.filter(pk=key, ended_at=None).update(session_key=request.session.session_key)
        return response


class FirstSteps:
    """Who must choose a PIN, say a role or set up the second factor does that before anything else."""

    # What the steps themselves need: leaving, reading them in one's language and letters, and what anybody may open.
    ALLOWED = {
        "account_logout",
        "keep_alive",
        "leave_offline",
        "set_language",
        "comfort",
        "choose_pin",
        "stop_reminders",
        "confirm_address",
        "accept_invitation",
        "javascript-catalog",
    }
    SECOND_FACTOR = {
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "mfa_reauthenticate",
        "account_reauthenticate",
    }

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated:
            return None
        name = request.resolver_match.url_name or ""
        if name in self.ALLOWED:
            return None
        step = self.first_step(request)
        if step is None or name == step or (step == "mfa_activate_totp" and name in self.SECOND_FACTOR):
            return None
        if request.method == "POST" and request.headers.get("Accept", "").startswith("application/json"):
            return HttpResponse(status=403)
        return redirect(f"{reverse(step)}?{urlencode({'next': request.path})}" if step != "mfa_activate_totp" else step)

    def first_step(self, request):
        """Return the name of the page that this person has to go through first, or None."""
        user = request.user
        if user.must_choose_pin:
            return "choose_pin"
        if not user.role and not user.is_staff:
            return "choose_role"
        if settings.REQUIRE_SECOND_FACTOR and needs_second_factor(user) and not is_mfa_enabled(user):
            return "mfa_activate_totp"
        return None


class TriesAndRefusals:
    """Says how long to wait where tries come too fast, and keeps what was refused for whoever looks after the site."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if wait := getattr(request, "waits", None):
            # The page itself says it in words, and shows again what was typed but for the PIN.
            response.status_code = 429
            response["Retry-After"] = ceil(wait.total_seconds())
        stale = getattr(request, "has_stale_form", False)
        if stale or response.status_code == 403:
            self.keep(request, "form" if stale else "page")
        return response

    def keep(self, request, reason):
        match, person = request.resolver_match, request.user if request.user.is_authenticated else None
        page = match.view_name if match else ""
        keep_refusal(reason, address=address_of(request), person=person, page=page, now=timezone.now())

    def process_exception(self, request, exception):
        if isinstance(exception, CannotRead):
            keep_refusal("key", address=address_of(request), now=timezone.now())
            return render(request, "account/no_key.html", status=503)
        if not isinstance(exception, TooSoon):
            return None
        request.waits = exception.wait
        return render(request, "429.html", {"how_long": length_in_words(exception.wait)})


class SignInToContinue:
    """An answer that came without a session is carried, signed, through the sign-in form."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, SignInRequired):
            return None
        return sign_in_with_answer(request, exception.carried)
