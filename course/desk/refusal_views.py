"""Page for administrators: refused sign-ins, pages and forms."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from course.models import Refusal
from course.people.audit import audit_log
from course.people.refusals import KEPT, refusals

from .downloads import table_file
from .tables import refusals_table

SHOWN = 50


@require_safe
@login_required
def desk_refusals(request):
    found, reason = _requested(request)
    context = {
        "page": Paginator(found, SHOWN).get_page(request.GET.get("pagina")),
        "reason": reason,
        "reasons": Refusal.Reason.choices,
        "days": KEPT.days,
    }
    return render(request, "desk/refusals.html", context)


@require_safe
@login_required
def desk_refusals_file(request, ending):
    found, _reason = _requested(request)
    now = timezone.now()
    audit_log("refusals_exported", by=request.user, now=now)
    return table_file(ending, _("Refused"), refusals_table(found), now=now)


def _requested(request):
    if not request.user.administers:
        raise Http404
    reason = request.GET.get("motivo", "")
    reason = reason if reason in Refusal.Reason.values else ""
    return refusals(reason=reason), reason
