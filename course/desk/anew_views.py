"""Pages: a group or a person begins the course again, after a confirmation."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from course.people.restarts import preview_restart, restart_modules
from modules.progress.events import CannotRestart
from modules.progress.outline import course_outline

from .requested import requested_cohort, requested_person


class BeginAnewForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("The people read it in their course."),
        error_messages={"required": _("Write a name, such as the year.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since = forms.DateField(
        label=_("From which day on what is done counts"),
        help_text=_("Today or an earlier day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    modules = forms.MultipleChoiceField(
        label=_("Modules that are done again"),
        help_text=_(
            "In the others what was done before counts. What was never done, such as a new module, is asked, too."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one module.")},
    )

    also_unfinished = forms.BooleanField(
        label=_("Also those who have not finished the course yet"),
        required=False,
        help_text=_(
            "In the modules that are done again they begin from the start. Without this mark they go on as they are."
        ),
    )

    def __init__(self, *args, now, alone, **kwargs):
        today, outlines = timezone.localdate(now), course_outline()
        initial = {
            "name": _("Refresher %(year)d") % {"year": today.year},
            "since": today,
            "modules": [str(outline.key) for outline in outlines],
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["modules"].choices = [
            (str(outline.key), f"{outline.number}. {outline.title}") for outline in outlines
        ]
        if alone:
            del self.fields["also_unfinished"]
        self.fields["since"].widget.attrs["max"] = today.isoformat()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_begin_anew(request, cohort_pk):
    return _page(request, requested_cohort(request, cohort_pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_begin_person_anew(request, cohort_pk, learner_pk):
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
