"""Endpoints of the service worker."""

import hashlib
import json
from http import HTTPStatus
from math import ceil

from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_POST, require_safe

from course.offline.delivery import Sealed, credit, moment_in
from course.offline.encryption import worker_script
from course.people import limits
from course.people.delays import DELIVERING
from course.people.limits import TooSoon
from course.people.refusals import keep_refusal
from course.privacy import forget_person
from course.sessions.turns import round_goes_on
from quizzes.base.offline_copies import RequestOfNobody

from .sessions import address_of, is_sent_from_elsewhere


@require_safe
def show_offline(request):
    """Tell what script finds on the device. Devices fetch it as nobody, and keep it: what they get is a copy."""
    asked = request if request.user.is_authenticated else RequestOfNobody(request.path)
    return render(asked, "offline.html")


MOST_FACTS, MOST_BYTES = 50, 256 * 1024
LONGEST_NAME, MAX_NUMBER = 64, 2**53


def _seen(request):
    return f'"{hashlib.sha256(worker_script().encode()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=_seen)
def service_worker(request):
    """The script that works beside the pages, the same for everybody."""
    response = HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "max-age=3600"
    return response


@csrf_exempt
@require_POST
def deliver_facts(request):
    """Credit what was done on a device without a line, whoever is signed in there now.

    The reply never says what was answered.
    """
    if is_sent_from_elsewhere(request):
        return _refuse("elsewhere", 403)
    now, address = timezone.now(), address_of(request)
    try:
        limits.take("deliver", limits.network_of(address), DELIVERING, now=now)
    except TooSoon as soon:
        response = _refuse("too often", 429)
        response["Retry-After"] = ceil(soon.wait.total_seconds())
        return response
    try:
        facts, sent_at = _read(request)
    except _TooBig:
        return _refuse("too much", 413)
    except (ValueError, TypeError, KeyError, RecursionError, UnreadablePostError):
        return _refuse("unreadable", 400)
    credited = credit(facts, sent_at=sent_at, now=now)
    if credited.lacks_key:
        keep_refusal("seal", address=address, page=request.resolver_match.view_name, now=now)
    told = [{"id": fact.id, "state": state} for fact, state in zip(facts, credited.states, strict=True)]
    return _tell({"facts": told})


class _TooBig(Exception):
    """More than a device delivers at once."""


def _read(request):
    """Return the `Sealed` facts that were delivered, and when by the device's clock, or None. Raises what JSON does."""
    # One more than may come: it is not read to its end to find out.
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise _TooBig
    load = json.loads(body)
    rows, sent_at = load["facts"], load["sent_at"]
    if not isinstance(rows, list) or not isinstance(sent_at, str):
        raise TypeError
    if len(rows) > MOST_FACTS:
        raise _TooBig
    return [Sealed(_name(row["id"]), row.get("key"), row.get("sealed")) for row in rows], moment_in(sent_at)


def _name(value):
    """Return how a device names a fact: a short word or a number."""
    if type(value) is int and abs(value) < MAX_NUMBER:
        return value
    if not isinstance(value, str) or not value.isascii() or len(value) > LONGEST_NAME:
        raise TypeError
    return value


def _refuse(error, status):
    return _tell({"error": error}, status=status)


def _tell(told, status=200):
    response = JsonResponse(told, status=status)
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt
@require_POST
def leave_offline(request):
    """End the session that was left on this device while it had no line; who has none has left already."""
    if not _is_of_this_site(request):
        return _refuse("elsewhere", 403)
    response = HttpResponse(status=204)
    if request.user.is_authenticated:
        with round_goes_on(request):
            logout(request)
        forget_person(response)
    return response


def _is_of_this_site(request):
    """Whether the browser says so: without a word of it, nobody's session ends."""
    says = "Origin" in request.headers or request.headers.get("Sec-Fetch-Site") == "same-origin"
    return says and not is_sent_from_elsewhere(request)


class NobodysAddresses:
    """Lets nothing of a session reach what is the same for everybody, or credited to whom it names.

    Else a session would end with it, somebody's first steps would answer in its place, and proxies would keep nothing.
    """

    PATHS = ("/sw.js", "/sin-conexion/entregar/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info not in self.PATHS:
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        response = self.get_response(request)
        # It varies with no session and no language, whatever was asked on the way.
        del response["Vary"]
        return response


# On the request: the worker sent it. On the answer: what was in it is noted, or was answered in words; where it leads.
KEPT, DONE, TO = "X-Kept", "X-Done", "X-To"


class TellWorker:
    """Names the way on in a header in place of a redirect, and says whether the view got as far as noting the form.

    A view says so by `request.is_noted`; where a sign-in or a first step came before it, nobody does.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if KEPT not in request.headers or request.method != "POST":
            return response
        if address := response.headers.get("Location"):
            told = HttpResponse(status=HTTPStatus.NO_CONTENT, headers={TO: address})
            told.cookies = response.cookies
            response = told
        if getattr(request, "is_noted", False) and response.status_code < HTTPStatus.BAD_REQUEST:
            response[DONE] = "1"
        return response
