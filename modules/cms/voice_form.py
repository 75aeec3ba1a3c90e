"""The form of a voice: its recording, its consent, and taking it back, which is at once and for ever."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from modules.models.voices import MOST_BYTES, MP3, OGG
from quizzes.bank.admin_forms import HYPHENATED, LOWER_CASE_HELP


class VoiceForm(WagtailAdminModelForm):
    """Whoever may edit voices takes one back here; nobody reviews it, and no new date brings it back."""

    recording = forms.FileField(
        label=_("Recording"),
        required=False,
        help_text=_(
            "Ogg, Opus or MP3 of 300 KB at most: about a minute and a half. A voice is recognised: another person may"
            " read it. A new file takes the place of the one before."
        ),
    )
    drops_recording = forms.BooleanField(label=_("Take the recording out"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.withdrawn_on and "withdrawn_on" in self.fields:
            self.fields["withdrawn_on"].disabled = True

    def clean_identifier(self):
        identifier = self.cleaned_data["identifier"].strip()
        if self.instance.pk and identifier != self.instance.identifier:
            raise ValidationError(
                _("The identifier stays «%(identifier)s»: results and files refer to it."),
                params={"identifier": self.instance.identifier},
            )
        if not re.fullmatch(HYPHENATED, identifier):
            raise ValidationError(LOWER_CASE_HELP)
        return identifier

    def clean_recording(self):
        """Refuse what is too large or no recording; what a player could not play helps nobody."""
        recording = self.cleaned_data["recording"]
        if not recording:
            return None
        if recording.size > MOST_BYTES:
            raise ValidationError(
                _("The recording is larger than 300 KB. Make it shorter, or save it with less quality.")
            )
        content = recording.read()
        self.kind = kind_of(content)
        if self.kind is None:
            raise ValidationError(_("This is no Ogg, Opus or MP3 file."))
        return content

    def clean_withdrawn_on(self):
        day = self.cleaned_data["withdrawn_on"]
        if day and day > timezone.localdate():
            raise ValidationError(
                _("Taking it back is at once: write today's date, or that of the day when she asked.")
            )
        return day

    def save(self, commit=True):
        if content := self.cleaned_data.get("recording"):
            self.instance.audio, self.instance.audio_type = content, self.kind
        elif self.cleaned_data.get("drops_recording"):
            self.instance.audio, self.instance.audio_type = None, ""
        return super().save(commit=commit)


def kind_of(content):
    """Return the kind of a recording by how it begins, or None."""
    if content.startswith(b"OggS"):
        return OGG
    # A tag before it, or a frame of layer III at once.
    is_frame = len(content) > 1 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2
    return MP3 if content.startswith(b"ID3") or is_frame else None
