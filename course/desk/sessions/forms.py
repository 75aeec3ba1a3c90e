"""The form of a session."""

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from course.models import Session
from course.sessions.attendance import days_for_sessions
from course.sessions.modules import (
    counting_modules,
    module_choices,
    unpublished_counting,
    unpublished_modules,
    usually_counting,
)


class SessionForm(forms.ModelForm):
    """Date, place, modules by their stable keys, for which of them attending counts as reading, and length.

    Modules that are not published now cannot be chosen; those of the session stay as they are.
    """

    modules = forms.MultipleChoiceField(
        label=_("Modules"),
        help_text=_(
            "Of each that you tick, say whether attending counts as reading its lessons. The quiz is still taken."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=(),
    )
    counts = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, choices=())

    class Meta:
        model = Session
        fields = ["held_on", "place", "modules", "minutes"]
        widgets = {"held_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, *arguments, instance, today, **options):
        self.day_before = instance.held_on if instance.pk else None
        self.today, self.days = today, days_for_sessions(instance.cohort, today=today)
        self.unpublished, self.unpublished_counting = unpublished_modules(instance), unpublished_counting(instance)
        counting = [str(module.key) for module in counting_modules(instance)]
        # What the module says stands ready for those that are ticked yet.
        counting += [key for key in usually_counting() if key not in instance.modules]
        super().__init__(*arguments, instance=instance, **options)
        self.fields["modules"].choices = self.fields["counts"].choices = module_choices()
        self.initial["counts"] = counting
        first, last = self.days
        self.fields["held_on"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def module_lines(self):
        """Return [(the box of a module, the box that says whether it counts)]."""
        return list(zip(self["modules"], self["counts"], strict=True))

    def clean_held_on(self):
        """Refuse a year that was mistyped, and a day to come where people were there; the day it had it may keep."""
        day, (first, last) = self.cleaned_data["held_on"], self.days
        if day == self.day_before:
            return day
        if not first <= day <= last:
            span = {"first": date_format(first, "DATE_FORMAT"), "last": date_format(last, "DATE_FORMAT")}
            raise forms.ValidationError(_("Give a day from %(first)s to %(last)s.") % span)
        if day > self.today and self.instance.pk and self.instance.attendances.exists():
            raise forms.ValidationError(_("Attendance was noted at this session: its day cannot be still to come."))
        return day

    def clean(self):
        cleaned = super().clean()
        chosen = cleaned.get("modules", [])
        counts_for = [key for key in cleaned.get("counts", []) if key in chosen]
        self.instance.counts_for = counts_for + self.unpublished_counting
        cleaned["modules"] = chosen + self.unpublished
        return cleaned
