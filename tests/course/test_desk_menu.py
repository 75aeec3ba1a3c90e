"""Where one can go from a page of the desk: the places of the desk, or within a group those of the group."""

import re

import pytest
from django.urls import reverse

from course.models import Session
from course.people.audit import note
from tests.factories import NOW, make_cohort, make_course, make_learner, make_trainer

pytestmark = pytest.mark.django_db

OF_THE_GROUP = ["Avance", "Agregar personas", "Tarjetas", "Sesiones", "En papel", "Certificados", "Ajustes"]
OF_THE_DESK = ["Mis grupos", "Por calificar (0)", "Por revisar (0)", "Informe", "Encuesta", "Quién hizo qué"]


@pytest.fixture
def group(client):
    make_course(modules=1)
    cohort = make_cohort(trainers=[make_trainer()], learners=[make_learner()])
    client.force_login(cohort.trainers.get())
    return cohort


def places(client, address):
    """Return what the menu of a page offers, and which of it is said to be here: (all, [(words, aria-current)])."""
    page = client.get(address).content.decode()
    menu = re.search(r'<nav class="desk-menu.*?</nav>', page, re.S)[0]
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
def test_a_page_of_a_group_leads_to_its_other_places(client, group, name, here):
    assert places(client, reverse(name, args=[group.pk])) == (OF_THE_GROUP, [here])


def test_what_is_below_a_place_says_that_one_is_in_it(client, group):
    person = reverse("desk_person", args=[group.pk, group.learners.get().pk])
    assert places(client, person) == (OF_THE_GROUP, [("Avance", "true")])
    session = Session.objects.create(cohort=group, made_by=group.trainers.get())
    for name in ("desk_session", "desk_session_change", "desk_session_delete", "desk_add_to_session", "desk_stage"):
        address = reverse(name, args=[group.pk, session.pk])
        assert places(client, address) == (OF_THE_GROUP, [("Sesiones", "true")])


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("desk_cohorts", "Mis grupos"),
        ("desk_marking", "Por calificar (0)"),
        ("desk_held", "Por revisar (0)"),
        ("desk_report", "Informe"),
        ("desk_survey", "Encuesta"),
        ("desk_all_audit", "Quién hizo qué"),
    ],
)
def test_the_other_pages_lead_to_the_places_of_the_desk(client, group, name, here):
    note("group_changed", by=group.trainers.get(), cohort=group, now=NOW)
    assert places(client, reverse(name)) == (OF_THE_DESK, [(here, "page")])


def test_whoever_makes_a_group_is_among_the_groups(client, group):
    assert places(client, reverse("desk_new_group")) == (OF_THE_DESK, [("Mis grupos", "true")])


def test_a_group_without_people_says_what_comes_first(client, group):
    empty = make_cohort("Grupo vacío", trainers=[group.trainers.get()])
    roster = reverse("desk_roster", args=[empty.pk])
    for name in ("desk_cohort", "desk_activities", "desk_cards", "desk_cohort_certificates"):
        main = client.get(reverse(name, args=[empty.pk])).content.decode().split("</nav>")[-1]
        assert f'href="{roster}">Agregar personas</a>' in main, name
