"""Whom something is for: the jobs in a health centre. One list of words, from signing in to the certificate."""

import unicodedata
from functools import cache

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy


class Audience(TextChoices):
    """What a person does in the health centre: decides which questions, scenes and tips are theirs.

    A label is the list of its jobs, as in `JOBS`.
    """

    CLINICAL = "clinica", _("Medicine, nursing, psychology, social work")
    LAB_PHARMACY = "labfar", _("Laboratory, pharmacy")
    FRONT_DESK = "recepcion", _("Front desk, records, cashier")
    SUPPORT = "apoyo", _("Guard, cleaning, maintenance, driver")
    MANAGEMENT = "jefatura", _("Director, coordination, administration")


def tell_audiences(codes):
    """Return whose job something is about, in the order of the jobs; nothing where it is for everyone."""
    return "; ".join(str(audience.label) for audience in Audience if audience in codes)


class Pool(TextChoices):
    """Out of which questions something is drawn."""

    ANY = "", _("Any question")
    CORE = "core", _("Questions for everyone")
    OWN = "own", _("Questions for one’s own job")


# What heads the jobs of an audience, and what a certificate says of whom no nearer job is known.
STAFF = {
    Audience.CLINICAL: pgettext_lazy("job", "Clinical staff"),
    Audience.LAB_PHARMACY: pgettext_lazy("job", "Laboratory and pharmacy"),
    Audience.FRONT_DESK: pgettext_lazy("job", "Front desk, records and cashier"),
    Audience.SUPPORT: pgettext_lazy("job", "Support staff"),
    Audience.MANAGEMENT: pgettext_lazy("job", "Management and administration"),
}
# The jobs that people choose from; a list of staff may call them otherwise.
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
_WORDS = {code: word for jobs in JOBS.values() for code, word in jobs.items()}


def audience_of(job):
    """Return the Audience that a code of `JOBS` belongs to; the code of an Audience is its own."""
    return next((audience for audience, jobs in JOBS.items() if job == audience or job in jobs), None)


def job_called(words):
    """Return the code of the job or the Audience that is called so in any language of the site, or an empty one."""
    return _codes().get(_plain(words), "")


def job_in_words(job):
    """Return the word for a code of `JOBS` or of an Audience, in the active language; other words stay as they are."""
    return str(_WORDS.get(job) or STAFF.get(job) or job)


@cache
def _codes():
    codes = {}
    for language, _name in settings.INTERFACE_LANGUAGES:
        with override(language):
            codes |= {_plain(str(word)): str(code) for code, word in (STAFF | _WORDS).items()}
    return codes


def _plain(words):
    decomposed = unicodedata.normalize("NFD", " ".join(words.split()).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
