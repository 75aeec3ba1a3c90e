"""Whose results somebody may see, and what is counted for a clinic, an area and the country."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from course.models import Area, SurveyEnvelope, SurveyRound
from course.people.places import areas_of, clinics_looked_after_by
from course.people.roles import ADMINISTRATORS
from course.survey.overview import rounds_of_clinics
from course.survey.results import (
    Standing,
    editions_asked,
    may_see_country,
    results_of,
)
from tests.factories import NOW, make_clinic, make_cohort, make_staff, make_trainer
from tests.survey_factories import CLOSED, make_lot, make_wording, some_edition

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def chance():
    return random.Random(20)


@pytest.fixture
def area(db):
    return Area.objects.create(name="Guatemala Nororiente")


def make_round(clinic, wave="pre", *, closed=False, lot=None):
    return SurveyRound.objects.create(
        clinic=clinic,
        edition=some_edition(),
        wave=wave,
        wording=make_wording(),
        public_key=b"k" * 32,
        closed_on=CLOSED if closed or lot else None,
        lot=lot,
    )


def test_a_trainer_sees_the_clinics_of_the_open_groups_alone(area):
    trainer = make_trainer()
    own, over, foreign = (make_clinic(name, area=area) for name in ("Uno", "Dos", "Tres"))
    make_cohort("Uno", trainers=[trainer], clinic=own)
    make_cohort("Dos", trainers=[trainer], clinic=over, closes_on=TODAY - timedelta(days=1))
    make_cohort("Tres", trainers=[make_trainer("otra")], clinic=foreign)
    assert set(clinics_looked_after_by(trainer, today=TODAY)) == {own}
    assert list(areas_of(trainer)) == []
    assert not may_see_country(trainer)


def test_a_lead_sees_the_areas_and_an_administrator_all(area):
    elsewhere = Area.objects.create(name="Sololá")
    own, foreign = make_clinic("Uno", area=area), make_clinic("Dos", area=elsewhere)
    lead, admin = make_staff("jefa", is_staff=True), make_staff("adm", ADMINISTRATORS)
    area.leads.add(lead)
    assert list(areas_of(lead)) == [area]
    assert set(clinics_looked_after_by(lead, today=TODAY)) == {own}
    assert not may_see_country(lead)
    assert set(areas_of(admin)) == {area, elsewhere}
    assert set(clinics_looked_after_by(admin, today=TODAY)) == {own, foreign}
    assert may_see_country(admin)


def test_the_lots_of_a_place_are_those_counted_there(area, chance):
    elsewhere = Area.objects.create(name="Sololá")
    here, there = make_clinic("Uno", area=area), make_clinic("Dos", area=elsewhere)
    make_lot(people=20, clinic=here, chance=chance)
    make_lot(people=11, area=area, chance=chance)
    make_lot(people=30, clinic=there, chance=chance)
    make_lot(people=12, chance=chance)
    people = {
        place: results_of(place, some_edition()).figures.waves["pre"].people for place in (here, area, elsewhere, None)
    }
    assert people == {here: 20, area: 31, elsewhere: 30, None: 73}
    other = some_edition()
    other.pk, other.key, other.number = None, "0b1f1c1e-1111-4b5e-8f0e-1d3c0a7b9e11", 2
    other.save()
    assert not results_of(None, other).has_any
    assert [one.number for one in editions_asked()] == [1]


def test_a_clinic_that_moves_leaves_its_lots_where_they_were_counted(area, chance):
    elsewhere = Area.objects.create(name="Sololá")
    clinic = make_clinic("Uno", area=area)
    make_lot(people=20, clinic=clinic, chance=chance)
    clinic.area = elsewhere
    clinic.save()
    assert [results_of(one, some_edition()).has_any for one in (area, elsewhere, clinic)] == [True, False, True]


def test_each_wave_says_where_it_is(area, chance):
    clinic, small = make_clinic("Uno", area=area), make_clinic("Dos", area=area)
    make_round(clinic, lot=make_lot(people=20, clinic=clinic, chance=chance))
    make_round(clinic, "post")
    make_round(small, lot=make_lot(people=12, area=area, chance=chance))
    waits = make_round(small, "post", closed=True)
    SurveyEnvelope.objects.create(round=waits, sealed=b"x")
    own, less, both = (results_of(place, some_edition()) for place in (clinic, small, area))
    assert own.standings == {"pre": Standing.COUNTED, "post": Standing.OPEN, "seg": Standing.NOT_BEGUN}
    assert less.standings == {"pre": Standing.WITH_OTHERS, "post": Standing.WAITS, "seg": Standing.NOT_BEGUN}
    assert +both.rounds["pre"] == {"counted": 1, "with_others": 1}
    assert +both.rounds["post"] == {"open": 1, "waits": 1}
    assert (own.is_pooled, both.is_pooled) == (False, True)


def test_what_went_on_to_the_country_waits_no_more(area, chance):
    """As the page of rounds says it: whether the country has counted it yet is one thing with having passed it on."""
    clinic, unasked = make_clinic("Uno", area=area), make_clinic("Dos", area=area)
    make_round(clinic, closed=True)
    make_round(clinic, "post", lot=make_lot("post", people=14, chance=chance))
    SurveyRound.objects.filter(pk=make_round(unasked, closed=True).pk).update(public_key=b"")
    standings = {"pre": Standing.PASSED_ON, "post": Standing.PASSED_ON, "seg": Standing.NOT_BEGUN}
    assert results_of(clinic, some_edition()).standings == standings
    assert results_of(area, some_edition()).standings == standings
    assert results_of(unasked, some_edition()).standings["pre"] == Standing.NOBODY
    [here, there] = rounds_of_clinics([clinic, unasked], some_edition())
    assert [state.standing.value for state in here.states] == ["passed_on", "country", "not_begun"]
    assert there.states[0].standing.value == "nobody"


def test_a_clinic_that_moves_leaves_its_rounds_where_they_were_counted(area, chance):
    elsewhere = Area.objects.create(name="Sololá")
    small = make_clinic("Uno", area=area)
    make_round(small, lot=make_lot(people=12, area=area, chance=chance))
    make_round(small, "post", closed=True)
    small.area = elsewhere
    small.save()
    before, after = (results_of(place, some_edition()) for place in (area, elsewhere))
    assert (+before.rounds["pre"], +after.rounds["pre"]) == ({"with_others": 1}, {})
    assert (before.standings["pre"], after.standings["pre"]) == (Standing.COUNTED, Standing.NOT_BEGUN)
    assert after.standings["post"] == Standing.PASSED_ON


def test_waves_of_other_places_are_named(area, chance):
    one, other = make_clinic("Uno", area=area), make_clinic("Dos", area=area)
    make_lot(people=20, clinic=one, chance=chance)
    make_lot("post", people=20, clinic=one, chance=chance)
    assert results_of(area, some_edition()).unlike == []
    make_lot("post", people=20, clinic=other, chance=chance)
    assert results_of(area, some_edition()).unlike == [("pre", "post")]


@pytest.mark.nightly
def test_three_queries_whatever_the_number_of_lots(area, chance):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            results_of(None, some_edition())
        return len(captured)

    some_edition()
    make_lot(people=12, clinic=make_clinic("C0", area=area), chance=chance)
    few = queries()
    for number in range(1, 9):
        clinic = make_clinic(f"C{number}", area=area)
        for wave in ("pre", "post", "seg"):
            make_lot(wave, people=12, clinic=clinic, chance=chance)
            make_round(clinic, wave)
    assert queries() == few == 4
