"""What a process remembers of the course's structure is never older than the last change."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import RequestFactory
from django.utils.translation import override
from wagtail.models import Page, Site

from modules.models import CoursePage, LessonPage, ModulePage
from modules.progress.outline import course_outline
from modules.progress.structure import course_structure
from modules.progress.taught import lessons_named
from quizzes.models import Quiz
from tests.factories import make_course, make_lesson, make_module, make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course(modules=2, lessons=2)


def titles():
    return [[lesson.title for lesson in module.lessons] for module in course_outline()]


def lesson(path="m1/1"):
    return LessonPage.objects.get(url_path=f"/curso/{path}/")


@pytest.fixture(autouse=True)
def remembered(course):
    """Every test begins with what was there before its change in memory."""
    return titles()


def test_a_new_title_is_seen_at_once(course):
    changed = lesson()
    changed.title = "Otro título"
    changed.save_revision().publish()
    assert titles()[0][0] == "Otro título"


def test_a_draft_changes_nothing_for_readers(course, remembered):
    changed = lesson()
    changed.title = "Otro título"
    changed.save_revision()
    assert titles() == remembered


@pytest.mark.parametrize("of", [Page, LessonPage])
def test_an_unpublished_lesson_is_gone_at_once(course, of):
    of.objects.get(pk=lesson().pk).unpublish()
    assert [len(lessons) for lessons in titles()] == [1, 2]
    assert course_structure().page_at("es", "m1/1") is None


def test_a_published_lesson_is_there_at_once(course):
    new = make_lesson(ModulePage.objects.get(slug="m1"), 3)
    assert course_structure().page_at("es", "m1/3") == new


@pytest.mark.parametrize("of", [Page, LessonPage])
def test_a_deleted_lesson_is_gone_at_once(course, of):
    of.objects.get(pk=lesson().pk).delete()
    assert [len(lessons) for lessons in titles()] == [1, 2]


def test_a_deleted_module_takes_its_lessons_with_it(course):
    ModulePage.objects.get(slug="m1").delete()
    assert len(titles()) == 1
    assert course_structure().page_at("es", "m1/1") is None


def test_a_lesson_that_is_moved_takes_its_new_place(course, remembered):
    lesson("m1/2").move(lesson("m1/1"), pos="left")
    assert titles()[0] == remembered[0][::-1]


def test_a_lesson_that_is_moved_to_another_module_is_found_there(course):
    lesson("m2/2").delete()
    lesson("m1/2").move(ModulePage.objects.get(slug="m2"), pos="last-child")
    assert [len(lessons) for lessons in titles()] == [1, 2]
    assert course_structure().page_at("es", "m2/2").module.slug == "m2"


def test_a_new_address_holds_for_the_module_and_its_lessons(course):
    module = ModulePage.objects.get(slug="m1")
    module.slug = "uno"
    module.save_revision().publish()
    assert course_structure().page_at("es", "uno/1").url_path == "/curso/uno/1/"
    assert course_structure().page_at("es", "m1/1") is None
    assert course_outline()[0].lessons[0].url == "/es/uno/1/"


def test_a_quiz_that_goes_back_to_a_draft_is_closed_at_once(course):
    module = ModulePage.objects.get(slug="m1")
    module.quiz = make_quiz("nuevo")
    module.save()
    assert course_outline()[0].quiz_is_open
    Quiz.objects.get(pk=module.quiz.pk).unpublish()
    assert not course_outline()[0].quiz_is_open


def test_a_change_that_is_taken_back_leaves_what_was_there(course, remembered):
    with transaction.atomic():
        make_module(course, 3)
        assert len(titles()) == 3
        transaction.set_rollback(True)
    assert titles() == remembered


def test_pages_know_their_neighbours(course):
    found = course_structure().page_at("es", "m2/2")
    assert [found.module.slug, found.module.course.slug, len(found.module.lessons)] == ["m2", "curso", 2]
    assert found.locale.language_code == "es"


def test_addresses_are_those_of_the_language_of_the_interface(course):
    assert course_outline()[0].url == "/es/m1/"
    with override("en"):
        assert course_outline()[0].url == "/en/m1/"


def test_wagtail_finds_the_same_page_when_asked_directly(course):
    request = RequestFactory().get("/es/m1/1/")
    request.user = AnonymousUser()
    Site.objects.update(root_page=CoursePage.objects.get())
    assert Page.route_for_request(request, "m1/1/").page == lesson()
    assert not course_structure().page_at("es", "m1/1/otra")


def test_a_question_that_names_a_lesson_is_told_its_page(course):
    quiz, gone = ModulePage.objects.get(slug="m2").quiz, lesson("m1/2")
    gone.unpublish()
    with override("es"):
        found = lessons_named(["M1-L1#en-la-fila", "M1-L1", "M1-L2", "M9-L9", ""], quiz.translation_key)
    assert found == {
        "": ("2. Módulo de prueba 2", "/es/m2/", "es"),
        "M1-L1": ("Lección 1", "/es/m1/1/", "es"),
        "M1-L1#en-la-fila": ("Lección 1", "/es/m1/1/#en-la-fila", "es"),
    }
