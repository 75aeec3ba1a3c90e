"""Closing a wave: ten or more are counted, and nothing about fewer is."""

import pytest
from django.db import IntegrityError, transaction

from course.models import SurveyEnvelope, SurveyLot, SurveyPassed, SurveyRound
from course.survey import keys
from course.survey.closing import NothingToClose, close_area, close_clinic, give_up_lost, is_lost
from course.survey.passing import Passed, pass_page
from tests.course.survey.factories import (
    answers,
    let_answer,
    make_area,
    make_centre,
    make_contents,
    make_edition,
    make_people,
    make_wording,
)
from tests.factories import NOW, make_learner, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_trainer("encargada")


@pytest.fixture
def area():
    return make_area()


def _fill(clinic, answered, declined=0, **options):
    people = make_people(clinic, answered + declined, start=SurveyPassed.objects.count())
    let_answer(people, [answers()] * answered + [None] * declined, edition=make_edition(), **options)
    return people


def _close(place, by, wave="pre"):
    close = close_clinic if hasattr(place, "municipality") else close_area
    return close(place, make_edition(), wave, by=by, now=NOW)


def test_ten_answers_of_a_clinic_become_a_lot_and_no_sheet_is_kept(area, lead):
    clinic = make_centre(1, area)
    _fill(clinic, answered=10, declined=3)

    [lot] = _close(clinic, lead).lots

    assert (lot.clinic, lot.area, lot.people) == (clinic, area, 10)
    assert lot.figures["items"]["A1"] == {"4": 10}
    assert not SurveyEnvelope.objects.exists()
    round_ = SurveyRound.objects.get()
    assert (round_.lot, round_.closed_on, round_.closed_by) == (lot, NOW.date(), lead)


def test_nine_answers_wait_and_are_counted_with_the_area(area, lead):
    first, second = make_centre(1, area), make_centre(2, area)
    _fill(first, answered=9)
    _fill(second, answered=3, declined=2)

    closing = _close(first, lead)
    assert (closing.lots, [one.clinic for one in closing.waiting]) == ([], [first])
    assert first.survey_rounds.get().envelopes.count() == 9

    [lot] = _close(area, lead).lots
    assert (lot.clinic, lot.area, lot.people) == (None, area, 12)
    assert not SurveyEnvelope.objects.exists()
    assert {round_.lot for round_ in SurveyRound.objects.all()} == {lot}


def test_the_area_counts_each_clinic_of_ten_for_itself(area, lead):
    clinics = [make_centre(number, area) for number in (1, 2, 3, 4)]
    for clinic, people in zip(clinics, (10, 25, 4, 6), strict=True):
        _fill(clinic, answered=people)

    lots = _close(area, lead).lots

    assert [(lot.clinic, lot.people) for lot in lots] == [(clinics[0], 10), (clinics[1], 25), (None, 10)]


def test_what_is_left_of_an_area_goes_on_to_the_country_without_a_place(area, lead):
    clinic = make_centre(1, area)
    _fill(clinic, answered=6, declined=2)

    closing = _close(area, lead)

    assert (closing.lots, [one.clinic for one in closing.passed_on]) == ([], [clinic])
    country = SurveyRound.objects.get(clinic=None)
    # Of so many nobody knows how many answered.
    assert (country.is_open, country.envelopes.count()) == (True, 8)
    assert clinic.survey_rounds.get().envelopes.count() == 0


def test_the_country_is_counted_as_soon_as_it_holds_ten(area, lead):
    other = make_area("Área de Salud Escuintla")
    _fill(make_centre(1, area), answered=6)
    _fill(make_centre(2, other), answered=4)
    _close(area, lead)

    [lot] = _close(other, lead).lots

    assert (lot.clinic, lot.area, lot.people) == (None, None, 10)
    assert not SurveyEnvelope.objects.exists()
    assert not SurveyRound.objects.filter(closed_on=None).exists()


def test_a_later_country_round_is_another(area, lead):
    areas = [area, *(make_area(f"Área {number}") for number in range(2, 5))]
    for number, one in enumerate(areas):
        _fill(make_centre(number, one), answered=6)

    lots = [lot.people for one in areas for lot in _close(one, lead).lots]

    assert lots == [12, 12]


