"""The form in which it is said what a group takes once more, and since when what is done counts."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from modules.progress.outline import course_outline


class BeginAnewForm(forms.Form):
    """Name, day and modules of a refresher; all modules are ticked at first."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("The people read it in their course."),
        error_messages={"required": _("Write a name, such as the year.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since = forms.DateField(
        label=_("From which day on what is done counts"),
        help_text=_("Today or an earlier day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    modules = forms.MultipleChoiceField(
        label=_("Modules that are done again"),
        help_text=_(
            "In the others what was done before counts. What was never done, such as a new module, is asked, too."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one module.")},
    )

    also_unfinished = forms.BooleanField(
        label=_("Also those who have not finished the course yet"),
        required=False,
        help_text=_(
            "In the modules that are done again they begin from the start. Without this mark they go on as they are."
        ),
    )

    def __init__(self, *args, now, alone, **kwargs):
        today, outlines = timezone.localdate(now), course_outline()
        initial = {
            "name": _("Refresher %(year)d") % {"year": today.year},
            "since": today,
            "modules": [str(outline.key) for outline in outlines],
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["modules"].choices = [
            (str(outline.key), f"{outline.number}. {outline.title}") for outline in outlines
        ]
        if alone:
            # Whoever is chosen alone is meant, finished or not.
            del self.fields["also_unfinished"]
        self.fields["since"].widget.attrs["max"] = today.isoformat()
