"""Uploaded staff lists, and calls to learners."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .cohorts import Cohort
from .jobs import Job


class RosterUpload(models.Model):
    """An uploaded staff list before its import; `rows` are the cells of the sheet that is read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.CASCADE, related_name="uploads")
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("brought by"), on_delete=models.CASCADE, related_name="+"
    )
    brought_at = models.DateTimeField(_("brought at"), default=timezone.now)
    name = models.CharField(_("name of the file"), max_length=200, blank=True)
    rows = models.JSONField(_("rows"))
    # [{"name": of the sheet, "rows": its cells}] of a workbook.
    sheets = models.JSONField(_("sheets"), default=list)
    # What was corrected in the preview: see course/roster.
    chosen = models.JSONField(_("mended"), default=dict)
    # {field: number of the column}, and "first": the row of the first person; all counted from 0.
    columns = models.JSONField(_("columns"), default=dict)
    # A long list is imported by a job.
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    # What the import changed, for a second confirmation.
    outcome = models.JSONField(_("outcome"), default=dict)

    class Meta:
        verbose_name = _("list of staff")
        verbose_name_plural = _("lists of staff")

    def __str__(self):
        return self.name or str(self.brought_at)

    @property
    def is_being_imported(self):
        return self.job is not None and self.job.is_unfinished


class Call(models.Model):
    """A trainer got in touch with a person of a group; the reason is the one that the list gave."""

    # The same on every machine that ever exchanges with this one; a row's number is not.
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.PROTECT, related_name="calls")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.CASCADE, related_name="calls"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes = [models.Index(fields=["learner", "-made_at"], name="last_call_of_a_learner")]

    def __str__(self):
        return f"{self.learner} · {self.made_at:%Y-%m-%d}"
