"""What the factories make by a shorter way is what the site makes by its own."""

import pytest
from django.db import transaction
from wagtail.blocks import StreamValue
from wagtail.models import Page

from modules.models import CoursePage, Edition, LessonPage, ModulePage
from modules.progress.following import changing_much
from quizzes.models import Choice, Question, Quiz, QuizQuestion
from tests.factories import make_course, make_module

pytestmark = [pytest.mark.django_db, pytest.mark.any_day]

# Of when, and of which row of the tables.
OWN = {"id", "page_ptr_id", "quiz_id", "question_id", "root_page_id", "key", "in_force_from"}


def plain(value):
    # Each block has an id of its own.
    return [(block.block_type, str(block.value)) for block in value] if isinstance(value, StreamValue) else value


def rows():
    models = (Page, CoursePage, ModulePage, LessonPage, Quiz, QuizQuestion, Question, Choice, Edition)
    found = {
        model: [
            {name: plain(value) for name, value in row.items() if name not in OWN} for row in model.objects.values()
        ]
        for model in models
    }
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
