"""Audit log of a group or of all groups, on screen and as a file."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from course.people.audit import ACTIONS, action_label, audit_log, entries_for

from .downloads import table_file
from .requested import requested_cohort
from .tables import audit_table

SHOWN = 50


@require_safe
@login_required
def desk_audit(request, cohort_pk=None):
    cohort, entries, action = _requested_entries(request, cohort_pk)
    page = Paginator(entries, SHOWN).get_page(request.GET.get("pagina"))
    context = {
        "cohort": cohort,
        "page": page,
        "lines": [(entry, action_label(entry.action)) for entry in page],
        "action": action,
        "actions": sorted(((name, str(words)) for name, words in ACTIONS.items()), key=lambda pair: pair[1]),
    }
    return render(request, "desk/audit.html", context)


@require_safe
@login_required
def desk_audit_file(request, ending, cohort_pk=None):
    cohort, entries, _action = _requested_entries(request, cohort_pk)
    table, now = audit_table(entries), timezone.now()
    audit_log("audit_exported", by=request.user, cohort=cohort, now=now)
    return table_file(ending, _("Who did what"), table, cohort=cohort, now=now)


def _requested_entries(request, cohort_pk):
    if cohort_pk is None and not request.user.trains:
        raise Http404
    cohort = requested_cohort(request, cohort_pk) if cohort_pk is not None else None
    entries = entries_for(request.user, cohort)
    action = request.GET.get("accion")
    if action not in ACTIONS:
        return cohort, entries, ""
    return cohort, entries.filter(action=action), action
