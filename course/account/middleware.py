"""Middleware of users: session end, first steps, refusals, caching, pending answers."""

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
from django.utils.deprecation import MiddlewareMixin
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from course.models import Ending, SignIn
from course.people.devices import SIGNED_IN_AT
from course.people.limits import TooSoon
from course.people.refusals import keep_refusal
from course.people.roles import needs_second_factor
from course.privacy import delete_personal_cookies
from course.sealing import CannotRead
from course.sessions.turns import round_goes_on
from quizzes.exceptions import SignInRequired

from .page_owner import sign_pending_form
from .sessions import (
    SEEN_AT,
    client_address,
    format_wait,
    idle_seconds,
    max_session_seconds,
    record_session_end,
    sign_in_key,
)
from .sign_in import show_sign_in

# The banner follows the first of these: the content of Wagtail's pages (which have a header of ours too, hidden in a
# template), the header of our pages (which is not printed), the body of other apps' pages. A fragment has none.
_OUR_HEADER = re.compile(rb'<header class="top">')
_BANNER_PLACES = [re.compile(rb'<main[^>]*\bid="main"[^>]*>'), _OUR_HEADER, re.compile(rb"<body[^>]*>")]
_BANNER = '<p class="trial"><span>{}</span></p>'
# With Wagtail's classes: on a phone its menu button covers the left end.
_WAGTAIL_BANNER = (
    '<p class="trial help-block help-warning w-my-0 w-pl-slim-header sm:w-pl-5">'
    '<span class="w-block w-ml-2.5 sm:w-ml-0">{}</span></p>'
)


class TrialBannerMiddleware:
    def __init__(self, get_response):
        if not settings.IS_TRIAL:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            self.add_banner(request, response)
        return response

    def add_banner(self, request, response):
        place = next(filter(None, (place.search(response.content) for place in _BANNER_PLACES)), None)
        if place is None:
            return
        at = place.end()
        language = response.get("Content-Language") or get_language_from_request(request, check_path=True)
        with override(language):
            text = _("A trial with public passwords: enter nothing about real people.")
            banner = format_html(_BANNER if place.re is _OUR_HEADER else _WAGTAIL_BANNER, text).encode()
        response.content = response.content[:at] + banner + response.content[at:]
        if "Content-Length" in response:
            response["Content-Length"] = len(response.content)


class PrivateCacheMiddleware(MiddlewareMixin):
    def __call__(self, request):
        # Asked before the view too: a page that ends the session still shows personal data.
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        never_changes = "immutable" in response.get("Cache-Control", "")
        if (signed_in or request.user.is_authenticated) and not never_changes:
            response["Cache-Control"] = "private, no-store"
        return response


class SessionTimeoutMiddleware(MiddlewareMixin):
    # Wagtail polls these while an editor is open: they are no activity of a person.
    POLLED_PATHS = ("/cms/editing-sessions/",)

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, idle = int(timezone.now().timestamp()), idle_seconds(request)
        signed_in_at = request.session[SIGNED_IN_AT]
        if now - signed_in_at > max_session_seconds(request.user):
            return self.close(request, Ending.LIMIT)
        if idle:
            seen_at = request.session.get(SEEN_AT, signed_in_at)
            # `seen_at` is written at most once in a quarter of the period, so it may be late by that much.
            quarter = idle // 4
            if now - seen_at > idle + quarter:
                return self.close(request, Ending.IDLE)
            if now - seen_at >= quarter and not request.path.startswith(self.POLLED_PATHS):
                request.session[SEEN_AT] = now
        return self.get_response(request)

    def close(self, request, ending):
        """A post continues as a visitor's, so that an answer in it waits for the sign-in."""
        pending_form = sign_pending_form(request) if request.method == "POST" and request.user.is_staff else ""
        was_shared = bool(request.session.get("shared_computer"))
        # "idle" in the address makes the sign-in page take the device for a shared one.
        reason = "away" if ending == Ending.IDLE and not was_shared else ending.value
        record_session_end(request, ending)
        with round_goes_on(request):
            logout(request)
        request.was_locked = was_shared
        if request.headers.get("Accept", "").startswith("application/json") or request.path == reverse("keep_alive"):
            return JsonResponse({"signed_in": False}, status=401)
        if request.method != "POST":
            response = redirect_to_sign_in(request.path, reason)
            if was_shared:
                delete_personal_cookies(response)
            return response
        response = self.get_response(request)
        if urlsplit(response.get("Location", "")).path != reverse("account_login"):
            return response
        if pending_form:
            return show_sign_in(request, initial={"pending_form": pending_form, "shared": False})
        # The address of a post can't be opened after signing in; the page with its form can.
        path = urlsplit(request.headers.get("Referer", "")).path or "/"
        return redirect_to_sign_in(path, reason, lost=request.path != reverse("account_logout"))


def redirect_to_sign_in(path, reason, *, lost=False):
    query = {"next": path, reason: 1} | ({"lost": 1} if lost else {})
    return redirect(f"{reverse('account_login')}?{urlencode(query)}")


class SessionKeyMiddleware(MiddlewareMixin):
    """Update the session key of the SignIn, which changes when a person signs in or chooses a PIN."""

    def __call__(self, request):
        before = request.session.session_key
        response = self.get_response(request)
        if request.session.session_key != before and (key := sign_in_key(request)):
            if request.session.session_key is None:
                request.session.create()
            SignIn.objects.filter(pk=key, ended_at=None).update(session_key=request.session.session_key)
        return response


class FirstStepsMiddleware(MiddlewareMixin):
    # What the steps need (sign-out, language, display settings), and what visitors may open.
    ALLOWED = {
        "account_logout",
        "keep_alive",
        "set_language",
        "comfort",
        "choose_pin",
        "stop_reminders",
        "confirm_address",
        "accept_invitation",
        "javascript-catalog",
    }
    SECOND_FACTOR = {"mfa_activate_totp", "mfa_view_recovery_codes", "mfa_reauthenticate", "account_reauthenticate"}

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
        user = request.user
        if user.must_choose_pin:
            return "choose_pin"
        if not user.role and not user.is_staff:
            return "choose_role"
        if settings.REQUIRE_SECOND_FACTOR and needs_second_factor(user) and not is_mfa_enabled(user):
            return "mfa_activate_totp"
        return None


class RefusalMiddleware(MiddlewareMixin):
    def __call__(self, request):
        response = self.get_response(request)
        if wait := getattr(request, "retry_after", None):
            response.status_code = 429
            response["Retry-After"] = ceil(wait.total_seconds())
        is_stale = getattr(request, "has_stale_form", False)
        if is_stale or response.status_code == 403:
            self.log_refusal(request, "form" if is_stale else "page")
        return response

    def log_refusal(self, request, reason):
        match, person = request.resolver_match, request.user if request.user.is_authenticated else None
        page = match.view_name if match else ""
        keep_refusal(reason, address=client_address(request), person=person, page=page, now=timezone.now())

    def process_exception(self, request, exception):
        if isinstance(exception, CannotRead):
            keep_refusal("key", address=client_address(request), now=timezone.now())
            return render(request, "account/middleware/no_key.html", status=503)
        if not isinstance(exception, TooSoon):
            return None
        request.retry_after = exception.wait
        return render(request, "429.html", {"how_long": format_wait(exception.wait)})


class PendingAnswerMiddleware(MiddlewareMixin):
    """Put an answer that came without a session, signed, into the sign-in form."""

    def process_exception(self, request, exception):
        if not isinstance(exception, SignInRequired):
            return None
        return show_sign_in(request, initial={"pending_answer": exception.pending_answer})
