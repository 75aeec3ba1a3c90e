"""What a person lets us show of herself, for as long as she does: asked of its row whenever a page is made."""

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

from modules.recorded.kinds import ENDINGS, MP3_TYPE, OPUS_TYPE
from modules.wording import taken_in_words
from quizzes.base.languages import language_named


class ConsentState(models.TextChoices):
    """Whether something of a person is shown, and if not, why."""

    SHOWN = "shown", _("Shown")
    NO_CONSENT = "missing", _("Not shown: the consent is missing")
    OVER = "over", _("Not shown: the consent is over")
    WITHDRAWN = "withdrawn", _("Not shown: withdrawn")


def has_consent_on(day):
    """Return the condition on rows whose consent is there, lasts on that day and was not taken back."""
    lasts = Q(consent_until=None) | Q(consent_until__gte=day)
    return lasts & Q(withdrawn_on=None) & ~Q(consent_number="") & ~Q(consent_scope="")


class Consented(models.Model):
    """Something of a person, with her consent to it; the paper lies with whoever took it."""

    consent_number = models.CharField(_("number of the paper"), max_length=60, blank=True)
    consent_scope = models.CharField(_("what the person consents to"), max_length=300, blank=True)
    consent_until = models.DateField(_("until"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Whoever saves may have read the row before somebody took it back: that stays, with its day."""
        with transaction.atomic():
            if self.pk and not self._state.adding:
                rows = type(self).objects.select_for_update().filter(pk=self.pk)
                self.withdrawn_on = rows.values_list("withdrawn_on", flat=True).first() or self.withdrawn_on
            super().save(*args, **kwargs)

    @property
    def needs_consent(self):
        """Whether it is of a person at all: of a place or a thing nobody consents."""
        return True

    def state_on(self, day):
        """Return the `ConsentState` of a day."""
        if self.withdrawn_on:
            return ConsentState.WITHDRAWN
        if not self.needs_consent:
            return ConsentState.SHOWN
        if not self.consent_number or not self.consent_scope:
            return ConsentState.NO_CONSENT
        return ConsentState.OVER if self.consent_until and self.consent_until < day else ConsentState.SHOWN

    def may_be_shown(self, day):
        return self.state_on(day) is ConsentState.SHOWN


MOST_BYTES = 300 * 1024
OGG, MP3 = "audio/ogg", "audio/mpeg"


class VoiceManager(models.Manager):
    """Voices without the bytes of their recordings, which only whoever listens needs."""

    def get_queryset(self):
        return super().get_queryset().defer("audio")

    def shown_on(self, day):
        """Return those that people may read and hear on a day: `Voice.state_on` in the database."""
        return self.filter(has_consent_on(day))


class Voice(Consented):
    """What a sex worker tells, under the name she chose, the same row in every language.

    There are no drafts and no revisions of it: whether it is shown is asked of this row whenever a page is made, so
    what she takes back is gone from every page at once, old revisions of lessons included.
    """

    # In the address of the recording: it says nothing of whom one hears.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    identifier = models.SlugField(_("identifier"), max_length=60, unique=True)
    speaker = models.CharField(_("the name she chose"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=200)
    transcript = models.TextField(_("what she tells, in writing"))
    audio = models.BinaryField(_("recording"), null=True, blank=True)
    audio_type = models.CharField(max_length=20, blank=True, editable=False)
    # 0: nobody has looked since it was brought.
    audio_bytes = models.PositiveIntegerField(default=0, editable=False)
    seconds = models.PositiveIntegerField(_("length in seconds"), default=0, editable=False)
    read_by = models.CharField(_("read by"), max_length=120, blank=True)
    recorded_on = models.DateField(_("recorded on"), null=True, blank=True)
    # The organisation keeps the paper.
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
        state = self.state_on(timezone.localdate())
        # Whoever chooses one for a lesson sees at once whether it will be read.
        return self.speaker if state is ConsentState.SHOWN else f"{self.speaker} ({state.label})"

    @property
    def has_recording(self):
        return bool(self.audio_type)

    @property
    def takes(self):
        """Return how long the recording is and what it takes of the line, as far as that is known."""
        return taken_in_words(self.seconds, [self.audio_bytes])


class Rights(models.TextChoices):
    """Why we may show it."""

    OWN = "own", _("Made for this course")
    PERMISSION = "permission", _("With written permission")
    PUBLIC = "public", _("In the public domain")
    CC0 = "cc0", _("CC0")
    CC_BY = "cc-by", _("CC BY 4.0")
    CC_BY_SA = "cc-by-sa", _("CC BY-SA 4.0")


class Shows(models.TextChoices):
    """Whom one can recognise. Patients and sex workers: nobody, never."""

    NOBODY = "nobody", _("Nobody whom one could recognise")
    CONSENTED = "consented", _("People who consented in writing: staff or actors, never a patient or a sex worker")


class MediumManager(models.Manager):
    def shown_on(self, day):
        """Return those that people may see or hear on a day: `Consented.state_on` in the database."""
        return self.filter(self.model.is_shown_on(day))


class Medium(Consented):
    """What a photograph, a recording and a film have in common; one row for every language of the course."""

    # In the addresses of its files.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    identifier = models.SlugField(_("identifier"), max_length=60, unique=True)
    made_by = models.CharField(_("made by"), max_length=200)
    rights = models.CharField(_("rights"), max_length=20, choices=Rights)
    # Of a permission: who gave it and where the paper is. Of a licence: where it says so.
    rights_note = models.CharField(_("where the permission or the licence stands"), max_length=300, blank=True)

    objects = MediumManager()

    # The fields with files that only our own views give out.
    files = ()

    class Meta:
        abstract = True
        ordering = ["identifier"]

    @classmethod
    def is_shown_on(cls, day):
        """Return the condition on rows that are shown on a day."""
        return has_consent_on(day)

    def __str__(self):
        state = self.state_on(timezone.localdate())
        # Whoever chooses one for a lesson sees at once whether people get it.
        return self.name if state is ConsentState.SHOWN else f"{self.name} ({state.label})"

    @property
    def name(self):
        return self.identifier

    @property
    def licence(self):
        """Return the name of the licence under which it may be shown, with where that stands; else nothing."""
        if self.rights in (Rights.OWN, Rights.PERMISSION):
            return ""
        return ", ".join(filter(None, [str(Rights(self.rights).label), self.rights_note]))

    def lay_down(self, field, content, ending):
        """Keep `content` as the file of a field, called by what it is; the one before goes once that is written."""
        file = getattr(self, field)
        before, name = file.name, f"{file.field.upload_to}/{self.key.hex}-{sha256(content).hexdigest()}.{ending}"
        if name == before:
            return
        if file.storage.exists(name):
            # Of an attempt that was not written down.
            setattr(self, field, name)
        else:
            file.save(PurePath(name).name, ContentFile(content), save=False)
        self.let_go(field, before)

    def let_go(self, field, name):
        """Delete a file of this row once what was done is written."""
        storage = getattr(self, field).storage
        if name:
            transaction.on_commit(lambda: storage.delete(name), robust=True)

    def let_all_go(self):
        """Delete all files of this row once what was done is written: those of attempts that failed are among them."""
        fields = [getattr(self, name) for name in self.files]
        for storage, folder in {(file.storage, file.field.upload_to) for file in fields}:
            transaction.on_commit(partial(_delete_named, storage, folder, f"{self.key.hex}-"), robust=True)

    def mark_of(self, field):
        """Return what changes with the content of a file: a part of its digest."""
        return PurePath(getattr(self, field).name).stem.rpartition("-")[2][:16]


def _delete_named(storage, folder, beginning):
    with suppress(FileNotFoundError):
        for name in storage.listdir(folder)[1]:
            if name.startswith(beginning):
                storage.delete(f"{folder}/{name}")


class _OfPeopleOrNot(Medium):
    shows = models.CharField(_("who is in it"), max_length=20, choices=Shows)

    class Meta(Medium.Meta):
        abstract = True

    @property
    def needs_consent(self):
        return self.shows != Shows.NOBODY

    @classmethod
    def is_shown_on(cls, day):
        return Q(shows=Shows.NOBODY, withdrawn_on=None) | has_consent_on(day)


class Photo(_OfPeopleOrNot):
    """A photograph: its picture is one of Wagtail's library, shown in renditions only."""

    image = models.ForeignKey("wagtailimages.Image", verbose_name=_("picture"), on_delete=models.PROTECT)
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    # Its copies as pages show them, the narrowest first, so that a page asks for nothing and encodes nothing; each is
    # {"width": 480, "height": 320, "mark": "9f…", "files": {"avif": "images/….avif", …}, "bytes": {"avif": 9120, …}};
    # `mark` changes with the picture. modules.pictures.keeping makes them.
    sizes = models.JSONField(default=list, editable=False)

    class Meta(_OfPeopleOrNot.Meta):
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")

    def address_of(self, size, ending):
        """Return where one of `sizes` is, in a way of writing pictures such as `avif`."""
        return reverse("photo", args=[self.key, size["mark"], size["width"], ending])


class Spoken(models.Model):
    """Something that is spoken in a language, and what is said in it."""

    title = models.CharField(_("title"), max_length=200)
    # Of the course or not: a recording may be in a language that no page is in.
    language = models.CharField(_("language"), max_length=10)
    transcript = models.TextField(_("what is said, in writing"))
    seconds = models.PositiveIntegerField(_("length in seconds"), default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def tongue(self):
        """Return its language, with names (`NamedLanguage`)."""
        return language_named(self.language)


class PlayedFile(NamedTuple):
    """One of the files in which a player may find a recording."""

    ending: str
    type: str
    bytes: int


class Recording(Spoken, Medium):
    """Something to listen to, in Opus, MP3 or both. A voice is recognised: whoever speaks has consented."""

    files = ("opus", "mp3")

    speaker = models.CharField(_("who speaks"), max_length=200)
    opus = models.FileField(_("Opus"), upload_to="recordings", blank=True, max_length=200)
    mp3 = models.FileField(_("MP3"), upload_to="recordings", blank=True, max_length=200)
    # Written down when they come, so that no page asks the storage.
    opus_bytes = models.PositiveIntegerField(default=0, editable=False)
    mp3_bytes = models.PositiveIntegerField(default=0, editable=False)
    recorded_on = models.DateField(_("recorded on"), null=True, blank=True)

    class Meta(Medium.Meta):
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints = [models.CheckConstraint(condition=~Q(opus="", mp3=""), name="a_recording_has_a_file")]

    @property
    def name(self):
        return f"{self.title} ({self.tongue.name})"

    def take_file(self, field, found):
        """Keep in `field` what `modules.recorded.looking.look_at_sound` found; None: nothing, from now on."""
        if found is None:
            self.let_go(field, getattr(self, field).name)
            setattr(self, field, "")
            setattr(self, f"{field}_bytes", 0)
            return
        self.lay_down(field, found["content"], ENDINGS[found["type"]])
        setattr(self, f"{field}_bytes", len(found["content"]))
        self.seconds = found["seconds"]

    @property
    def sources(self):
        """Return its `PlayedFile`s, the smaller kind first: a player takes the first that it can play."""
        kinds = [("opus", OPUS_TYPE, self.opus_bytes), ("mp3", MP3_TYPE, self.mp3_bytes)]
        return [PlayedFile(*kind) for kind in kinds if getattr(self, kind[0])]

    @property
    def takes(self):
        """Return how long it is and what it takes of the line, as people read it before they tap."""
        return taken_in_words(self.seconds, [source.bytes for source in self.sources])


class FilmManager(MediumManager):
    """Films with their still pictures, which a page shows with each."""

    def get_queryset(self):
        return super().get_queryset().select_related("poster")


class Film(Spoken, _OfPeopleOrNot):
    """A film of our own with captions and a still picture; `captions` is WebVTT."""

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

    class Meta(_OfPeopleOrNot.Meta):
        verbose_name = _("film")
        verbose_name_plural = _("films")

    @property
    def name(self):
        return self.title

    def take_file(self, found):
        """Keep what `modules.recorded.looking.look_at_film` found."""
        self.lay_down("file", found["content"], ENDINGS[found["type"]])
        self.kind, self.file_bytes, self.seconds = found["type"], len(found["content"]), found["seconds"]
        self.width, self.height = found["width"], found["height"]

    @property
    def mark(self):
        """Return what stands in its address and changes with its file."""
        return self.mark_of("file")

    def address_of_captions(self):
        """Return where its captions are; browsers ask for them with the page."""
        return reverse("captions", args=[self.key])

    @property
    def takes(self):
        """Return how long it is and what it takes of the line, as people read it before they tap."""
        return taken_in_words(self.seconds, [self.file_bytes])
