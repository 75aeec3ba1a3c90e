"""State of the survey rounds of many clinics."""

from dataclasses import dataclass
from enum import Enum, nonmember

from django.db.models import Count

from course.models import Clinic, SurveyRound, Wave

from .keys import file_of


class Standing(Enum):
    NOT_BEGUN = "not_begun"
    OPEN = "open"
    # Fewer than ten answers: until the area closes the wave.
    WAITING = "waiting"
    COUNTED = "counted"
    COUNTED_WITH_AREA = "area"
    COUNTED_WITH_COUNTRY = "country"
    PASSED_ON = "passed_on"
    NOBODY = "nobody"
    LOST = "lost"

    # Else templates would call the class.
    do_not_call_in_templates = nonmember(True)


@dataclass(frozen=True)
class RoundState:
    """`passed` have passed the page, answering or not; `people` were counted for the clinic alone."""

    wave: Wave
    standing: Standing
    passed: int = 0
    people: int | None = None
    round: SurveyRound | None = None

    @property
    def can_be_closed(self):
        return self.standing is Standing.OPEN

    @property
    def waits(self):
        return self.standing in (Standing.OPEN, Standing.WAITING)


@dataclass(frozen=True)
class ClinicRounds:
    clinic: Clinic
    states: list


def rounds_of_clinics(clinics, edition):
    found = SurveyRound.objects.filter(clinic__in=[clinic.pk for clinic in clinics], edition=edition)
    known = {(one.clinic_id, one.wave): one for one in found.select_related("lot").annotate(passed=Count("envelopes"))}
    return [
        ClinicRounds(clinic, [_state(wave, known.get((clinic.pk, wave.value))) for wave in Wave]) for clinic in clinics
    ]


def open_in_country(edition):
    rounds = SurveyRound.objects.filter(clinic=None, edition=edition, closed_on=None).annotate(
        passed=Count("envelopes")
    )
    return [_state(Wave(one.wave), one) for one in rounds.select_related("lot").order_by("pk")]


def _state(wave, round_):
    if round_ is None:
        return RoundState(wave, Standing.NOT_BEGUN)
    people = round_.lot.people if round_.lot_id and round_.lot.clinic_id else None
    return RoundState(wave, _standing(round_), round_.passed, people, round_)


def _standing(round_):
    if round_.lot_id:
        if round_.lot.clinic_id:
            return Standing.COUNTED
        return Standing.COUNTED_WITH_AREA if round_.lot.area_id else Standing.COUNTED_WITH_COUNTRY
    if not round_.is_open and not round_.passed:
        return Standing.PASSED_ON if round_.public_key else Standing.NOBODY
    if round_.passed and not file_of(round_.key).exists():
        return Standing.LOST
    return Standing.OPEN if round_.is_open else Standing.WAITING
