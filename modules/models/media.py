"""Photographs, recordings and films of lessons: each with its rights, what it says in words, and who consented.

As of voices there are no drafts and no revisions of them: whether one is shown is asked of its row whenever a page is
made. What stands in a lesson is the number of the row; what the lesson says about it is reviewed with the lesson.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .consented import Consented, ConsentState, has_consent_on


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


class Recording(Spoken, Medium):
    """Something to listen to, in Opus, MP3 or both. A voice is recognised: whoever speaks has consented."""

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
        return self.title


class Film(Spoken, _OfPeopleOrNot):
    """A film of our own with captions and a still picture; `captions` is WebVTT."""

    file = models.FileField(_("film"), upload_to="films", max_length=200)
    file_bytes = models.PositiveIntegerField(default=0, editable=False)
    kind = models.CharField(max_length=20, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    poster = models.ForeignKey(Photo, verbose_name=_("still picture"), on_delete=models.PROTECT)
    captions = models.TextField(_("captions"))
    filmed_on = models.DateField(_("filmed on"), null=True, blank=True)

    class Meta(_OfPeopleOrNot.Meta):
        verbose_name = _("film")
        verbose_name_plural = _("films")

    @property
    def name(self):
        return self.title
