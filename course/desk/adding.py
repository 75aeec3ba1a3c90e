"""Adding one person to a group: form, and what its pages share."""

import secrets
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.text.fields import post_in_site_language
from certificates.text.names import check_printable_name
from course.groups.finding import FoundPerson, as_found
from course.models import Clinic, Cohort
from course.people.accounts import add_existing_person, add_person, recently_added
from course.people.cohorts import cohorts_of, people_visible_to
from course.people.identifier_fields import optional_form_fields
from course.people.merging import suggest_duplicates
from course.people.names import normalise_name, split_name
from course.roster.job_titles import learned_roles
from course.roster.staff_roles import read_role
from quizzes.base.identifiers import parse_key

from .group_choices import group_choices


@dataclass(frozen=True)
class Added:
    """The person who is in the group now, or else the accounts that may be the same person."""

    person: object = None
    resembling: list[FoundPerson] = ()


def add_or_ask(request, form, *, now):
    """Add the person, or enrol the account that the user chose. Raises `CannotAdd` or Http404.

    `misma` is the key of the person's own account; `otra` says that none of the accounts shown is theirs.
    """
    user = request.user
    if form.group and (known := request.POST.get("misma")):
        person = get_object_or_404(people_visible_to(user), pk=parse_key(known))
        add_existing_person(form.group, person, by=user, now=now)
        return Added(person)
    if "corregir" in request.POST or not form.is_valid():
        return Added()
    written = form.person
    names = {name: written[name] for name in ("given_names", "surnames")}
    # A double click must not ask about the person whom the first click added.
    if "otra" not in request.POST and not recently_added(form.group, **names, now=now):
        people = suggest_duplicates(user, **names, phone=written.get("phone", ""))
        if people:
            return Added(resembling=as_found(user, people, now=now))
    return Added(add_person(form.group, **written, by=user, now=now, chance=secrets.SystemRandom()))


class AddPersonForm(forms.Form):
    given_names = forms.CharField(
        label=capfirst(_("given names")),
        max_length=150,
        error_messages={"required": _("Write the person’s names and surnames.")},
    )
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
        return [self[name] for name in ("given_names", "surnames", "cohort") if name in self.fields]

    @property
    def optional(self):
        return [self[name] for name in self.fields if name not in ("given_names", "surnames", "cohort")]

    @property
    def opens_optional(self):
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
        if self.cohort or not self.is_bound:
            return self.cohort
        self.is_valid()
        return self.cleaned_data.get("cohort")

    @property
    def person(self):
        fields = {name: self.cleaned_data[name] for name in self.fields if name != "cohort"}
        title = fields["job_title"]
        return fields | {"role": (read_role(title, learned_roles()) or "") if title else ""}
