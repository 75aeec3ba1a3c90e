"""What the trainer's desk keeps: lists of staff that wait, cards, calls, and who did what."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models.jobs import Job

from .cohorts import Cohort


class RosterUpload(Job):
    """A list of staff that was brought and waits for its confirmation; `rows` are the cells as they were read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.CASCADE, related_name="uploads")
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("brought by"), on_delete=models.CASCADE, related_name="+"
    )
    brought_at = models.DateTimeField(_("brought at"), default=timezone.now)
    name = models.CharField(_("name of the file"), max_length=200, blank=True)
    rows = models.JSONField(_("rows"))
    # [{"name": of the sheet, "rows": its cells}] of a workbook; `rows` are those of the sheet that is read.
    sheets = models.JSONField(_("sheets"), default=list)
    # What was mended in the preview: see course/roster.
    chosen = models.JSONField(_("mended"), default=dict)
    # {field: number of the column}, as found in the headings or chosen by the trainer, and "first": the row of the
    # first person; all counted from 0.
    columns = models.JSONField(_("columns"), default=dict)
    # A long list is written in the background: since when it waits for that. `fingerprint` is what was shown of it and
    # confirmed, `done` how many rows are read; it is finished when it is written.
    requested_at = models.DateTimeField(_("asked for at"), null=True, blank=True)
    # What was done, for whoever confirms twice.
    outcome = models.JSONField(_("outcome"), default=dict)

    class Meta:
        verbose_name = _("list of staff")
        verbose_name_plural = _("lists of staff")

    def __str__(self):
        return self.name or str(self.brought_at)


class CardPrint(Job):
    """Cards made in the background. The PDF holds PINs, so it is kept for an hour and only for who asked for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.CASCADE, related_name="card_prints")
    learners = models.JSONField(_("learners"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked for by"), on_delete=models.CASCADE, related_name="+"
    )
    pdf = models.BinaryField(_("PDF"), null=True, blank=True)

    # It holds PINs.
    FILE_KEPT = timedelta(hours=1)

    class Meta:
        verbose_name = _("print of cards")
        verbose_name_plural = _("prints of cards")
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(finished_at=None),
                name="one_print_of_cards_at_work_for_what_is_asked",
            ),
        ]

    def __str__(self):
        return f"{self.cohort} · {self.requested_at:%Y-%m-%d}"


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
