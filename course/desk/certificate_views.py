"""Pages: issue, correct and revoke a certificate."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from certificates.issuing.confirmation import (
    MAX_NOTE_LENGTH,
    NAME_ATTRIBUTES,
    ConfirmationForm,
    NameForm,
    preview_fields,
    registered_fields,
)
from certificates.issuing.correction_requests import registered_parts
from certificates.issuing.corrections import check_can_be_corrected
from certificates.issuing.eligibility import NotEligible
from certificates.issuing.issue import ConcurrentChangeError
from certificates.issuing.status import get_status
from certificates.text.fields import job_labels
from certificates.text.names import check_post, needs_review
from course.groups.certificates import correct_in_group, issue_in_group, may_issue_now, revoke_in_group
from course.groups.corrections import divided, facts_side_by_side
from course.groups.grid import row_of
from course.models import Clinic
from course.people.cohorts import current_cohort_of, help_rule

from .requested import certificate_to_change, requested_person


class IssueForm(ConfirmationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["without_post"].label = _("Do not print the post")
        for name in ("post", "clinic", "note", "names_holder"):
            self.fields.pop(name, None)

    def clean(self):
        cleaned = super().clean()
        registered = registered_parts(self.learner)
        if not self.errors and needs_review(registered, self.parts):
            self.add_error("given_names", gettext(_OTHER_NAME) % {"registered": registered.whole})
        return cleaned


_OTHER_NAME = gettext_noop(
    "This name is not like the registered one, “%(registered)s”. Correct first how the person is registered."
)


class PlaceForm(forms.Form):
    post = forms.CharField(label=_("Post"), required=False, strip=False, help_text=_("Empty: no post is printed."))
    clinic = forms.ModelChoiceField(Clinic.objects.none(), label=_("Health centre"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_NOTE_LENGTH,
        help_text=_("It stays in the history, for facilitators. Write nothing about anyone’s health or private life."),
        error_messages={"required": _("Write the reason: it stays in the history.")},
    )

    def __init__(self, *args, certificate, initial, **kwargs):
        printed = certificate.printed
        super().__init__(*args, initial={"post": printed["role"]} | initial, **kwargs)
        field = self.fields["clinic"]
        field.queryset = Clinic.objects.order_by("sort_key", "pk")
        field.empty_label = gettext("As it is printed: %(clinic)s") % {"clinic": printed["clinic"] or "–"}
        self.fields["post"].widget.attrs |= {"list": "posts", "autocomplete": "off"}

    def clean_post(self):
        return check_post(self.cleaned_data["post"])


class CorrectionForm(NameForm, PlaceForm):
    registers = forms.BooleanField(
        label=_("Correct how the person is registered too"),
        required=False,
        initial=True,
        help_text=_("Then the next certificate, the lists and the group say the same."),
    )

    field_order = ("given_names", "surnames", "post", "clinic", "registers", "reason")

    def __init__(self, *args, certificate, as_registered, may_register, **kwargs):
        learner, printed = certificate.learner, certificate.printed
        parts = registered_parts(learner)
        if not as_registered and parts.whole != printed["name"]:
            parts, _is_a_guess = divided(printed["name"], learner)
        initial = parts._asdict()
        if as_registered:
            with translation.override(certificate.language):
                initial |= {"post": registered_fields(learner)["role"], "clinic": learner.clinic_id}
        super().__init__(*args, certificate=certificate, initial=initial, **kwargs)
        self.fields["surnames"].required = bool(learner.last_name)
        if not may_register:
            del self.fields["registers"]

    @property
    def right(self):
        written = self.cleaned_data
        told = {name: written[name] for name in ("post", "clinic", "reason")}
        return told | {"name": self.parts.whole, "parts": self.parts if written.get("registers") else None}


class CorrectionOfGoneForm(PlaceForm):
    """Correct the certificate of a deleted account: the name is one line, as printed."""

    printed_name = forms.CharField(
        label=_("Name to be printed"),
        strip=False,
        help_text=_("With accents, capital letters and both surnames, as in the identity document."),
        widget=forms.TextInput(attrs=NAME_ATTRIBUTES),
    )

    field_order = ("printed_name", "post", "clinic", "reason")

    def __init__(self, *args, certificate, **kwargs):
        initial = {"printed_name": certificate.printed["name"]}
        super().__init__(*args, certificate=certificate, initial=initial, **kwargs)

    @property
    def right(self):
        written = self.cleaned_data
        return {name: written[name] for name in ("post", "clinic", "reason")} | {"name": written["printed_name"]}


class RevocationForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Everyone who verifies the certificate reads it, for ever. Write what was wrong with the certificate, and"
            " nothing about the person."
        ),
        error_messages={"required": _("Write the reason: whoever verifies the certificate reads it.")},
    )


REFUSALS = (NotEligible, ConcurrentChangeError, ValidationError)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_issue_certificate(request, cohort_pk, learner_pk):
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    if learner == request.user or not request.user.has_perm("certificates.issue_certificate", learner):
        raise Http404
    row = row_of(learner, rule=help_rule(cohort), now=timezone.now())
    if not may_issue_now(row):
        return redirect(_person_page(cohort, learner))
    form = IssueForm(request.POST or None, learner=learner)
    if form.is_valid() and request.POST.get("action") == "issue":
        try:
            certificate = _issue(request, cohort, row, form)
        except REFUSALS as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, gettext("Issued: the certificate of %(name)s.") % certificate.printed)
            return redirect(_person_page(cohort, learner))
    context = {"cohort": cohort, "learner": learner, "row": row, "form": form}
    context["may_change"] = request.user.has_perm("course.change_learner", learner)
    context["printed"] = preview_fields(learner, row.progress, form, language=request.LANGUAGE_CODE)
    return render(request, "desk/certificate_issue.html", context, status=400 if form.errors else 200)


def _issue(request, cohort, row, form):
    how = {"language": request.LANGUAGE_CODE, "by": request.user, "now": timezone.now()}
    return issue_in_group(row, form, cohort=cohort, **how)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_correct_certificate(request, serial):
    certificate = certificate_to_change(request.user, serial, "certificates.correct_certificate")
    form, now = _correction_form(request, certificate), timezone.now()
    if form.is_valid():
        try:
            corrected = correct_in_group(certificate, **form.right, by=request.user, now=now)
        except REFUSALS as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, gettext("Corrected: the certificate says “%(name)s” now.") % corrected.printed)
            return redirect(_page_after(request.user, corrected))
    elif request.method != "POST" and (page := _page_instead(request, certificate, check_can_be_corrected, now)):
        return page
    return _change_page(
        request,
        "desk/certificate_correct.html",
        certificate,
        form,
        title=gettext("Correct the certificate"),
        rows=facts_side_by_side(certificate),
        jobs=job_labels(),
    )


def _correction_form(request, certificate):
    learner = certificate.learner
    if learner is None:
        return CorrectionOfGoneForm(request.POST or None, certificate=certificate)
    return CorrectionForm(
        request.POST or None,
        certificate=certificate,
        as_registered="registrado" in request.GET,
        may_register=request.user.has_perm("course.change_learner", learner),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_revoke_certificate(request, serial):
    certificate = certificate_to_change(request.user, serial, "certificates.revoke_certificate")
    form = RevocationForm(request.POST or None)
    if form.is_valid():
        try:
            revoke_in_group(certificate, **form.cleaned_data, by=request.user, now=timezone.now())
        except REFUSALS as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, gettext("Revoked: the certificate of %(name)s.") % certificate.printed)
            return redirect(_page_after(request.user, certificate))
    elif certificate.revoked_at or certificate.replaced_at:
        return redirect(_page_after(request.user, certificate))
    return _change_page(
        request, "desk/certificate_revoke.html", certificate, form, title=gettext("Revoke the certificate")
    )


def _page_instead(request, certificate, check, now):
    try:
        check(certificate, today=timezone.localdate(now))
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(_page_after(request.user, certificate))
    return None


def _refuse(form, refusal, field=None):
    form.add_error(field, getattr(refusal, "messages", [str(refusal)]))


def _change_page(request, template, certificate, form, *, title, **more):
    learner = certificate.learner
    context = {
        "title": title,
        "certificate": certificate,
        "standing": get_status(certificate, today=timezone.localdate()),
        "learner": learner,
        "cohort": current_cohort_of(request.user, learner) if learner else None,
        "back": _page_after(request.user, certificate),
        "form": form,
    }
    return render(request, template, context | more, status=400 if form.errors else 200)


def _page_after(user, certificate):
    learner = certificate.learner
    if learner and (cohort := current_cohort_of(user, learner)):
        return _person_page(cohort, learner)
    return reverse("verify", args=[certificate.serial])


def _person_page(cohort, learner):
    return reverse("desk_person", args=[cohort.pk, learner.pk])
