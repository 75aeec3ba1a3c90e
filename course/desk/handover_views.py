"""The page on which a group changes trainers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.people.cohorts import cohorts_of
from course.people.enrolment import cohort_contents, hand_over_cohort, handovers_of, recent_handover

from .handover_form import HandoverForm
from .requested import requested_cohort


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_hand_over(request, cohort_pk):
    """Say what goes along, and ask who takes the group; a post gives it, and the second of two clicks is the first."""
    now = timezone.now()
    if request.method == "POST" and (handover := recent_handover(cohort_pk, by=request.user, now=now)):
        return _handed_over(request, handover)
    cohort = requested_cohort(request, cohort_pk)
    form = HandoverForm(request.POST if request.method == "POST" else None, cohort=cohort, by=request.user)
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("leaving", "taking", "note")}
        return _handed_over(request, hand_over_cohort(cohort, **fields, by=request.user, now=now))
    context = {"cohort": cohort, "form": form, "along": cohort_contents(cohort), "earlier": handovers_of(cohort)}
    return render(request, "desk/hand_over.html", context, status=422 if form.errors else 200)


def _handed_over(request, handover):
    names = ", ".join(map(str, handover.taken_by.in_spanish_order()))
    said = _("“%(group)s” is in the hands of %(names)s now.") % {"group": handover.cohort, "names": names}
    messages.success(request, said)
    mine = cohorts_of(request.user).filter(pk=handover.cohort_id).exists()
    return redirect("desk_cohort", handover.cohort_id) if mine else redirect("desk_cohorts")
