"""Clinics as lists write them: «C/S San Pedro» is «Centro de Salud de San Pedro»."""

from functools import lru_cache

from course.models import Clinic
from course.models.spanish_order import spanish_key

_ABBREVIATIONS = {
    "c s": "centro salud",
    "cs": "centro salud",
    "p s": "puesto salud",
    "ps": "puesto salud",
    "c a p": "cap",
    "centro atencion permanente": "cap",
    "health centre": "centro salud",
    "health center": "centro salud",
    "hosp": "hospital",
}
_SMALL = {"de", "del", "la", "el", "en"}


@lru_cache(maxsize=2_000)
def clinic_key(name):
    """Return what is the same for every way of writing the name of a clinic."""
    words = " ".join(word for word in spanish_key(name).split() if word not in _SMALL)
    for short, long in _ABBREVIATIONS.items():
        if words == short or words.startswith(f"{short} "):
            return long + words[len(short) :]
    return words


class ClinicBook:
    """The clinics that the site knows, found by any way of writing them; those of the group's area come first."""

    def __init__(self, cohort):
        self.own = cohort.clinic
        area = self.own.area_id if self.own else None
        self.by_key = {}
        for clinic in Clinic.objects.all():
            self.by_key.setdefault(clinic_key(clinic.name), []).append(clinic)
        for clinics in self.by_key.values():
            clinics.sort(key=lambda clinic: (clinic != self.own, clinic.area_id != area, clinic.pk))

    def find(self, name):
        """Return the clinics that may be meant, the likeliest first; without a name, that of the group."""
        if not name:
            return [self.own] if self.own else []
        clinics = self.by_key.get(clinic_key(name), [])
        return clinics[:1] if clinics and clinics[0] == self.own else clinics


def clinics_called(name, clinics):
    """Return those of the clinics that some words may mean, however these write the name."""
    key = clinic_key(name)
    return [clinic for clinic in clinics if clinic_key(clinic.name) == key]
