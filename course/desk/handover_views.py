"""Page: hand a group over to other trainers."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from course.models import User
from course.people.clinics import manages_area_of
from course.people.cohorts import cohorts_of, eligible_trainers
from course.people.enrolment import cohort_contents, find_trainer, hand_over_cohort, handovers_of, recent_handover

from .group_views import TrainerChoices
from .requested import requested_cohort

LONGEST_NOTE = 2000


class HandoverForm(forms.Form):
    taking = TrainerChoices(label=_("Who takes the group"), queryset=User.objects.none(), required=False)
    code = forms.CharField(
        label=_("Somebody who is not in the list"),
        max_length=150,
        required=False,
        help_text=_("The user code of the trainer who takes the group."),
    )
    leaving = TrainerChoices(label=_("Who leaves it"), queryset=User.objects.none(), required=False)
    note = forms.CharField(
        label=_("Note for who takes it"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("What is half done, and what was agreed. Never write anything about a patient."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args, cohort, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.trained_by = by, set(cohort.trainers.all())
        present = [person.pk for person in self.trained_by]
        self.fields["taking"].queryset = eligible_trainers(by, ()).exclude(pk__in=present)
        may_leave = present if manages_area_of(by, cohort) else [by.pk] if by in self.trained_by else []
        self.fields["leaving"].queryset = User.objects.filter(pk__in=may_leave).in_spanish_order()
        self.fields["leaving"].initial = [by.pk] if by in self.trained_by else present
        if not self.fields["taking"].queryset.exists():
            self.fields["code"].label = self.fields["taking"].label
        for name in ("code", "note"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if not code:
            return None
        person = find_trainer(code)
        if person is None:
            raise ValidationError(gettext("No trainer has this user code. Ask an administrator which one it is."))
        return person

    def clean(self):
        cleaned = super().clean()
        if "taking" in cleaned and "code" in cleaned:
            taking = {*cleaned["taking"], *filter(None, [cleaned["code"]])} - self.trained_by
            if not taking:
                field = "taking" if self.fields["taking"].queryset.exists() else "code"
                self.add_error(field, _("Tick who takes the group, or write the user code."))
            cleaned["taking"] = taking
        return cleaned


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_hand_over(request, cohort_pk):
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
    said = gettext("“%(group)s” is in the hands of %(names)s now.") % {"group": handover.cohort, "names": names}
    messages.success(request, said)
    mine = cohorts_of(request.user).filter(pk=handover.cohort_id).exists()
    return redirect("desk_cohort", handover.cohort_id) if mine else redirect("desk_cohorts")
