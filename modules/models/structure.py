"""The stamp that tells every process whether what it remembers of the course's structure still holds."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class StructureStamp(models.Model):
    """One row: a new random stamp whenever a course, module, lesson or quiz is saved, moved or deleted.

    It changes in the transaction of the change itself, so that nobody sees the one without the other.
    """

    stamp = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name = _("stamp of the structure")
        verbose_name_plural = _("stamps of the structure")

    def __str__(self):
        return str(self.stamp)

    @classmethod
    def renew(cls):
        """Write a new stamp in one query."""
        cls.objects.bulk_create(
            [cls(pk=1, stamp=uuid.uuid4())], update_conflicts=True, unique_fields=["id"], update_fields=["stamp"]
        )

    @classmethod
    def now(cls):
        """Return the present stamp in one query; the first reader of a new site writes it."""
        stamp = next(iter(cls.objects.filter(pk=1).values_list("stamp", flat=True)), None)
        if stamp is None:
            cls.objects.bulk_create([cls(pk=1)], ignore_conflicts=True)
            stamp = cls.objects.values_list("stamp", flat=True).get(pk=1)
        return stamp

    @classmethod
    def now_with(cls, subquery):
        """Return (the present stamp, what a subquery answers), in one query too."""
        rows = cls.objects.filter(pk=1).values_list("stamp", subquery)
        return next(iter(rows), None) or (cls.now(), rows.get()[1])
