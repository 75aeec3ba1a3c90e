"""The fields in which a CUI or an employee number is written: what is kept of it is never shown but for its end."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from course.models import PersonIdentifier
from course.sealing import CannotRead

from .comparing import may_compare, may_tell, people_told_of
from .identifiers import NotAnIdentifier, read_identifier, who_has

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
