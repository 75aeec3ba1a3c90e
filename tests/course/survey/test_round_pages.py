"""The desk's page of rounds, and closing from it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from course.models import ADMINISTRATORS, AuditEntry, SurveyEnvelope, SurveyLot, SurveyPassed, SurveyRound
from course.survey import keys
from tests.course.survey.factories import answers, let_answer, make_area, make_centre, make_edition, make_people
from tests.factories import make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def area():
    return make_area()


@pytest.fixture
def clinic(area):
    return make_centre(1, area)


@pytest.fixture
def lead(area):
    lead = make_trainer("encargada")
    area.leads.add(lead)
    return lead


@pytest.fixture
def desk(client, lead):
    client.force_login(lead)
    return client


def _fill(clinic, people, **options):
    people = make_people(clinic, people, start=SurveyPassed.objects.count())
    let_answer(people, [answers()] * len(people), edition=make_edition(), **options)


def _close_clinic(clinic, wave="pre"):
    return reverse("desk_survey_close_clinic", args=[clinic.pk, make_edition().pk, wave])


def _close_area(area, wave="pre"):
    return reverse("desk_survey_close_area", args=[area.pk if area else 0, make_edition().pk, wave])


def _page(client):
    return client.get(reverse("desk_survey")).content.decode()


def test_it_says_how_many_passed_the_page_and_not_how_many_answered(desk, clinic):
    let_answer(make_people(clinic, 3), [answers(), None, None], edition=make_edition())

    page = _page(desk)

    assert "Abierta: 3 personas pasaron por la página" in page
    assert page.count("Sin empezar") == 2


def test_the_lead_of_the_area_closes_a_clinic_and_reads_how_many_were_counted(desk, clinic):
    _fill(clinic, 12)
    assert "Es definitivo" in desk.get(_close_clinic(clinic)).content.decode()
    assert SurveyRound.objects.get().is_open

    page = desk.post(_close_clinic(clinic), follow=True).content.decode()

    assert "se contaron juntas las respuestas de 12 personas" in page
    assert "Contada: 12 personas" in page
    assert AuditEntry.objects.get().action == "survey_clinic_closed"


def test_closing_nine_shows_no_figure_below_ten(desk, clinic):
    _fill(clinic, 9)

    page = desk.post(_close_clinic(clinic), follow=True).content.decode()

    assert "Contestaron menos de diez" in page
    assert "Cerrada: espera, con llave, hasta que el área cierre" in page
    assert "9 personas" not in page
    assert not SurveyLot.objects.exists()


def test_closing_the_area_names_the_clinics_and_counts_them(desk, area, clinic):
    _fill(clinic, 10)
    _fill(make_centre(2, area), 6)
    _fill(make_centre(3, area), 4)
    before = desk.get(_close_area(area)).content.decode()
    assert [name in before for name in ("Centro de Salud 1", "Centro de Salud 2", "Centro de Salud 3")] == [True] * 3

    page = desk.post(_close_area(area), follow=True).content.decode()

    assert "Los centros donde contestaron menos de diez se contaron juntos." in page
    assert page.count("Contada junto con otros centros del área") == 2
    assert sorted(SurveyLot.objects.values_list("people", flat=True)) == [10, 10]


def test_too_few_of_an_area_wait_for_the_country(desk, area, clinic):
    _fill(clinic, 6)

    page = desk.post(_close_area(area), follow=True).content.decode()

    assert "Esperan, cerradas con llave, para contarse con las del país." in page
    assert "muy pocas respuestas; se cuenta con las del país" in page


def test_closing_twice_says_that_there_was_nothing(desk, clinic):
    _fill(clinic, 10)
    desk.post(_close_clinic(clinic))

    page = desk.post(_close_clinic(clinic), follow=True).content.decode()

    assert "No había nada que cerrar" in page
    assert "No hay nada que cerrar" in desk.get(_close_clinic(clinic)).content.decode()
    assert SurveyLot.objects.count() == 1


def test_a_lost_key_is_said_and_nothing_changes(desk, clinic):
    _fill(clinic, 10)
    keys.destroy_key(SurveyRound.objects.get().key)

    page = desk.post(_close_clinic(clinic), follow=True).content.decode()

    assert "La llave que abre estas respuestas no está en el servidor. No se cambió nada." in page
    assert "La llave no está en el servidor: no se puede abrir nada" in page
    assert "Qué hacer" not in page
    assert SurveyEnvelope.objects.count() == 10


def test_an_administrator_gives_up_what_no_key_opens(client, clinic):
    client.force_login(make_staff("administradora", ADMINISTRATORS))
    _fill(clinic, 10)
    round_ = SurveyRound.objects.get()
    give_up = reverse("desk_survey_give_up", args=[round_.pk])
    assert "no se ha perdido nada" in client.post(give_up, follow=True).content.decode()
    keys.destroy_key(round_.key)
    assert f"{round_.key}.key" in client.get(give_up).content.decode()

    page = client.post(give_up, follow=True).content.decode()

    assert "Esas respuestas se dieron por perdidas." in page
    assert not SurveyEnvelope.objects.exists()
    assert not SurveyPassed.objects.exists()


def test_a_trainer_sees_the_own_clinics_and_closes_none(client, area, clinic):
    trainer = make_trainer()
    make_cohort(trainers=[trainer], clinic=clinic)
    other = make_centre(2, area)
    client.force_login(trainer)
    _fill(clinic, 10)

    page = _page(client)

    assert "Centro de Salud 1" in page
    assert "Centro de Salud 2" not in page
    assert "Cerrar" not in page
    for address in (_close_clinic(clinic), _close_clinic(other), _close_area(area), _close_area(None)):
        assert client.post(address).status_code == 404
    assert SurveyRound.objects.get().is_open


@pytest.mark.parametrize("wave", ["pre", "post", "seg"])
def test_the_lead_of_another_area_closes_nothing(client, clinic, area, wave):
    other = make_trainer("otra")
    make_area("Área de Salud Escuintla").leads.add(other)
    client.force_login(other)

    assert [client.post(address).status_code for address in (_close_clinic(clinic, wave), _close_area(area, wave))] == [
        404,
        404,
    ]


def test_a_wave_that_is_none_is_not_found(desk, clinic):
    assert desk.get(_close_clinic(clinic, "nunca")).status_code == 404


def test_whoever_has_no_desk_finds_nothing(client):
    client.force_login(make_learner("ANA234"))

    assert client.get(reverse("desk_survey")).status_code == 404


@pytest.mark.nightly
def test_many_clinics_take_as_many_queries_as_few(desk, area, clinic):
    _fill(clinic, 2)
    _page(desk)
    with CaptureQueriesContext(connection) as few:
        _page(desk)
    for number in range(2, 12):
        centre = make_centre(number, area)
        _fill(centre, 1)
        _fill(centre, 1, wave="post")
    with CaptureQueriesContext(connection) as many:
        _page(desk)

    assert len(many) == len(few)
