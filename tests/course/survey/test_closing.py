from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.urls import reverse

from course.cleanup import clean_up
from course.health.keys import survey_keys_open
from course.models import AuditEntry, SurveyEnvelope, SurveyLot, SurveyPassed, SurveyRound
from course.survey import keys
from course.survey.closing import NothingToClose, close_area, close_clinic, give_up_lost, is_lost
from course.survey.forgetting import forget_spent_keys, spent_keys
from course.survey.passing import Passed, pass_page
from tests.factories import NOW, make_cohort, make_learner, make_trainer
from tests.races import at_once

from .factories import (
    answers,
    fill,
    let_answer,
    make_area,
    make_centre,
    make_contents,
    make_edition,
    make_people,
    make_wording,
)

pytestmark = pytest.mark.django_db


def _close(place, by, wave="pre"):
    close = close_clinic if hasattr(place, "municipality") else close_area
    return close(place, make_edition(), wave, by=by, now=NOW)


def test_nine_answers_wait_and_are_counted_with_the_area(area, lead):
    first, second = make_centre(1, area), make_centre(2, area)
    fill(first, answered=9)
    fill(second, answered=3, declined=2)

    closing = _close(first, lead)
    assert (closing.lots, [one.clinic for one in closing.waiting]) == ([], [first])
    assert first.survey_rounds.get().envelopes.count() == 9

    [lot] = _close(area, lead).lots
    assert (lot.clinic, lot.area, lot.people) == (None, area, 12)
    assert not SurveyEnvelope.objects.exists()
    assert {round_.lot for round_ in SurveyRound.objects.all()} == {lot}


def test_what_is_left_of_an_area_goes_on_to_the_country_without_a_place(area, lead):
    clinic = make_centre(1, area)
    fill(clinic, answered=6, declined=2)

    closing = _close(area, lead)

    assert (closing.lots, [one.clinic for one in closing.passed_on]) == ([], [clinic])
    country = SurveyRound.objects.get(clinic=None)
    assert (country.is_open, country.envelopes.count()) == (True, 8)
    assert clinic.survey_rounds.get().envelopes.count() == 0


def test_the_country_is_counted_as_soon_as_it_holds_ten(area, lead):
    other = make_area("Área de Salud Escuintla")
    fill(make_centre(1, area), answered=6)
    fill(make_centre(2, other), answered=4)
    _close(area, lead)

    [lot] = _close(other, lead).lots

    assert (lot.clinic, lot.area, lot.people) == (None, None, 10)
    assert not SurveyEnvelope.objects.exists()
    assert not SurveyRound.objects.filter(closed_on=None).exists()


def test_answers_to_other_words_are_not_counted_together(area, lead):
    contents = make_contents()
    contents["blocks"][1]["items"][0]["text"]["es"] = "Otra frase"
    fill(make_centre(1, area), answered=6)
    fill(make_centre(2, area), answered=6, wording=make_wording(contents))
    assert _close(area, lead).lots == []
    assert sorted(one.envelopes.count() for one in SurveyRound.objects.filter(clinic=None)) == [6, 6]


def test_clinics_without_an_area_are_closed_together(lead):
    fill(make_centre(1), answered=5)
    fill(make_centre(2), answered=5)
    [lot] = close_area(None, make_edition(), "pre", by=lead, now=NOW).lots
    assert (lot.clinic, lot.area, lot.people) == (None, None, 10)


def test_an_area_closes_the_wave_for_clinics_where_nobody_was_asked_yet(area, lead):
    asked, later = make_centre(1, area), make_centre(2, area)
    fill(asked, answered=9)
    _close(area, lead)

    [person] = make_people(later, 1, start=99)
    assert let_answer([person], [answers()], edition=make_edition()) == [Passed.CLOSED]
    with pytest.raises(NothingToClose):
        _close(area, lead)
    assert not SurveyLot.objects.exists()


def test_the_country_is_not_opened_again_for_fewer_than_ten_more(area, lead):
    others = [make_area(f"Área {number}") for number in range(3)]
    fill(make_centre(1, area), answered=9, declined=1)
    _close(area, lead)
    for number, other in enumerate(others):
        fill(make_centre(10 + number, other), answered=4)

    lots = [[lot.people for lot in _close(other, lead).lots] for other in others]

    assert lots == [[], [], [21]]


