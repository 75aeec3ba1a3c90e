"""A person's own certificate, and the file of one."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_http_methods, require_safe

from modules.progress.states import progress_of

from .composing import EXAMPLE_SERIAL, grade_to_print, what_is_printed
from .designs import design_in_use, language_of_certificate
from .eligibility import NotEligible, missing_in
from .forms import ConfirmationForm
from .history import record_printing
from .issuing import issue_certificate, last_certificates_of
from .models import Certificate
from .serials import grouped, normalise
from .verification import verified


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_certificate(request):
    """Show the certificate; before there is one, what is missing or what to confirm. A POST confirms and issues."""
    last = last_certificates_of([request.user]).get(request.user.pk)
    if last and request.method == "POST":
        return redirect("my_certificate")
    if last:
        return render(request, "certificates/issued.html", verified(last, today=timezone.localdate()))
    progress = progress_of(request.user, now=timezone.now())
    if not progress.finished:
        return render(request, "certificates/missing.html", {"missing": missing_in(progress)})
    return _confirm(request)


def _confirm(request):
    form = ConfirmationForm(request.POST or None, learner=request.user)
    wants_to_see_it = request.POST.get("action") == "preview"
    if form.is_valid() and not wants_to_see_it:
        try:
            issue_certificate(
                request.user,
                printed_name=form.cleaned_data["printed_name"],
                role=form.cleaned_data["post"],
                clinic=_clinic_of(request.user),
                language=request.LANGUAGE_CODE,
                now=timezone.now(),
            )
        except (NotEligible, ValidationError) as refusal:
            form.add_error(None, getattr(refusal, "messages", [str(refusal)]))
        else:
            return redirect("my_certificate")
    printed = preview_of(request.user, form, language=request.LANGUAGE_CODE)
    return render(request, "certificates/confirm.html", {"form": form, "printed": printed})


def preview_of(learner, form, *, language):
    """Return what would be printed with a `ConfirmationForm` as it stands; what is registered where it has an error."""
    language = language_of_certificate(language)
    good, design = getattr(form, "cleaned_data", {}), design_in_use(language)
    return what_is_printed(
        design,
        name=good.get("printed_name", form.initial["printed_name"]),
        role=good.get("post", form.initial["post"]),
        clinic=_clinic_of(learner),
        serial=EXAMPLE_SERIAL,
        now=timezone.now(),
        language=language,
        grade=grade_to_print(design, learner),
    )


def _clinic_of(person):
    return str(person.clinic or "")


@login_required
@require_safe
def certificate_pdf(request, serial):
    """Answer with the bytes that were issued, to the person or to whoever may print it; to others it does not exist.

    The person gets one that holds or has expired; what happened to another is told on the person's page.
    """
    certificate = get_object_or_404(Certificate, serial=normalise(serial))
    is_own = certificate.learner_id == request.user.pk
    if not (is_own or request.user.has_perm("certificates.print_certificate", certificate)):
        raise Http404
    if is_own and (certificate.replaced_at or certificate.annulled_at):
        return redirect("my_certificate")
    etag = quote_etag(certificate.sha256)
    if not (response := get_conditional_response(request, etag=etag)):
        if request.method == "GET":
            record_printing([certificate], by=request.user, now=timezone.now())
        response = HttpResponse(
            bytes(certificate.pdf),
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="trato-digno-{grouped(certificate.serial)}.pdf"'},
        )
    response.headers.setdefault("ETag", etag)
    response["Cache-Control"] = "private, no-store"
    return response
