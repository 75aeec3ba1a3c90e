"""Whom something is for: the jobs in a health centre. One list of words, from signing in to the certificate."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Audience(TextChoices):
    """What a person does in the health centre: decides which questions, scenes and tips are theirs."""

    CLINICAL = "clinica", _("Medicine, nursing, psychology, social work")
    LAB_PHARMACY = "labfar", _("Laboratory, pharmacy")
    FRONT_DESK = "recepcion", _("Front desk, records, cashier")
    SUPPORT = "apoyo", _("Guard, cleaning, maintenance, driver")
    MANAGEMENT = "jefatura", _("Director, coordination, administration")


class Pool(TextChoices):
    """Out of which questions something is drawn."""

    ANY = "", _("Any question")
    CORE = "core", _("Questions for everyone")
    OWN = "own", _("Questions for one's own job")
