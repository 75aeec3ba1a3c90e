"""The form of a photograph: its picture is looked at and kept without what the camera wrote into it."""

from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from modules.pictures.keeping import drop_picture, keep_picture, make_sizes, prepare_picture
from modules.pictures.looking import LARGEST_BYTES, NOBODY_RECOGNISED, UnusablePhoto

from .medium_form import MediumForm

PICTURE_HELP = _(
    "JPEG, PNG, WebP or AVIF of 10 MB at most. What the camera wrote into it, such as the place, is not kept; sizes for"
    " telephones are made by themselves."
)


class PhotoForm(MediumForm):
    """Whoever may edit photographs brings one here, and takes it back: at once, without review and for good."""

    kept = brings = ("picture",)

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        # Of these alone: so an iPhone hands on JPEG instead of its own kind.
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
        help_text=format_lazy("{} {}", NOBODY_RECOGNISED, PICTURE_HELP),
    )

    def clean_picture(self):
        """Look at what was brought; a photograph without a picture is none."""
        picture = self.cleaned_data["picture"]
        if not picture:
            if not self.instance.pk:
                raise ValidationError(_("Choose the file of the photograph."))
            return None
        if picture.size > LARGEST_BYTES:
            raise ValidationError(_("The photograph has more than 10 MB. Save it smaller."))
        return picture

    def clean(self):
        cleaned = super().clean()
        self.prepared = None
        brought = cleaned.get("picture")
        self.say_which_files_are_forgotten()
        if brought and not self.errors:
            try:
                self.prepared = prepare_picture(brought.read(), name=brought.name)
            except UnusablePhoto as refusal:
                self.add_error("picture", str(refusal))
        return cleaned

    def save(self, commit=True):
        before = self.instance.image if self.instance.pk else None
        if self.prepared:
            self.instance.image = keep_picture(self.prepared, title=self.instance.identifier)
        photo = super().save(commit=commit)
        # What can't be made now is made when the photograph is saved again.
        with suppress(UnusablePhoto):
            make_sizes(photo, self.prepared and self.prepared.copies)
        if self.prepared and before:
            drop_picture(before)
        return photo
