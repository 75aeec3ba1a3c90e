"""Correcting name, post and clinic of a certificate on the desk, and the registry with it or not."""

import pytest
from django.urls import reverse

from certificates.issuing.correcting import correct_certificate
from certificates.issuing.issue import certificate_of
from certificates.issuing.requesting import ask_for_correction
from certificates.models import Certificate
from certificates.wording.words import text_of
from course.models import AuditEntry, User
from course.models.spanish_order import name_sort_key
from course.people.roles import ADMINISTRATORS
from tests.certificates.factories import issue, make_design, make_graduate, make_small_course
from tests.factories import NOW, make_clinic, make_cohort, make_staff, make_trainer

pytestmark = pytest.mark.django_db
SAME = {"given_names": "Ana Lucía", "surnames": "Coj de la Cruz", "post": "Ventanilla", "reason": "Así está en su DPI."}


@pytest.fixture
def ana():
    make_small_course()
    return make_graduate(clinic=make_clinic("Centro de Salud"), role="recepcion", job_title="Ventanilla")


@pytest.fixture
def group(ana):
    return make_cohort(trainers=[make_trainer()], learners=[ana])


@pytest.fixture
def certificate(ana):
    return issue(ana, role="Ventanilla", clinic="Centro de Salud")


@pytest.fixture
def desk(client, group):
    client.force_login(group.trainers.get())
    return client


def page_of(certificate):
    return reverse("desk_correct_certificate", args=[certificate.serial])


def correct(client, certificate, **fields):
    return client.post(page_of(certificate), SAME | fields, follow=True)


def registered(person):
    return User.objects.values_list("first_name", "last_name", "role", "job_title", "clinic__name").get(pk=person.pk)


def printed(person):
    certificate = certificate_of(person)
    return [certificate.printed[field] for field in ("name", "role", "clinic")]


def test_post_and_clinic_are_corrected_with_the_registry_in_one_deed(desk, ana, certificate):
    hospital = make_clinic("Hospital Nacional")
    correct(desk, certificate, post="Archivo", clinic=hospital.pk, registers="on")
    right = certificate_of(ana)
    assert printed(ana) == ["Ana Lucía Coj de la Cruz", "Archivo", "Hospital Nacional"]
    assert registered(ana) == ("Ana Lucía", "Coj de la Cruz", "recepcion", "Archivo", "Hospital Nacional")
    assert right.printed["corrected_fields"] == ["role", "clinic"]
    assert text_of(right.printed)[-1].endswith(f"datos corregidos el {right.printed['corrected_in_words']}")
    assert (right.awarded_at, right.printed["date"]) == (certificate.awarded_at, certificate.printed["date"])
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["person_changed", "certificate_corrected"]


def test_of_the_name_alone_the_paper_says_so_as_before(desk, ana, certificate):
    correct(desk, certificate, surnames="Coj de la Crús")
    right = certificate_of(ana)
    assert "nombre corregido el" in text_of(right.printed)[-1]
    # One of before says which fields in no way.
    older = {field: value for field, value in right.printed.items() if field != "corrected_fields"}
    assert text_of(older) == text_of(right.printed)


def test_without_the_tick_the_registry_stays_and_the_name_is_like_it(desk, ana, certificate):
    before = registered(ana)
    refused = correct(desk, certificate, surnames="Xicay Tot")
    assert (refused.status_code, "no se parece al registrado" in refused.text) == (400, True)
    correct(desk, certificate, post="Archivo", surnames="Coj de la Crús")
    assert (registered(ana), printed(ana)[:2]) == (before, ["Ana Lucía Coj de la Crús", "Archivo"])


def test_with_the_tick_another_name_is_registered_and_both_sort_under_it(desk, ana, certificate):
    correct(desk, certificate, surnames="Xicay Tot", registers="on")
    assert (registered(ana)[:2], printed(ana)[0]) == (("Ana Lucía", "Xicay Tot"), "Ana Lucía Xicay Tot")
    assert certificate_of(ana).sort_key == name_sort_key("Ana Lucía", "Xicay Tot")


def test_what_is_not_corrected_here_stays_in_the_registry(desk, ana, certificate):
    User.objects.update(job_title="Archivo")
    correct(desk, certificate, surnames="Xicay Tot", registers="on")
    assert registered(ana)[1:4] == ("Xicay Tot", "recepcion", "Archivo")
    assert printed(ana)[1] == "Ventanilla"


