"""The public pages that verify a certificate, by its code or by its file, without signing in."""

from allauth.account.adapter import get_adapter
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from certificates.verifying.uploads import LONGEST_LISTENED, DigestHandler
from certificates.verifying.verification import (
    certificate_with_file,
    count_unknown,
    find_certificate,
    may_look_up,
    verified,
    why_unknown,
)
from certificates.wording.serials import normalise

from .forms import CodeForm, FileForm
from .unlisted import not_to_be_found


@require_http_methods(["GET", "HEAD", "POST"])
def verify_form(request):
    """Ask for the code on a paper. It is posted, so that it stays out of addresses that were mistyped."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        return redirect("verify", form.cleaned_data["code"])
    return _form_page(request, form=form)


@require_safe
def verify(request, serial):
    """Show every printed field of a certificate, and how it stands, to anyone who has its code."""
    if (canonical := normalise(serial)) and canonical != serial:
        return redirect("verify", canonical)
    # A code that exists is always answered: many telephones share an address, and sixty bits are not guessed.
    if certificate := find_certificate(serial):
        return _certificate_page(request, certificate)
    return unknown_page(request, serial, now=timezone.now())


def unknown_page(request, serial, *, now):
    """Say what is wrong with a code that no certificate has, at most so many times a minute."""
    # After a 404 the language middleware tries the same address below /es/, where a page of the course could be.
    request.urlconf = "certificates.verification_urls"
    address = address_of(request)
    if not may_look_up(address, now=now):
        return later_page(request)
    count_unknown(address, now=now)
    context = {"form": CodeForm(initial={"code": serial[:100]}), "problem": why_unknown(serial)}
    return not_to_be_found(render(request, "certificates/verify_unknown.html", context, status=404))


# Nothing is changed here, so there is nothing to forge; and a token would have the body read before we say how.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request):
    """Compare a PDF with the certificate whose code is sent along, or find the one it is, by its SHA-256.

    A browser that can sends only the SHA-256. A file that is sent is read as it arrives and not kept.
    """
    if request.method != "POST":
        return redirect("verify_form")
    request.upload_handlers = [DigestHandler(request)]
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_LISTENED:
        return _form_page(request, file_form=FileForm.too_large(), status=413)
    form = FileForm(request.POST, request.FILES)
    code = normalise(request.POST.get("code", ""))
    expected = find_certificate(code) if code else None
    if not form.is_valid():
        # A page with the certificate would tell whoever guesses that the code exists.
        return _form_page(request, file_form=form, status=400)
    if expected and expected.sha256 == form.digest:
        return _certificate_page(request, expected, file="same")
    return _page_of_other_file(request, form, expected)


def _page_of_other_file(request, form, expected):
    """Answer about a file that is not the one expected, if any: at most so many times a minute."""
    now, address = timezone.now(), address_of(request)
    if not may_look_up(address, now=now):
        return later_page(request)
    found = certificate_with_file(form.digest)
    if expected or not found:
        count_unknown(address, now=now)
    if expected:
        return _certificate_page(request, expected, file="different", other=found)
    if found:
        return _certificate_page(request, found, file="same")
    form.say_unknown()
    return _form_page(request, file_form=form, status=400)


def _certificate_page(request, certificate, **about_file):
    context = verified(certificate, today=timezone.localdate()) | about_file
    context["may_change"] = _may_change(request.user, certificate)
    return not_to_be_found(render(request, "certificates/verify.html", context))


def _may_change(user, certificate):
    """Whether the page leads whoever may to a correction or an annulment; people's own pages lead there too."""
    holds = not (certificate.annulled_at or certificate.replaced_at)
    is_own = certificate.learner_id is not None and certificate.learner_id == user.pk
    return holds and not is_own and user.has_perm("certificates.annul_certificate", certificate)


def _form_page(request, *, form=None, file_form=None, status=200):
    context = {"form": form or CodeForm(), "file_form": file_form or FileForm()}
    return not_to_be_found(render(request, "certificates/verify_form.html", context, status=status))


def later_page(request):
    response = not_to_be_found(render(request, "certificates/verify_later.html", status=429))
    response["Retry-After"] = "60"
    return response


def address_of(request):
    """Return the address whose sign-ins are counted too: behind a trusted proxy it is not REMOTE_ADDR."""
    return get_adapter().get_client_ip(request)
