import re

import pytest
from django.urls import reverse

from course.models import ADMINISTRATORS, TRAINERS, Session
from course.people.audit import audit_log
from tests.factories import NOW, enrol, make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.usefixtures("course")
OF_THE_GROUP = ["Avance", "Agregar personas", "Tarjetas", "Sesiones", "En papel", "Certificados", "Ajustes"]
OF_THE_DESK = ["Mis grupos", "Por calificar (0)", "Por revisar (0)", "Informe", "Encuesta", "Quién hizo qué"]


def statuses(client, group, learner):
    names = ["desk_cohort", "desk_cohort_xlsx", "desk_cohort_csv", "desk_cohort_certificates"]
    answers = [client.get(reverse(name, args=[group.pk])) for name in names]
    answers.append(client.get(reverse("desk_person", args=[group.pk, learner.pk])))
    answers.append(client.post(reverse("desk_unlock", args=[group.pk, learner.pk])))
    return [answer.status_code for answer in answers]


def test_a_learner_finds_no_desk_not_even_of_the_own_group(ana_client, group, ana):
    assert statuses(ana_client, group, ana) == [404] * 6
    assert ana_client.get(reverse("desk_cohorts")).status_code == 404


def test_a_trainer_finds_nothing_of_the_group_of_another(client, group, ana):
    other = make_trainer("otra")
    make_cohort("Otro grupo", trainers=[other])
    client.force_login(other)
    assert group.name not in client.get(reverse("desk_cohorts")).text
    assert statuses(client, group, ana) == [404] * 6


def test_who_is_in_no_group_of_the_trainer_is_not_found(desk, group, ana):
    bea = make_learner("BEA234")
    group.enrolments.update(left_at=NOW)
    enrol(ana, make_cohort("Otro grupo", trainers=[make_trainer("otra")]))
    for person in (ana, bea):
        assert statuses(desk, group, person) == [200] * 4 + [404] * 2
    assert desk.get(reverse("desk_cohort", args=[10**20])).status_code == 404


def test_a_trainer_no_longer_looking_after_a_group_loses_it_at_once(desk, group, trainer, ana):
    assert statuses(desk, group, ana) == [200] * 5 + [302]
    group.trainers.remove(trainer)
    assert statuses(desk, group, ana) == [404] * 6


def test_an_administrator_who_is_no_staff_any_more_opens_nothing(client, group, ana):
    person = make_staff("administradora", ADMINISTRATORS)
    client.force_login(person)
    assert statuses(client, group, ana) == [200] * 5 + [302]
    type(person).objects.filter(pk=person.pk).update(is_staff=False, role="recepcion")
    assert statuses(client, group, ana) == [404] * 6


def test_an_administrator_changes_accounts_of_staff_but_not_of_who_installed_the_site(client, group):
    administrator = make_staff("administradora", ADMINISTRATORS)
    staff, root = make_staff("otra", TRAINERS), make_staff("admin", is_staff=True, is_superuser=True)
    for person in (staff, root):
        enrol(person, group)
    client.force_login(administrator)
    addresses = {person: reverse("desk_new_pin", args=[group.pk, person.pk]) for person in (staff, root)}
    assert {person: client.get(address).status_code for person, address in addresses.items()} == {staff: 200, root: 404}
    assert client.post(addresses[root]).status_code == 404
    assert not administrator.has_perm("course.change_learner", administrator)


def places(desk, address):
    menu = re.search(r'<nav class="desk-menu.*?</nav>', desk.get(address).text, re.S)[0]
    links = re.findall(r"<a href=[^ >]+(?: aria-current=\"(\w+)\")?>([^<]+)</a>", menu)
    return [words for _current, words in links], [(words, current) for current, words in links if current]


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("desk_cohort", ("Avance", "page")),
        ("desk_roster", ("Agregar personas", "page")),
        ("desk_archive", ("Agregar personas", "true")),
        ("desk_cards", ("Tarjetas", "page")),
        ("desk_sessions", ("Sesiones", "page")),
        ("desk_papers", ("En papel", "page")),
        ("desk_cohort_certificates", ("Certificados", "page")),
        ("desk_change_group", ("Ajustes", "page")),
        ("desk_call_rules", ("Ajustes", "true")),
        ("desk_audit", ("Ajustes", "true")),
    ],
)
def test_a_page_of_a_group_leads_to_its_other_places(desk, group, name, here):
    assert places(desk, reverse(name, args=[group.pk])) == (OF_THE_GROUP, [here])


def test_what_is_below_a_place_says_that_one_is_in_it(desk, group):
    person = reverse("desk_person", args=[group.pk, group.learners.get().pk])
    assert places(desk, person) == (OF_THE_GROUP, [("Avance", "true")])
    session = Session.objects.create(cohort=group, made_by=group.trainers.get())
    for name in ("desk_session", "desk_session_change", "desk_session_delete", "desk_add_to_session", "desk_stage"):
        assert places(desk, reverse(name, args=[group.pk, session.pk])) == (OF_THE_GROUP, [("Sesiones", "true")])


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("desk_cohorts", ("Mis grupos", "page")),
        ("desk_new_group", ("Mis grupos", "true")),
        ("desk_marking", ("Por calificar (0)", "page")),
        ("desk_held", ("Por revisar (0)", "page")),
        ("desk_report", ("Informe", "page")),
        ("desk_survey", ("Encuesta", "page")),
        ("desk_all_audit", ("Quién hizo qué", "page")),
    ],
)
def test_the_other_pages_lead_to_the_places_of_the_desk(desk, group, name, here):
    audit_log("group_changed", by=group.trainers.get(), cohort=group, now=NOW)
    assert places(desk, reverse(name)) == (OF_THE_DESK, [here])


def test_a_group_without_people_says_what_comes_first(desk, group):
    empty = make_cohort("Grupo vacío", trainers=[group.trainers.get()])
    roster = reverse("desk_roster", args=[empty.pk])
    for name in ("desk_cohort", "desk_activities", "desk_cards", "desk_cohort_certificates"):
        main = desk.get(reverse(name, args=[empty.pk])).text.split("</nav>")[-1]
        assert f'href="{roster}">Agregar personas</a>' in main, name
