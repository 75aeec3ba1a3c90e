"""The forms of glossary, language guide and directory: what they refuse, and in which words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from modules.labels import NEEDS
from quizzes.bank.admin_forms import HYPHENATED, LOWER_CASE_HELP, IdentifiedForm


class SnippetForm(IdentifiedForm):
    """A snippet of the course, with its stable key made from its identifier."""

    key_of = IdentifiedForm.key_of | {
        "glossaryterm": "term:{}".format,
        "languageentry": "language:{}".format,
        "organisation": "organisation:{}".format,
        "worksheet": "printable:{}".format,
    }
    identifiers = IdentifiedForm.identifiers | dict.fromkeys(
        ["languageentry", "organisation"], IdentifiedForm.identifiers["topic"]
    )
    # Marks such as `[[estigma]]`, and the addresses of sheets, know no underscore.
    identifiers |= dict.fromkeys(["glossaryterm", "worksheet"], (HYPHENATED, LOWER_CASE_HELP))


class OrganisationForm(SnippetForm):
    """An organisation: what it helps with as boxes to tick; who checked it and when go together."""

    needs = forms.MultipleChoiceField(
        label=_("Helps with"),
        choices=NEEDS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The directory lists the organisation under each of these."),
        error_messages={"required": _("Tick at least one need.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "sources" in self.fields:
            sources = self.fields["sources"].queryset.filter(locale=self.instance.locale_id)
            self.fields["sources"].queryset = sources.order_by("pk")

    def clean_needs(self):
        """Return the ticked needs in the order they had; new ones come after."""
        ticked, present = self.cleaned_data["needs"], self.instance.needs or []
        new = [need for need, _name in NEEDS if need in ticked and need not in present]
        return [need for need in present if need in ticked] + new

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("checked_on") and not cleaned.get("checked_by"):
            self.add_error("checked_by", _("Write who checked it on that day."))
        if cleaned.get("checked_by") and not cleaned.get("checked_on") and "checked_on" not in self.errors:
            self.add_error("checked_on", _("Write the day on which it was checked."))
        return cleaned
