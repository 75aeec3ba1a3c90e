"""Confirming a list: all of it or nothing, twice is once, and nobody can sign in before there is a card."""

import random
from datetime import timedelta

import pytest

from course.models import AuditEntry, Clinic, Enrolment, RosterUpload, User
from course.roster import importing
from course.roster.importing import PlanChanged, confirm_list, plan_fingerprint
from course.roster.uploads import KEPT, forget_old_lists, plan_of
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_trainer

from .factories import bring, messy_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort(trainers=[make_trainer()], clinic=make_clinic())


def confirm(upload, **options):
    shown = options.pop("shown", None) or plan_fingerprint(plan_of(upload))
    return confirm_list(upload, shown=shown, by=upload.brought_by, now=NOW, chance=random.Random(1), **options)


def test_nothing_is_written_before_the_list_is_confirmed(cohort):
    upload = bring(cohort, messy_rows())
    plan_of(upload)
    assert User.objects.count() == 1
    assert not Enrolment.objects.exists()
    assert Clinic.objects.count() == 1


def test_the_messy_list_goes_in_whole(cohort):
    outcome = confirm(bring(cohort, messy_rows()))
    assert (outcome.created, outcome.updated, outcome.unchanged, outcome.left_out) == (47, 0, 0, 13)
    assert cohort.learners.count() == 47
    ana = cohort.learners.get(last_name="Coj de la Cruz")
    assert (ana.first_name, ana.role, ana.clinic) == ("Ana Lucía", "recepcion", cohort.clinic)
    assert cohort.learners.in_spanish_order().first().last_name == "Ajú"
    assert set(
        cohort.learners.filter(clinic__name="Puesto de Salud El Tizate").values_list("first_name", flat=True)
    ) == {
        "Andrés",
        "Manuela",
    }
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.people, entry.cohort) == ("roster_imported", 47, cohort)


def test_nobody_has_a_usable_pin_after_it(cohort):
    confirm(bring(cohort, messy_rows()))
    people = list(cohort.learners.all())
    assert not any(person.has_usable_password() for person in people)
    assert not any(hasattr(person, "starting_pin") for person in people)


def test_twice_is_once_and_the_names_are_not_kept(cohort):
    upload = bring(cohort, messy_rows())
    shown = plan_fingerprint(plan_of(upload))
    first = confirm(upload, shown=shown)
    again = confirm_list(RosterUpload.objects.get(), shown=shown, by=upload.brought_by, now=NOW)
    assert again == first
    assert User.objects.count() == 48
    assert RosterUpload.objects.get().rows == []


def test_the_same_list_again_changes_nobody(cohort):
    confirm(bring(cohort, messy_rows()))
    outcome = confirm(bring(cohort, messy_rows()))
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 47)
    assert Enrolment.objects.count() == 47


def test_a_plan_that_is_another_by_now_is_not_written(cohort):
    rows = [["Apellidos", "Nombres"], ["Coj de la Cruz", "Ana Lucía"]]
    upload = bring(cohort, rows)
    shown = plan_fingerprint(plan_of(upload))
    make_learner(cohort=cohort, clinic=cohort.clinic)
    with pytest.raises(PlanChanged):
        confirm(upload, shown=shown)
    assert RosterUpload.objects.get().finished_at is None


def test_a_list_that_nobody_confirmed_is_forgotten_after_a_day(cohort):
    bring(cohort, messy_rows())
    forget_old_lists(now=NOW + KEPT)
    assert RosterUpload.objects.exists()
    forget_old_lists(now=NOW + KEPT + timedelta(seconds=1))
    assert not RosterUpload.objects.exists()


def test_all_or_nothing(cohort, monkeypatch):
    upload = bring(cohort, messy_rows())

    def break_down(*args, **kwargs):
        raise RuntimeError("the power went")

    monkeypatch.setattr(importing, "enrol_people", break_down)
    with pytest.raises(RuntimeError):
        confirm(upload)
    assert User.objects.count() == 1
    assert Clinic.objects.count() == 1
    assert RosterUpload.objects.get().finished_at is None


def test_people_are_updated_enrolled_and_opened_again(cohort):
    ana = make_learner(cohort=cohort, clinic=cohort.clinic, is_active=False)
    Enrolment.objects.update(left_at=NOW)
    outcome = confirm(bring(cohort, [["Apellidos", "Nombres", "Puesto"], ["Coj de la Cruz", "Ana Lucía", "Médica"]]))
    assert (outcome.created, outcome.joined, outcome.updated) == (0, 1, 0)
    ana.refresh_from_db()
    assert (ana.is_active, ana.role) == (True, "clinica")
    assert Enrolment.objects.current().filter(learner=ana).count() == 1
    assert ana.has_usable_password()
