"""People to try the course out with: who signs in, and the quiz of every kind that the others took."""

import pytest

from course.demo.people import make_demo_people
from course.demo.practice import PEOPLE, PRACTICE, QUESTIONS, WAITING
from course.models import User
from modules.models import ModulePage
from quizzes.analysis.report import quiz_report
from quizzes.attempts.marking import answers_to_mark
from quizzes.kinds import KINDS
from quizzes.models import Attempt, Quiz
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def site(filled_once):
    make_course(modules=1)
    make_demo_people(now=NOW)


@pytest.mark.nightly
def test_a_quiz_of_every_kind_has_figures_and_answers_to_mark_and_is_no_part_of_the_course(site):
    quiz = Quiz.objects.get(identifier=PRACTICE)
    assert {question[0] for question in QUESTIONS} == set(KINDS)
    report = quiz_report(quiz, language="es")
    assert report.people == PEOPLE >= 20
    assert all(row.advice and 30 <= row.figures.facility < 100 for row in report.rows)
    assert len({row.advice for row in report.rows}) > 1
    waiting = answers_to_mark(User.objects.all()).values_list("attempt__learner__username", flat=True)
    assert sorted(waiting) == WAITING
    assert not ModulePage.objects.filter(quiz=quiz).exists()


def test_who_signs_in_for_the_first_time_finds_nothing_done(site):
    assert not Attempt.objects.filter(learner__username__in=["ANA234", "LUZ567"]).exists()


def test_only_who_signs_in_has_a_pin(site):
    with_pin = [person.username for person in User.objects.order_by("username") if person.has_usable_password()]
    assert with_pin == ["ANA234", "abogada", "admin", "editora", "facilitadora", "revisora"]
