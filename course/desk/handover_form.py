"""The form in which a trainer gives a group to others, with a note for them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from course.models import User
from course.people.clinics import manages_area_of
from course.people.cohorts import eligible_trainers
from course.people.enrolment import find_trainer

from .group_form import TrainerChoices

LONGEST_NOTE = 2000


class HandoverForm(forms.Form):
    """Who takes the group, who leaves it, and what the next trainer is to know."""

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
        # Others are taken away only by who leads the area.
        may_leave = present if manages_area_of(by, cohort) else [by.pk] if by in self.trained_by else []
        self.fields["leaving"].queryset = User.objects.filter(pk__in=may_leave).in_spanish_order()
        self.fields["leaving"].initial = [by.pk] if by in self.trained_by else present
        if not self.fields["taking"].queryset.exists():
            self.fields["code"].label = self.fields["taking"].label
        for name in ("code", "note"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_code(self):
        """Return the person, or None where no code was written."""
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
