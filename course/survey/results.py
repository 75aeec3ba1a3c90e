"""The results of the survey for a clinic, an area or the country: who may see which, and what its lots say."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q

from course.models import Area, Clinic, SurveyEnvelope, SurveyLot, SurveyRound, Wave
from modules.models import Edition
from quizzes.models import SurveyWording
from quizzes.surveys.figures import COMPARED, Figures, Lot, figures_of


class Standing(StrEnum):
    """Where a wave is, of one place; of fewer than ten answers no number is ever told."""

    NOT_BEGUN = "not_begun"
    OPEN = "open"
    COUNTED = "counted"
    WITH_OTHERS = "with_others"
    # What there was went on to the country's round, and was counted there or is yet to be.
    PASSED_ON = "passed_on"
    WAITS = "waits"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Results:
    """What is known of a place (None: the country) and an edition.

    `standings` are {wave: Standing}; `rounds` {wave: Counter of Standings of its clinics}; `wordings` what was asked.
    """

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
        """Whether people of several clinics stand in these figures."""
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
        """Return the pairs of waves that were not counted at the same places."""
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
    """Return the editions in which somebody was asked, the latest first."""
    rounds = SurveyRound.objects.filter(edition=OuterRef("pk"))
    lots = SurveyLot.objects.filter(edition=OuterRef("pk"))
    return Edition.objects.filter(Exists(rounds) | Exists(lots)).order_by("-number", "-pk")


def results_of(place, edition, *, groups_in_full=True):
    """Return the `Results` of a Clinic, an Area or (None) the country, in three queries whatever their number.

    Of kinds of work they have every statement, or the official ones alone.
    """
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
        # What was counted belongs where the clinic was on that day, as its lot does.
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
