"""Error pages and health probes."""

import sys

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from course.health.facts import State
from course.health.looking import is_ready
from course.health.watching import watch
from course.outages import outage_of
from course.privacy import forget_person

from .sessions import COOKIE
from .sign_in import SHOWN_AGAIN, is_sent_from_elsewhere


def say_what_failed(request):
    """Answer 503 with the reason when the disk or the database is what failed, else 500.

    Asks neither the database nor the session: both may be what is gone.
    """
    outage = outage_of(sys.exc_info()[1])
    if outage is None:
        return server_error(request)
    return _say(request, outage)


class RefusedPages:
    """Answers every page with 503, in words, while the site as a whole is not as it must be; asks nothing for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not watch.refused:
            return self.get_response(request)
        return said_already(_say(request, watch.refused))


def said_already(response):
    """Return the response marked as written down: the log says once why, and not again for each page."""
    response._has_been_logged = True
    return response


def _say(request, outage):
    with override(get_language_from_request(request, check_path=True)):
        response = _page(request, outage)
    response["Retry-After"] = str(outage.retry_after)
    response["Cache-Control"] = "private, no-store"
    if _leaves(request):
        _leave_this_browser(response)
    return response


def _page(request, outage):
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"problem": outage.name, "reason": str(outage.reason)}, status=503)
    context = {
        "outage": outage,
        "sent": request.method not in ("GET", "HEAD"),
        "action": request.get_full_path(),
        "fields": _fields_to_send_again(request),
        "has_left": _leaves(request),
    }
    return HttpResponse(render_to_string("503.html", context), status=503)


def _leaves(request):
    """Whether somebody asks to be signed out, on a page of ours."""
    if request.method != "POST":
        return False
    try:
        return resolve(request.path_info).url_name == "account_logout" and not is_sent_from_elsewhere(request)
    except Resolver404:
        return False


def _leave_this_browser(response):
    """Take the session from the browser: the next person in front of it is nobody, as after any *Change person*.

    The session itself stays. Its row is in the database, which is gone or must not be written now: only its own limits
    end it. Whether the device goes round in a group is written there too, and is forgotten with it.
    """
    response.delete_cookie(
        settings.SESSION_COOKIE_NAME,
        path=settings.SESSION_COOKIE_PATH,
        domain=settings.SESSION_COOKIE_DOMAIN,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
    response.delete_cookie(COOKIE, samesite="Lax")
    forget_person(response)


def _fields_to_send_again(request):
    """Return the (name, value) that a page of ours sent and may send twice, with its token; else nothing."""
    if request.method != "POST":
        return []
    try:
        may_come_twice = resolve(request.path_info).url_name in SHOWN_AGAIN and not is_sent_from_elsewhere(request)
        return [(name, value) for name, values in request.POST.lists() for value in values] if may_come_twice else []
    except (Resolver404, OSError):
        return []


@require_safe
def show_live(request):
    """The process answers. Nothing is looked at."""
    return _word("ok", 200)


@require_safe
def show_ready(request):
    """Whether pages are answered here and what people do is saved: 200 or 503; `warning` is for somebody to look."""
    facts = watch.found()
    if not is_ready(facts):
        return _word("unavailable", 503)
    return _word("ok" if all(fact.state == State.GOOD for fact in facts) else "warning", 200)


def _word(word, status):
    response = HttpResponse(f"{word}\n", content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return said_already(response)


class Probes:
    """Answers both before a session is read, a host refused or a page sent to HTTPS."""

    PAGES = {"/salud/": show_ready, "/salud/viva/": show_live}

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        page = self.PAGES.get(request.path_info)
        return page(request) if page else self.get_response(request)
