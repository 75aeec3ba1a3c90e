"""What other software fetches, without signing in: credentials, baked badges, lists of the revoked, our public key."""

import json

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates.badges.credentials import badge_png, bake_into_png, bake_into_svg, issuer_png
from certificates.badges.issuer import did_document
from certificates.badges.status_lists import FRESH, signed_list
from certificates.models import Certificate, StatusList
from certificates.text.codes import grouped, normalise
from certificates.verifying.verification import count_unknown, may_look_up

# The type that the W3C registered for its data model 2.0.
_CREDENTIAL = "application/vc"


@require_safe
def show_did_document(request):
    """Answer with the public key of this site."""
    document = did_document()
    if document is None:
        raise Http404
    response = HttpResponse(json.dumps(document), content_type="application/did+json")
    response["Cache-Control"] = "public, max-age=3600"
    return _for_other_sites(response)


@require_safe
def show_status_list(request, number):
    """Answer with the signed list of the revoked; 503 while there is no key to sign it with."""
    _stay_at_this_address(request)
    status_list = get_object_or_404(StatusList, pk=number)
    text = signed_list(status_list, now=timezone.now())
    if not text:
        return HttpResponse(status=503, headers={"Retry-After": "3600"})
    response = HttpResponse(text, content_type=_CREDENTIAL)
    response["Cache-Control"] = f"public, max-age={int(FRESH.total_seconds())}"
    return _for_other_sites(response)


@require_safe
def credential_json(request, serial):
    """Answer with the credential of a certificate: it says no more than the page that verifies it."""

    def answer(certificate, credential):
        response = HttpResponse(credential, content_type=_CREDENTIAL)
        return _for_other_sites(_to_keep(response, f"credencial-trato-digno-{grouped(certificate.serial)}.json"))

    return _with_credential(request, serial, answer)


@require_safe
def baked_png(request, serial):
    def answer(certificate, credential):
        response = HttpResponse(bake_into_png(credential), content_type="image/png")
        return _to_keep(response, f"insignia-trato-digno-{grouped(certificate.serial)}.png")

    return _with_credential(request, serial, answer)


@require_safe
def baked_svg(request, serial):
    def answer(certificate, credential):
        response = HttpResponse(bake_into_svg(credential), content_type="image/svg+xml")
        return _to_keep(response, f"insignia-trato-digno-{grouped(certificate.serial)}.svg")

    return _with_credential(request, serial, answer)


@require_safe
def badge_image(request):
    """Answer with the badge of the course, the same for everybody: wallets show it beside a credential."""
    return _picture(badge_png())


@require_safe
def issuer_image(request):
    """Answer with the picture of who issues, which wallets show too."""
    return _picture(issuer_png())


def _picture(content):
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return _for_other_sites(response)


def _with_credential(request, serial, answer):
    """Answer for the certificate with this code and its credential; unknown ones are counted as where one verifies."""
    _stay_at_this_address(request)
    now, address = timezone.now(), get_adapter().get_client_ip(request)
    certificate = Certificate.objects.defer("pdf").filter(serial=normalise(serial)).first()
    if certificate and certificate.credential:
        return answer(certificate, certificate.credential)
    if not certificate:
        if not may_look_up(address, now=now):
            return HttpResponse(status=429, headers={"Retry-After": "60"})
        count_unknown(address, now=now)
    raise Http404


def _stay_at_this_address(request):
    # After a 404 the language middleware would try the same address below /es/.
    request.urlconf = "certificates.verification_urls"


def _to_keep(response, name):
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    return response


def _for_other_sites(response):
    """Let a verifier that runs in a browser read it: it is public, and no cookie makes it another."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
