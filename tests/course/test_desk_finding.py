"""Finding a certificate by name: who finds which, when the person left every group or the account is gone."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates.models import Certificate
from course.models import ADMINISTRATORS, Area, AuditEntry, Enrolment
from course.models.spanish_order import name_sort_key
from course.people import finding
from course.people.leaving import delete_person
from tests.certificates.factories import issue, issued_otherwise, make_graduate, make_small_course
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_staff, make_trainer

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PAGE = "/es/grupos/certificados/"


@pytest.fixture
def area():
    make_small_course()
    return Area.objects.create(name="Área de Salud de Sololá")


@pytest.fixture
def administrator():
    return make_staff("administradora", ADMINISTRATORS)


@pytest.fixture
def lead(area):
    person = make_staff("jefa", is_staff=True)
    area.leads.add(person)
    return person


def certificate_of(code, surname, clinic=None, **fields):
    learner = make_graduate(code, last_name=surname, clinic=clinic)
    return issue(learner, clinic=str(clinic or ""), **fields)


def account_goes(certificate):
    delete_person(certificate.learner, by=make_staff("raíz", is_superuser=True), cohort=None, now=NOW)
    get_user_model().objects.filter(username="raíz").delete()
    certificate.refresh_from_db()


def found(client, person, query):
    client.force_login(person)
    assert client.post(PAGE, {"q": query}).url == PAGE
    return [one.certificate.printed["name"].split()[-1] for one in client.get(PAGE).context["found"]]


def test_an_administrator_finds_whoever_left_every_group_and_whose_account_is_gone(client, area, administrator):
    certificate_of("ANA222", "Muñoz")
    account_goes(certificate_of("BEA222", "Núñez"))
    left = certificate_of("CEC222", "Núnez").learner
    cohort = make_cohort(learners=[left])
    Enrolment.objects.filter(learner=left).update(left_at=NOW)
    # Without an accent everybody is found; with the ñ only who has one.
    assert found(client, administrator, "nunez") == ["Núnez"]
    assert found(client, administrator, "NÚÑEZ lucía") == ["Núñez"]
    assert found(client, administrator, "lucia") == ["Muñoz", "Núnez", "Núñez"]
    page = client.get(PAGE).content.decode()
    assert page.count("en ninguno de los suyos") == 2
    assert page.count("ya no tiene cuenta") == 1
    Enrolment.objects.update(left_at=None)
    assert reverse("desk_person", args=[cohort.pk, left.pk]) in client.get(PAGE).content.decode()


@pytest.mark.postgres
@pytest.mark.parametrize("query", ["", "   ", "%", "_", "%%__", "'; --", "🙂", "zzz", "a" * 5000, "a " * 500])
def test_signs_and_wildcards_find_nothing_and_break_nothing(client, area, administrator, query):
    certificate_of("ANA222", "Muñoz")
    expected = ["Muñoz"] if query.strip("a ") == "" and query.strip() and " " in query else []
    assert found(client, administrator, query) == expected


def test_a_lead_finds_those_of_the_own_clinics_only(client, lead, area):
    own, other = make_clinic("Centro de Sololá", area=area), make_clinic("Centro ajeno")
    # Two areas have a clinic of this name: of an account that is gone nobody knows which it was.
    twin = make_clinic("Centro de San Pedro", area=area)
    make_clinic("Centro de San Pedro", municipality="En otra área")
    for code, surname, clinic, is_gone in [
        ("ANA222", "Ak", own, False),
        ("BEA222", "Bak", own, True),
        ("CEC222", "Cak", other, False),
        ("DEL222", "Dak", other, True),
        ("ELE222", "Elk", twin, False),
        ("FEL222", "Fak", twin, True),
        ("GIL222", "Gak", None, False),
    ]:
        certificate = certificate_of(code, surname, clinic)
        if is_gone:
            account_goes(certificate)
    assert found(client, lead, "lucía") == ["Ak", "Bak", "Elk"]
    answers = {
        certificate.printed["name"].split()[-1]: client.get(
            reverse("certificate_pdf", args=[certificate.serial])
        ).status_code
        for certificate in Certificate.objects.all()
    }
    assert answers == {"Ak": 200, "Bak": 200, "Cak": 404, "Dak": 404, "Elk": 200, "Fak": 404, "Gak": 404}
    orphan = Certificate.objects.filter(learner=None).earliest("pk")
    assert client.get(reverse("desk_annul_certificate", args=[orphan.serial])).status_code == 404


def test_an_administrator_corrects_and_annuls_what_has_no_account_any_more(client, area, administrator):
    certificate = certificate_of("ANA222", "Muñoz")
    account_goes(certificate)
    client.force_login(administrator)
    assert client.get(reverse("desk_correct_certificate", args=[certificate.serial])).status_code == 200
    annul = reverse("desk_annul_certificate", args=[certificate.serial])
    assert annul in client.get(reverse("verify", args=[certificate.serial])).content.decode()
    assert client.post(annul, {"reason": "Se emitió por error."}).status_code == 302
    certificate.refresh_from_db()
    assert certificate.annulled_at
    assert AuditEntry.objects.latest("pk").action == "certificate_annulled"


def test_a_trainer_and_a_learner_have_no_such_page(client, area):
    trainer, learner = make_trainer(), make_learner()
    make_cohort(trainers=[trainer], learners=[learner])
    for person in (trainer, learner):
        client.force_login(person)
        assert client.get(PAGE).status_code == 404
        assert client.post(PAGE, {"q": "muñoz"}).status_code == 404


def copies_of(certificate, number):
    """Copy a certificate as often as wanted: making them takes long."""
    for n in range(number):
        certificate.pk, certificate.serial, certificate.learner = None, f"COPIA{n:05}", None
        certificate.status_list = certificate.status_index = None
        certificate.sort_key = name_sort_key("Ana Lucía", f"Muñoz {n:05}")
        certificate.save(force_insert=True)


@pytest.mark.nightly
def test_of_many_the_first_are_shown_in_as_many_queries(client, area, administrator):
    def queries():
        with CaptureQueriesContext(connection) as run:
            found(client, administrator, "muñoz")
        return len(run)

    certificate = Certificate.objects.get(pk=certificate_of("ANA222", "Muñoz").pk)
    queries()
    small = queries()
    copies_of(certificate, finding.SHOWN)
    assert queries() == small
    page = client.get(PAGE)
    assert len(page.context["found"]) == finding.SHOWN
    assert "Los primeros 50. Escriba más del nombre para encontrar los demás." in page.content.decode()
    assert 'href="/es/grupos/certificados.csv" download' in page.content.decode()
    assert len(client.get("/es/grupos/certificados.csv").content.splitlines()) == finding.SHOWN + 1
    assert client.get("/es/grupos/certificados.xlsx").status_code == 200
    assert set(AuditEntry.objects.values_list("action", "people")) == {("table_exported", finding.SHOWN)}


def test_an_expired_one_and_one_that_was_replaced_say_so(client, area, administrator):
    certificate = certificate_of("ANA222", "Muñoz")
    issued_otherwise(Certificate.objects.filter(pk=certificate.pk), expires_on=NOW.date() - timedelta(days=900))
    found(client, administrator, "muñoz")
    assert "Vencido" in client.get(PAGE).content.decode()


def test_a_lead_prints_what_is_of_the_own_clinics_and_nothing_else(lead, area):
    own, foreign = make_clinic("Clínica propia", area=area), make_clinic("Clínica ajena")
    certificates = [certificate_of("ANA222", "Muñoz", own), certificate_of("BEA222", "Núñez", foreign)]
    assert [lead.has_perm("certificates.print_certificate", one) for one in certificates] == [True, False]