def test_people_without_a_clinic_are_counted_when_an_area_closes_or_no_clinic_is_left_to_close(area, lead):
    for wave in ("pre", "post"):
        people = [make_learner(f"{wave}{number}", clinic=None) for number in range(12)]
        let_answer(people, [answers()] * 12, edition=make_edition(), wave=wave)
    fill(make_centre(1, area), answered=10)
    assert [(lot.clinic is None, lot.people) for lot in _close(area, lead).lots] == [(False, 10), (True, 12)]
    assert [lot.people for lot in close_area(None, make_edition(), "post", by=lead, now=NOW).lots] == [12]


def test_another_translation_or_a_confirmation_counts_together(area, lead):
    contents = make_contents()
    contents["blocks"][1]["items"][0]["text"]["en"] = "Another translation"
    contents["blocks"][1]["items"][0]["verified"] = True
    fill(make_centre(1, area), answered=6)
    fill(make_centre(2, area), answered=6, wording=make_wording(contents))
    [lot] = _close(area, lead).lots
    assert (lot.people, lot.wording) == (12, make_wording(contents))


def test_the_other_waves_stay_open(area, lead):
    let_answer(fill(make_centre(1, area), answered=10), [answers()] * 10, edition=make_edition(), wave="post")
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
    def test_closing_an_area_keeps_what_is_left_for_the_one_whose_key_is_lost(self, area, lead):
        lost, few = make_centre(1, area), make_centre(2, area)
        fill(lost, answered=6)
        fill(few, answered=6)
        path = keys.file_of(lost.survey_rounds.get().key)
        text = path.read_text()
        path.unlink()

        closing = _close(area, lead)
        assert (closing.lots, [one.clinic for one in closing.waiting]) == ([], [few])
        path.write_text(text)

        assert [lot.people for lot in _close(area, lead).lots] == [12]

    def test_a_damaged_envelope_is_left_out_and_said(self, area, lead):
        clinic = make_centre(1, area)
        fill(clinic, answered=11)
        SurveyEnvelope.objects.filter(pk=SurveyEnvelope.objects.first().pk).update(sealed=b"\0" * 304)

        closing = _close(clinic, lead)

        assert ([lot.people for lot in closing.lots], closing.damaged) == ([10], 1)
        assert not is_lost(SurveyRound.objects.get())

    def test_closing_an_area_counts_the_others(self, area, lead):
        lost, kept = make_centre(1, area), make_centre(2, area)
        fill(lost, answered=10)
        fill(kept, answered=10)
        keys.destroy_key(lost.survey_rounds.get().key)

        closing = _close(area, lead)

        assert [lot.clinic for lot in closing.lots] == [kept]
        assert [one.clinic for one in closing.lost] == [lost]
        assert lost.survey_rounds.get().is_open

    def test_putting_the_key_back_is_enough(self, area, lead):
        clinic = make_centre(1, area)
        fill(clinic, answered=10)
        path = keys.file_of(SurveyRound.objects.get().key)
        text = path.read_text()
        path.unlink()
        assert is_lost(SurveyRound.objects.get())

        path.write_text(text)

        assert not is_lost(SurveyRound.objects.get())
        assert _close(clinic, lead).lots

    def test_the_key_of_another_round_is_no_key(self, area):
        fill(make_centre(1, area), answered=1)
        fill(make_centre(2, area), answered=1)
        first, second = SurveyRound.objects.order_by("pk")

        keys.file_of(first.key).write_text(keys.file_of(second.key).read_text())

        assert is_lost(first)
        assert not is_lost(second)

    def test_nothing_is_given_up_while_the_key_is_there(self, area, lead):
        fill(make_centre(1, area), answered=8)

        with pytest.raises(NothingToClose):
            give_up_lost(SurveyRound.objects.get(), by=lead, now=NOW)

        assert SurveyEnvelope.objects.count() == 8


def test_a_week_after_counting_no_copy_opens_any_more(area, lead):
    fill(make_centre(1, area), 10)
    round_ = SurveyRound.objects.get()
    sealed, open_one = bytes(round_.envelopes.first().sealed), keys.opener(round_)
    _close(area, lead)
    assert open_one(sealed)

    assert forget_spent_keys(now=NOW + timedelta(days=6)) == 0
    assert forget_spent_keys(now=NOW + timedelta(days=7)) == 1

    assert not keys.has_key(round_)
    assert spent_keys(now=NOW + timedelta(days=8)) == []


def test_the_key_of_a_round_in_which_answers_wait_stays(area, lead):
    fill(make_centre(1, area), 4)
    fill(make_centre(2, make_area("Otra área")), 4)
    _close(area, lead)
    forget_spent_keys(now=NOW + timedelta(days=4000))
    waiting = SurveyRound.objects.filter(envelopes__isnull=False).distinct()
    assert sorted(str(one.clinic) for one in waiting) == ["Centro de Salud 2", "None"]
    assert all(map(keys.has_key, waiting))


