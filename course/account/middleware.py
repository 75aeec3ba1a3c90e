"""What every request of a person passes through: privacy, the idle lock, first steps, carried answers."""

import time
from math import ceil
from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from course.people.limits import TooSoon
from course.people.refusals import keep_refusal
from course.people.roles import needs_second_factor
from course.privacy import forget_person
from course.sealing import CannotRead
from course.sessions.turns import round_goes_on
from quizzes.exceptions import SignInRequired

from .tries import address_of, length_in_words
from .views import sign_in_with_answer


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


class IdleLock:
    """On a shared computer, sign out who has been away; what was given is in the database already."""

    # The admin asks these by itself while an editor is open: nobody need be there.
    NOT_A_PERSON = ("/cms/editing-sessions/",)

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and request.session.get("shared_computer"):
            now = int(time.time())
            seen_at = request.session.get("seen_at", now)
            # The moment is written at most once in a quarter of the period, so that much is forgiven.
            quarter = settings.IDLE_SECONDS // 4
            if now - seen_at > settings.IDLE_SECONDS + quarter:
                return self.lock(request)
            is_person = not request.path.startswith(self.NOT_A_PERSON)
            if "seen_at" not in request.session or (is_person and now - seen_at >= quarter):
                request.session["seen_at"] = now
        return self.get_response(request)

    def lock(self, request):
        """Close the session. A post goes on as from nobody, so that an answer in it is carried through the sign-in."""
        with round_goes_on(request):
            logout(request)
        request.was_locked = True
        if request.headers.get("Accept", "").startswith("application/json") or request.path == reverse("keep_alive"):
            return JsonResponse({"signed_in": False}, status=401)
        if request.method != "POST":
            response = sign_in_and_go_on(request.path)
            forget_person(response)
            return response
        response = self.get_response(request)
        if urlsplit(response.get("Location", "")).path == reverse("account_login"):
            # The address of a post can't be opened after signing in; the page with its form can.
            return sign_in_and_go_on(urlsplit(request.headers.get("Referer", "")).path or "/")
        return response


def sign_in_and_go_on(path):
    return redirect(f"{reverse('account_login')}?{urlencode({'next': path, 'idle': 1})}")


class FirstSteps:
    """Who must choose a PIN, say a role or set up the second factor does that before anything else."""

    ALLOWED = {
        "account_logout",
        "keep_alive",
        "set_language",
        "comfort",
        "choose_pin",
        "choose_role",
        "stop_reminders",
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
        if step is None or (step == "mfa_activate_totp" and name in self.SECOND_FACTOR):
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
