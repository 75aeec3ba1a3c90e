import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from certificates.models import Certificate
from course.groups.finding import SHOWN, find_people, find_people_by_sound
from course.models import ADMINISTRATORS, TRAINERS, Area, AuditEntry, Enrolment, User
from course.people import permissions
from course.people.identifiers import set_optional_fields
from course.people.leaving import archive_person, delete_person
from tests.certificates.factories import issue, issued_otherwise, make_graduate
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_staff

from .answers import row_headings

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PAGE = "/es/grupos/personas/"
CERTIFICATES = "/es/grupos/certificados/"


def codes(user, query):
    found, _more = find_people(user, query, now=NOW)
    return [one.person.username for one in found]


def looked_for(client, person, query):
    client.force_login(person)
    assert client.post(PAGE, {"q": query}).url == PAGE
    return client.get(PAGE)


@pytest.fixture
def people(trainer):
    clinic = make_clinic("Centro de Salud de Nebaj")
    make_cohort("Mañana", trainers=[trainer], clinic=clinic)
    made = [
        make_learner("ANA222", "Ana Lucía", "López Pérez", clinic=clinic),
        make_learner("BEA333", "Beatriz", "Muñoz", clinic=make_clinic("Puesto de Salud Chajul")),
        make_learner("CEC444", "Cecilia", "de la Cruz"),
        make_learner("MAR555", "Mariana", "Lopes"),
    ]
    make_cohort("Tarde", trainers=[trainer], learners=made)
    return {person.username: person for person in made}


def test_every_word_begins_a_word_of_the_name_the_code_or_the_clinic(trainer, people):
    asked = {
        "lopez ana": ["ANA222"],
        "ANÁ": ["ANA222"],
        "perez lucia lopez": ["ANA222"],
        "munoz": ["BEA333"],
        "MUÑOZ bea": ["BEA333"],
        "cec444": ["CEC444"],
        "cec 444": ["CEC444"],
        "CEC-444": ["CEC444"],
        "nebaj": ["ANA222"],
        "chajul beatriz": ["BEA333"],
        "chajul ana": [],
        "cruz": ["CEC444"],
        "lop": ["MAR555", "ANA222"],
        "iana": [],
        "": [],
        "  ": [],
        "%": [],
        "_": [],
        "\x00": [],
        "🙂": [],
        "zzz " * 300: [],
    }
    assert {query: codes(trainer, query) for query in asked} == asked


def test_where_nobody_is_called_so_whoever_sounds_so_is_shown(client, trainer, people):
    page = looked_for(client, trainer, "sesilia crus")
    assert "suena igual" in page.text
    assert row_headings(page) == ["de la Cruz, Cecilia"]
    assert "Dar un PIN nuevo" in page.text
    page = looked_for(client, trainer, "lopes")
    assert "suena igual" not in page.text
    assert row_headings(page) == ["Lopes, Mariana"]
    assert "Nadie de sus grupos" in looked_for(client, trainer, "lopez xicay").text
    assert find_people_by_sound(trainer, "  ", now=NOW) == ([], 0)
    one_more = [make_learner(f"LOP{number}22", "Luz", f"Lopez {number}") for number in range(2, 8)]
    make_cohort("Noche", trainers=[trainer], learners=one_more)
    assert len(find_people_by_sound(trainer, "lus lopes", now=NOW)[0]) == 7
    make_cohort("Ajena", learners=[make_learner("AJE222", "Cecilia", "Ajena")])
    assert [one.person.username for one in find_people_by_sound(trainer, "sesilia", now=NOW)[0]] == ["CEC444"]


def test_whoever_may_not_open_a_group_finds_nobody_of_it(people, trainer):
    area, elsewhere = Area.objects.create(name="Área"), Area.objects.create(name="Otra")
    group = people["ANA222"].cohorts.get()
    group.clinic = make_clinic("Centro", area=area)
    group.save()
    lead, other_lead = make_staff("jefa", is_staff=True), make_staff("jefe", is_staff=True)
    area.leads.add(lead)
    elsewhere.leads.add(other_lead)
    other = make_staff("otra", TRAINERS)
    make_cohort("Ajeno", trainers=[other], learners=[make_learner("OTR222", "Ana", "López")])
    everybody = make_staff("administradora", ADMINISTRATORS)
    assert {one.username: codes(one, "ana lopez") for one in (trainer, lead, other_lead, other, everybody)} == {
        "facilitadora": ["ANA222"],
        "jefa": ["ANA222"],
        "jefe": [],
        "otra": ["OTR222"],
        "administradora": ["ANA222", "OTR222"],
    }
    assert codes(trainer, "OTR222") == []
    assert codes(people["ANA222"], "ana") == []


def test_the_words_stand_in_no_address_and_in_no_table(client, trainer, people):
    page = looked_for(client, trainer, "lopez ana")
    assert 'value="lopez ana"' in page.text
    assert "lopez" not in page.request["PATH_INFO"] + page.request["QUERY_STRING"]
    assert not AuditEntry.objects.exists()
    assert "lopez" not in str(dict(client.session))
    client.session.flush()
    client.force_login(trainer)
    assert "lopez ana" not in client.get(PAGE).text


