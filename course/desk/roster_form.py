"""Form: upload or paste a list of staff."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from course.roster.columns import likeliest_sheet
from course.roster.reading import LARGEST, MOST_ROWS, UnreadableList, read_list, read_pasted, refuse_size
from quizzes.base.sandbox.parent import run_sandboxed


class RosterForm(forms.Form):
    """When valid, `sheets` are as `read_list` returns them, and `name` is the name of the file."""

    file = forms.FileField(
        label=_("File with the list"),
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    pasted = forms.CharField(
        label=_("Or the cells themselves"),
        required=False,
        strip=False,
        help_text=_("Choose them in Excel together with their headings, copy, and paste them here."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
    sheets, name = None, ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        limits = {"limit": LARGEST // 1024**2, "people": number_format(MOST_ROWS, force_grouping=True)}
        words = gettext("Excel (.xlsx) or CSV, up to %(limit)d MB and %(people)s people.")
        self.fields["file"].help_text = words % limits

    def clean(self):
        cleaned = super().clean()
        file, pasted = cleaned.get("file"), cleaned.get("pasted", "")
        if self.errors:
            return cleaned
        if bool(file) == bool(pasted.strip()):
            raise ValidationError(_("Choose a file or paste the cells: one of the two."))
        try:
            if file:
                refuse_size(file.size)
                self.name, self.sheets = file.name, run_sandboxed(read_list, file.read(), refusal=UnreadableList)
            else:
                self.sheets = run_sandboxed(read_pasted, pasted, refusal=UnreadableList)
            likeliest_sheet(self.sheets)
        except UnreadableList as error:
            self.add_error("file" if file else "pasted", str(error))
        return cleaned
