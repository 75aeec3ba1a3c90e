import pytest
from django.db import transaction
from wagtail.blocks import StreamValue
from wagtail.models import Page

from modules.models import CoursePage, Edition, LessonPage, LessonRead, ModulePage, Registration, TrainingRecord
from modules.progress.following import changing_much
from modules.progress.training_record import record_finished
from quizzes.models import Answer, Attempt, Choice, Question, Quiz, QuizQuestion
from tests.factories import NOW, finish_course, finish_lessons, make_course, make_learner, make_module, pass_quiz

pytestmark = pytest.mark.django_db

# Of when, and of which row of the tables.
OWN = {"id", "page_ptr_id", "quiz_id", "question_id", "root_page_id", "key", "current_from"}


def plain(value):
    return [(block.block_type, str(block.value)) for block in value] if isinstance(value, StreamValue) else value


def rows_of(*models, own=OWN):
    return {
        model: [
            {name: plain(value) for name, value in row.items() if name not in own} for row in model.objects.values()
        ]
        for model in models
    }


def rows():
    found = rows_of(Page, CoursePage, ModulePage, LessonPage, Quiz, QuizQuestion, Question, Choice, Edition)
    found["quizzes"] = list(ModulePage.objects.order_by("path").values_list("number", "quiz__identifier"))
    found["entries"] = list(QuizQuestion.objects.order_by("pk").values_list("quiz__identifier", "question__identifier"))
    return found


@pytest.mark.parametrize("quiz", [True, False])
def test_a_course_that_is_made_at_once_is_the_one_that_is_made_page_by_page(quiz):
    with transaction.atomic():
        make_course(modules=2, lessons=3, quiz=quiz, questions=2)
        at_once = rows()
        transaction.set_rollback(True)
    with changing_much():
        course = make_course(modules=0)
        for number in (1, 2):
            make_module(course, number, lessons=3, quiz=quiz, questions=2)
    by_page = rows()
    assert [len(at_once[model]) for model in (ModulePage, LessonPage, Edition)] == [2, 6, 1]
    assert at_once == by_page
    assert not Page.find_problems()[0]


def test_a_course_that_is_finished_at_once_is_the_one_that_is_finished_lesson_by_lesson():
    make_course(modules=2, lessons=3, questions=2)
    learner, found = make_learner(), []
    for way in (finish_course, finish_lesson_by_lesson):
        with transaction.atomic():
            way(learner)
            of_people = (LessonRead, Attempt, Answer, Registration, TrainingRecord)
            found.append(rows_of(*of_people, own=OWN | {"attempt_id", "registration_id", "write_id"}))
            transaction.set_rollback(True)
    assert {model: len(of_one) for model, of_one in found[0].items()} == {
        LessonRead: 6, Attempt: 2, Answer: 4, Registration: 1, TrainingRecord: 3,
    }  # fmt: skip
    assert found[0] == found[1]


def finish_lesson_by_lesson(learner):
    for module in ModulePage.objects.live():
        finish_lessons(learner, module)
        pass_quiz(learner, module.quiz)
    record_finished([learner], now=NOW)
