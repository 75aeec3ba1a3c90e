"""Requests to correct an issued certificate."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from certificates.issuing.confirmation import MAX_NOTE_LENGTH, NAME_ATTRIBUTES, CorrectionFieldsForm, check_note
from certificates.issuing.correction_requests import (
    check_correction_allowed,
    diff_certificate,
    get_last_request,
    get_open_request,
    printed_personal_fields,
    registered_parts,
    request_correction,
    request_correction_as_holder,
    requested_changes,
    withdraw_request,
)
from certificates.issuing.field_values import MAX_CLINIC_LENGTH
from certificates.issuing.issue import get_last_certificates
from certificates.models import CorrectionRequest
from certificates.text.codes import normalise_serial
from certificates.text.fields import job_labels, post_in_certificate_language
from certificates.text.names import check_clinic, check_post, check_printable_name, find_claim
from certificates.verifying.verification import count_unknown, find_certificate, may_look_up

from .verify import client_ip, forbid_indexing, rate_limit_page, unknown_code_page


class _ChangeRequired:
    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.requested[0]:
            raise forms.ValidationError(gettext("Write what is not right: this is what is printed already."))
        return cleaned


class OwnCorrectionForm(_ChangeRequired, CorrectionFieldsForm):
    def __init__(self, *args, certificate, **kwargs):
        super().__init__(*args, initial=registered_parts(certificate.learner)._asdict(), **kwargs)
        self.certificate = certificate

    @property
    def requested(self):
        """({field: requested}, {field: registered or printed}) of the fields that differ."""
        cleaned = self.cleaned_data
        return diff_certificate(
            self.certificate,
            parts=self.parts,
            role=post_in_certificate_language(cleaned.get("post", ""), self.certificate.printed),
            clinic=cleaned.get("clinic", ""),
        )


class HolderCorrectionForm(_ChangeRequired, forms.Form):
    name = forms.CharField(
        label=_("Name as it should be"),
        strip=False,
        max_length=300,
        widget=forms.TextInput(attrs=NAME_ATTRIBUTES),
        error_messages={"required": _("Write the name with letters, as in the identity document.")},
    )
    role = forms.CharField(label=_("Post as it should be"), required=False, strip=False, max_length=300)
    clinic = forms.CharField(
        label=_("Health centre as it should be"), required=False, strip=False, max_length=MAX_CLINIC_LENGTH
    )
    note = forms.CharField(
        label=_("What is wrong, in a few words (optional)"),
        required=False,
        max_length=MAX_NOTE_LENGTH,
        help_text=_("Do not write about anyone’s health or private life, or telephone numbers: we call no one back."),
    )

    def __init__(self, *args, certificate, **kwargs):
        super().__init__(*args, initial=printed_personal_fields(certificate), **kwargs)
        self.printed = certificate.printed
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_name(self):
        name = check_printable_name(self.cleaned_data["name"])
        if find_claim(name):
            raise forms.ValidationError(gettext("Write only the name, as in the identity document."))
        return name

    def clean_role(self):
        return post_in_certificate_language(check_post(self.cleaned_data["role"]), self.printed)

    def clean_clinic(self):
        return check_clinic(self.cleaned_data["clinic"])

    def clean_note(self):
        return check_note(self.cleaned_data["note"])

    @property
    def requested(self):
        cleaned = self.cleaned_data
        fields = [field for field, printed in self.initial.items() if cleaned.get(field) not in ("", None, printed)]
        return {field: cleaned[field] for field in fields}, {field: self.initial[field] for field in fields}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_correction(request):
    person, now = request.user, timezone.now()
    certificate = get_last_certificates([person]).get(person.pk)
    if certificate is None:
        return redirect("my_certificate")
    if request.POST.get("action") == "withdraw":
        withdraw_request(person, certificate)
        messages.success(request, gettext("Request withdrawn."))
        return redirect("my_certificate")
    refusal = _refusal(certificate, now)
    if refusal and (request.method == "POST" or get_open_request(person, certificate) is None):
        return redirect("my_certificate")
    certificate.learner = person
    form = OwnCorrectionForm(request.POST or None, certificate=certificate)
    if form.is_valid():
        requested, previous = form.requested
        request_correction(
            person,
            origin=CorrectionRequest.Origin.OWN,
            requested=requested,
            previous=previous,
            note=form.cleaned_data["note"],
            certificate=certificate,
            now=now,
        )
        messages.success(
            request,
            gettext("Request sent: your facilitator will review it. Until then your certificate remains valid."),
        )
        return redirect("my_certificate")
    correction = get_last_request(person, certificate)
    context = {
        "form": form,
        "refusal": refusal,
        "certificate": certificate,
        "correction": correction,
        "changes": requested_changes(correction) if correction else [],
        "jobs": job_labels(),
    }
    return render(request, "certificates/corrections/my_correction.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def holder_correction(request, serial):
    now, address = timezone.now(), client_ip(request)
    certificate = find_certificate(normalise_serial(serial) or serial)
    if certificate is None:
        return unknown_code_page(request, serial, now=now)
    if _refusal(certificate, now):
        return redirect("verify", certificate.serial)
    if "recibida" in request.GET and request.method != "POST":
        return forbid_indexing(render(request, "certificates/corrections/requested.html", {"certificate": certificate}))
    form = HolderCorrectionForm(request.POST or None, certificate=certificate)
    if request.method == "POST":
        # Counts towards the limit of unknown codes.
        if not may_look_up(address, now=now):
            return rate_limit_page(request)
        count_unknown(address, now=now)
    if form.is_valid():
        (requested, previous), note = form.requested, form.cleaned_data["note"]
        try:
            request_correction_as_holder(certificate, requested=requested, previous=previous, note=note, now=now)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(reverse("holder_correction", args=[certificate.serial]) + "?recibida")
    context = {"form": form, "certificate": certificate, "jobs": job_labels()}
    status = 400 if form.errors else 200
    return forbid_indexing(render(request, "certificates/corrections/holder_correction.html", context, status=status))


def _refusal(certificate, now):
    try:
        check_correction_allowed(certificate, today=timezone.localdate(now))
    except ValidationError as refusal:
        return refusal.messages[0]
    return ""
