from collections import Counter
from io import StringIO

import pytest

from benchmarks.big_site.filling import CannotFill, fill_site
from benchmarks.big_site.steps import Way
from benchmarks.big_site.writing import make_crowd
from course.demo.people import make_demo_people
from course.demo.practice import PEOPLE, PRACTICE, QUESTIONS, WAITING
from course.groups.grid import state_of_course
from course.models import User
from modules.models import ModulePage
from modules.progress.deriving import progress_by_learner
from modules.progress.states import State
from quizzes.analysis.report import build_report
from quizzes.attempts.grading import answers_to_mark
from quizzes.kinds import KINDS
from quizzes.models import Attempt, Medium, Quiz
from tests.factories import NOW, make_course, make_learner

pytestmark = pytest.mark.django_db

CROWD = 400


@pytest.fixture(scope="module")
def site(filled_once):
    make_course(modules=3, lessons=2)
    make_demo_people(now=NOW)


def of_crowd():
    return User.objects.filter(is_staff=False, enrolments__cohort__trainers__username__startswith="facilitadora0")


@pytest.mark.nightly
def test_a_second_crowd_changes_nothing(site):
    fill_site(20, out=None)
    said = StringIO()
    fill_site(20, out=said)
    assert "Ya hay una multitud" in said.getvalue()
    assert of_crowd().count() == 20


@pytest.mark.nightly
def test_nobody_is_put_among_real_people(site):
    make_learner("REAL22")
    with pytest.raises(CannotFill, match="no son de prueba"):
        fill_site(20, out=None)
    assert of_crowd().count() == 0


@pytest.mark.nightly
def test_everybody_is_in_the_state_that_was_meant(site):
    crowd = make_crowd(CROWD, 40, now=NOW)
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


@pytest.mark.nightly
def test_a_quiz_of_every_kind_has_figures_and_answers_to_mark_and_is_no_part_of_the_course(site):
    quiz = Quiz.objects.get(identifier=PRACTICE)
    assert {question[0] for question in QUESTIONS} == set(KINDS)
    report = build_report(quiz, language="es")
    assert report.people == PEOPLE >= 20
    assert all(row.advice and 30 <= row.statistics.facility < 100 for row in report.rows)
    assert len({row.advice for row in report.rows}) > 1
    assert sorted(answers_to_mark(User.objects.all()).values_list("attempt__learner__username", flat=True)) == WAITING
    assert not ModulePage.objects.filter(quiz=quiz).exists()


def test_who_signs_in_for_the_first_time_finds_nothing_done(site):
    assert not Attempt.objects.filter(learner__username__in=["ANA234", "LUZ567"]).exists()


def test_only_who_signs_in_has_a_pin(site):
    with_pin = [person.username for person in User.objects.order_by("username") if person.has_usable_password()]
    assert with_pin == ["ANA234", "abogada", "admin", "editora", "facilitadora", "revisora"]
