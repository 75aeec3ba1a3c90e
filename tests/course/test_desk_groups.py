"""A trainer makes a group and changes it, without the admin."""

import pytest
from django.urls import reverse

from course.models import AuditEntry, Cohort
from tests.factories import make_clinic, make_cohort, make_learner, make_trainer

pytestmark = pytest.mark.django_db
NEW = {"name": "Turno de noche", "clinic": "", "opens_on": "2026-11-25", "closes_on": ""}


@pytest.fixture
def cohort():
    return make_cohort(trainers=[make_trainer()])


@pytest.fixture
def desk(client, cohort):
    client.force_login(cohort.trainers.get())
    return client


def test_whoever_makes_a_group_is_its_trainer_and_goes_on_to_its_people(desk, cohort):
    clinic = make_clinic()
    answer = desk.post(reverse("desk_new_group"), NEW | {"clinic": clinic.pk})
    made = Cohort.objects.get(name="Turno de noche")
    assert answer.url == reverse("desk_roster", args=[made.pk])
    assert (made.clinic, list(made.trainers.all())) == (clinic, list(cohort.trainers.all()))
    assert AuditEntry.objects.get().action == "group_made"


def test_a_group_is_changed_and_keeps_its_people_and_trainers(desk, cohort):
    make_learner(cohort=cohort)
    page = reverse("desk_change_group", args=[cohort.pk])
    assert cohort.name in desk.get(page).content.decode()
    assert desk.post(page, NEW | {"closes_on": "2026-12-31"}).url == reverse("desk_cohort", args=[cohort.pk])
    cohort.refresh_from_db()
    assert (cohort.name, str(cohort.closes_on)) == ("Turno de noche", "2026-12-31")
    assert (cohort.learners.count(), cohort.trainers.count()) == (1, 1)


def test_what_is_wrong_is_said_at_the_field(desk, cohort):
    wrong = desk.post(reverse("desk_new_group"), NEW | {"name": "", "closes_on": "2026-01-01"})
    assert wrong.status_code == 422
    assert "Escriba un nombre para el grupo." in wrong.content.decode()
    assert "El último día es anterior al primero." in wrong.content.decode()


def test_who_has_no_desk_makes_no_group(client, cohort):
    client.force_login(make_learner())
    assert client.get(reverse("desk_new_group")).status_code == 404
    assert client.post(reverse("desk_new_group"), NEW).status_code == 404
