"""The learner's own certificate: what is missing, confirm, show, download."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates.issuing.confirmation import ConfirmationForm, confirm_certificate, preview_fields
from certificates.issuing.correction_requests import get_last_request, requested_changes, withdraw_request
from certificates.issuing.eligibility import NotEligible, certifies, is_still_valid, missing_items
from certificates.issuing.integrity import AlteredCertificateError, get_intact_pdf
from certificates.issuing.issue import get_last_certificates
from certificates.issuing.status import is_expiring_soon, record_printing
from certificates.models import Certificate, PrintedImage
from certificates.pdf.rendering import get_printed_image
from certificates.text.codes import format_serial, normalise_serial
from certificates.text.fields import job_labels
from certificates.verifying.verification import verification_context
from modules.progress.deriving import progress_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_certificate(request):
    last = get_last_certificates([request.user]).get(request.user.pk)
    progress = progress_of(request.user, now=timezone.now())
    # An earlier one is shown until the restarted course is finished.
    is_current = last and (last.revoked_at or not progress.finished or certifies(last, progress))
    if is_current and request.method == "POST":
        return redirect("my_certificate")
    if is_current:
        today = timezone.localdate()
        extra = {
            "progress": progress,
            "missing": missing_items(progress),
            "ends_soon": is_expiring_soon(last, today=today),
        }
        extra |= {"correction": get_last_request(request.user, last), "is_own": True}
        context = verification_context(last, today=today) | extra
        return render(request, "certificates/mine/issued.html", context)
    if not progress.finished:
        return render(
            request, "certificates/mine/missing.html", {"missing": missing_items(progress), "progress": progress}
        )
    if not is_still_valid(progress, today=timezone.localdate()):
        return render(request, "certificates/mine/missing.html", {"has_expired": True, "progress": progress})
    return _confirm(request, progress)


def _confirm(request, progress):
    if request.POST.get("action") == "withdraw":
        withdraw_request(request.user)
        messages.success(request, _("Request withdrawn."))
        return redirect("my_certificate")
    form = ConfirmationForm(request.POST or None, learner=request.user)
    is_preview = request.POST.get("action") == "preview"
    if form.is_valid() and not is_preview:
        try:
            _certificate, correction = confirm_certificate(form, language=request.LANGUAGE_CODE, now=timezone.now())
        except (NotEligible, ValidationError) as refusal:
            form.add_error(None, getattr(refusal, "messages", [str(refusal)]))
        else:
            if correction:
                messages.success(request, _("Request sent: your facilitator will review it. Nothing was issued yet."))
            return redirect("my_certificate")
    correction = get_last_request(request.user)
    context = {
        "form": form,
        "printed": preview_fields(request.user, progress, form, language=request.LANGUAGE_CODE),
        "registered": form.registered,
        "correction": correction,
        "changes": requested_changes(correction) if correction else [],
        "jobs": job_labels(),
    }
    return render(request, "certificates/mine/confirm.html", context)


@login_required
@require_safe
def certificate_pdf(request, serial):
    """Return the PDF to the learner and to staff who may print it; others get 404. Never an altered PDF."""
    certificate = get_object_or_404(Certificate, serial=normalise_serial(serial))
    is_own = certificate.learner_id == request.user.pk
    if not (is_own or request.user.has_perm("certificates.print_certificate", certificate)):
        raise Http404
    if is_own and (certificate.replaced_at or certificate.revoked_at):
        return redirect("my_certificate")
    try:
        pdf = get_intact_pdf(certificate)
    except AlteredCertificateError as problem:
        context = {"certificate": certificate, "problem": problem}
        return render(request, "certificates/mine/not_printable.html", context, status=HTTPStatus.CONFLICT)
    etag = quote_etag(certificate.sha256)
    if not (response := get_conditional_response(request, etag=etag)):
        if request.method == "GET":
            record_printing([certificate], by=request.user, now=timezone.now())
        response = HttpResponse(
            pdf,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="trato-digno-{format_serial(certificate.serial)}.pdf"'},
        )
    response.headers.setdefault("ETag", etag)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def certificate_image(request, digest):
    # The URL contains the digest, so the response never changes.
    try:
        content_type, content, *_size = get_printed_image(digest)
    except PrintedImage.DoesNotExist:
        raise Http404 from None
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
