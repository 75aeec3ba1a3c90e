"""What somebody writes who asks for a correction of an issued certificate."""

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

from certificates.issuing.composing import LONGEST_CLINIC
from certificates.issuing.confirmation import LONGEST_NOTE, NAME_ATTRIBUTES, WordsForm, check_note
from certificates.issuing.correction_requests import (
    ask_as_holder,
    ask_for_correction,
    asked_in_rows,
    check_can_be_asked_about,
    last_request_of,
    open_request_of,
    printed_facts,
    registered_parts,
    withdraw_request,
    words_for_certificate,
)
from certificates.issuing.issue import last_certificates_of
from certificates.models import CorrectionRequest
from certificates.text.codes import normalise
from certificates.text.fields import jobs_in_words, post_on_paper
from certificates.text.names import check_can_be_printed, check_clinic, check_post, claim_in
from certificates.verifying.verification import count_unknown, find_certificate, may_look_up

from .verify import address_of, later_page, not_to_be_found, unknown_page


class OwnCorrectionForm(WordsForm):
    """How the own certificate should read, written by whoever it names."""

    def __init__(self, *args, certificate, **kwargs):
        super().__init__(*args, initial=registered_parts(certificate.learner)._asdict(), **kwargs)
        self.certificate = certificate

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.asked[0]:
            raise forms.ValidationError(gettext("Write what is not right: this is what is printed already."))
        return cleaned

    @property
    def asked(self):
        """({field: words}, {field: what is registered or printed}) of what should read otherwise."""
        written = self.cleaned_data
        return words_for_certificate(
            self.certificate,
            parts=self.parts,
            role=post_on_paper(written.get("post", ""), self.certificate.printed),
            clinic=written.get("clinic", ""),
        )


class HolderCorrectionForm(forms.Form):
    """How a certificate should read, written by anybody who holds it; nothing is asked about who that is."""

    name = forms.CharField(
        label=_("Name as it should be"),
        strip=False,
        max_length=300,
        widget=forms.TextInput(attrs=NAME_ATTRIBUTES),
        error_messages={"required": _("Write the name with letters, as in the identity document.")},
    )
    role = forms.CharField(label=_("Post as it should be"), required=False, strip=False, max_length=300)
    clinic = forms.CharField(
        label=_("Health centre as it should be"), required=False, strip=False, max_length=LONGEST_CLINIC
    )
    note = forms.CharField(
        label=_("What is wrong, in a few words (optional)"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("Nothing about anybody’s health or private life, and no telephone numbers: nobody is called back."),
    )

    def __init__(self, *args, certificate, **kwargs):
        super().__init__(*args, initial=printed_facts(certificate), **kwargs)
        self.printed = certificate.printed
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_name(self):
        name = check_can_be_printed(self.cleaned_data["name"])
        if claim_in(name):
            raise forms.ValidationError(gettext("Write only the name, as in the identity document."))
        return name

    def clean_role(self):
        return post_on_paper(check_post(self.cleaned_data["role"]), self.printed)

    def clean_clinic(self):
        return check_clinic(self.cleaned_data["clinic"])

    def clean_note(self):
        return check_note(self.cleaned_data["note"])

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.asked[0]:
            raise forms.ValidationError(gettext("Write what is not right: this is what is printed already."))
        return cleaned

    @property
    def asked(self):
        """({field: words}, {field: printed words}) of what should read otherwise; what was emptied is as printed."""
        written = self.cleaned_data
        fields = [field for field, was in self.initial.items() if written.get(field) and written[field] != was]
        return {f: written[f] for f in fields}, {f: self.initial[f] for f in fields}


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
        messages.success(request, gettext("Taken back: nothing waits for your facilitator."))
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
        messages.success(
            request, gettext("Asked: your facilitator looks at it. Until then your certificate holds as it is.")
        )
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
