"""The form in which an administrator says what is asked of people, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from course.models import PeopleSettings
from course.people.identifiers import count_optional_values


class AskedForm(forms.ModelForm):
    """A reason for each; without one it is not asked, and what was kept of it goes, once that is ticked."""

    forget = forms.BooleanField(label=_("Delete what was kept"), required=False)

    class Meta:
        model = PeopleSettings
        fields = ["sex_reason", "phone_reason"]
        labels = {"sex_reason": _("Why the sex is asked"), "phone_reason": _("Why the phone number is asked")}
        help_texts = {
            "sex_reason": _("Empty: it is not asked. Such as: the monthly report of the area counts women and men."),
            "phone_reason": _("Empty: it is not asked. Such as: the trainer calls who needs help."),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}) for name in fields}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.goes = 0

    def clean(self):
        cleaned = super().clean()
        said = count_optional_values()
        self.goes = sum(
            count for name, count in zip(self._meta.fields, said, strict=True) if not cleaned.get(name, "-").strip()
        )
        if self.goes and not cleaned.get("forget"):
            self.add_error(
                "forget", _("Tick it: without a reason, what was kept is deleted and cannot be brought back.")
            )
        return cleaned