def test_answers_to_other_words_are_not_counted_together(area, lead):
    contents = make_contents()
    contents["blocks"][1]["items"][0]["text"]["es"] = "Otra frase"
    _fill(make_centre(1, area), answered=6)
    _fill(make_centre(2, area), answered=6, wording=make_wording(contents))

    assert _close(area, lead).lots == []
    assert sorted(one.envelopes.count() for one in SurveyRound.objects.filter(clinic=None)) == [6, 6]


def test_closing_twice_is_once(area, lead):
    clinic = make_centre(1, area)
    _fill(clinic, answered=10)
    _close(clinic, lead)

    for place in (clinic, area):
        with pytest.raises(NothingToClose):
            _close(place, lead)
    assert SurveyLot.objects.count() == 1


def test_whoever_posts_after_closing_is_told_and_nothing_is_kept(area, lead):
    clinic = make_centre(1, area)
    people = make_people(clinic, 11)
    let_answer(people[:10], [answers()] * 10, edition=make_edition())
    _close(clinic, lead)

    assert pass_page(people[10], make_edition(), "pre", answers(), wording=make_wording()) is Passed.CLOSED
    assert SurveyLot.objects.get().people == 10


def test_clinics_without_an_area_are_closed_together(lead):
    _fill(make_centre(1), answered=5)
    _fill(make_centre(2), answered=5)

    [lot] = close_area(None, make_edition(), "pre", by=lead, now=NOW).lots

    assert (lot.clinic, lot.area, lot.people) == (None, None, 10)


def test_an_area_closes_the_wave_for_clinics_where_nobody_was_asked_yet(area, lead):
    """Else the first who passes the page there, closed again at once, would tell whether they answered."""
    asked, later = make_centre(1, area), make_centre(2, area)
    _fill(asked, answered=9)
    _close(area, lead)

    [person] = make_people(later, 1, start=99)
    assert let_answer([person], [answers()], edition=make_edition()) == [Passed.CLOSED]
    with pytest.raises(NothingToClose):
        _close(area, lead)
    assert not SurveyLot.objects.exists()


def test_the_country_is_not_opened_again_for_fewer_than_ten_more(area, lead):
    """Nine answered and wait there; whether the tenth person answered cannot be tried out."""
    others = [make_area(f"Área {number}") for number in range(3)]
    _fill(make_centre(1, area), answered=9, declined=1)
    _close(area, lead)
    for number, other in enumerate(others):
        _fill(make_centre(10 + number, other), answered=4)

    lots = [[lot.people for lot in _close(other, lead).lots] for other in others]

    # Of ten that were opened in vain, ten more have to come.
    assert lots == [[], [], [21]]


def test_people_without_a_clinic_are_counted_when_an_area_closes(area, lead):
    people = [make_learner(f"SIN{number}", clinic=None) for number in range(12)]
    let_answer(people, [answers()] * 12, edition=make_edition())
    _fill(make_centre(1, area), answered=10)

    lots = _close(area, lead).lots

    assert [(lot.clinic is None, lot.people) for lot in lots] == [(False, 10), (True, 12)]


def test_people_without_a_clinic_are_counted_where_no_clinic_is_left_to_close(lead):
    people = [make_learner(f"SIN{number}", clinic=None) for number in range(12)]
    let_answer(people, [answers()] * 12, edition=make_edition())

    assert [lot.people for lot in close_area(None, make_edition(), "pre", by=lead, now=NOW).lots] == [12]


def test_another_translation_or_a_confirmation_counts_together(area, lead):
    contents = make_contents()
    contents["blocks"][1]["items"][0]["text"]["en"] = "Another translation"
    contents["blocks"][1]["items"][0]["verified"] = True
    _fill(make_centre(1, area), answered=6)
    _fill(make_centre(2, area), answered=6, wording=make_wording(contents))

    [lot] = _close(area, lead).lots

    assert (lot.people, lot.wording) == (12, make_wording(contents))


