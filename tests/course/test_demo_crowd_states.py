"""A crowd to try a big site out with: as many as were asked for, and everybody in the state that was meant."""

from collections import Counter
from decimal import Decimal

import pytest

from benchmarks.big_site.steps import TO_CALL, Way
from benchmarks.big_site.writing import make_crowd
from course.demo.people import make_demo_people
from course.groups.calling import call_list
from course.groups.grid import grids_by_cohort, state_of_course
from course.models import Area, AuditEntry, Call, Clinic, Cohort, User
from course.people.cohorts import learners_by_cohort
from modules.progress.deriving import progress_by_learner
from modules.progress.outline import course_outline
from modules.progress.states import State
from quizzes.analysis.figures import count_new_attempts
from quizzes.attempts.marking import answers_to_mark
from quizzes.models import Attempt, Medium
from tests.factories import NOW, make_course

from .test_demo_crowd import CROWD, of_crowd

pytestmark = [pytest.mark.django_db, pytest.mark.nightly]


@pytest.fixture(scope="module")
def crowd(filled_once):
    make_course(modules=3, lessons=2)
    make_demo_people(now=NOW)
    return make_crowd(CROWD, 40, now=NOW)


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


def test_whom_to_call_are_those_who_are_known_to_be_stuck_and_were_not_called(crowd):
    cohorts = list(Cohort.objects.filter(clinic__area__isnull=False))
    grids = grids_by_cohort(learners_by_cohort(cohorts), now=NOW)
    calls = call_list({cohort: grids[cohort.pk] for cohort in cohorts}, by=User.objects.get(username="admin"), now=NOW)
    called = set(Call.objects.values_list("learner__username", flat=True))
    known = {code for code, way in crowd.ways.items() if way in TO_CALL}
    assert called < known
    assert {due.learner.username for due in calls.due} == known - called


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