def test_the_timer_of_the_site_destroys_spent_keys(area, lead):
    fill(make_centre(1, area), 10)
    _close(area, lead)
    said = "llaves de rondas de la encuesta que se contaron hace una semana"
    would_go, gone = (clean_up(now=NOW + timedelta(days=7), dry_run=dry_run) for dry_run in (True, False))
    assert [count for words, count in would_go if words == said] == [1]
    assert [count for words, count in gone if words == said] == [1]


def test_the_look_at_the_site_names_lost_keys_and_those_of_no_round_which_stay(area, settings):
    fill(make_centre(1, area), 1)
    assert survey_keys_open().state == "good"
    path = keys.file_of(SurveyRound.objects.get().key)
    text = path.read_text()
    path.unlink()
    assert survey_keys_open().state == "warning"
    path.write_text(text)

    stray = settings.SURVEY_KEYS_DIR / "6a1d6b2e-1f0b-4c6e-9a53-0d9b1f0a7c11.key"
    for file in (stray, settings.SURVEY_KEYS_DIR / "apuntes.key"):
        file.write_text("0" * 64)
    assert stray.stem in str(survey_keys_open().said)
    assert forget_spent_keys(now=NOW + timedelta(days=4000)) == 0
    assert stray.exists()


def test_a_round_that_waited_for_its_area_keeps_its_key_for_a_week_after_counting(area, lead):
    for clinic in [make_centre(number, area) for number in (1, 2)]:
        fill(clinic, 6)
        close_clinic(clinic, make_edition(), "pre", by=lead, now=NOW)
    later = NOW + timedelta(days=30)
    close_area(area, make_edition(), "pre", by=lead, now=later)
    assert forget_spent_keys(now=later + timedelta(days=6)) == 0
    assert forget_spent_keys(now=later + timedelta(days=7)) == 2


@pytest.fixture
def desk(client, lead):
    client.force_login(lead)
    return client


def page_of_clinic(clinic, wave="pre"):
    return reverse("desk_survey_close_clinic", args=[clinic.pk, make_edition().pk, wave])


def page_of_area(area, wave="pre"):
    return reverse("desk_survey_close_area", args=[area.pk if area else 0, make_edition().pk, wave])


def _page(client):
    return client.get(reverse("desk_survey")).text


def test_it_says_how_many_passed_the_page_and_not_how_many_answered(desk, clinic):
    fill(clinic, answered=1, declined=2)
    page = _page(desk)
    assert "Abierta: 3 personas pasaron por la página" in page
    assert page.count("Sin empezar") == 2


def test_the_lead_of_the_area_closes_a_clinic_and_reads_how_many_were_counted(desk, clinic):
    fill(clinic, 12)
    assert "Es definitivo" in desk.get(page_of_clinic(clinic)).text
    assert SurveyRound.objects.get().is_open
    page = desk.post(page_of_clinic(clinic), follow=True).text
    assert "se contaron juntas las respuestas de 12 personas" in page
    assert "Contada: 12 personas" in page
    assert AuditEntry.objects.get().action == "survey_clinic_closed"


def test_closing_nine_shows_no_figure_below_ten(desk, clinic):
    fill(clinic, 9)
    page = desk.post(page_of_clinic(clinic), follow=True).text
    assert "Contestaron menos de diez" in page
    assert "Cerrada: espera, con llave, hasta que el área cierre" in page
    assert "9 personas" not in page
    assert not SurveyLot.objects.exists()


def test_closing_the_area_names_the_clinics_and_counts_them(desk, area, clinic):
    fill(clinic, 10)
    fill(make_centre(2, area), 6)
    fill(make_centre(3, area), 4)
    before = desk.get(page_of_area(area)).text
    assert [name in before for name in ("Palencia", "Centro de Salud 2", "Centro de Salud 3")] == [True] * 3

    page = desk.post(page_of_area(area), follow=True).text

    assert "Los centros donde contestaron menos de diez se contaron juntos." in page
    assert page.count("Contada junto con otros centros del área") == 2
    assert sorted(SurveyLot.objects.values_list("people", flat=True)) == [10, 10]


def test_too_few_of_an_area_wait_for_the_country(desk, area, clinic):
    fill(clinic, 6)
    page = desk.post(page_of_area(area), follow=True).text
    assert "Esperan, cerradas con llave, para contarse con las del país." in page
    assert "muy pocas respuestas; se cuenta con las del país" in page


