"""The pages on which somebody asks for a correction of an issued certificate: whoever it names, or whoever holds it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certificates.issuing.issue import last_certificates_of
from certificates.issuing.requesting import (
    ask_as_holder,
    ask_for_correction,
    asked_in_rows,
    check_can_be_asked_about,
    last_request_of,
    open_request_of,
    withdraw_request,
)
from certificates.models import CorrectionRequest
from certificates.verifying.verification import count_unknown, find_certificate, may_look_up
from certificates.wording.serials import normalise
from certificates.wording.words import jobs_in_words

from .correction_forms import HolderCorrectionForm, OwnCorrectionForm
from .unlisted import not_to_be_found
from .verifying import address_of, later_page, unknown_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_correction(request):
    """Ask for a correction of one's own certificate, or take back what was asked."""
    person, now = request.user, timezone.now()
    certificate = last_certificates_of([person]).get(person.pk)
    if certificate is None:
        return redirect("my_certificate")
    if request.POST.get("action") == "withdraw":
        withdraw_request(person, certificate)
        messages.success(request, _("Taken back: nothing waits for your facilitator."))
        return redirect("my_certificate")
    why_not = _why_not(certificate, now)
    if why_not and (request.method == "POST" or open_request_of(person, certificate) is None):
        return redirect("my_certificate")
    # Its words are read beside those of the person.
    certificate.learner = person
    form = OwnCorrectionForm(request.POST or None, certificate=certificate)
    if form.is_valid():
        (asked, was), note = form.asked, form.cleaned_data["note"]
        what = {"asked": asked, "was": was, "note": note, "certificate": certificate}
        ask_for_correction(person, origin=CorrectionRequest.Origin.OWN, now=now, **what)
        messages.success(request, _("Asked: your facilitator looks at it. Until then your certificate holds as it is."))
        return redirect("my_certificate")
    correction = last_request_of(person, certificate)
    context = {
        "form": form,
        "why_not": why_not,
        "certificate": certificate,
        "correction": correction,
        "asked": asked_in_rows(correction) if correction else [],
        "jobs": jobs_in_words(),
    }
    return render(request, "certificates/my_correction.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def holder_correction(request, serial):
    """Let anybody who has the code ask for a correction; nothing is asked about who that is, nor kept."""
    now, address = timezone.now(), address_of(request)
    certificate = find_certificate(normalise(serial) or serial)
    if certificate is None:
        return unknown_page(request, serial, now=now)
    if _why_not(certificate, now):
        # That page says how the certificate stands.
        return redirect("verify", certificate.serial)
    if "recibida" in request.GET and request.method != "POST":
        return not_to_be_found(render(request, "certificates/correction_asked.html", {"certificate": certificate}))
    form = HolderCorrectionForm(request.POST or None, certificate=certificate)
    if request.method == "POST":
        # As many in a minute as codes that do not exist.
        if not may_look_up(address, now=now):
            return later_page(request)
        count_unknown(address, now=now)
    if form.is_valid():
        (asked, was), note = form.asked, form.cleaned_data["note"]
        try:
            ask_as_holder(certificate, asked=asked, was=was, note=note, now=now)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(reverse("holder_correction", args=[certificate.serial]) + "?recibida")
    context = {"form": form, "certificate": certificate, "jobs": jobs_in_words()}
    status = 400 if form.errors else 200
    return not_to_be_found(render(request, "certificates/holder_correction.html", context, status=status))


def _why_not(certificate, now):
    """Return the sentence why nobody asks for a correction of the certificate, or nothing."""
    try:
        check_can_be_asked_about(certificate, today=timezone.localdate(now))
    except ValidationError as refusal:
        return refusal.messages[0]
    return ""
