"""Who began the course, when and where: kept beside the record of what was finished."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .circumstances import Circumstances


class Beginning(Circumstances):
    """A person began the course, or began it anew, on a day, in a post, in a place; written once, that night.

    Nothing that is edited later changes it. When the account is deleted what names the person is blanked.
    """

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="beginnings",
    )
    # Which time: `Registration.counts_from` of whoever began the course anew, None the first time.
    counts_from = models.DateTimeField(_("counts from"), null=True, blank=True)
    # The first thing that was done.
    began_at = models.DateTimeField(_("began at"), db_index=True)

    class Meta:
        verbose_name = _("beginning of the course")
        verbose_name_plural = _("beginnings of the course")
        constraints = [
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(counts_from=None, learner__isnull=False),
                name="a_person_begins_for_the_first_time_once",
            ),
            models.UniqueConstraint(
                fields=["learner", "counts_from"],
                condition=Q(counts_from__isnull=False, learner__isnull=False),
                name="a_person_begins_anew_once_each_time",
            ),
        ]

    def __str__(self):
        return f"{self.learner or ''} · {self.began_at:%Y-%m-%d}"
