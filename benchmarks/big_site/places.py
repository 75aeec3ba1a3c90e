"""Where the people of the crowd work and in which groups: a plan without any database."""

from dataclasses import dataclass
from itertools import batched

CLINICS_AN_AREA = 20
GROUPS_A_TRAINER = 5
# One clinic of a group for so many of its people: big groups are those of a whole municipality.
PEOPLE_A_CLINIC = 30
# Over and over, until everybody has a group.
GROUP_SIZES = (30, 350, 15, 60, 24, 120, 18, 40, 90, 200, 33)


def listed(names):
    """Return the names in a text that are parted by semicolons."""
    return names.split("; ")


AREAS = listed(
    "Alta Verapaz; Baja Verapaz; Chimaltenango; Chiquimula; El Progreso; Escuintla; Guatemala Central;"
    " Huehuetenango; Ixcán; Izabal; Jalapa; Jutiapa; Petén Norte; Quetzaltenango; Quiché; Retalhuleu;"
    " Sacatepéquez; San Marcos; Santa Rosa; Sololá; Suchitepéquez; Totonicapán; Zacapa"
)
SAINTS = listed(
    "San Antonio; San Cristóbal; San Francisco; San Jerónimo; San José; San Juan; San Lorenzo; San Martín; San"
    " Mateo; San Miguel; San Pablo; San Pedro; San Rafael; San Sebastián; Santa Ana; Santa Bárbara; Santa"
    " Catarina; Santa Cruz; Santa Lucía; Santiago"
)
PLACES = listed(
    "Agua Tibia; Altos Verdes; Barranca Honda; Buena Vista; Ceiba Alta; Cerro Gordo; Cuatro Caminos; El Amate; El"
    " Chayal; El Rincón; La Cumbre; La Laguna; La Peña; Las Minas; Los Encuentros; Llano Largo; Ojo de Agua;"
    " Piedra Parada; Río Chico; Tierra Blanca"
)


@dataclass(frozen=True)
class ClinicPlan:
    """A clinic of the crowd and the place of its area in the plan."""

    name: str
    municipality: str
    department: str
    area: int


@dataclass(frozen=True)
class GroupPlan:
    """A group: the numbers of its people, of its clinics (the first is its own) and of its trainer."""

    name: str
    people: range
    clinics: tuple[int, ...]
    trainer: int

    def clinic_of(self, number):
        """Return the number of the clinic where the person with this number works."""
        return self.clinics[(number - self.people.start) % len(self.clinics)]


@dataclass(frozen=True)
class Places:
    """Areas by name, the clinics, the groups, and for each trainer the area where the groups are."""

    areas: list[str]
    clinics: list[ClinicPlan]
    groups: list[GroupPlan]
    trainers: list[int]


def plan_places(learners, clinics):
    """Return the Places of so many learners and clinics."""
    areas = max(1, clinics // CLINICS_AN_AREA)
    planned = [plan_clinic(number, number * areas // clinics) for number in range(clinics)]
    of_area = [[number for number, clinic in enumerate(planned) if clinic.area == area] for area in range(areas)]
    people = plan_people(learners)
    groups, trainers = [], []
    for area, clinics_there in enumerate(of_area):
        here = people[_share(area, areas, len(people))]
        for some in batched(here, GROUPS_A_TRAINER):
            groups += plan_groups(some, planned, clinics_there, trainer=len(trainers), first=len(groups))
            trainers.append(area)
    return Places([area_name(area) for area in range(areas)], planned, groups, trainers)


def plan_people(learners):
    """Return the numbers of the people of each group, a range each."""
    ranges, first = [], 0
    while first < learners:
        size = min(GROUP_SIZES[len(ranges) % len(GROUP_SIZES)], learners - first)
        ranges.append(range(first, first + size))
        first += size
    return ranges


def plan_groups(people, planned, clinics, *, trainer, first):
    """Return the GroupPlans of one trainer, whose clinics follow on one another around the area."""
    groups = []
    for number, numbers in enumerate(people, start=first):
        count = min(len(clinics), max(1, len(numbers) // PEOPLE_A_CLINIC))
        own = tuple(clinics[(number + step) % len(clinics)] for step in range(count))
        groups.append(GroupPlan(f"{planned[own[0]].municipality}, grupo {number + 1}", numbers, own, trainer))
    return groups


def plan_clinic(number, area):
    place = f"{SAINTS[number % len(SAINTS)]} {PLACES[number // len(SAINTS) % len(PLACES)]}"
    again = number // (len(SAINTS) * len(PLACES))
    municipality = f"{place} {again + 1}" if again else place
    kind = "Puesto de Salud" if number % 3 == 2 else "Centro de Salud"
    return ClinicPlan(f"{kind} de {municipality}", municipality, area_name(area), area)


def area_name(area):
    again = area // len(AREAS)
    return AREAS[area % len(AREAS)] + (f" {again + 1}" if again else "")


def _share(place, places, count):
    """Return the slice of `count` things that falls to one of so many places."""
    return slice(place * count // places, (place + 1) * count // places)
