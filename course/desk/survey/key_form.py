"""The form in which a batch of sheets of the survey is keyed in."""

import uuid

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.survey.keying import MOST_SHEETS, people_given_sheets, who_may_have_collected
from quizzes.base.identifiers import BoundedKeysMixin
from quizzes.surveys.reading import blocks_in
from quizzes.surveys.typing import read_sheet


class _People(BoundedKeysMixin, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person):
        return person.surnames_first


class _Person(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return person.surnames_first

    def to_python(self, value):
        # A number that is too long for a database is nobody.
        return super().to_python(value if len(str(value or "")) < 19 else "-")


class CountForm(forms.Form):
    """How many sheets there are: so many lines are shown."""

    hojas = forms.IntegerField(
        label=gettext_lazy("How many sheets came out of the box"),
        help_text=gettext_lazy("Blank ones too. From 1 to 60; more are keyed in as another batch."),
        min_value=1,
        max_value=MOST_SHEETS,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), gettext_lazy("Write a number from 1 to 60.")
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class KeyForm(forms.Form):
    """Who collected the sheets, who got one, and what each says: `sheets` once it is valid, `rows` to show it.

    `by` keys them in, and is nobody who collected them.
    """

    collected_by = _Person(
        queryset=None,
        label=gettext_lazy("Who collected the sheets"),
        help_text=gettext_lazy("Never you: if you collected them, ask somebody else to key them in."),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose who took the sheets out of the box.")
        ),
    )
    everybody = forms.BooleanField(label=gettext_lazy("Everybody in the list got one"), required=False)
    given_to = _People(
        queryset=None,
        required=False,
        label=gettext_lazy("Who got a sheet"),
        help_text=gettext_lazy("Whether they filled it in or not: they are not asked on screen any more."),
    )

    def __init__(self, *args, clinic, wave, wording, count, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.contents, self.wave, self.count, self.by = wording.contents, wave, count, by
        self.fields["given_to"].queryset = people_given_sheets(clinic, by=by)
        self.fields["collected_by"].queryset = who_may_have_collected(clinic, by=by)
        self.sheets, self.mistakes = [], {}

    @property
    def batch_key(self):
        """What names this batch, so that the same page sent again is no second one; of nonsense a new one."""
        try:
            return uuid.UUID(self.data.get("clave", "")[:36])
        except ValueError:
            return uuid.uuid4()

    @property
    def rows(self):
        """Return [(number of the sheet, [(name of the field, block, how many lines it has, typed, mistake)])]."""
        blocks = blocks_in(self.contents, self.wave)
        return [
            (number, [self._box(number, block) for block in blocks], self.mistakes.get(number, {}))
            for number in range(1, self.count + 1)
        ]

    def _box(self, number, block):
        name = name_of(number, block["id"])
        mistake = self.mistakes.get(number, {}).get(block["id"], "")
        return {
            "name": name,
            "block": block["id"],
            "lines": len(block["items"]),
            "typed": self._typed(name),
            "mistake": mistake,
        }

    def _typed(self, name):
        return self.data.get(name, "")[:80] if self.is_bound else ""

    @property
    def refused(self):
        """Return [(sentence, its control)] about the sheets."""
        return [
            (
                _("Sheet %(number)d, %(theme)s: %(why)s") % {"number": number, "theme": block, "why": why},
                name_of(number, block),
            )
            for number, mistakes in self.mistakes.items()
            for block, why in mistakes.items()
        ]

    def clean_collected_by(self):
        person = self.cleaned_data["collected_by"]
        if person == self.by:
            raise forms.ValidationError(
                _("Whoever collected the sheets does not key them in. Ask somebody else to, best of another centre.")
            )
        return person

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("everybody"):
            cleaned["given_to"] = self.fields["given_to"].queryset
        for number in range(1, self.count + 1):
            typed = {
                block["id"]: self._typed(name_of(number, block["id"])) for block in blocks_in(self.contents, self.wave)
            }
            sheet, mistakes = read_sheet(self.contents, self.wave, typed)
            self.sheets.append(sheet)
            if mistakes:
                self.mistakes[number] = mistakes
        return cleaned

    def is_right(self):
        return self.is_valid() and not self.mistakes


def name_of(number, block):
    return f"h{number}-{block}"