def test_a_post_is_taken_off_the_paper_and_stays_registered(desk, ana, certificate):
    correct(desk, certificate, post="", registers="on")
    assert (printed(ana)[1], registered(ana)[3]) == ("", "Ventanilla")


def test_both_values_stand_side_by_side_and_the_registered_ones_are_filled_in_where_asked(desk, ana, certificate):
    page = desk.get(page_of(certificate)).text
    assert "Registrado:" not in page
    User.objects.filter(pk=ana.pk).update(last_name="Xicay Tot", job_title="Archivo")
    page = desk.get(page_of(certificate)).text
    for words in ("Impreso:</span> Ventanilla", "Registrado:</span> Archivo", "Registrado:</span> Ana Lucía Xicay Tot"):
        assert words in page
    assert 'value="Coj de la Cruz"' in page
    page = desk.get(page_of(certificate) + "?registrado").text
    assert 'value="Xicay Tot"' in page
    assert 'value="Archivo"' in page


def test_changing_the_person_offers_the_certificate_that_says_something_else(desk, group, ana, certificate):
    address = reverse("desk_change_person", args=[group.pk, ana.pk])
    assert "El certificado no dice lo mismo" not in desk.get(address).text
    fields = {"first_name": "Ana Lucía", "last_name": "Xicay Tot", "role": "recepcion", "job_title": "Ventanilla"}
    reply = desk.post(address, fields | {"clinic": ana.clinic_id}, follow=True)
    assert reply.redirect_chain == [(address, 302)]
    assert "El certificado no dice lo mismo que el registro:" in reply.text
    assert f'href="{page_of(certificate)}?registrado"' in reply.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Es lo que ya está impreso."),
        ({"post": "Promotora libre de estigma"}, "Escriba solo el puesto"),
        ({"given_names": "Ana 😀"}, "Un nombre no puede llevar «😀»"),
        ({"surnames": "Libre de Estigma", "registers": "on"}, "Escriba solo el nombre"),
        ({"clinic": "0"}, "Escoja una opción válida"),
        ({"reason": ""}, "Escriba el motivo"),
    ],
)
def test_what_cannot_be_printed_is_refused(desk, certificate, fields, sentence):
    refused = correct(desk, certificate, **fields)
    assert (refused.status_code, sentence in refused.text) == (400, True)
    assert Certificate.objects.count() == 1


def test_words_of_the_design_say_the_new_post_and_clinic(desk, ana):
    make_design(subject="como {puesto} de {centro}", text="Puesto: {puesto}\nDado el {fecha}")
    certificate = issue(ana, role="Caja", clinic="Centro")
    right = correct_certificate(certificate, role="Archivo", by=make_trainer("otra"), reason="Así", now=NOW)
    assert right.printed["subject"] == "como Archivo de Centro"
    assert right.printed["text"][0] == "Puesto: Archivo"
    none = correct_certificate(right, role="", by=make_trainer("otro"), reason="Así", now=NOW)
    assert (none.printed["subject"], none.printed["text"][0][:4]) == ("", "Dado")


def test_a_request_that_waits_follows_the_certificate(desk, ana, certificate):
    request = ask_for_correction(
        ana, origin="own", asked={"role": "Caja"}, was={}, certificate=certificate, now=certificate.issued_at
    )
    correct(desk, certificate, surnames="Coj de la Crús")
    request.refresh_from_db()
    assert request.certificate == certificate_of(ana)


def test_of_an_account_that_is_gone_an_administrator_corrects_all(client, ana, certificate):
    Certificate.objects.update(learner=None)
    client.force_login(make_staff("admina", ADMINISTRATORS))
    page = client.get(page_of(certificate)).text
    assert 'name="printed_name"' in page
    assert 'name="registers"' not in page
    fields = {"printed_name": "Ana Lucía Coj de la Crús", "post": "Archivo", "reason": "Así"}
    client.post(page_of(certificate), fields)
    right = Certificate.objects.live().get()
    assert (right.printed["name"], right.printed["role"]) == ("Ana Lucía Coj de la Crús", "Archivo")


def test_of_whoever_has_a_role_in_the_site_a_trainer_corrects_no_registry(desk, ana, certificate):
    User.objects.filter(pk=ana.pk).update(is_staff=True)
    assert 'name="registers"' not in desk.get(page_of(certificate)).text
    correct(desk, certificate, post="Archivo", registers="on")
    assert (printed(ana)[1], registered(ana)[3]) == ("Archivo", "Ventanilla")
