"""Voices, photographs, recordings and films, with their consent and files."""

import uuid
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import PurePath
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from modules.labels import media_size_label
from modules.recorded.looking import ENDINGS, MP3_TYPE, OPUS_TYPE
from quizzes.base.languages import describe_language


class ConsentState(models.TextChoices):
    SHOWN = "shown", _("Shown")
    NO_CONSENT = "missing", _("Not shown: the consent is missing")
    OVER = "over", _("Not shown: the consent is over")
    WITHDRAWN = "withdrawn", _("Not shown: withdrawn")


def consent_condition(day):
    """Return the `Q` of rows with a consent that is valid on `day`."""
    is_current = Q(consent_until=None) | Q(consent_until__gte=day)
    return is_current & Q(withdrawn_on=None) & ~Q(consent_number="") & ~Q(consent_scope="")


class ConsentMixin(models.Model):
    """Consent of the person who is seen or heard; the signed form is kept outside the site."""

    consent_number = models.CharField(_("number of the paper"), max_length=60, blank=True)
    consent_scope = models.CharField(_("what the person consents to"), max_length=300, blank=True)
    consent_until = models.DateField(_("until"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic():
            if self.pk and not self._state.adding:
                # A form that was opened before the consent was withdrawn must not undo that.
                rows = type(self).objects.select_for_update().filter(pk=self.pk)
                self.withdrawn_on = rows.values_list("withdrawn_on", flat=True).first() or self.withdrawn_on
            super().save(*args, **kwargs)

    @property
    def needs_consent(self):
        return True

    def consent_state(self, day):
        if self.withdrawn_on:
            return ConsentState.WITHDRAWN
        if not self.needs_consent:
            return ConsentState.SHOWN
        if not self.consent_number or not self.consent_scope:
            return ConsentState.NO_CONSENT
        return ConsentState.OVER if self.consent_until and self.consent_until < day else ConsentState.SHOWN

    def can_be_shown(self, day):
        return self.consent_state(day) is ConsentState.SHOWN


MAX_AUDIO_BYTES = 300 * 1024
OGG, MP3 = "audio/ogg", "audio/mpeg"


class VoiceManager(models.Manager):
    def get_queryset(self):
        # Only the view that plays a voice needs the bytes.
        return super().get_queryset().defer("audio")

    def shown_on(self, day):
        return self.filter(consent_condition(day))


class Voice(ConsentMixin):
    """The story of a sex worker under a name she chose. Without drafts: a withdrawn voice disappears at once."""

    # For the address of the recording, which must not identify the speaker.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    identifier = models.SlugField(_("identifier"), max_length=60, unique=True)
    speaker = models.CharField(_("the name she chose"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=200)
    transcript = models.TextField(_("what she tells, in writing"))
    audio = models.BinaryField(_("recording"), null=True, blank=True)
    audio_type = models.CharField(max_length=20, blank=True, editable=False)
    # 0: not measured since the upload.
    audio_bytes = models.PositiveIntegerField(default=0, editable=False)
    seconds = models.PositiveIntegerField(_("length in seconds"), default=0, editable=False)
    read_by = models.CharField(_("read by"), max_length=120, blank=True)
    recorded_on = models.DateField(_("recorded on"), null=True, blank=True)
    consent_scope = models.CharField(_("what she consents to"), max_length=300, blank=True)
    is_paid = models.BooleanField(_("she was paid"), default=False)

    objects = VoiceManager()

    class Meta:
        verbose_name = _("voice")
        verbose_name_plural = _("voices")
        ordering = ["identifier"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audio=None, audio_type="") | (Q(audio__isnull=False) & ~Q(audio_type="")),
                name="a_recording_and_its_kind_go_together",
            ),
        ]

    def __str__(self):
        state = self.consent_state(timezone.localdate())
        return self.speaker if state is ConsentState.SHOWN else f"{self.speaker} ({state.label})"

    @property
    def has_recording(self):
        return bool(self.audio_type)

    @property
    def size_label(self):
        return media_size_label(self.seconds, [self.audio_bytes])


class Rights(models.TextChoices):
    OWN = "own", _("Made for this course")
    PERMISSION = "permission", _("With written permission")
    PUBLIC = "public", _("In the public domain")
    CC0 = "cc0", _("CC0")
    CC_BY = "cc-by", _("CC BY 4.0")
    CC_BY_SA = "cc-by-sa", _("CC BY-SA 4.0")


class PeopleShown(models.TextChoices):
    NOBODY = "nobody", _("No recognisable person")
    CONSENTED = "consented", _("People who consented in writing: staff or actors, never a patient or a sex worker")


class MediumManager(models.Manager):
    def shown_on(self, day):
        return self.filter(self.model.shown_condition(day))


class Medium(ConsentMixin):
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    identifier = models.SlugField(_("identifier"), max_length=60, unique=True)
    made_by = models.CharField(_("made by"), max_length=200)
    rights = models.CharField(_("rights"), max_length=20, choices=Rights)
    # Permission: who gave it and where the document is. Licence: where it is published.
    rights_note = models.CharField(_("where the permission or the licence is"), max_length=300, blank=True)

    objects = MediumManager()

    files = ()

    class Meta:
        abstract = True
        ordering = ["identifier"]

    @classmethod
    def shown_condition(cls, day):
        return consent_condition(day)

    def __str__(self):
        state = self.consent_state(timezone.localdate())
        return self.name if state is ConsentState.SHOWN else f"{self.name} ({state.label})"

    @property
    def name(self):
        return self.identifier

    @property
    def licence(self):
        """Return the licence with its source, or "" for own work and for permissions."""
        if self.rights in (Rights.OWN, Rights.PERMISSION):
            return ""
        return ", ".join(filter(None, [str(Rights(self.rights).label), self.rights_note]))

    def store_file(self, field, content, ending):
        file = getattr(self, field)
        previous, name = file.name, f"{file.field.upload_to}/{self.key.hex}-{sha256(content).hexdigest()}.{ending}"
        if name == previous:
            return
        if file.storage.exists(name):
            # Left by a transaction that was rolled back.
            setattr(self, field, name)
        else:
            file.save(PurePath(name).name, ContentFile(content), save=False)
        self.delete_file(field, previous)

    def delete_file(self, field, name):
        storage = getattr(self, field).storage
        if name:
            transaction.on_commit(lambda: storage.delete(name), robust=True)

    def delete_files(self):
        """Delete all files of this row on commit, also those left by rolled-back transactions."""
        fields = [getattr(self, name) for name in self.files]
        for storage, folder in {(file.storage, file.field.upload_to) for file in fields}:
            transaction.on_commit(partial(_delete_by_prefix, storage, folder, f"{self.key.hex}-"), robust=True)

    def file_digest(self, field):
        return PurePath(getattr(self, field).name).stem.rpartition("-")[2][:16]


def _delete_by_prefix(storage, folder, prefix):
    with suppress(FileNotFoundError):
        for name in storage.listdir(folder)[1]:
            if name.startswith(prefix):
                storage.delete(f"{folder}/{name}")


class VisualMedium(Medium):
    shows = models.CharField(_("who is in it"), max_length=20, choices=PeopleShown)

    class Meta(Medium.Meta):
        abstract = True

    @property
    def needs_consent(self):
        return self.shows != PeopleShown.NOBODY

    @classmethod
    def shown_condition(cls, day):
        return Q(shows=PeopleShown.NOBODY, withdrawn_on=None) | consent_condition(day)


class Photo(VisualMedium):
    image = models.ForeignKey("wagtailimages.Image", verbose_name=_("picture"), on_delete=models.PROTECT)
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    # Prepared sizes, the narrowest first, so that a page needs no query and no encoding: {"width": 480, "height": 320,
    # "mark": "9f…", "files": {"avif": "images/….avif", …}, "bytes": {"avif": 9120, …}}; `mark` changes with the image.
    sizes = models.JSONField(default=list, editable=False)

    class Meta(VisualMedium.Meta):
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")

    def address_of(self, size, ending):
        return reverse("photo", args=[self.key, size["mark"], size["width"], ending])


class SpeechMixin(models.Model):
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=10)
    transcript = models.TextField(_("what is said, in writing"))
    seconds = models.PositiveIntegerField(_("length in seconds"), default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def language_info(self):
        return describe_language(self.language)


class AudioSource(NamedTuple):
    ending: str
    type: str
    bytes: int


class Recording(SpeechMixin, Medium):
    """A recording in Opus, MP3 or both. A voice identifies a person, so it always needs consent."""

    files = ("opus", "mp3")

    speaker = models.CharField(_("who speaks"), max_length=200)
    opus = models.FileField(_("Opus"), upload_to="recordings", blank=True, max_length=200)
    mp3 = models.FileField(_("MP3"), upload_to="recordings", blank=True, max_length=200)
    opus_bytes = models.PositiveIntegerField(default=0, editable=False)
    mp3_bytes = models.PositiveIntegerField(default=0, editable=False)
    recorded_on = models.DateField(_("recorded on"), null=True, blank=True)

    class Meta(Medium.Meta):
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints = [models.CheckConstraint(condition=~Q(opus="", mp3=""), name="a_recording_has_a_file")]

    @property
    def name(self):
        return f"{self.title} ({self.language_info.name})"

    def set_file(self, field, found):
        """Store what `look_at_sound` found in `field`; None removes the file."""
        if found is None:
            self.delete_file(field, getattr(self, field).name)
            setattr(self, field, "")
            setattr(self, f"{field}_bytes", 0)
            return
        self.store_file(field, found["content"], ENDINGS[found["type"]])
        setattr(self, f"{field}_bytes", len(found["content"]))
        self.seconds = found["seconds"]

    @property
    def sources(self):
        """Return the `PlayedFile`s, the smaller type first: a player takes the first that it can play."""
        kinds = [("opus", OPUS_TYPE, self.opus_bytes), ("mp3", MP3_TYPE, self.mp3_bytes)]
        return [AudioSource(*kind) for kind in kinds if getattr(self, kind[0])]

    @property
    def size_label(self):
        return media_size_label(self.seconds, [source.bytes for source in self.sources])


class FilmManager(MediumManager):
    def get_queryset(self):
        return super().get_queryset().select_related("poster")


class Film(SpeechMixin, VisualMedium):
    files = ("file",)

    file = models.FileField(_("film"), upload_to="films", max_length=200)
    file_bytes = models.PositiveIntegerField(default=0, editable=False)
    kind = models.CharField(max_length=20, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    poster = models.ForeignKey(Photo, verbose_name=_("still picture"), on_delete=models.PROTECT)
    captions = models.TextField(_("captions"))
    filmed_on = models.DateField(_("filmed on"), null=True, blank=True)

    objects = FilmManager()

    class Meta(VisualMedium.Meta):
        verbose_name = _("film")
        verbose_name_plural = _("films")

    @property
    def name(self):
        return self.title

    def set_file(self, found):
        self.store_file("file", found["content"], ENDINGS[found["type"]])
        self.kind, self.file_bytes, self.seconds = found["type"], len(found["content"]), found["seconds"]
        self.width, self.height = found["width"], found["height"]

    @property
    def digest(self):
        return self.file_digest("file")

    def address_of_captions(self):
        return reverse("captions", args=[self.key])

    @property
    def size_label(self):
        return media_size_label(self.seconds, [self.file_bytes])
