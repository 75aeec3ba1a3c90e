"""The forms of recordings and films: files that are looked at, words in place of what one hears, and who consented."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from modules.recorded.bringing import MOST_BYTES_OF_FILM, MOST_BYTES_OF_SOUND
from modules.recorded.captions import check_captions
from modules.recorded.kinds import MP3_TYPE, OPUS_TYPE
from modules.recorded.looking import look_at_film, look_at_sound
from modules.recorded.refusals import UnusableRecording
from quizzes.base.languages import is_known_language, language_choices

from .brought_files import BroughtFile
from .medium_form import MediumForm

# Seconds: MP3 counts in frames, and some programs add silence.
LENGTHS_MAY_DIFFER = 2
OTHER = "other"


class SpokenForm(MediumForm):
    """What a person says in a language: one of those that have a name here, or the code of another."""

    language = forms.ChoiceField(label=_("Language"), help_text=_("What is spoken in it."))
    other_language = forms.CharField(
        label=_("Code of another language"),
        required=False,
        max_length=10,
        help_text=_("Of a language that the list above lacks: its code of ISO 639, such as “fr”."),
    )

    is_spoken_by_a_person = forms.BooleanField(
        label=_("Whoever speaks is a person, who has consented in writing"),
        required=False,
        help_text=_("Not a machine: a voice that was computed is not taken, in any language."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            chosen = language_choices()
            self.fields["language"].choices = [("", "---------"), *chosen, (OTHER, _("Another"))]
            code = self.instance.language
            if code and code not in dict(chosen):
                self.initial |= {"language": OTHER, "other_language": code}

    @cached_property
    def changed_data(self):
        """Browsers send each new line as two signs: that alone changes nothing."""
        return [name for name in super().changed_data if _plain(self[name].initial) != _plain(self[name].data)]

    def clean_other_language(self):
        code = self.cleaned_data["other_language"].strip().lower()
        if self.cleaned_data.get("language") != OTHER:
            return ""
        if not code:
            raise ValidationError(_("Write the code of the language."))
        if not is_known_language(code):
            raise ValidationError(
                _(
                    "No language with the code “%(code)s” is known here. Look for it in the list above, or write"
                    " another."
                ),
                params={"code": code},
            )
        return code

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("language") == OTHER and cleaned.get("other_language"):
            cleaned["language"] = cleaned["other_language"]
        if any(cleaned.get(name) for name in self.brings) and not cleaned.get("is_spoken_by_a_person"):
            self.add_error(
                "is_spoken_by_a_person", _("Tick this if it is so: a voice that a machine made is not taken.")
            )
        return cleaned


def _plain(value):
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value or None


class RecordingForm(SpokenForm):
    """A recording: Opus, MP3, or the same in both, spoken by a person."""

    brings = ("brought_opus", "brought_mp3")
    kept = ("title", "language", "other_language", "speaker", "transcript", *brings)

    brought_opus = BroughtFile(
        label="Opus",
        required=False,
        look=look_at_sound,
        most=MOST_BYTES_OF_SOUND,
        endings=[".opus", ".ogg", ".oga", "audio/ogg"],
        help_text=_("The smaller one; nearly every telephone plays it. At most 3 MB: about fifteen minutes of speech."),
    )
    brought_mp3 = BroughtFile(
        label="MP3",
        required=False,
        look=look_at_sound,
        most=MOST_BYTES_OF_SOUND,
        endings=[".mp3", "audio/mpeg"],
        help_text=_("The same recording for old telephones and Macs; may be the only one. At most 3 MB."),
    )

    def clean(self):
        cleaned = super().clean()
        lengths = []
        for name, field, kind in (("brought_opus", "opus", OPUS_TYPE), ("brought_mp3", "mp3", MP3_TYPE)):
            found = cleaned.get(name)
            if found and found["type"] != kind:
                self.add_error(name, _("This file is of another kind than belongs here."))
            if found:
                lengths.append(found["seconds"])
            elif getattr(self.instance, field):
                lengths.append(self.instance.seconds)
        if not lengths and not any(name in self.errors for name in self.brings):
            self.add_error("brought_opus", _("Bring the recording, as Opus, as MP3 or as both."))
        if lengths and max(lengths) - min(lengths) > LENGTHS_MAY_DIFFER:
            self.add_error("brought_mp3", _("Opus and MP3 are not equally long. Bring the same recording as both."))
        self.say_which_files_are_forgotten()
        return cleaned

    def save(self, commit=True):
        for name in self.brings:
            if found := self.cleaned_data.get(name):
                self.instance.set_file(name.removeprefix("brought_"), found)
        return super().save(commit=commit)


class FilmForm(SpokenForm):
    """A film of our own: its file, its captions, what is said and seen in it, and a still picture."""

    brings = ("brought_file",)
    kept = ("title", "language", "other_language", "transcript", "captions", "poster", *brings)

    brought_file = BroughtFile(
        label=_("Film"),
        required=False,
        look=look_at_film,
        most=MOST_BYTES_OF_FILM,
        endings=[".mp4", ".m4v", ".webm", "video/mp4", "video/webm"],
        help_text=_("MP4 (H.264 and AAC) or WebM, at most 30 MB; 5 MB a minute is plenty for a telephone."),
    )

    def clean(self):
        cleaned = super().clean()
        found = cleaned.get("brought_file")
        if not found and not self.instance.file and "brought_file" not in self.errors:
            self.add_error("brought_file", _("Bring the film."))
        if cleaned.get("captions"):
            seconds = found["seconds"] if found else self.instance.seconds
            try:
                cleaned["captions"] = check_captions(cleaned["captions"], seconds=seconds)
            except UnusableRecording as refused:
                self.add_error("captions", str(refused))
        self.say_which_files_are_forgotten()
        return cleaned

    def save(self, commit=True):
        if found := self.cleaned_data.get("brought_file"):
            self.instance.set_file(found)
        return super().save(commit=commit)
