"""The form in which an answer gets its points and its comment."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from quizzes.attempts.grading import MAX_COMMENT_LENGTH, MAX_REASON_LENGTH

_POINTS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")


class MarkForm(forms.Form):
    """Points of `marks`, a comment that the person reads, and the reason when a mark that was given changes."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    points = forms.CharField(label=_("Points"), widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}))
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=MAX_COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The person reads it in the review. Write no names or other traits of patients."),
    )
    reason = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        max_length=MAX_REASON_LENGTH,
        help_text=_("It stays in the history of the mark. Write no names or other traits of patients."),
    )

    def __init__(self, *arguments, marks, is_marked, **options):
        super().__init__(*arguments, **options)
        self.marks = marks
        self.fields["points"].help_text = _("From 0 to %(marks)s; halves as 1.5 or 1,5.") % {"marks": marks}
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        if not is_marked:
            del self.fields["reason"]

    def clean_points(self):
        """Return the points as a Decimal, written with a point or a comma."""
        text = self.cleaned_data["points"].strip()
        if not _POINTS.fullmatch(text) or (points := Decimal(text.replace(",", "."))) > self.marks:
            raise forms.ValidationError(
                _("Write the points as a number from 0 to %(marks)s, with two decimals at most."),
                params={"marks": self.marks},
            )
        return points
