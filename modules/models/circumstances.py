"""In which post and in which places somebody was when something came on record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Circumstances(models.Model):
    """Post and places of a day, in words and by their stable keys: what is edited or deleted later changes nothing."""

    role = models.CharField(_("role in the health centre"), max_length=20, blank=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    clinic = models.CharField(_("clinic"), max_length=200, blank=True)
    clinic_key = models.UUIDField(null=True, blank=True)
    area = models.CharField(_("health area"), max_length=200, blank=True)
    area_key = models.UUIDField(null=True, blank=True)
    cohort = models.CharField(_("group"), max_length=200, blank=True)
    cohort_key = models.UUIDField(null=True, blank=True)

    class Meta:
        abstract = True
