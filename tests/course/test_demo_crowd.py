"""A crowd to try a big site out with: the same people every time, in every state, and nobody among real people."""

import hashlib
from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
from django.db import transaction

from benchmarks.big_site.filling import CannotFill, fill_site
from benchmarks.big_site.places import GROUP_SIZES, plan_places
from benchmarks.big_site.steps import TO_CALL, Way
from benchmarks.big_site.writing import make_crowd
from certificates.models import Certificate
from course.demo.people import make_demo_people
from course.groups.calling import call_list
from course.groups.grid import grids_by_cohort, state_of_course
from course.models import Area, AuditEntry, Call, Clinic, Cohort, Enrolment, PaperSheet, User
from course.people.cohorts import learners_by_cohort
from modules.models import LessonRead
from modules.progress.deriving import progress_by_learner
from modules.progress.outline import course_outline
from modules.progress.states import State
from quizzes.analysis.figures import count_new_attempts
from quizzes.attempts.marking import answers_to_mark
from quizzes.models import Answer, Attempt, Medium
from tests.factories import NOW, make_course, make_learner

pytestmark = pytest.mark.django_db

CROWD = 400


@pytest.fixture
def site():
    make_course(modules=3, lessons=2)
    make_demo_people(now=NOW)


@pytest.fixture
def crowd(site):
    return make_crowd(CROWD, 40, now=NOW)


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


@pytest.mark.any_day
def test_there_are_as_many_of_everything_as_was_asked_for(crowd):
    assert of_crowd().count() == CROWD
    assert not any(person.has_usable_password() for person in of_crowd())
    assert User.objects.filter(is_demo=False).count() == 0
    assert (Area.objects.count(), Clinic.objects.filter(area__isnull=False).count()) == (2, 40)
    sizes = [cohort.learners.count() for cohort in Cohort.objects.filter(clinic__area__isnull=False).order_by("pk")]
    assert sizes == [30, 350, 15, 5]
    assert set(of_crowd().values_list("role", flat=True)) == {"", "clinica", "labfar", "recepcion", "apoyo", "jefatura"}
    assert all(cohort.trainers.count() == 1 for cohort in Cohort.objects.all())
    assert all(area.leads.count() == 1 for area in Area.objects.all())
    assert AuditEntry.objects.filter(cohort__clinic__area__isnull=False).count() == 4 * 30


@pytest.mark.any_day
def test_everybody_is_in_the_state_that_was_meant(crowd):
    people = User.objects.in_bulk(list(crowd.ways), field_name="username")
    progress = progress_by_learner(people.values(), now=NOW)
    found = {code: state_of_course(progress[person.pk]) for code, person in people.items()}
    meant = {
        Way.FRESH: {State.NOT_STARTED},
        Way.NOT_BEGUN: {State.NOT_STARTED},
        Way.ON_THE_WAY: {State.IN_PROGRESS},
        Way.QUIET: {State.NEEDS_HELP},
        Way.STUCK: {State.NEEDS_HELP},
        Way.PENDING: {State.PENDING},
        Way.FINISHED: {State.FINISHED},
    }
    assert {way: {found[code] for code in crowd.ways if crowd.ways[code] is way} for way in Way} == meant
    attempts = Counter(Attempt.objects.filter(learner__in=people.values()).values_list("medium", "passed"))
    assert set(attempts) >= {(Medium.SCREEN, True), (Medium.SCREEN, False), (Medium.SCREEN, None), (Medium.PAPER, True)}
    pending = sum(way is Way.PENDING for way in crowd.ways.values())
    assert answers_to_mark(User.objects.filter(username__in=crowd.ways)).count() == pending > 0


@pytest.mark.any_day
def test_whom_to_call_are_those_who_are_known_to_be_stuck_and_were_not_called(crowd):
    cohorts = list(Cohort.objects.filter(clinic__area__isnull=False))
    grids = grids_by_cohort(learners_by_cohort(cohorts), now=NOW)
    calls = call_list({cohort: grids[cohort.pk] for cohort in cohorts}, by=User.objects.get(username="admin"), now=NOW)
    called = set(Call.objects.values_list("learner__username", flat=True))
    known = {code for code, way in crowd.ways.items() if way in TO_CALL}
    assert called < known
    assert {due.learner.username for due in calls.due} == known - called


@pytest.mark.any_day
def test_grades_are_those_of_the_answers_and_attempts_without_them_stay_out_of_the_figures(crowd):
    attempts = Attempt.objects.filter(learner__username__in=crowd.ways, grade__isnull=False).prefetch_related("answers")
    kept = [attempt for attempt in attempts if not attempt.in_figures]
    assert 0 < len(kept) < len(attempts)
    for attempt in kept:
        points = sum(answer.fraction for answer in attempt.answers.all())
        assert attempt.grade == pytest.approx(100 * points / attempt.paper["total"], abs=Decimal("0.001"))
        assert attempt.passed == (attempt.grade >= attempt.paper["pass_mark"])
    assert not any(attempt.answers.all() or attempt.paper["questions"] for attempt in attempts if attempt.in_figures)
    quiz_key = course_outline()[0].quiz_key
    firsts = {attempt.learner_id for attempt in kept if attempt.quiz_key == quiz_key}
    counted = count_new_attempts(quiz_key, now=NOW)
    assert len(firsts) <= counted < Attempt.objects.of_quiz(quiz_key).count()


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


def test_the_command_says_how_far_it_is_and_how_to_sign_in(client):
    make_course(modules=1, lessons=1)
    said = StringIO()
    fill_site(25, clinics=2, certificates=2, out=said)
    assert "25 / 25 personas / people" in said.getvalue()
    assert "facilitadora001, jefa01: cuatro-volcanes-y-un-lago" in said.getvalue()
    # Four of the demo people have one.
    assert Certificate.objects.count() == 4 + 2
    client.post("/accounts/login/", {"login": "facilitadora001", "password": "cuatro-volcanes-y-un-lago"})
    assert client.get("/es/grupos/").status_code == 200


@pytest.mark.parametrize(("learners", "clinics"), [(1, 1), (1000, 3), (9999, 30), (100_000, 300)])
def test_everybody_has_one_group_whose_clinics_are_of_one_area(learners, clinics):
    places = plan_places(learners, clinics)
    assert [number for group in places.groups for number in group.people] == list(range(learners))
    assert all(len(group.people) in GROUP_SIZES for group in places.groups[:-1])
    for group in places.groups:
        assert {places.clinics[clinic].area for clinic in group.clinics} == {places.trainers[group.trainer]}
    assert len({(clinic.name, clinic.municipality, clinic.department) for clinic in places.clinics}) == clinics
