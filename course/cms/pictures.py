"""Pictures that are uploaded in the admin: decoded in a process of its own before anything here opens them."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from modules.pictures.looking import NOBODY_RECOGNISED
from quizzes.base.sandbox.parent import read_confined
from quizzes.importing.parts.images import LARGEST_BYTES, bring_picture
from quizzes.importing.parts.reading import UnreadableFile

PHOTOGRAPHS_HAVE_A_LIST = _("Photographs of lessons go under “Photographs, sound and film”.")


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
            field = LookedAtImageField(label=wagtails.label, required=wagtails.required, widget=wagtails.widget)
            # Wagtail's own help says which files there may be.
            field.help_text = format_lazy("{} {} {}", NOBODY_RECOGNISED, PHOTOGRAPHS_HAVE_A_LIST, field.help_text)
            self.fields["file"] = field


class SmallPictureField(forms.ImageField):
    """A picture of which only a small copy is kept."""

    def to_python(self, data):
        if data:
            data = SimpleUploadedFile("picture.webp", look_at_upload(data), "image/webp")
        return super().to_python(data)
