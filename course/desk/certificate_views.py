"""The pages on which a trainer issues a person's certificate, corrects what is printed of them, or annuls it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certificates.issuing.confirmation import preview_fields
from certificates.issuing.corrections import check_can_be_corrected
from certificates.issuing.eligibility import NotEligible
from certificates.issuing.issue import ConcurrentChangeError
from certificates.issuing.status import get_status
from certificates.text.fields import job_labels
from course.groups.certificates import annul_in_group, correct_in_group, issue_in_group, may_issue_now
from course.groups.corrections import facts_side_by_side
from course.groups.grid import row_of
from course.people.cohorts import current_cohort_of, help_rule

from .certificate_forms import AnnulmentForm, CorrectionForm, CorrectionOfGoneForm, IssueForm
from .requested import certificate_to_change, requested_person

REFUSALS = (NotEligible, ConcurrentChangeError, ValidationError)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_issue_certificate(request, cohort_pk, learner_pk):
    """Show what would be printed for a person who finished; a post confirms and issues it."""
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    if learner == request.user or not request.user.has_perm("certificates.issue_certificate", learner):
        raise Http404
    row = row_of(learner, rule=help_rule(cohort), now=timezone.now())
    if not may_issue_now(row):
        # Somebody was faster, or the page is an old one: the person's page says how things stand.
        return redirect(_person_page(cohort, learner))
    form = IssueForm(request.POST or None, learner=learner)
    if form.is_valid() and request.POST.get("action") == "issue":
        try:
            certificate = _issue(request, cohort, row, form)
        except REFUSALS as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Issued: the certificate of %(name)s.") % certificate.printed)
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
    """Show what is printed of a person beside what is registered, and what a correction does; a post corrects it."""
    certificate = certificate_to_change(request.user, serial, "certificates.correct_certificate")
    form, now = _correction_form(request, certificate), timezone.now()
    if form.is_valid():
        try:
            corrected = correct_in_group(certificate, **form.right, by=request.user, now=now)
        except REFUSALS as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Corrected: the certificate says “%(name)s” now.") % corrected.printed)
            return redirect(_page_after(request.user, corrected))
    elif request.method != "POST" and (page := _page_instead(request, certificate, check_can_be_corrected, now)):
        return page
    return _change_page(
        request,
        "desk/certificate_correct.html",
        certificate,
        form,
        title=_("Correct the certificate"),
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
def desk_annul_certificate(request, serial):
    """Say what an annulment does; a post with a reason annuls the certificate."""
    certificate = certificate_to_change(request.user, serial, "certificates.revoke_certificate")
    form = AnnulmentForm(request.POST or None)
    if form.is_valid():
        try:
            annul_in_group(certificate, **form.cleaned_data, by=request.user, now=timezone.now())
        except REFUSALS as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Annulled: the certificate of %(name)s.") % certificate.printed)
            return redirect(_page_after(request.user, certificate))
    elif certificate.revoked_at or certificate.replaced_at:
        return redirect(_page_after(request.user, certificate))
    return _change_page(request, "desk/certificate_annul.html", certificate, form, title=_("Annul the certificate"))


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
