"""Form fields for identity and phone numbers, with a daily limit of comparisons.

A match tells a trainer that a number belongs to someone in another group. So each match is logged without the number.
Beyond the limit known and unknown numbers get the same answer. Administrators have no limit.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.models import PersonIdentifier, Sex
from course.sealing import CannotRead

from . import limits
from .audit import audit_log
from .cohorts import people_of_other_trainers, people_visible_to
from .delays import NUMBERS
from .identifiers import (
    NotAnIdentifier,
    NotAPhone,
    format_phone,
    optional_fields,
    parse_identifier,
    parse_phone,
    people_by_number,
)

_SCOPE = "numbers elsewhere"


def people_with_visible_numbers(by):
    return people_visible_to(by).exclude(pk__in=people_of_other_trainers(by))


def may_compare_numbers(by, *, now):
    return by.administers or limits.left_of(_SCOPE, str(by.pk), NUMBERS, now=now) > 0


def may_reveal_matches(by, known, *, cohort=None, now):
    """Log `known` matches with people elsewhere; return whether they may be shown."""
    if by.administers or not known:
        return True
    audit_log("numbers_known_elsewhere", by=by, cohort=cohort, people=known, now=now)
    return limits.take_many(_SCOPE, str(by.pk), NUMBERS, known, now=now)


Kind = PersonIdentifier.Kind


class WriteOnlyInput(forms.TextInput):
    def get_context(self, name, value, attrs):
        return super().get_context(name, None, attrs)


class NumberField(forms.CharField):
    widget = WriteOnlyInput(attrs={"autocomplete": "off"})

    def __init__(self, kind, **options):
        super().__init__(label=kind.label, required=False, max_length=40, **options)
        self.kind = kind

    def clean(self, value):
        text = super().clean(value)
        if not text.strip():
            return ""
        try:
            return parse_identifier(self.kind, text)
        except NotAnIdentifier as refusal:
            raise ValidationError(str(refusal)) from refusal


def add_number_fields(form):
    """Add a field for each kind of number to a person's form, and a checkbox to delete a stored one."""
    kept = dict(form.instance.identifiers.values_list("kind", "ends_with")) if form.instance.pk else {}
    for kind in Kind:
        field = form.fields[kind.value] = NumberField(kind)
        if kind.value in kept:
            field.help_text = _("Kept, and ends in ••%(end)s. Another one takes its place.") % {"end": kept[kind.value]}
            forget = _("Forget: %(number)s ••%(end)s") % {"number": kind.label, "end": kept[kind.value]}
            form.fields[f"forget_{kind.value}"] = forms.BooleanField(label=forget, required=False)
        else:
            field.help_text = _("Only its last two characters and a digest are kept, to know the person again.")


def check_numbers(form, *, by, cohort=None, now):
    """Add an error to a number of another person; to all numbers if `by` has no comparisons left today."""
    given = {kind: form.cleaned_data[kind.value] for kind in Kind if form.cleaned_data.get(kind.value)}
    if given and not may_compare_numbers(by, now=now):
        _refuse(form, given, _limit_reached())
        return
    try:
        owners = {kind: people_by_number(kind, [number]).get(number) for kind, number in given.items()}
    except CannotRead:
        _refuse(form, given, _("No number can be kept now: tell an administrator."))
        return
    if not (others := {kind: owner for kind, owner in owners.items() if owner and owner.pk != form.instance.pk}):
        return
    seen = set(
        people_with_visible_numbers(by)
        .filter(pk__in=[owner.pk for owner in others.values()])
        .values_list("pk", flat=True)
    )
    elsewhere = [owner for owner in others.values() if owner.pk not in seen]
    if may_reveal_matches(by, len(elsewhere), cohort=cohort, now=now):
        _refuse(form, others, _("Another person already has this number."))
    else:
        _refuse(form, given, _limit_reached())


def _limit_reached():
    return _("No more numbers are compared today. Leave it empty, or ask an administrator.")


def _refuse(form, kinds, why):
    for kind in kinds:
        form.add_error(kind.value, why)


def number_changes(form):
    """Return the keyword arguments of `change_identifiers` from a valid form."""
    given = form.cleaned_data
    return {
        "numbers": {kind: given[kind.value] for kind in Kind if given.get(kind.value)},
        "removed": [kind for kind in Kind if given.get(f"forget_{kind.value}") and not given.get(kind.value)],
    }


class PhoneField(forms.CharField):
    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})

    def clean(self, value):
        text = super().clean(value)
        if not text.strip():
            return ""
        try:
            return parse_phone(text)
        except NotAPhone as refusal:
            raise ValidationError(str(refusal)) from refusal

    def prepare_value(self, value):
        # Stored values start with +; what the user typed is shown as typed.
        return format_phone(value) if value and value.startswith("+") else value


def optional_form_fields():
    reasons, fields = optional_fields(), {}
    if reasons.phone:
        fields["phone"] = PhoneField(
            label=capfirst(gettext_lazy("phone number")), help_text=reasons.phone, max_length=30, required=False
        )
    if reasons.sex:
        choices = [("", "---------"), *Sex.choices]
        fields["sex"] = forms.ChoiceField(
            label=capfirst(gettext_lazy("sex")), help_text=reasons.sex, choices=choices, required=False
        )
    return fields


def set_optional_form_fields(form):
    for name in ("phone", "sex"):
        form.fields.pop(name, None)
    form.fields |= optional_form_fields()
