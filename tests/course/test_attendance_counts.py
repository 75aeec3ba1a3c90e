"""Where a session says so, attending it counts as reading the lessons of its modules; the lessons stay unread."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates.issuing.eligibility import is_eligible
from course.models import Session, User
from course.sessions.attendance import keep_attendance
from modules.models import LessonRead, ModulePage
from modules.progress.deriving import progress_by_learner, progress_of
from modules.progress.finishing import learners_who_began, learners_who_finished
from modules.progress.records import record_finished
from modules.progress.states import State
from quizzes.models import Quiz
from tests.factories import NOW, finish_lessons, make_cohort, make_course, make_learner, make_trainer, pass_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    make_course(modules=2, lessons=2)
    return make_cohort(trainers=[make_trainer()], learners=[make_learner()])


def module(number):
    return ModulePage.objects.get(number=number)


def attend(group, *numbers, counts_for=()):
    keys = [str(module(number).translation_key) for number in numbers]
    counting = [str(module(number).translation_key) for number in counts_for]
    session = Session.objects.create(
        cohort=group, held_on=NOW.date(), modules=keys, counts_for=counting, made_by=group.trainers.get()
    )
    ticked = set(group.learners.values_list("pk", flat=True))
    keep_attendance(session, ticked, shown=set(), by=group.trainers.get(), now=NOW)
    return session


def test_a_session_counts_only_for_the_modules_that_it_says(group):
    attend(group, 1, 2, counts_for=[1])
    first, second = progress_of(group.learners.get(), now=NOW).modules
    assert (first.state, first.attended_at, first.unread_lessons) == (State.IN_PROGRESS, NOW, [])
    # Whoever was there has begun, and has everything still to read.
    assert (second.state, second.attended_at, len(second.unread_lessons)) == (State.IN_PROGRESS, None, 2)
    assert not LessonRead.objects.exists()


def test_the_quiz_still_counts_and_the_course_can_be_finished_so(group):
    ana = group.learners.get()
    attend(group, 1, counts_for=[1])
    pass_quiz(ana, Quiz.objects.get(identifier="m1"))
    assert [step.state for step in progress_of(ana, now=NOW).modules] == [State.FINISHED, State.NOT_STARTED]
    everyone = list(User.objects.values_list("pk", flat=True))
    assert learners_who_finished(everyone) == set()
    assert learners_who_began(everyone) == {ana.pk}
    finish_lessons(ana, module(2))
    pass_quiz(ana, Quiz.objects.get(identifier="m2"))
    record_finished([ana], now=NOW)
    assert learners_who_finished(everyone) == {ana.pk}
    assert is_eligible(ana)


def test_an_attendance_taken_back_counts_no_more(group):
    session = attend(group, 1, counts_for=[1])
    keep_attendance(session, set(), shown={group.learners.get().pk}, by=group.trainers.get(), now=NOW)
    assert progress_of(group.learners.get(), now=NOW).modules[0].state is State.NOT_STARTED


def test_the_learner_and_the_trainer_read_that_it_counts(client, group):
    session = attend(group, 1, counts_for=[1])
    ana = group.learners.get()
    client.force_login(ana)
    assert "Asistió a una sesión sobre este módulo" in client.get("/es/m1/").content.decode()
    client.force_login(group.trainers.get())
    assert "asistió a una sesión" in client.get(reverse("desk_person", args=[group.pk, ana.pk])).content.decode()
    shown = client.get(reverse("desk_session", args=[group.pk, session.pk])).content.decode()
    assert "Cuenta como leídas las lecciones del módulo 1" in shown


def test_attendance_costs_one_query_for_any_number_of_people(group):
    def counted():
        progress_by_learner(User.objects.all(), now=NOW)
        with CaptureQueriesContext(connection) as queries:
            progress_by_learner(User.objects.all(), now=NOW)
        return sum("course_attendance" in query["sql"] for query in queries)

    attend(group, 1, counts_for=[1])
    assert counted() == 1
    for number in range(4):
        make_learner(f"MAS{number}", "Más", f"Gente{number}", cohort=group)
    attend(group, 1, 2)
    assert counted() == 1
