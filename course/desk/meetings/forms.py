"""The form of a session."""

from django import forms
from django.utils.translation import gettext_lazy as _

from course.models import Session
from modules.outline import course_outline


class SessionForm(forms.ModelForm):
    """Date, place, modules by their stable keys, and length."""

    modules = forms.MultipleChoiceField(
        label=_("Modules"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    class Meta:
        model = Session
        fields = ["held_on", "place", "modules", "minutes"]
        widgets = {"held_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.fields["modules"].choices = module_choices()
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


def module_choices():
    """Return [(key, «1. Title»)] of the modules of the course."""
    return [(str(module.key), f"{module.number}. {module.title}") for module in course_outline()]


def module_words(session, choices=None):
    """Return what a session is on; of a module that is no longer in the course nothing is left to say.

    `choices` are `module_choices()`, for who asks about many sessions.
    """
    choices = module_choices() if choices is None else choices
    return [words for key, words in choices if key in session.modules]


def counting_modules(session):
    """Return the numbers of the session's modules for which attending counts as reading their lessons."""
    return [
        module.number for module in course_outline() if module.attendance_counts and str(module.key) in session.modules
    ]
