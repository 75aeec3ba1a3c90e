"""The form of a voice: its recording, its consent, and taking it back, which is at once and for ever."""

from django import forms
from django.utils.translation import gettext_lazy as _

from modules.models.media import MAX_AUDIO_BYTES, MP3, OGG
from modules.recorded.looking import look_at_sound

from .brought_files import BroughtFile
from .consented_form import ConsentedForm


class VoiceForm(ConsentedForm):
    """Whoever may edit voices takes one back here; nobody reviews it, and no new date brings it back."""

    recording = BroughtFile(
        label=_("Recording"),
        required=False,
        look=look_at_sound,
        most=MAX_AUDIO_BYTES,
        endings=[".opus", ".ogg", ".oga", ".mp3", "audio/ogg", "audio/mpeg"],
        help_text=_(
            "Ogg, Opus or MP3 of 300 KB at most: about a minute and a half. A voice is recognised: another person may"
            " read it. A new file takes the place of the one before."
        ),
    )
    drops_recording = forms.BooleanField(label=_("Take the recording out"), required=False)

    def save(self, commit=True):
        voice = self.instance
        if found := self.cleaned_data.get("recording"):
            voice.audio, voice.audio_type = found["content"], MP3 if found["type"] == MP3 else OGG
            voice.audio_bytes, voice.seconds = len(found["content"]), found["seconds"]
        elif self.cleaned_data.get("drops_recording"):
            voice.audio, voice.audio_type, voice.audio_bytes, voice.seconds = None, "", 0, 0
        return super().save(commit=commit)
