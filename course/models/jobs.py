"""Background jobs: one table for cards, sheets, certificates and long staff lists."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .cohorts import Cohort

# A worker updates `seen_at` every few seconds; after this time without an update another worker may claim the job.
STALLED_AFTER = timedelta(seconds=30)


class Requested(models.Model):
    """Something that waits for the worker, and the worker's last heartbeat."""

    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen at work"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_unfinished(self):
        return self.finished_at is None

    @property
    def last_sign_at(self):
        return self.seen_at or self.requested_at


class JobQuerySet(models.QuerySet):
    def unfinished(self):
        return self.filter(finished_at=None)

    def free(self, now):
        """Return unfinished jobs without a recent heartbeat."""
        return self.unfinished().filter(Q(seen_at=None) | Q(seen_at__lt=now - STALLED_AFTER))

    def without_file(self):
        return self.defer("file")


class Job(Requested):
    """Background work for a group, done once however often it is requested or started.

    `params` and `result` are JSON of the kind (`course.jobs`); `params["people"]` are the keys of the learners.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.CASCADE, related_name="jobs")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("requested by"), on_delete=models.CASCADE, related_name="+"
    )
    # Of the person who requested it: messages and files are in this language.
    language = models.CharField(_("language"), max_length=10)
    params = models.JSONField(default=dict)
    # Equal for equal requests.
    fingerprint = models.CharField(max_length=64)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    result = models.JSONField(default=dict)
    file = models.BinaryField(_("file"), null=True, blank=True)
    # When file and result are deleted; set on finishing.
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(finished_at=None), name="one_unfinished_job_per_request"
            ),
        ]
        indexes = [models.Index(fields=["cohort", "kind", "-requested_at"], name="jobs_of_a_group")]

    def __str__(self):
        return f"{self.kind} · {self.cohort} · {self.requested_at:%Y-%m-%d}"
