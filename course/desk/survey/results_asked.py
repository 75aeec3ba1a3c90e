"""What one asks of the results: which edition, which area and clinic; all of it in the address."""

from dataclasses import dataclass
from uuid import UUID

from course.models import Area, Clinic
from course.people.clinics import areas_of, clinics_looked_after_by
from course.survey.results import editions_asked, may_see_country
from modules.models import Edition

# Of more than so many one is asked to choose an area first: the page stays small.
MOST_TO_CHOOSE = 60


class NotSeen(Exception):
    """What is asked for is nothing that this person may see."""


@dataclass(frozen=True)
class Asked:
    """The edition and the place (None: the country) to show, and what else may be chosen.

    `edition` is None where nobody was asked yet; `has_place` is false for whoever has no clinic to see.
    """

    edition: Edition | None
    editions: list[Edition]
    place: Clinic | Area | None
    has_place: bool
    area: Area | None
    areas: list[Area]
    clinics: list[Clinic]
    sees_country: bool

    @property
    def has_too_many_clinics(self):
        return len(self.clinics) > MOST_TO_CHOOSE


def what_is_asked(user, given, *, today):
    """Return the `Asked` of an address; at first the latest edition and the widest place. Raises `NotSeen`."""
    editions = list(editions_asked())
    edition = _chosen(editions, given.get("edicion")) or next(iter(editions), None)
    areas = list(areas_of(user))
    area = _chosen(areas, given.get("area"))
    seen = clinics_looked_after_by(user, today=today)
    clinic = _clinic(seen, given.get("centro"))
    country = may_see_country(user)
    if area is None and not country and clinic is None:
        area = next(iter(areas), None)
    clinics = list((seen.filter(area=area) if area else seen)[: MOST_TO_CHOOSE + 1])
    # Whoever chose another area has left the clinic behind.
    if clinic and area and clinic.area_id != area.pk:
        clinic = None
    if clinic is None and area is None and not country:
        clinic = next(iter(clinics), None)
    place = clinic or area
    return Asked(edition, editions, place, bool(place or country), area, areas, clinics, country)


def _chosen(known, key):
    if not key:
        return None
    found = next((one for one in known if str(one.key) == key), None)
    if found is None:
        raise NotSeen
    return found


def _clinic(seen, key):
    if not key:
        return None
    try:
        found = seen.filter(key=UUID(key)).select_related("area").first()
    except ValueError:
        found = None
    if found is None:
        raise NotSeen
    return found
