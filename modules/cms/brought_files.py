"""Files to be heard or seen, as editors bring them: looked at in a process of its own before anything is kept."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from modules.recorded.refusals import UnusableRecording
from quizzes.confined.limits import MEGABYTE, Limits
from quizzes.confined.reading import read_confined


class BroughtFile(forms.FileField):
    """A file to be heard or seen; its value is what `look` found in it, `content` without traces among that."""

    widget = forms.FileInput

    def __init__(self, *, look, most, endings, **options):
        self.look, self.most = look, most
        super().__init__(**options)
        self.widget.attrs["accept"] = ",".join(endings)

    def clean(self, data, initial=None):
        brought = super().clean(data, initial)
        if not isinstance(brought, UploadedFile):
            return None
        if brought.size > self.most:
            raise ValidationError(
                _("The file is larger than %(most)s. Make it shorter, or save it with less quality."),
                params={"most": _in_words(self.most)},
            )
        # It is answered as large as it came.
        limits = Limits(answer=self.most + MEGABYTE)
        try:
            return read_confined(self.look, brought.read(), refusal=UnusableRecording, limits=limits)
        except UnusableRecording as refused:
            raise ValidationError(str(refused)) from refused


def _in_words(limit):
    return f"{limit // MEGABYTE} MB" if limit >= MEGABYTE else f"{limit // 1024} KB"
