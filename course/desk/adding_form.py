"""The form in which one person is added to a group: the names are enough."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.text.fields import post_in_site_language
from certificates.text.names import check_printable_name
from course.models import Clinic, Cohort
from course.people.cohorts import cohorts_of
from course.people.identifier_fields import optional_form_fields
from course.people.names import normalise_name, split_name
from course.roster.job_titles import learned_roles
from course.roster.staff_roles import read_role

from .group_choices import group_choices


class AddPersonForm(forms.Form):
    """Names, the group unless it is given, and what is known beside: filled in `by` a trainer."""

    given_names = forms.CharField(
        label=capfirst(_("given names")),
        max_length=150,
        error_messages={"required": _("Write the person’s names and surnames.")},
    )
    # Whoever writes the whole name into the first field is understood.
    surnames = forms.CharField(label=capfirst(_("surnames")), max_length=150, required=False)
    cohort = forms.ModelChoiceField(
        label=_("Group"),
        queryset=Cohort.objects.none(),
        error_messages={"required": _("Choose the group."), "invalid_choice": _("Choose the group.")},
    )
    job_title = forms.CharField(label=capfirst(_("job title")), max_length=120, required=False)
    clinic = forms.ModelChoiceField(label=capfirst(_("clinic")), queryset=Clinic.objects.none(), required=False)

    def __init__(self, *args, by, cohort=None, **kwargs):
        super().__init__(*args, **kwargs)
        if cohort is None:
            groups = cohorts_of(by)
            self.fields["cohort"].queryset = groups
            self.fields["cohort"].choices = [("", "---------"), *group_choices(groups, today=timezone.localdate())]
        else:
            del self.fields["cohort"]
        self.cohort = cohort
        self.fields["clinic"].queryset = Clinic.objects.order_by("sort_key", "pk")
        self.fields |= optional_form_fields()
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def needed(self):
        """What is asked of everybody."""
        return [self[name] for name in ("given_names", "surnames", "cohort") if name in self.fields]

    @property
    def optional(self):
        return [self[name] for name in self.fields if name not in ("given_names", "surnames", "cohort")]

    @property
    def opens_optional(self):
        """Whether something stands in what is folded away."""
        return any(field.value() for field in self.optional)

    def clean_job_title(self):
        return post_in_site_language(self.cleaned_data["job_title"])

    def clean(self):
        cleaned = super().clean()
        given, surnames = cleaned.get("given_names"), cleaned.get("surnames")
        if given and not surnames:
            given, surnames, _unsure = split_name(given)
            if not surnames:
                self.add_error("surnames", gettext("Write the surnames too."))
        for name, words in (("given_names", given), ("surnames", surnames)):
            if words:
                try:
                    cleaned[name] = normalise_name(check_printable_name(words))
                except ValidationError as refusal:
                    self.add_error(name, refusal)
        return cleaned

    @property
    def group(self):
        """The group that was given or chosen; None where what was chosen is none of one's own."""
        if self.cohort or not self.is_bound:
            return self.cohort
        self.is_valid()
        return self.cleaned_data.get("cohort")

    @property
    def person(self):
        """What `add_person` takes of a form that is valid."""
        fields = {name: self.cleaned_data[name] for name in self.fields if name != "cohort"}
        title = fields["job_title"]
        return fields | {"role": (read_role(title, learned_roles()) or "") if title else ""}