def test_who_left_is_marked_and_gets_no_pin(client, trainer, people):
    ana, bea = people["ANA222"], people["BEA333"]
    group = ana.cohorts.get()
    archive_person(ana, group, by=trainer, now=NOW)
    Enrolment.objects.filter(learner=bea).update(left_at=NOW)
    make_cohort("Ajeno", trainers=[make_staff("otra", TRAINERS)], learners=[bea])
    page = looked_for(client, trainer, "ana lopez").text
    assert "Archivad" in page
    assert reverse("desk_archive", args=[group.pk]) in page
    assert "/pin/" not in page
    page = looked_for(client, trainer, "munoz").text
    assert "En un grupo de otra persona" in page
    for words in ("/pin/", "Chajul", "Ajeno"):
        assert words not in page


def test_of_staff_and_of_oneself_no_trainer_gives_a_pin(client, trainer, people):
    group = people["ANA222"].cohorts.get()
    colleague = make_staff("colega", TRAINERS, first_name="Ana", last_name="Tum")
    for person, query in ((colleague, "tum"), (trainer, "marta")):
        Enrolment.objects.create(learner=person, cohort=group, enrolled_at=NOW)
        found, _more = find_people(trainer, query, now=NOW)
        assert [(one.person, one.may_change) for one in found] == [(person, False)]
        assert "/pin/" not in looked_for(client, trainer, query).text
        assert client.post(reverse("desk_new_pin", args=[group.pk, person.pk])).status_code == 404


def test_a_chat_says_nothing_of_the_course_and_holds_no_pin(client, trainer, people):
    page = looked_for(client, trainer, "lopez ana").text
    assert "wa.me" not in page
    set_optional_fields("", "Para avisarle de las sesiones.", by=trainer, now=NOW)
    User.objects.filter(username="ANA222").update(phone="+50255551234")
    page = client.get(PAGE).text
    assert unquote(page.split("https://wa.me/50255551234?text=")[1].split('"')[0]) == (
        "Buenos días, Ana Lucía. Le escribe Marta Ajú Ñáñez, del curso «Trato digno»."
        " Puede entrar aquí: http://testserver/"
    )


def test_more_are_found_than_a_page_shows(client, trainer):
    learners = [make_learner(f"TUM{number}", last_name=f"Tum {number:02}") for number in range(SHOWN + 1)]
    make_cohort(trainers=[trainer], learners=learners)
    page = looked_for(client, trainer, "tum")
    assert len(row_headings(page)) == SHOWN
    assert "hay 1 más" in page.text


def test_whoever_is_found_alone_gets_a_new_pin_at_once(trainer_client, trainer, people):
    assert f'action="{PAGE}"' in trainer_client.get("/es/grupos/").text
    bea = people["BEA333"]
    group = bea.cohorts.get()
    address = reverse("desk_new_pin", args=[group.pk, bea.pk])
    Enrolment.objects.create(learner=bea, cohort=make_cohort("Viejo", trainers=[trainer]), left_at=NOW)
    alone = looked_for(trainer_client, trainer, "beatriz").text
    assert f'action="{address}"' in alone
    assert "El PIN que la persona eligió deja de servir" in alone
    assert re.search(r'<dd class="big-code">\d{3} \d{3}</dd>', trainer_client.post(address).text)
    assert 'action="/es/grupos/' not in looked_for(trainer_client, trainer, "lop").text.replace(f'action="{PAGE}"', "")
    archive_person(bea, cohort=group, by=trainer, now=NOW)
    assert f'action="{address}"' not in looked_for(trainer_client, trainer, "beatriz").text


@pytest.fixture
def area(course):
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
    return issue(make_graduate(code, last_name=surname, clinic=clinic), clinic=str(clinic or ""), **fields)


def account_goes(certificate):
    delete_person(certificate.learner, by=make_staff("raíz", is_superuser=True), cohort=None, now=NOW)
    get_user_model().objects.filter(username="raíz").delete()
    certificate.refresh_from_db()


def found(client, person, query):
    client.force_login(person)
    assert client.post(CERTIFICATES, {"q": query}).url == CERTIFICATES
    return [name.split()[-1] for name in row_headings(client.get(CERTIFICATES))]


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
    page = client.get(CERTIFICATES).text
    assert page.count("en ninguno de los suyos") == 2
    assert page.count("ya no tiene cuenta") == 1
    Enrolment.objects.update(left_at=None)
    assert reverse("desk_person", args=[cohort.pk, left.pk]) in client.get(CERTIFICATES).text


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
    assert client.get(reverse("desk_revoke_certificate", args=[orphan.serial])).status_code == 404


def test_of_many_the_first_are_shown_and_the_file_holds_as_many(client, area, administrator, monkeypatch):
    monkeypatch.setattr(permissions, "MAX_FOUND", 2)
    certificates = [certificate_of(f"ANA{number}", "Muñoz") for number in range(3)]
    issued_otherwise(certificates[:1], expires_on=NOW.date() - timedelta(days=900))
    assert len(found(client, administrator, "muñoz")) == 2
    page = client.get(CERTIFICATES).text
    assert "Vencido" in page
    assert "Escriba más del nombre para encontrar los demás." in page
    assert 'href="/es/grupos/certificados.csv" download' in page
    assert len(client.get("/es/grupos/certificados.csv").content.splitlines()) == 3
    assert client.get("/es/grupos/certificados.xlsx").status_code == 200
    assert set(AuditEntry.objects.values_list("action", "people")) == {("table_exported", 2)}
