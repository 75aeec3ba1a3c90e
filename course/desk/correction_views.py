"""Pages: correction requests and the decision about each."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certificates.issuing.issue import ConcurrentChangeError
from certificates.models import CorrectionRequest
from certificates.text.names import NameParts, normalise_text
from course.groups.corrections import (
    accept_correction,
    correction_lines,
    decline_correction,
    is_printed_otherwise,
    requests_of,
    with_both_values,
)
from course.models import Clinic

from .certificate_views import MAX_NOTE_LENGTH

LINES_A_PAGE = 25


class DecisionForm(forms.Form):
    shown = forms.CharField(required=False)
    given_names = forms.CharField(required=False, max_length=150, strip=False)
    surnames = forms.CharField(required=False, max_length=150, strip=False)
    clinic = forms.ModelChoiceField(Clinic.objects.order_by("sort_key", "pk"), required=False)
    answer = forms.CharField(required=False, max_length=MAX_NOTE_LENGTH)

    @property
    def parts(self):
        parts = NameParts(
            normalise_text(self.cleaned_data["given_names"]), normalise_text(self.cleaned_data["surnames"])
        )
        return parts if parts.given_names else None


@require_safe
@login_required
def desk_corrections(request):
    if not request.user.trains:
        raise Http404
    return _page(request)


@require_POST
@login_required
def desk_correction(request, key):
    asked = get_object_or_404(with_both_values(requests_of(request.user)), key=key)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, refused=form, status=400)
    decide = {"accept": _accept, "decline": _decline}.get(request.POST.get("decision"))
    if decide is None:
        raise Http404
    if asked.decided_at:
        messages.warning(request, _("Somebody decided about this already: nothing was changed now."))
        return redirect("desk_corrections")
    try:
        return decide(request, asked, form)
    except (ValidationError, ConcurrentChangeError) as refusal:
        form.add_error(None, getattr(refusal, "messages", [str(refusal)]))
        return _page(request, refused=form, status=400)


def _accept(request, asked, form):
    what = {"shown": form.cleaned_data["shown"], "parts": form.parts, "clinic": form.cleaned_data["clinic"]}
    decided = accept_correction(asked, **what, by=request.user, now=timezone.now())
    if decided.certificate:
        code = decided.certificate.grouped_serial
        words = _("Accepted. The certificate was corrected: hand out the new paper, %(code)s.") % {"code": code}
    else:
        words = _("Accepted. This is how the person is registered now.")
    messages.success(request, words)
    return redirect("desk_corrections")


def _decline(request, asked, form):
    what = {field: form.cleaned_data[field] for field in ("shown", "answer")}
    decline_correction(asked, **what, by=request.user, now=timezone.now())
    certificate = asked.certificate
    if certificate and is_printed_otherwise(certificate):
        words = _("Not accepted, and the registry stays. The certificate says another name: correct it, or revoke it.")
        messages.warning(request, words)
        if request.user.has_perm("certificates.correct_certificate", certificate):
            return redirect(reverse("desk_correct_certificate", args=[certificate.serial]) + "?registrado")
        return redirect("verify", certificate.serial)
    if asked.origin == CorrectionRequest.Origin.HOLDER:
        words = _("Not accepted: nothing was changed, and nobody is told.")
    else:
        words = _("Not accepted: nothing was changed, and the person reads it.")
    messages.success(request, words)
    return redirect("desk_corrections")


def _page(request, *, refused=None, status=200):
    waiting = with_both_values(requests_of(request.user).open())
    page = Paginator(waiting, LINES_A_PAGE).get_page(request.GET.get("pagina"))
    lines = correction_lines(page.object_list, user=request.user, today=timezone.localdate())
    context = {"page": page, "lines": lines, "form": refused, "longest": MAX_NOTE_LENGTH}
    if any(line.chooses for line in lines):
        context["clinics"] = list(Clinic.objects.order_by("sort_key", "pk"))
    return render(request, "desk/corrections.html", context, status=status)
