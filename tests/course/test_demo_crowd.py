"""A crowd to try a big site out with: the same people every time, and nobody among real people."""

import hashlib
from io import StringIO

import pytest
from django.db import transaction

from benchmarks.big_site.filling import CannotFill, fill_site
from benchmarks.big_site.places import GROUP_SIZES, plan_places
from benchmarks.big_site.writing import make_crowd
from course.demo.people import make_demo_people
from course.models import Call, Clinic, Enrolment, PaperSheet, User
from modules.models import LessonRead
from quizzes.models import Answer, Attempt
from tests.factories import NOW, make_course, make_learner

pytestmark = [pytest.mark.django_db, pytest.mark.nightly]

CROWD = 400


@pytest.fixture(scope="module")
def site(filled_once):
    make_course(modules=3, lessons=2)
    make_demo_people(now=NOW)


def of_crowd():
    return User.objects.filter(is_staff=False, enrolments__cohort__trainers__username__startswith="facilitadora0")


def fingerprint():
    """Return a digest of everything that the crowd is and did, without the keys that a database gives."""
    people = of_crowd().order_by("username")
    facts = [
        people.values_list("username", "first_name", "last_name", "sort_key", "role", "clinic__name", "cohorts__name"),
        Enrolment.objects.filter(learner__in=people).values_list("learner__username", "enrolled_at"),
        LessonRead.objects.filter(learner__in=people).values_list("learner__username", "lesson_key", "read_at"),
        Attempt.objects.filter(learner__in=people).values_list(
            "pk", "learner__username", "quiz_key", "started_at", "submitted_at", "grade", "medium"
        ),
        Answer.objects.filter(attempt__learner__in=people).values_list("attempt_id", "question_key", "fraction"),
        PaperSheet.objects.values_list("code", "attempt_id"),
        Call.objects.values_list("learner__username", "made_at"),
        Clinic.objects.filter(area__isnull=False).values_list("name", "area__name"),
    ]
    lines = [sorted(" ".join(map(str, row)) for row in rows) for rows in facts]
    return hashlib.sha256(repr(lines).encode()).hexdigest()[:16]


def test_the_same_numbers_make_the_same_crowd_and_another_seed_another(site):
    made = []
    for seed in (1, 1, 2):
        with transaction.atomic():
            make_crowd(CROWD, 40, now=NOW, seed=seed)
            made.append(fingerprint())
            transaction.set_rollback(True)
    assert made[0] == made[1] != made[2]
    # On every database and in every process.
    assert made[0] == "6ff61ea87647b5ab"


def test_a_second_crowd_changes_nothing(site):
    fill_site(20, out=None)
    before = fingerprint()
    said = StringIO()
    fill_site(20, out=said)
    assert "Ya hay una multitud" in said.getvalue()
    assert fingerprint() == before
    assert of_crowd().count() == 20


def test_nobody_is_put_among_real_people(site):
    make_learner("REAL22")
    with pytest.raises(CannotFill, match="no son de prueba"):
        fill_site(20, out=None)
    assert of_crowd().count() == 0


@pytest.mark.parametrize(("learners", "clinics"), [(1, 1), (1000, 3), (9999, 30), (100_000, 300)])
def test_everybody_has_one_group_whose_clinics_are_of_one_area(learners, clinics):
    places = plan_places(learners, clinics)
    assert [number for group in places.groups for number in group.people] == list(range(learners))
    assert all(len(group.people) in GROUP_SIZES for group in places.groups[:-1])
    for group in places.groups:
        assert {places.clinics[clinic].area for clinic in group.clinics} == {places.trainers[group.trainer]}
    assert len({(clinic.name, clinic.municipality, clinic.department) for clinic in places.clinics}) == clinics