def test_closing_twice_says_that_there_was_nothing(desk, clinic):
    fill(clinic, 10)
    desk.post(page_of_clinic(clinic))
    assert "No había nada que cerrar" in desk.post(page_of_clinic(clinic), follow=True).text
    assert "No hay nada que cerrar" in desk.get(page_of_clinic(clinic)).text
    assert SurveyLot.objects.count() == 1


def test_a_lost_key_is_said_and_nothing_changes(desk, clinic):
    fill(clinic, 10)
    keys.destroy_key(SurveyRound.objects.get().key)
    page = desk.post(page_of_clinic(clinic), follow=True).text
    assert "La llave que abre estas respuestas no está en el servidor. No se cambió nada." in page
    assert "La llave no está en el servidor: no se puede abrir nada" in page
    assert "Qué hacer" not in page
    assert SurveyEnvelope.objects.count() == 10


def test_answers_that_nobody_can_open_are_given_up_and_people_asked_again(admin, clinic, area, lead):
    people, others = fill(clinic, answered=8, declined=2), fill(make_centre(2, area), answered=1)
    round_ = clinic.survey_rounds.get()
    give_up = reverse("desk_survey_give_up", args=[round_.pk])
    assert "no se ha perdido nada" in admin.post(give_up, follow=True).text
    keys.destroy_key(round_.key)
    assert f"{round_.key}.key" in admin.get(give_up).text

    assert "Esas respuestas se dieron por perdidas." in admin.post(give_up, follow=True).text

    assert [flag.person for flag in SurveyPassed.objects.all()] == others
    assert set(let_answer(people, [answers()] * 10, edition=make_edition())) == {Passed.NOW}
    assert [lot.people for lot in _close(clinic, lead).lots] == [10]


def test_a_trainer_sees_the_own_clinics_and_closes_none(trainer_client, area, clinic, trainer):
    make_cohort(trainers=[trainer], clinic=clinic)
    other = make_centre(2, area)
    fill(clinic, 10)

    page = _page(trainer_client)

    assert "Centro de Salud de Palencia" in page
    assert "Centro de Salud 2" not in page
    assert "Cerrar" not in page
    for address in (page_of_clinic(clinic), page_of_clinic(other), page_of_area(area), page_of_area(None)):
        assert trainer_client.post(address).status_code == 404
    assert SurveyRound.objects.get().is_open


def test_a_wave_that_is_none_is_not_found(desk, clinic):
    assert desk.get(page_of_clinic(clinic, "nunca")).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.postgres
def test_people_who_answer_while_the_wave_is_closed_are_counted_or_told():
    edition, wording, clinic = make_edition(), make_wording(), make_centre(1, make_area())
    people, lead = make_people(clinic, 16), make_trainer("encargada")
    let_answer(people[:10], [answers()] * 10, edition=edition)

    def answer(person):
        return lambda: pass_page(person, edition, "pre", answers(), wording=wording)

    def close():
        return close_clinic(clinic, edition, "pre", by=lead, now=NOW)

    came = at_once(*map(answer, people[10:]), close, close)

    passed = came[:6].count(Passed.NOW)
    assert came[:6].count(Passed.CLOSED) == 6 - passed
    assert sorted(type(one).__name__ for one in came[6:]) == ["Closing", "NothingToClose"]
    assert SurveyLot.objects.get().people == 10 + passed == SurveyPassed.objects.count()
    assert not SurveyEnvelope.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.postgres
def test_two_areas_with_leftovers_in_two_wordings_close_at_once():
    edition, lead = make_edition(), make_trainer("encargada")
    other = make_contents()
    other["blocks"][1]["items"][0]["text"]["es"] = "Otra frase"
    areas = [make_area(f"Área {number}") for number in range(2)]
    for number, area in enumerate(areas):
        for wording in (make_wording(), make_wording(other)) if number else (make_wording(other), make_wording()):
            clinic = make_centre(f"{number}-{wording.pk}", area)
            let_answer(make_people(clinic, 4), [answers()] * 4, edition=edition, wording=wording)

    came = at_once(*(lambda area=area: close_area(area, edition, "pre", by=lead, now=NOW) for area in areas))

    assert [one for one in came if isinstance(one, OperationalError | NothingToClose)] == []
    assert SurveyEnvelope.objects.count() == 16
    assert SurveyRound.objects.filter(clinic=None).count() == 2
    assert not SurveyLot.objects.exists()
    assert connection.in_atomic_block is False
