"""A person's own certificate, and the file of one."""

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

from certificates.issuing.confirmation import ConfirmationForm, confirm_certificate, preview_of
from certificates.issuing.correction_requests import asked_in_rows, last_request_of, withdraw_request
from certificates.issuing.eligibility import NotEligible, certifies, missing_in, still_holds
from certificates.issuing.integrity import Altered, pdf_as_issued
from certificates.issuing.issue import last_certificates_of
from certificates.issuing.status import is_ending, record_printing
from certificates.models import Certificate, PrintedImage
from certificates.pdf.rendering import printed_image
from certificates.text.codes import grouped, normalise
from certificates.text.fields import jobs_in_words
from certificates.verifying.verification import verified
from modules.progress.deriving import progress_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_certificate(request):
    """Show the certificate; before there is one, what is missing or what to confirm. A POST confirms and issues."""
    last = last_certificates_of([request.user]).get(request.user.pk)
    progress = progress_of(request.user, now=timezone.now())
    # An earlier one can be printed until the course that was restarted is finished.
    is_last_word = last and (last.annulled_at or not progress.finished or certifies(last, progress))
    if is_last_word and request.method == "POST":
        return redirect("my_certificate")
    if is_last_word:
        today = timezone.localdate()
        more = {"progress": progress, "missing": missing_in(progress), "ends_soon": is_ending(last, today=today)}
        more |= {"correction": last_request_of(request.user, last), "is_own": True}
        context = verified(last, today=today) | more
        return render(request, "certificates/issued.html", context)
    if not progress.finished:
        return render(request, "certificates/missing.html", {"missing": missing_in(progress), "progress": progress})
    if not still_holds(progress, today=timezone.localdate()):
        return render(request, "certificates/missing.html", {"over": True, "progress": progress})
    return _confirm(request, progress)


def _confirm(request, progress):
    if request.POST.get("action") == "withdraw":
        withdraw_request(request.user)
        messages.success(request, _("Taken back: nothing waits for your facilitator."))
        return redirect("my_certificate")
    form = ConfirmationForm(request.POST or None, learner=request.user)
    wants_to_see_it = request.POST.get("action") == "preview"
    if form.is_valid() and not wants_to_see_it:
        try:
            _certificate, asked = confirm_certificate(form, language=request.LANGUAGE_CODE, now=timezone.now())
        except (NotEligible, ValidationError) as refusal:
            form.add_error(None, getattr(refusal, "messages", [str(refusal)]))
        else:
            if asked:
                messages.success(request, _("Asked: your facilitator looks at it. Nothing was issued yet."))
            return redirect("my_certificate")
    correction = last_request_of(request.user)
    context = {
        "form": form,
        "printed": preview_of(request.user, progress, form, language=request.LANGUAGE_CODE),
        "registered": form.registered,
        "correction": correction,
        "asked": asked_in_rows(correction) if correction else [],
        "jobs": jobs_in_words(),
    }
    return render(request, "certificates/confirm.html", context)


@login_required
@require_safe
def certificate_pdf(request, serial):
    """Answer with the bytes that were issued, to the person or to whoever may print it; to others it does not exist.

    The person gets one that holds or has expired; what happened to another is told on the person's page. One that is
    not as it was issued is given to nobody.
    """
    certificate = get_object_or_404(Certificate, serial=normalise(serial))
    is_own = certificate.learner_id == request.user.pk
    if not (is_own or request.user.has_perm("certificates.print_certificate", certificate)):
        raise Http404
    if is_own and (certificate.replaced_at or certificate.annulled_at):
        return redirect("my_certificate")
    try:
        pdf = pdf_as_issued(certificate)
    except Altered as problem:
        shown = {"certificate": certificate, "problem": problem}
        return render(request, "certificates/not_given_out.html", shown, status=HTTPStatus.CONFLICT)
    etag = quote_etag(certificate.sha256)
    if not (response := get_conditional_response(request, etag=etag)):
        if request.method == "GET":
            record_printing([certificate], by=request.user, now=timezone.now())
        response = HttpResponse(
            pdf,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="trato-digno-{grouped(certificate.serial)}.pdf"'},
        )
    response.headers.setdefault("ETag", etag)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def certificate_image(request, digest):
    """Answer with the bytes that certificates print; the address holds their digest, so they never change."""
    try:
        content_type, content, *_size = printed_image(digest)
    except PrintedImage.DoesNotExist:
        raise Http404 from None
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
