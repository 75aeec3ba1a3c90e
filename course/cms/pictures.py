"""Pictures that are uploaded in the admin: decoded in a process of its own before anything here opens them."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from quizzes.confined.reading import read_confined
from quizzes.importing.parts.images import LARGEST_BYTES, bring_picture
from quizzes.importing.parts.reading import UnreadableFile


def look_at_upload(file):
    """Return a small copy of an uploaded picture, as WebP; raises ValidationError for one that can't be used."""
    content = file.read(LARGEST_BYTES + 1)
    file.seek(0)
    try:
        return read_confined(bring_picture, content, refusal=UnreadableFile, name=file.name)
    except UnreadableFile as refusal:
        raise ValidationError(refusal.sentence) from refusal


class LookedAtImageField(WagtailImageField):
    """Wagtail's field, which opens only what has been looked at."""

    def to_python(self, data):
        if data:
            look_at_upload(data)
        return super().to_python(data)


class LookedAtImageForm(BaseImageForm):
    """Wagtail's form for an image of the library, wherever one is uploaded."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if wagtails := self.fields.get("file"):
            self.fields["file"] = LookedAtImageField(
                label=wagtails.label, required=wagtails.required, widget=wagtails.widget
            )


class SmallPictureField(forms.ImageField):
    """A picture of which only a small copy is kept."""

    def to_python(self, data):
        if data:
            data = SimpleUploadedFile("picture.webp", look_at_upload(data), "image/webp")
        return super().to_python(data)
