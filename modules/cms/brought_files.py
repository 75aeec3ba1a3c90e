"""Files to be heard or seen, as editors bring them: looked at in a process of its own before anything is kept."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from modules.recorded.bringing import look_confined
from modules.recorded.refusals import UnusableRecording


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
        try:
            return look_confined(self.look, brought.read(self.most + 1), most=self.most)
        except UnusableRecording as refused:
            raise ValidationError(str(refused)) from refused
