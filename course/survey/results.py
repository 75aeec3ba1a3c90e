"""Survey results of a clinic, an area or the country, and words about them."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from course.models import Area, Clinic, SurveyEnvelope, SurveyLot, SurveyRound, Wave
from modules.models import Edition
from quizzes.models import SurveyWording
from quizzes.surveys.figures import COMPARED, Figures, Lot, figures_of


class Standing(StrEnum):
    """State of a wave of one place; a number below ten is never shown."""

    NOT_BEGUN = "not_begun"
    OPEN = "open"
    COUNTED = "counted"
    WITH_OTHERS = "with_others"
    PASSED_ON = "passed_on"
    WAITS = "waits"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Results:
    """Results of a place (None: the country) and an edition; `rounds` is {wave: Counter of Standings}."""

    place: Clinic | Area | None
    edition: Edition
    figures: Figures
    rounds: dict[str, Counter]
    wordings: list[SurveyWording]

    @property
    def has_any(self):
        return any(wave.lots for wave in self.figures.waves.values())

    @property
    def is_pooled(self):
        return not isinstance(self.place, Clinic)

    @property
    def standings(self):
        return {wave: self._standing(wave) for wave in Wave.values}

    def _standing(self, wave):
        if self.figures.waves[wave].lots:
            return Standing.COUNTED
        found = self.rounds[wave]
        order = (Standing.OPEN, Standing.WAITS, Standing.WITH_OTHERS, Standing.PASSED_ON, Standing.NOBODY)
        return next((one for one in order if found[one]), Standing.NOT_BEGUN)

    @property
    def unlike(self):
        waves = self.figures.waves
        pairs = [(waves[before], waves[now]) for before, now in COMPARED]
        return [
            pair
            for pair, (before, now) in zip(COMPARED, pairs, strict=True)
            if before.lots and now.lots and before.places != now.places
        ]


def may_see_country(user):
    return user.administers


def editions_asked():
    rounds = SurveyRound.objects.filter(edition=OuterRef("pk"))
    lots = SurveyLot.objects.filter(edition=OuterRef("pk"))
    return Edition.objects.filter(Exists(rounds) | Exists(lots)).order_by("-number", "-pk")


def results_of(place, edition, *, groups_in_full=True):
    """Return the `Results` of a Clinic, an Area or (None) the country, in three queries."""
    lots = SurveyLot.objects.filter(edition=edition, **_narrowed(place)).order_by("pk")
    wordings = list(SurveyWording.objects.filter(pk__in=lots.order_by().values("wording")).order_by("pk"))
    contents = {one.pk: one.contents for one in wordings}
    rows = lots.values_list("wave", "people", "wording", "figures", "clinic", "area")
    figures = figures_of(
        (
            Lot(wave, people, contents[wording], figures, (clinic, area if clinic is None else None), area)
            for wave, people, wording, figures, clinic, area in rows.iterator(chunk_size=100)
        ),
        waves=tuple(Wave.values),
        groups_in_full=groups_in_full,
    )
    return Results(place, edition, figures, _rounds(place, edition), wordings)


def _narrowed(place):
    if place is None:
        return {}
    return {"clinic": place} if isinstance(place, Clinic) else {"area": place}


def _rounds(place, edition):
    rounds = SurveyRound.objects.filter(edition=edition, clinic__isnull=False)
    if isinstance(place, Clinic):
        rounds = rounds.filter(clinic=place)
    elif place is not None:
        # By the area of the clinic on the day of counting.
        rounds = rounds.filter(Q(lot__area=place) | Q(lot__area=None, clinic__area=place))
    rounds = rounds.annotate(holds=Exists(SurveyEnvelope.objects.filter(round=OuterRef("pk"))))
    closed, here = Q(closed_on__isnull=False, lot=None), Q(lot__clinic__isnull=False)
    to_country = Q(lot__isnull=False, lot__clinic=None, lot__area=None)
    lines = rounds.order_by().values("wave").annotate(
        open=Count("pk", filter=Q(closed_on=None)),
        counted=Count("pk", filter=here),
        with_others=Count("pk", filter=Q(lot__clinic=None, lot__area__isnull=False)),
        passed_on=Count("pk", filter=to_country | closed & Q(holds=False) & ~Q(public_key=b"")),
        waits=Count("pk", filter=closed & Q(holds=True)),
        nobody=Count("pk", filter=closed & Q(holds=False, public_key=b"")),
    )  # fmt: skip
    found = {wave: Counter() for wave in Wave.values}
    for line in lines:
        wave = line.pop("wave")
        found[wave] = Counter({Standing(name): count for name, count in line.items()})
    return found


STANDINGS = {
    Standing.NOT_BEGUN: gettext_lazy("Not begun: nobody has met its page yet."),
    Standing.OPEN: gettext_lazy("Open: it is counted when it is closed."),
    Standing.COUNTED: gettext_lazy("Closed and counted."),
    Standing.WITH_OTHERS: gettext_lazy(
        "Closed: fewer than ten answered here, so they were counted together with other clinics of the area."
    ),
    Standing.PASSED_ON: gettext_lazy(
        "Closed: too few answered here and in the area, so they were counted, or will be, with those of the country."
    ),
    Standing.NOBODY: gettext_lazy("Closed: nobody was asked."),
    Standing.WAITS: gettext_lazy(
        "Closed: fewer than ten answered here. They are counted with the area or the country once they are ten or more "
        "together; until then they wait, sealed."
    ),
}
GROUPS = {
    "clinical": pgettext_lazy("survey", "Clinical care, laboratory or pharmacy"),
    "other": pgettext_lazy("survey", "Another job"),
}


def limits_of(results):
    limits = [
        _(
            "The groups are anonymous. In part the same people answered twice, in part others: it is not known who "
            "changed. The interval of a change is reckoned as if they were all different people, which is cautious."
        ),
        _("A change is not for certain the doing of the course: other things happened meanwhile, too."),
        _(
            "People tend to answer what is well seen. What they say of themselves may be better than what patients "
            "live through."
        ),
        _(
            "What was seen may rise after the course without anything being worse: people learn to notice. It is asked "
            "about the last three months; international surveys ask about twelve, and their figures cannot be compared."
        ),
        _("Whoever did not answer may think otherwise. So may whoever left before the second wave."),
    ]
    if results.is_pooled:
        limits.append(
            _(
                "People of one clinic resemble each other, which the intervals do not take into account: of several "
                "clinics together the truth may lie a little outside of them."
            )
        )
    return limits


def rounding_words():
    return _(
        "With fewer than 20 people everything is rounded to 5, and the ends are only “10 or less” and “90 or more”; "
        "with fewer than 100 they are “5 or less” and “95 or more”. An interval holds the truth in 95 of 100 such "
        "surveys. Changes are reckoned before rounding."
    )
