"""Voices: a sex worker tells, in her own words, how she was treated; shown for as long as she consents."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from modules.wording.durations import taken_in_words

from .consented import Consented, ConsentState, has_consent_on

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
