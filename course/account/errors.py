"""Error pages and health probes."""

import sys

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from course.errors import find_outage
from course.health.facts import State
from course.health.looking import is_ready
from course.health.watching import watch
from course.privacy import delete_personal_cookies

from .page_owner import CURRENT_USER_COOKIE
from .sign_in import REPEATABLE_VIEWS, is_cross_site


def handle_server_error(request):
    """Answer an outage with 503, else 500; use neither the database nor the session."""
    outage = find_outage(sys.exc_info()[1])
    if outage is None:
        return server_error(request)
    return _outage_response(request, outage)


class MaintenanceMiddleware(MiddlewareMixin):
    """Answer every page with 503 while a health check finds the site unusable; make no query."""

    def __call__(self, request):
        if not watch.refused:
            return self.get_response(request)
        return mark_as_logged(_outage_response(request, watch.refused))


def mark_as_logged(response):
    """Stop Django from logging this response: the health checks log the reason once."""
    response._has_been_logged = True
    return response


def _outage_response(request, outage):
    with override(get_language_from_request(request, check_path=True)):
        response = _outage_page(request, outage)
    response["Retry-After"] = str(outage.retry_after)
    response["Cache-Control"] = "private, no-store"
    if _is_signing_out(request):
        _delete_session_cookies(response)
    return response


def _outage_page(request, outage):
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"problem": outage.name, "reason": str(outage.reason)}, status=503)
    context = {
        "outage": outage,
        "sent": request.method not in ("GET", "HEAD"),
        "action": request.get_full_path(),
        "fields": _repeatable_fields(request),
        "has_left": _is_signing_out(request),
    }
    return HttpResponse(render_to_string("503.html", context), status=503)


def _is_signing_out(request):
    if request.method != "POST":
        return False
    try:
        return resolve(request.path_info).url_name == "account_logout" and not is_cross_site(request)
    except Resolver404:
        return False


def _delete_session_cookies(response):
    # The row of the session stays until its own limits end it: the database must not be written now. The turns of a
    # device that goes round a group are in that session, and are lost.
    response.delete_cookie(
        settings.SESSION_COOKIE_NAME,
        path=settings.SESSION_COOKIE_PATH,
        domain=settings.SESSION_COOKIE_DOMAIN,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
    response.delete_cookie(CURRENT_USER_COOKIE, samesite="Lax")
    delete_personal_cookies(response)


def _repeatable_fields(request):
    if request.method != "POST":
        return []
    try:
        is_repeatable = resolve(request.path_info).url_name in REPEATABLE_VIEWS and not is_cross_site(request)
        return [(name, value) for name, values in request.POST.lists() for value in values] if is_repeatable else []
    except (Resolver404, OSError):
        return []


@require_safe
def show_live(request):
    return _probe_response("ok", 200)


@require_safe
def show_ready(request):
    facts = watch.found()
    if not is_ready(facts):
        return _probe_response("unavailable", 503)
    return _probe_response("ok" if all(fact.state == State.GOOD for fact in facts) else "warning", 200)


def _probe_response(word, status):
    response = HttpResponse(f"{word}\n", content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return mark_as_logged(response)


class HealthProbeMiddleware(MiddlewareMixin):
    """Answer the probes before a session is read, a host refused or a page redirected to HTTPS."""

    PAGES = {"/salud/": show_ready, "/salud/viva/": show_live}

    def __call__(self, request):
        page = self.PAGES.get(request.path_info)
        return page(request) if page else self.get_response(request)
