"""The page on which a group, or one person of it, begins the course anew: first whom it affects, then confirmed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from course.people.restarts import preview_restart, restart_modules
from modules.progress.events import CannotRestart
from modules.progress.outline import course_outline

from .anew_form import BeginAnewForm
from .requested import requested_cohort, requested_person


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_begin_anew(request, cohort_pk):
    """Ask what a whole group takes once more; a post says whom that affects, and a second one begins it."""
    return _page(request, requested_cohort(request, cohort_pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_begin_person_anew(request, cohort_pk, learner_pk):
    """The same for one person of the group."""
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    if learner == request.user:
        raise Http404
    return _page(request, cohort, learner)


def _page(request, cohort, learner=None):
    now, affected = timezone.now(), None
    form = BeginAnewForm(request.POST if request.method == "POST" else None, now=now, alone=learner is not None)
    if form.is_valid():
        try:
            affected = preview_restart(cohort, learner=learner, **form.cleaned_data, now=now)
            if affected.restarting and request.POST.get("shown") == affected.digest:
                begun = restart_modules(cohort, learner=learner, **form.cleaned_data, by=request.user, now=now)
                messages.success(request, _told(begun))
                return redirect(*(("desk_person", cohort.pk, learner.pk) if learner else ("desk_cohort", cohort.pk)))
        except CannotRestart as refusal:
            form.add_error("since", str(refusal))
            affected = None
    titles = {str(outline.key): outline for outline in course_outline()}
    context = {
        "cohort": cohort,
        "learner": learner,
        "form": form,
        "affected": affected,
        "is_open": cohort.is_open_on(timezone.localdate(now)),
        "has_changed": bool(affected and request.POST.get("shown")),
        "earlier": [
            (one, [titles[key] for key in one.modules if key in titles], len(one.modules) == len(titles))
            for one in cohort.restarts.filter(learner=learner).select_related("started_by")
        ],
    }
    return render(request, "desk/begin_anew.html", context, status=422 if form.errors else 200)


def _told(begun):
    words = ngettext(
        "Begun: %(count)d person takes the course anew.", "Begun: %(count)d people take the course anew.", len(begun)
    )
    return words % {"count": len(begun)}
