"""Finding a person of any group from the desk's first screen, and what can be done at once."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from course.groups.finding import SHOWN, find_people, find_people_by_sound
from course.models import ADMINISTRATORS, TRAINERS, Area, AuditEntry, Enrolment, User
from course.people.asked import ask
from course.people.leaving import archive_person
from modules.progress.states import State
from tests.factories import (
    NOW,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_staff,
    make_trainer,
)

pytestmark = pytest.mark.django_db
PAGE = "/es/grupos/personas/"


def codes(user, query):
    found, _more = find_people(user, query, now=NOW)
    return [one.person.username for one in found]


def looked_for(client, person, query):
    client.force_login(person)
    assert client.post(PAGE, {"q": query}).url == PAGE
    return client.get(PAGE)


@pytest.fixture
def trainer():
    return make_trainer()


@pytest.fixture
def people(trainer):
    """{code: person} of two groups of the trainer, who look after nobody else."""
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
    text = page.content.decode()
    assert "suena igual" in text
    assert re.findall(r"<th scope=\"row\">(.*?)</th>", text) == ["de la Cruz, Cecilia"]
    assert "Dar un PIN nuevo" in text
    text = looked_for(client, trainer, "lopes").content.decode()
    # Somebody is called so: who only sounds so is left out.
    assert "suena igual" not in text
    assert re.findall(r"<th scope=\"row\">(.*?)</th>", text) == ["Lopes, Mariana"]
    assert "Nadie de sus grupos" in looked_for(client, trainer, "lopez xicay").content.decode()
    assert find_people_by_sound(trainer, "  ", now=NOW) == ([], 0)
    one_more = [make_learner(f"LOP{number}22", "Luz", f"Lopez {number}") for number in range(2, 8)]
    make_cohort("Noche", trainers=[trainer], learners=one_more)
    assert len(find_people_by_sound(trainer, "lus lopes", now=NOW)[0]) == 7
    # Who is nobody of one's own is found by no sound.
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
    outside = make_learner("OTR222", "Ana", "López")
    make_cohort("Ajeno", trainers=[other], learners=[outside])
    everybody = make_staff("administradora", ADMINISTRATORS)
    found = {one.username: codes(one, "ana lopez") for one in (trainer, lead, other_lead, other, everybody)}
    assert found == {
        "facilitadora": ["ANA222"],
        "jefa": ["ANA222"],
        "jefe": [],
        "otra": ["OTR222"],
        "administradora": ["ANA222", "OTR222"],
    }
    assert codes(trainer, "OTR222") == []
    assert codes(people["ANA222"], "ana") == []


def test_a_trainer_reaches_nobody_of_another_group_by_address(client, trainer, people):
    outside = make_learner("OTR222", "Ana", "López")
    theirs = make_cohort("Ajeno", trainers=[make_staff("otra", TRAINERS)], learners=[outside])
    client.force_login(trainer)
    own = people["ANA222"].cohorts.get()
    for group in (own, theirs):
        for page in ("desk_new_pin", "desk_person"):
            assert client.get(reverse(page, args=[group.pk, outside.pk])).status_code == 404
    assert client.post(reverse("desk_new_pin", args=[theirs.pk, outside.pk])).status_code == 404
    outside.refresh_from_db()
    assert outside.has_usable_password()


def test_from_the_first_screen_a_new_pin_is_found_and_confirmed(client, trainer, people):
    ana = people["ANA222"]
    client.force_login(trainer)
    assert f'action="{PAGE}"' in client.get("/es/grupos/").content.decode()
    page = looked_for(client, trainer, "lopez ana")
    address = reverse("desk_new_pin", args=[ana.cohorts.get().pk, ana.pk])
    assert f'action="{address}"' in page.content.decode()
    assert client.post(address).context["pin"]


def test_the_words_stand_in_no_address_and_in_no_table(client, trainer, people):
    page = looked_for(client, trainer, "lopez ana")
    assert page.context["query"] == "lopez ana"
    assert "lopez" not in page.request["PATH_INFO"] + page.request["QUERY_STRING"]
    assert not AuditEntry.objects.exists()
    assert "lopez" not in str(dict(client.session))
    # Another session of the same person, on the same browser, reads nothing of it.
    client.session.flush()
    client.force_login(trainer)
    assert client.get(PAGE).context["query"] == ""


def test_who_left_is_marked_and_gets_no_pin(client, trainer, people):
    ana, bea = people["ANA222"], people["BEA333"]
    group = ana.cohorts.get()
    archive_person(ana, group, by=trainer, now=NOW)
    Enrolment.objects.filter(learner=bea).update(left_at=NOW)
    make_cohort("Ajeno", trainers=[make_staff("otra", TRAINERS)], learners=[bea])
    page = looked_for(client, trainer, "ana lopez").content.decode()
    assert "Archivad" in page
    assert reverse("desk_archive", args=[group.pk]) in page
    assert "/pin/" not in page
    page = looked_for(client, trainer, "munoz").content.decode()
    assert "En un grupo de otra persona" in page
    assert "/pin/" not in page
    assert "Chajul" not in page
    assert "Ajeno" not in page


def test_of_staff_and_of_oneself_no_trainer_gives_a_pin(client, trainer, people):
    group = people["ANA222"].cohorts.get()
    colleague = make_staff("colega", TRAINERS, first_name="Ana", last_name="Tum")
    for person in (colleague, trainer):
        Enrolment.objects.create(learner=person, cohort=group, enrolled_at=NOW)
    found, _more = find_people(trainer, "tum", now=NOW)
    assert [(one.person, one.may_change) for one in found] == [(colleague, False)]
    found, _more = find_people(trainer, "marta", now=NOW)
    assert [(one.person, one.may_change) for one in found] == [(trainer, False)]
    assert "/pin/" not in looked_for(client, trainer, "tum").content.decode()
    assert client.post(reverse("desk_new_pin", args=[group.pk, colleague.pk])).status_code == 404


def test_a_chat_says_nothing_of_the_course_and_holds_no_pin(client, trainer, people):
    page = looked_for(client, trainer, "lopez ana").content.decode()
    assert "wa.me" not in page
    ask("", "Para avisarle de las sesiones.", by=trainer, now=NOW)
    User.objects.filter(username="ANA222").update(phone="+50255551234")
    page = client.get(PAGE).content.decode()
    text = unquote(page.split("https://wa.me/50255551234?text=")[1].split('"')[0])
    assert text == (
        "Buenos días, Ana Lucía. Le escribe Marta Ajú Ñáñez, del curso «Trato digno»."
        " Puede entrar aquí: http://testserver/"
    )


@pytest.mark.nightly
def test_the_answer_costs_the_same_for_three_people_and_for_many(client, trainer):
    make_course(modules=1, lessons=1, questions=1)
    ask("", "Para avisarle.", by=trainer, now=NOW)
    groups = [make_cohort(f"Grupo {number}", trainers=[trainer]) for number in range(4)]

    def add(start, count):
        people = User.objects.bulk_create(
            User(
                username=f"PER{number:03}",
                first_name="Ana",
                last_name=f"Tum {number}",
                sort_key=f"tum {number:03}, ana",
                phone="+50255551234",
            )
            for number in range(start, start + count)
        )
        Enrolment.objects.bulk_create(
            Enrolment(learner=person, cohort=groups[at % 4], enrolled_at=NOW) for at, person in enumerate(people)
        )

    add(0, 3)
    looked_for(client, trainer, "ana tum")
    with CaptureQueriesContext(connection) as few:
        assert len(client.get(PAGE).context["found"]) == 3
    add(3, SHOWN + 7)
    with CaptureQueriesContext(connection) as many:
        page = client.get(PAGE)
    assert (len(page.context["found"]), page.context["more"]) == (SHOWN, 10)
    # How many more there are is asked only where there may be more.
    assert len(many) <= len(few) + 1
    assert "hay 10 más" in page.content.decode()


def test_each_person_stands_with_group_and_state(trainer):
    make_course(modules=1, lessons=1, questions=1)
    today = timezone.localdate(NOW)
    ana = make_learner()
    old = make_cohort("Viejo", trainers=[trainer], closes_on=today + timedelta(days=1))
    Enrolment.objects.create(learner=ana, cohort=old, enrolled_at=NOW, left_at=NOW)
    new = make_cohort("Nuevo", trainers=[trainer], learners=[ana])
    [[one], more] = find_people(trainer, "coj", now=NOW)
    assert (one.cohort, one.state, one.is_in_group, one.went_on, more) == (new, State.NOT_STARTED, True, False, 0)


def test_whoever_is_found_alone_gets_a_new_pin_at_once(client, trainer, people):
    alone = looked_for(client, trainer, "beatriz").content.decode()
    address = reverse("desk_new_pin", args=[people["BEA333"].cohorts.get().pk, people["BEA333"].pk])
    assert f'action="{address}"' in alone
    assert "La persona recibe un PIN" in alone or "El PIN que la persona eligió deja de servir" in alone
    assert re.search(r'<dd class="big-code">\d{3} \d{3}</dd>', client.post(address).content.decode())
    several = looked_for(client, trainer, "lop").content.decode()
    assert 'action="/es/grupos/' not in several.replace(f'action="{PAGE}"', "")
    archive_person(people["BEA333"], cohort=people["BEA333"].cohorts.get(), by=trainer, now=NOW)
    assert f'action="{address}"' not in looked_for(client, trainer, "beatriz").content.decode()
