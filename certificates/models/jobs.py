"""Work that somebody asked for and a worker does beside the site: what every kind of it keeps."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A worker updates `seen_at` every few seconds; after this time without an update the job is free.
LEFT_ALONE_AFTER = timedelta(seconds=30)


class RequestedQuerySet(models.QuerySet):
    def unfinished(self):
        """What was asked for and is neither done nor given up."""
        return self.filter(requested_at__isnull=False, finished_at=None)


class Requested(models.Model):
    """Something that somebody asked the worker for, and the last sign of life of the worker who is at it."""

    requested_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen at work"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_unfinished(self):
        return self.requested_at is not None and self.finished_at is None

    @property
    def last_sign_at(self):
        """The last moment at which somebody is known to have cared for it."""
        return self.seen_at or self.requested_at


class JobQuerySet(RequestedQuerySet):
    def free(self, now):
        """Of those that are unfinished, what nobody works on."""
        return self.unfinished().filter(Q(seen_at=None) | Q(seen_at__lt=now - LEFT_ALONE_AFTER))

    def without_bytes(self):
        """Leave the files in the database: a list of jobs needs none of them."""
        return self.defer(*(field.name for field in self.model._meta.fields if isinstance(field, models.BinaryField)))


class Job(Requested):
    """Work with a result, done once however often it is asked for or begun.

    `fingerprint` says what was asked for, so that a double click asks once; `language` is that of who asked; `done` is
    how far it is; `problem` a sentence in that language that says why it came to nothing.
    """

    language = models.CharField(_("language"), max_length=10, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)

    # How long the file of a finished one can be fetched, where it is not kept with the row.
    FILE_KEPT = None

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True
