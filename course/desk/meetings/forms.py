"""The form of a session."""

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from course.models import Session
from modules.progress.outline import course_outline


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
    """Return [(key, «1. Title»)] of the modules of the course, each marked where the page is in another language."""
    return [
        (str(module.key), format_html("<span{}>{}. {}</span>", module.lang, module.number, module.title))
        for module in course_outline()
    ]


def modules_of(session, outline=None):
    """Return the modules that a session is on; of one that is no longer in the course nothing is left to say.

    `outline` is `course_outline()`, for who asks about many sessions.
    """
    return [module for module in outline or course_outline() if str(module.key) in session.modules]


def counting_modules(session):
    """Return the numbers of the session's modules for which attending counts as reading their lessons."""
    return [module.number for module in modules_of(session) if module.attendance_counts]
