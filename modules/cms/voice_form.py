"""The form of a voice: its recording, its consent, and taking it back, which is at once and for ever."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from modules.models.voices import MOST_BYTES, MP3, OGG
from modules.recorded.looking import look_at_sound
from quizzes.bank.admin_forms import HYPHENATED, LOWER_CASE_HELP

from .brought_files import BroughtFile


class VoiceForm(WagtailAdminModelForm):
    """Whoever may edit voices takes one back here; nobody reviews it, and no new date brings it back."""

    recording = BroughtFile(
        label=_("Recording"),
        required=False,
        look=look_at_sound,
        most=MOST_BYTES,
        endings=[".opus", ".ogg", ".oga", ".mp3", "audio/ogg", "audio/mpeg"],
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

    def clean_withdrawn_on(self):
        day = self.cleaned_data["withdrawn_on"]
        if day and day > timezone.localdate():
            raise ValidationError(
                _("Taking it back is at once: write today's date, or that of the day when she asked.")
            )
        return day

    def save(self, commit=True):
        voice = self.instance
        if found := self.cleaned_data.get("recording"):
            voice.audio, voice.audio_type = found["content"], MP3 if found["type"] == MP3 else OGG
            voice.audio_bytes, voice.seconds = len(found["content"]), found["seconds"]
        elif self.cleaned_data.get("drops_recording"):
            voice.audio, voice.audio_type, voice.audio_bytes, voice.seconds = None, "", 0, 0
        return super().save(commit=commit)
