"""Progress of clinics and health areas by role, without a ranking."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _

from course.models import Area, Clinic, Enrolment, Role, User
from course.models.people import spanish_key
from modules.models import TrainingRecord
from modules.progress.deriving import get_started_learners

MOST_AT_ONCE = 20_000


class Share(NamedTuple):
    finished: int = 0
    began: int = 0
    people: int = 0

    def __add__(self, other):
        return Share(self.finished + other.finished, self.began + other.began, self.people + other.people)

    @property
    def bar(self):
        width = 100 * self.finished // self.people if self.people else 0
        return format_html(
            '<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<path class="whole" d="M0 0h100v10h-100z"/><path class="part" d="M0 0h{}v10h-{}z"/></svg>',
            width,
            width,
        )


@dataclass
class SummaryRow:
    name: str
    area: str = ""
    by_role: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))

    @property
    def total(self):
        return sum(self.by_role.values(), Share())

    @property
    def shares(self):
        return [self.by_role.get(role, Share()) for role, _words in roles_shown()]


@dataclass(frozen=True)
class Summary:
    everybody: SummaryRow
    areas: list[SummaryRow]
    clinics: list[SummaryRow]
    areas_to_pick: list[tuple[str, str]]
    area: str

    @property
    def roles(self):
        return [(words, self.everybody.by_role.get(role, Share())) for role, words in roles_shown()]


def roles_shown():
    return [*Role.choices, ("", _("No role"))]


class Place(NamedTuple):
    clinic: UUID | None = None
    area: UUID | None = None


def summary_of(cohorts, *, area="", everything=False):
    """Return the Summary of these groups (a QuerySet), each person once, in a constant number of queries.

    Completions count at the clinic and role of that day, also after leaving; everybody else counts where they are
    now. `everything` says that these are all groups: deleted accounts count too. With more than MOST_AT_ONCE people
    and no `area`, only the first area is counted.
    """
    people = _people_of(cohorts, everything)
    areas = _areas_of(people)
    to_pick = sorted(areas.items(), key=lambda one: (spanish_key(one[1]), one[0]))
    to_pick = [(str(key), name) for key, name in to_pick]
    area = area if area in dict(to_pick) else ""
    if not area and to_pick and people.members.count() > MOST_AT_ONCE:
        area = to_pick[0][0]
    if area:
        people = people.of_area(area)
    by_place, clinics = _count(people)
    return _summary(by_place, clinics, areas, to_pick, area)


class People(NamedTuple):
    current: QuerySet
    finished: QuerySet
    gone: QuerySet
    at_work: QuerySet
    records: QuerySet
    members: QuerySet

    def of_area(self, key):
        return self._replace(
            current=self.current.filter(clinic__area__key=key),
            finished=self.finished.filter(area_key=key),
            gone=self.gone.filter(area_key=key),
        )


def _people_of(cohorts, everything):
    records = TrainingRecord.objects.valid().of_the_course()
    members, gone = Enrolment.objects.all(), records.filter(learner=None, is_former=False)
    if not everything:
        members = members.filter(cohort__in=cohorts.values("pk"))
        gone = gone.filter(cohort_key__in=cohorts.values("key"))
    current = User.objects.filter(pk__in=members.current().values("learner"))
    finished = _of_today(records).filter(learner__in=members.values("learner"))
    # For all groups, a query without the enrolments is faster.
    at_work, told = (User.objects.all(), records) if everything else (current, finished)
    return People(current, finished, gone, at_work, told, members)


def _of_today(records):
    return records.filter(registration__ended_at=None)


def _areas_of(people):
    names = {}
    for records in (people.gone, people.records):
        names |= dict(records.exclude(area_key=None).order_by().values_list("area_key", "area").distinct())
    # DISTINCT makes PostgreSQL start with the people, not with all staff of each clinic.
    clinics = Clinic.objects.filter(pk__in=people.at_work.order_by().values("clinic").distinct())
    today = Area.objects.filter(Q(pk__in=clinics.values("area")) | Q(key__in=list(names)))
    return names | dict(today.values_list("key", "name"))


def _count(people):
    by_place, names = defaultdict(lambda: defaultdict(Share)), {}
    for records in (people.gone, people.finished):
        counts = records.order_by().values_list("clinic_key", "clinic", "area_key", "role").annotate(count=Count("pk"))
        for clinic, name, area, role, count in counts:
            by_place[Place(clinic, area)][role] += Share(count, count, count)
            names[clinic] = name
    counts = _count_unfinished(people.current)
    pks = {clinic for clinic, _role, _began in counts}
    clinics = Clinic.objects.filter(Q(pk__in=pks - {None}) | Q(key__in=names.keys() - {None}))
    clinics = {pk: (key, area, name) for pk, key, area, name in clinics.values_list("pk", "key", "area__key", "name")}
    for (clinic, role, has_begun), count in counts.items():
        key, area, _name = clinics.get(clinic, (None, None, ""))
        by_place[Place(key, area)][role] += Share(0, count if has_begun else 0, count)
    return by_place, names | {key: name for key, _area, name in clinics.values()}


def _count_unfinished(current):
    finished = _of_today(TrainingRecord.objects.valid().of_the_course()).filter(learner__in=current.values("pk"))
    finished = set(finished.values_list("learner_id", flat=True))
    began = get_started_learners(current.values_list("pk", flat=True))
    rows = current.order_by().values_list("pk", "clinic", "role")
    return Counter((clinic, role, pk in began) for pk, clinic, role in rows if pk not in finished)


def _summary(by_place, clinics, areas, to_pick, area):
    everybody, by_area, lines = SummaryRow(""), {}, []
    names = {place: (clinics.get(place.clinic, ""), areas.get(place.area, "")) for place in by_place}
    for place in sorted(by_place, key=lambda one: (one.clinic is None, *map(spanish_key, names[one]), str(one))):
        clinic, of_area = names[place]
        lines.append(SummaryRow(clinic or _("No clinic"), of_area, by_role=by_place[place]))
        by_area.setdefault(place.area, SummaryRow(of_area or _("No health area")))
        for role, share in by_place[place].items():
            everybody.by_role[role] += share
            by_area[place.area].by_role[role] += share
    in_order = sorted(by_area, key=lambda key: (key is None, spanish_key(by_area[key].name), str(key)))
    return Summary(everybody, [by_area[key] for key in in_order] if to_pick else [], lines, to_pick, area)


def summary_sheets(summary):
    """Return [(title, headings, rows)] with a row for each place and role; the clinics' sheet holds all figures."""
    headings = [_("Role"), _("People"), _("Have begun"), _("Have finished")]
    clinics = [[line.name, line.area, *figures] for line in summary.clinics for figures in _figures(line)]
    sheets = [(_("Clinics"), [_("Clinic"), _("Health area"), *headings], clinics)]
    if summary.areas:
        areas = [[line.name, *figures] for line in summary.areas for figures in _figures(line)]
        sheets.append((_("Health areas"), [_("Health area"), *headings], areas))
    return [*sheets, (_("Roles"), headings, _figures(summary.everybody))]


def _figures(line):
    return [
        [str(words), share.people, share.began, share.finished]
        for (_role, words), share in zip(roles_shown(), line.shares, strict=True)
        if share.people
    ]
