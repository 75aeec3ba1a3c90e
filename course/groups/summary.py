"""How far clinics and health areas are, by role: how many finished and began, of how many. It ranks nobody."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.translation import gettext as _

from course.models import Area, Clinic, Enrolment, Role, User
from modules.progress.finishing import learners_who_began, learners_who_finished

# To count more people takes longer than anybody waits for a page.
MOST_AT_ONCE = 20_000


class Share(NamedTuple):
    """How many of the people finished and began."""

    finished: int = 0
    began: int = 0
    people: int = 0

    def __add__(self, other):
        return Share(self.finished + other.finished, self.began + other.began, self.people + other.people)

    @property
    def bar(self):
        """Draw how many finished as a part of all; the figures stand beside it."""
        width = 100 * self.finished // self.people if self.people else 0
        return format_html(
            '<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<path class="whole" d="M0 0h100v10h-100z"/><path class="part" d="M0 0h{}v10h-{}z"/></svg>',
            width,
            width,
        )


@dataclass
class SummaryRow:
    """A clinic with its health area, an area, or everybody: the Share of each role, in the order of `roles_shown`."""

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
    """Everybody, the areas and the clinics by name; `areas_to_pick` are [(what the address says, name)]."""

    everybody: SummaryRow
    areas: list[SummaryRow]
    clinics: list[SummaryRow]
    areas_to_pick: list[tuple[str, str]]
    area: str

    @property
    def roles(self):
        """Return [(role in words, its Share of everybody)]."""
        return [(words, self.everybody.by_role.get(role, Share())) for role, words in roles_shown()]


def roles_shown():
    """Return [(role, in words)]: all of them, so that one sees whom nobody enrolled, guard and cleaner included."""
    return [*Role.choices, ("", _("No role"))]


def summary_of(cohorts, *, area=""):
    """Return the Summary of the people who are in these groups (a QuerySet) now, each once; `area` leaves one area.

    The number of queries is the same for any number of clinics, areas and people. Of more than MOST_AT_ONCE people it
    holds the first area until one is picked.
    """
    current = Enrolment.objects.current().filter(cohort__in=cohorts.values("pk"))
    everyone = User.objects.filter(pk__in=current.values("learner"))
    # Distinct, so that PostgreSQL begins with the people and not with everybody who works in each clinic.
    clinics = Clinic.objects.filter(pk__in=everyone.values("clinic").distinct()).select_related("area")
    clinics = {clinic.pk: clinic for clinic in clinics}
    areas = {clinic.area for clinic in clinics.values() if clinic.area}
    to_pick = [(str(area.pk), area.name) for area in sorted(areas, key=_by_name)]
    area = area if area in dict(to_pick) else ""
    if not area and to_pick and everyone.count() > MOST_AT_ONCE:
        area = to_pick[0][0]
    shown = everyone.filter(clinic__area=area) if area else everyone
    pks = shown.values_list("pk", flat=True)
    began, finished = learners_who_began(pks), learners_who_finished(pks)
    people, steps = Counter(), Counter()
    for pk, *place in shown.values_list("pk", "clinic_id", "role"):
        people[*place] += 1
        steps[*place, "began"] += pk in began
        steps[*place, "finished"] += pk in finished
    by_place = defaultdict(lambda: defaultdict(Share))
    for (clinic, role), count in people.items():
        by_place[clinic][role] = Share(steps[clinic, role, "finished"], steps[clinic, role, "began"], count)
    return _summary(by_place, clinics, to_pick, area)


def _summary(by_place, clinics, to_pick, area):
    everybody, by_area, lines = SummaryRow(""), {}, []
    places = sorted(by_place, key=lambda pk: (pk is None, _by_name(clinics[pk]) if pk else ()))
    for pk in places:
        clinic = clinics.get(pk)
        of_area = clinic.area if clinic else None
        lines.append(
            SummaryRow(clinic.name if clinic else _("No clinic"), of_area.name if of_area else "", by_role=by_place[pk])
        )
        by_area.setdefault(of_area, SummaryRow(of_area.name if of_area else _("No health area")))
        for role, share in by_place[pk].items():
            everybody.by_role[role] += share
            by_area[of_area].by_role[role] += share
    areas = [by_area[key] for key in sorted(by_area, key=lambda key: (key is None, _by_name(key) if key else ()))]
    return Summary(everybody, areas if to_pick else [], lines, to_pick, area)


def summary_sheets(summary):
    """Return [(title, headings, rows)] with a row for each place and role, to be counted on in a spreadsheet.

    The clinics come first, each with its area, so that they alone hold what all the tables of the page hold.
    """
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


def _by_name(place: Area | Clinic):
    return place.sort_key, place.pk
