"""Endpoints of the service worker."""

import hashlib
import json
from http import HTTPStatus
from math import ceil

from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_POST, require_safe

from course.offline.delivery import EncryptedFact, credit_facts, parse_moment
from course.offline.encryption import worker_script
from course.people import limits
from course.people.delays import DELIVERING
from course.people.limits import TooSoon
from course.people.refusals import keep_refusal
from course.privacy import delete_personal_cookies
from course.sessions.turns import round_goes_on
from quizzes.base.offline_copies import AnonymousRequest

from .page_owner import is_cross_site
from .sessions import client_address


@require_safe
def show_offline(request):
    # Devices fetch it without a session and store it: they get an offline copy.
    return render(request if request.user.is_authenticated else AnonymousRequest(request.path), "offline.html")


MAX_FACTS, MAX_BYTES = 50, 256 * 1024
MAX_ID_LENGTH, MAX_NUMBER = 64, 2**53


def _script_etag(request):
    return f'"{hashlib.sha256(worker_script().encode()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=_script_etag)
def service_worker(request):
    response = HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "max-age=3600"
    return response


@csrf_exempt
@require_POST
def deliver_facts(request):
    """Credit facts to the people they name, whatever session the device has. The reply repeats no answer."""
    if is_cross_site(request):
        return _refuse("elsewhere", 403)
    now, address = timezone.now(), client_address(request)
    try:
        limits.take("deliver", limits.network_of(address), DELIVERING, now=now)
    except TooSoon as error:
        response = _refuse("too often", 429)
        response["Retry-After"] = ceil(error.wait.total_seconds())
        return response
    try:
        facts, sent_at = _read(request)
    except _TooLarge:
        return _refuse("too much", 413)
    except (ValueError, TypeError, KeyError, RecursionError, UnreadablePostError):
        return _refuse("unreadable", 400)
    credited = credit_facts(facts, sent_at=sent_at, now=now)
    if credited.lacks_key:
        keep_refusal("seal", address=address, page=request.resolver_match.view_name, now=now)
    states = [{"id": fact.id, "state": state} for fact, state in zip(facts, credited.states, strict=True)]
    return _json({"facts": states})


class _TooLarge(Exception):
    pass


def _read(request):
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise _TooLarge
    load = json.loads(body)
    rows, sent_at = load["facts"], load["sent_at"]
    if not isinstance(rows, list) or not isinstance(sent_at, str):
        raise TypeError
    if len(rows) > MAX_FACTS:
        raise _TooLarge
    return [EncryptedFact(_fact_id(row["id"]), row.get("key"), row.get("sealed")) for row in rows], parse_moment(
        sent_at
    )


def _fact_id(value):
    if type(value) is int and abs(value) < MAX_NUMBER:
        return value
    if not isinstance(value, str) or not value.isascii() or len(value) > MAX_ID_LENGTH:
        raise TypeError
    return value


def _refuse(error, status):
    return _json({"error": error}, status=status)


def _json(body, status=200):
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


# Set by person.js when somebody signs out without a connection.
SIGN_OUT_COOKIE = "salir"


class OfflineSignOutMiddleware(MiddlewareMixin):
    """End the session that was left without a connection, before the request is answered."""

    def __call__(self, request):
        if SIGN_OUT_COOKIE not in request.COOKIES:
            return self.get_response(request)
        if request.user.is_authenticated:
            with round_goes_on(request):
                logout(request)
        response = self.get_response(request)
        response.delete_cookie(SIGN_OUT_COOKIE, samesite="Lax")
        delete_personal_cookies(response)
        return response


class SessionlessPathsMiddleware(MiddlewareMixin):
    """Remove cookies from paths without a session: there a session could time out, and no proxy could cache."""

    PATHS = ("/sw.js", "/sin-conexion/entregar/")

    def __call__(self, request):
        if request.path_info not in self.PATHS:
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        response = self.get_response(request)
        del response["Vary"]
        return response


# Header of the request: sent by the service worker. Headers of the response: the form was processed; redirect target.
SENT_BY_WORKER, SAVED, LOCATION = "X-Kept", "X-Done", "X-To"


class ServiceWorkerMiddleware(MiddlewareMixin):
    """Answer the service worker with a header instead of a redirect. The view sets `request.is_noted`."""

    def __call__(self, request):
        response = self.get_response(request)
        if SENT_BY_WORKER not in request.headers or request.method != "POST":
            return response
        if address := response.headers.get("Location"):
            redirect = HttpResponse(status=HTTPStatus.NO_CONTENT, headers={LOCATION: address})
            redirect.cookies = response.cookies
            response = redirect
        if getattr(request, "is_noted", False) and response.status_code < HTTPStatus.BAD_REQUEST:
            response[SAVED] = "1"
        return response
