"""Forms of media: consent, rights, files."""

import hashlib
import re
from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from modules.models import PeopleShown, Rights
from modules.models.media import MAX_AUDIO_BYTES, MP3, OGG
from modules.pictures.keeping import drop_picture, keep_picture, make_sizes, prepare_picture
from modules.pictures.looking import LARGEST_BYTES, NOBODY_RECOGNISED, UnusablePhoto
from modules.recorded.bringing import MOST_BYTES_OF_FILM, MOST_BYTES_OF_SOUND, look_confined
from modules.recorded.captions import check_captions
from modules.recorded.looking import MP3_TYPE, OPUS_TYPE, look_at_film, look_at_sound
from modules.recorded.refusals import UnusableRecording
from modules.rendering.usage import find_lessons_with_medium
from quizzes.bank.admin_forms import HYPHENATED, LOWER_CASE_HELP
from quizzes.base.languages import is_known_language, language_choices

from .deletion import named


class BroughtFile(forms.FileField):
    """A file whose cleaned value is what `look` found in it, with its cleaned `content`."""

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


AGREED = ("shows", "rights", "rights_note", "consent_number", "consent_scope", "consent_until", "withdrawn_on")


class ConsentedForm(WagtailAdminModelForm):
    """Withdrawing takes effect at once, without review, for good; a concurrent change of consent is refused."""

    agreed_as_read = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._agreed = [name for name in AGREED if name in self.fields]
        self.initial["agreed_as_read"] = _mark_of({name: self.initial.get(name) for name in self._agreed})
        if self.instance.withdrawn_on and "withdrawn_on" in self.fields:
            self.fields["withdrawn_on"].disabled = True

    def clean(self):
        cleaned = super().clean()
        self._read = cleaned.pop("agreed_as_read", "")
        self._refuse_what_nobody_read()
        return cleaned

    def full_clean(self):
        super().full_clean()
        # Inspecting a file takes seconds, in which somebody else may save.
        if self.is_bound and not self.errors:
            self._refuse_what_nobody_read()

    def _refuse_what_nobody_read(self):
        there = type(self.instance).objects.filter(pk=self.instance.pk).values(*self._agreed).first()
        if not there or not self._read or self._read == (now := _mark_of(there)):
            return
        self.add_error(None, _("Somebody else changed rights or consent while you had this open. See what stands now."))
        for name, value in there.items():
            if name in self.cleaned_data and (self.cleaned_data[name] or None) != (value or None):
                said = self._in_words(name, value)
                self.add_error(name, ValidationError(_("Now stands here: %(now)s"), params={"now": said}))
        self.data = self.data.copy()
        self.data[self.add_prefix("agreed_as_read")] = now

    def _in_words(self, name, value):
        if hasattr(value, "year"):
            return date_format(value)
        return dict(getattr(self.fields[name], "choices", ())).get(value, value) or _("nothing")

    def clean_identifier(self):
        identifier = self.cleaned_data["identifier"].strip()
        if self.instance.pk and identifier != self.instance.identifier:
            raise ValidationError(
                _("The identifier stays “%(identifier)s”: results and files refer to it."),
                params={"identifier": self.instance.identifier},
            )
        if not re.fullmatch(HYPHENATED, identifier):
            raise ValidationError(LOWER_CASE_HELP)
        return identifier

    def clean_withdrawn_on(self):
        day = self.cleaned_data["withdrawn_on"]
        if day and day > timezone.localdate():
            raise ValidationError(
                _("Taking it back is at once: write today’s date, or that of the day when somebody asked.")
            )
        return day


def _mark_of(agreed):
    return hashlib.sha256(repr([(name, str(value or "")) for name, value in agreed.items()]).encode()).hexdigest()[:16]


class MediumForm(ConsentedForm):
    """`kept` fields are read-only while a published lesson shows the medium; `brings` are its file fields."""

    kept = brings = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "shows" in self.fields:
            self.fields["shows"].widget = forms.RadioSelect(choices=PeopleShown.choices)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("rights") and cleaned["rights"] != Rights.OWN and not cleaned.get("rights_note"):
            self.add_error("rights_note", _("Write where the permission or the licence stands."))
        shows = cleaned.get("shows") if "shows" in self.fields else PeopleShown.CONSENTED
        if shows == PeopleShown.CONSENTED and not cleaned.get("withdrawn_on"):
            if not cleaned.get("consent_number"):
                self.add_error("consent_number", _("Write the number of the paper on which the person consents."))
            if not cleaned.get("consent_scope"):
                self.add_error("consent_scope", _("Write what the person consents to, such as: in this course."))
        self._keep_what_people_see(cleaned)
        return cleaned

    def full_clean(self):
        super().full_clean()
        self.say_which_files_are_forgotten()

    def say_which_files_are_forgotten(self):
        for name in self.brings if self.errors else ():
            if self.cleaned_data.get(name):
                self.add_error(name, _("Choose the file once more when the rest is right: browsers forget it."))

    def _keep_what_people_see(self, cleaned):
        changed = [name for name in self.kept if name in self.changed_data and name in cleaned]
        lessons = find_lessons_with_medium(self.instance) if changed and self.instance.pk else []
        for name in changed if lessons else ():
            self.add_error(
                name,
                ValidationError(
                    _(
                        "Published lessons show it as it was reviewed: %(places)s. Leave this as it is; for another one"
                        " add a new entry, and choose that in the lesson."
                    ),
                    params={"places": named(lessons)},
                ),
            )


PICTURE_HELP = _(
    "JPEG, PNG, WebP or AVIF of 10 MB at most. What the camera wrote into it, such as the place, is not kept; sizes for"
    " telephones are made by themselves."
)


class PhotoForm(MediumForm):
    kept = brings = ("picture",)

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        # An iPhone converts HEIC to JPEG for exactly these types.
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
        help_text=format_lazy("{} {}", NOBODY_RECOGNISED, PICTURE_HELP),
    )

    def clean_picture(self):
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
        # Copies that fail now are made at the next save.
        with suppress(UnusablePhoto):
            make_sizes(photo, self.prepared and self.prepared.copies)
        if self.prepared and before:
            drop_picture(before)
        return photo


# Seconds: MP3 counts in frames, and some programs add silence.
LENGTHS_MAY_DIFFER = 2
OTHER = "other"


class SpokenForm(MediumForm):
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
        """Ignore changes of line endings only: browsers send CRLF."""
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


class VoiceForm(ConsentedForm):
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