def test_the_other_waves_stay_open(area, lead):
    clinic = make_centre(1, area)
    people = _fill(clinic, answered=10)
    let_answer(people, [answers()] * 10, edition=make_edition(), wave="post")

    _close(area, lead)

    assert SurveyRound.objects.get(wave="post").is_open
    assert [lot.wave for lot in SurveyLot.objects.all()] == ["pre"]


@pytest.mark.postgres
def test_no_lot_of_fewer_than_ten_can_stand_in_the_database(area):
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyLot.objects.create(
            area=area, edition=make_edition(), wave="pre", wording=make_wording(), people=9, figures={}, closed_on=NOW
        )


class TestLostKey:
    def test_closing_a_clinic_says_so_and_changes_nothing(self, area, lead):
        clinic = make_centre(1, area)
        _fill(clinic, answered=10)
        keys.destroy_key(SurveyRound.objects.get().key)

        with pytest.raises(keys.KeyLost):
            _close(clinic, lead)

        assert SurveyRound.objects.get().is_open
        assert SurveyEnvelope.objects.count() == 10

    def test_closing_an_area_keeps_what_is_left_for_the_one_whose_key_is_lost(self, area, lead):
        lost, few = make_centre(1, area), make_centre(2, area)
        _fill(lost, answered=6)
        _fill(few, answered=6)
        path = keys.file_of(lost.survey_rounds.get().key)
        text = path.read_text()
        path.unlink()

        closing = _close(area, lead)
        assert (closing.lots, [one.clinic for one in closing.waiting]) == ([], [few])
        path.write_text(text)

        assert [lot.people for lot in _close(area, lead).lots] == [12]

    def test_a_damaged_envelope_is_left_out_and_said(self, area, lead):
        clinic = make_centre(1, area)
        _fill(clinic, answered=11)
        SurveyEnvelope.objects.filter(pk=SurveyEnvelope.objects.first().pk).update(sealed=b"\0" * 304)

        closing = _close(clinic, lead)

        assert ([lot.people for lot in closing.lots], closing.damaged) == ([10], 1)
        assert not is_lost(SurveyRound.objects.get())

    def test_closing_an_area_counts_the_others(self, area, lead):
        lost, kept = make_centre(1, area), make_centre(2, area)
        _fill(lost, answered=10)
        _fill(kept, answered=10)
        keys.destroy_key(lost.survey_rounds.get().key)

        closing = _close(area, lead)

        assert [lot.clinic for lot in closing.lots] == [kept]
        assert [one.clinic for one in closing.lost] == [lost]
        assert lost.survey_rounds.get().is_open

    def test_putting_the_key_back_is_enough(self, area, lead):
        clinic = make_centre(1, area)
        _fill(clinic, answered=10)
        path = keys.file_of(SurveyRound.objects.get().key)
        text = path.read_text()
        path.unlink()
        assert is_lost(SurveyRound.objects.get())

        path.write_text(text)

        assert not is_lost(SurveyRound.objects.get())
        assert _close(clinic, lead).lots

    def test_the_key_of_another_round_is_no_key(self, area):
        _fill(make_centre(1, area), answered=1)
        _fill(make_centre(2, area), answered=1)
        first, second = SurveyRound.objects.order_by("pk")

        keys.file_of(first.key).write_text(keys.file_of(second.key).read_text())

        assert is_lost(first)
        assert not is_lost(second)

    def test_answers_that_nobody_can_open_are_given_up_and_people_asked_again(self, area, lead):
        clinic = make_centre(1, area)
        people, others = _fill(clinic, answered=8, declined=2), _fill(make_centre(2, area), answered=1)
        keys.destroy_key(clinic.survey_rounds.get().key)

        assert give_up_lost(clinic.survey_rounds.get(), by=lead, now=NOW) == 10

        assert [flag.person for flag in SurveyPassed.objects.all()] == others
        assert set(let_answer(people, [answers()] * 10, edition=make_edition())) == {Passed.NOW}
        assert [lot.people for lot in _close(clinic, lead).lots] == [10]

    def test_nothing_is_given_up_while_the_key_is_there(self, area, lead):
        _fill(make_centre(1, area), answered=8)

        with pytest.raises(NothingToClose):
            give_up_lost(SurveyRound.objects.get(), by=lead, now=NOW)

        assert SurveyEnvelope.objects.count() == 8
