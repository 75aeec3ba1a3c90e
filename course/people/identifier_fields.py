"""How much a trainer is told of numbers and addresses of people whom they do not see: that somebody has one.

Whoever tries many numbers would find out by that who works where. So each time is kept in the log, without the number,
and there are so many a day over all lists and forms; then nothing is compared any more, and known and unknown are
answered alike. Administrators see everybody.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.models import PersonIdentifier, Sex
from course.sealing import CannotRead

from . import limits
from .audit import note
from .cohorts import people_of_others, people_seen_by
from .delays import NUMBERS
from .identifiers import NotAnIdentifier, NotAPhone, phone_in_words, read_identifier, read_phone, what_is_asked, who_has

_WHAT = "numbers elsewhere"


def people_told_of(by):
    """Return the people (a QuerySet) of whom `by` may know what number they have."""
    return people_seen_by(by).exclude(pk__in=people_of_others(by))


def may_compare(by, *, now):
    """Whether numbers and addresses that `by` writes are compared with those of people elsewhere at all now."""
    return by.administers or limits.left_of(_WHAT, str(by.pk), NUMBERS, now=now) > 0


def may_tell(by, known, *, cohort=None, now):
    """Keep that so many numbers that `by` wrote are `known` elsewhere; return whether that may be told of them.

    Where it is more than what is left of today, nothing is left.
    """
    if by.administers or not known:
        return True
    note("numbers_known_elsewhere", by=by, cohort=cohort, people=known, now=now)
    return limits.take_many(_WHAT, str(by.pk), NUMBERS, known, now=now)


Kind = PersonIdentifier.Kind


class WriteOnlyInput(forms.TextInput):
    """A box that is empty whenever it is shown: what was typed does not come back in a page either."""

    def get_context(self, name, value, attrs):
        return super().get_context(name, None, attrs)


class NumberField(forms.CharField):
    """A number of a kind; what comes out is as it is compared, or nothing."""

    widget = WriteOnlyInput(attrs={"autocomplete": "off"})

    def __init__(self, kind, **options):
        super().__init__(label=kind.label, required=False, max_length=40, **options)
        self.kind = kind

    def clean(self, value):
        text = super().clean(value)
        if not text.strip():
            return ""
        try:
            return read_identifier(self.kind, text)
        except NotAnIdentifier as refusal:
            raise ValidationError(str(refusal)) from refusal


def add_number_fields(form):
    """Give the form of a person a box for each kind of number, and a tick to forget one that is kept."""
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
    """Refuse, at its box, a number that somebody else has; any number where no more are compared today for `by`."""
    given = {kind: form.cleaned_data[kind.value] for kind in Kind if form.cleaned_data.get(kind.value)}
    if given and not may_compare(by, now=now):
        _refuse(form, given, _no_more_today())
        return
    try:
        owners = {kind: who_has(kind, [number]).get(number) for kind, number in given.items()}
    except CannotRead:
        _refuse(form, given, _("No number can be kept now: tell an administrator."))
        return
    if not (others := {kind: owner for kind, owner in owners.items() if owner and owner.pk != form.instance.pk}):
        return
    seen = set(people_told_of(by).filter(pk__in=[owner.pk for owner in others.values()]).values_list("pk", flat=True))
    elsewhere = [owner for owner in others.values() if owner.pk not in seen]
    if may_tell(by, len(elsewhere), cohort=cohort, now=now):
        _refuse(form, others, _("Somebody else has this number already."))
    else:
        _refuse(form, given, _no_more_today())


def _no_more_today():
    return _("No more numbers are compared today. Leave it empty, or ask an administrator.")


def _refuse(form, kinds, why):
    for kind in kinds:
        form.add_error(kind.value, why)


def numbers_of(form):
    """Return what `change_numbers` takes of a form that is valid."""
    given = form.cleaned_data
    return {
        "kept": {kind: given[kind.value] for kind in Kind if given.get(kind.value)},
        "forgotten": [kind for kind in Kind if given.get(f"forget_{kind.value}") and not given.get(kind.value)],
    }


class PhoneField(forms.CharField):
    """A phone number as people write it; what comes out is E.164, or nothing."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})

    def clean(self, value):
        text = super().clean(value)
        if not text.strip():
            return ""
        try:
            return read_phone(text)
        except NotAPhone as refusal:
            raise ValidationError(str(refusal)) from refusal

    def prepare_value(self, value):
        # What is kept begins with +; what was typed comes back as it was typed.
        return phone_in_words(value) if value and value.startswith("+") else value


def asked_fields():
    """Return {name: field} of what the site asks, nothing of it required; one query."""
    asked, fields = what_is_asked(), {}
    if asked.phone:
        fields["phone"] = PhoneField(
            label=capfirst(gettext_lazy("phone number")), help_text=asked.phone, max_length=30, required=False
        )
    if asked.sex:
        choices = [("", "---------"), *Sex.choices]
        fields["sex"] = forms.ChoiceField(
            label=capfirst(gettext_lazy("sex")), help_text=asked.sex, choices=choices, required=False
        )
    return fields


def ask_in(form):
    """Give the form of a person the fields of what the site asks in place of the model's, and take away the others."""
    for name in ("phone", "sex"):
        form.fields.pop(name, None)
    form.fields |= asked_fields()
