"""Public files: credentials, baked badges, status lists, DID document."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates.badges.credentials import badge_png, bake_into_png, bake_into_svg, issuer_png
from certificates.badges.issuer import did_document
from certificates.badges.status_lists import CACHE_TIME, signed_list
from certificates.models import Certificate, StatusList
from certificates.text.codes import format_serial, normalise_serial
from certificates.verifying.verification import count_unknown, may_look_up

from .verify import client_ip, forbid_indexing

# Registered by the W3C for verifiable credentials 2.0.
_CREDENTIAL = "application/vc"


@require_safe
def show_did_document(request):
    document = did_document()
    if document is None:
        raise Http404
    response = HttpResponse(json.dumps(document), content_type="application/did+json")
    response["Cache-Control"] = "public, max-age=3600"
    return _allow_cross_origin(response)


@require_safe
def show_status_list(request, number):
    _skip_language_redirect(request)
    status_list = get_object_or_404(StatusList, pk=number)
    text = signed_list(status_list, now=timezone.now())
    if not text:
        return HttpResponse(status=503, headers={"Retry-After": "3600"})
    response = HttpResponse(text, content_type=_CREDENTIAL)
    response["Cache-Control"] = f"public, max-age={int(CACHE_TIME.total_seconds())}"
    return _allow_cross_origin(response)


@require_safe
def credential_json(request, serial):
    response = _credential_file(request, serial, str, _CREDENTIAL, "credencial-trato-digno-{}.json")
    return _allow_cross_origin(response) if response.status_code == 200 else response


@require_safe
def baked_png(request, serial):
    return _credential_file(request, serial, bake_into_png, "image/png", "insignia-trato-digno-{}.png")


@require_safe
def baked_svg(request, serial):
    return _credential_file(request, serial, bake_into_svg, "image/svg+xml", "insignia-trato-digno-{}.svg")


@require_safe
def badge_image(request):
    return _picture(badge_png())


@require_safe
def issuer_image(request):
    return _picture(issuer_png())


def _picture(content):
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return _allow_cross_origin(response)


def _credential_file(request, serial, convert, content_type, name):
    _skip_language_redirect(request)
    now, address = timezone.now(), client_ip(request)
    certificate = Certificate.objects.defer("pdf").filter(serial=normalise_serial(serial)).first()
    if certificate and certificate.credential:
        response = HttpResponse(convert(certificate.credential), content_type=content_type)
        name = name.format(format_serial(certificate.serial))
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return forbid_indexing(response)
    if not certificate:
        if not may_look_up(address, now=now):
            return HttpResponse(status=429, headers={"Retry-After": "60"})
        count_unknown(address, now=now)
    raise Http404


def _skip_language_redirect(request):
    # Otherwise the language middleware redirects a 404 to the same path below /es/.
    request.urlconf = "certificates.urls"


def _allow_cross_origin(response):
    # For verifiers that run in a browser; the response is public and does not depend on cookies.
    response["Access-Control-Allow-Origin"] = "*"
    return response
