"""Jobs in a health centre and the audiences that they form."""

import unicodedata
from functools import cache

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy


class Audience(TextChoices):
    CLINICAL = "clinica", _("Medicine, nursing, psychology, social work")
    LAB_PHARMACY = "labfar", _("Laboratory, pharmacy")
    FRONT_DESK = "recepcion", _("Front desk, records, cashier")
    SUPPORT = "apoyo", _("Guard, cleaning, maintenance, driver")
    MANAGEMENT = "jefatura", _("Director, coordination, administration")


def audiences_label(codes):
    return "; ".join(str(audience.label) for audience in Audience if audience in codes)


class Pool(TextChoices):
    ANY = "", _("Any question")
    CORE = "core", _("Questions for everyone")
    OWN = "own", _("Questions for their own job")


STAFF_LABELS = {
    Audience.CLINICAL: pgettext_lazy("job", "Clinical staff"),
    Audience.LAB_PHARMACY: pgettext_lazy("job", "Laboratory and pharmacy"),
    Audience.FRONT_DESK: pgettext_lazy("job", "Front desk, records and cashier"),
    Audience.SUPPORT: pgettext_lazy("job", "Support staff"),
    Audience.MANAGEMENT: pgettext_lazy("job", "Management and administration"),
}
JOBS = {
    Audience.CLINICAL: {
        "medicina": pgettext_lazy("job", "Medicine"),
        "enfermeria": pgettext_lazy("job", "Nursing"),
        "psicologia": pgettext_lazy("job", "Psychology"),
        "trabajo-social": pgettext_lazy("job", "Social work"),
    },
    Audience.LAB_PHARMACY: {
        "laboratorio": pgettext_lazy("job", "Laboratory"),
        "farmacia": pgettext_lazy("job", "Pharmacy"),
    },
    Audience.FRONT_DESK: {
        "ventanilla": pgettext_lazy("job", "Front desk"),
        "archivo": pgettext_lazy("job", "Records"),
        "caja": pgettext_lazy("job", "Cashier"),
    },
    Audience.SUPPORT: {
        "guardiania": pgettext_lazy("job", "Guard"),
        "limpieza": pgettext_lazy("job", "Cleaning"),
        "mantenimiento": pgettext_lazy("job", "Maintenance"),
        "piloto": pgettext_lazy("job", "Driver"),
    },
    Audience.MANAGEMENT: {
        "direccion": pgettext_lazy("job", "Director"),
        "coordinacion": pgettext_lazy("job", "Coordination"),
        "administracion": pgettext_lazy("job", "Administration"),
    },
}
_JOB_LABELS = {code: label for jobs in JOBS.values() for code, label in jobs.items()}


def get_audience(job):
    return next((audience for audience, jobs in JOBS.items() if job == audience or job in jobs), None)


def find_job(label):
    """Return the code of the job or Audience with this label in any language of the site, or ""."""
    return _codes_by_label().get(_normalize(label), "")


def job_label(job):
    """Return the label in the active language; text that is no code is returned unchanged."""
    return str(_JOB_LABELS.get(job) or STAFF_LABELS.get(job) or job)


@cache
def _codes_by_label():
    codes = {}
    for language, _name in settings.INTERFACE_LANGUAGES:
        with override(language):
            codes |= {_normalize(str(label)): str(code) for code, label in (STAFF_LABELS | _JOB_LABELS).items()}
    return codes


def _normalize(label):
    decomposed = unicodedata.normalize("NFD", " ".join(label.split()).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
