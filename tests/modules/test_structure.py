import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import RequestFactory
from django.utils.translation import override
from wagtail.models import Page, Site

from modules.models import CoursePage, LessonPage, ModulePage
from modules.progress.outline import course_outline, get_course_structure
from modules.progress.training_record import get_referenced_lessons
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


def module(slug="m1"):
    return ModulePage.objects.get(slug=slug)


def as_page():
    return Page.objects.get(pk=lesson().pk)


def rename(page):
    page.title = "Otro"
    page.save_revision().publish()


@pytest.fixture(autouse=True)
def remembered(course):
    return titles()


CHANGES = {
    "a new title": (lambda: rename(lesson()), [["Otro", "Lección 2"], ["Lección 1", "Lección 2"]]),
    "a lesson more": (
        lambda: make_lesson(module(), 3),
        [["Lección 1", "Lección 2", "Lección 3"], ["Lección 1", "Lección 2"]],
    ),
    "a lesson unpublished": (lambda: lesson().unpublish(), [["Lección 2"], ["Lección 1", "Lección 2"]]),
    "unpublished as any page": (lambda: as_page().unpublish(), [["Lección 2"], ["Lección 1", "Lección 2"]]),
    "a lesson deleted": (lambda: lesson().delete(), [["Lección 2"], ["Lección 1", "Lección 2"]]),
    "deleted as any page": (lambda: as_page().delete(), [["Lección 2"], ["Lección 1", "Lección 2"]]),
    "a module deleted": (lambda: module().delete(), [["Lección 1", "Lección 2"]]),
    "another order": (
        lambda: lesson("m1/2").move(lesson(), pos="left"),
        [["Lección 2", "Lección 1"], ["Lección 1", "Lección 2"]],
    ),
    "into another module": (
        lambda: (lesson("m2/2").delete(), lesson("m1/2").move(module("m2"), pos="last-child")),
        [["Lección 1"], ["Lección 1", "Lección 2"]],
    ),
}


@pytest.mark.parametrize(("change", "then"), CHANGES.values(), ids=CHANGES)
def test_change_is_visible_at_once(change, then):
    change()
    assert titles() == then
    is_there = {
        path: get_course_structure().page_at("es", path) is not None for path in ("m1/1", "m1/2", "m1/3", "m2/2")
    }
    assert list(is_there.values()) == [
        LessonPage.objects.live().filter(url_path=f"/curso/{path}/").exists() for path in is_there
    ]


def test_draft_does_not_change_structure(course, remembered):
    changed = lesson()
    changed.title = "Otro título"
    changed.save_revision()
    assert titles() == remembered


def test_new_slug_applies_to_module_and_lessons(course):
    one = module()
    one.slug = "uno"
    one.save_revision().publish()
    assert get_course_structure().page_at("es", "uno/1").url_path == "/curso/uno/1/"
    assert get_course_structure().page_at("es", "m1/1") is None
    assert course_outline()[0].lessons[0].url == "/es/uno/1/"


def test_unpublished_quiz_closes_at_once(course):
    one = module()
    one.quiz = make_quiz("nuevo")
    one.save()
    assert course_outline()[0].quiz_is_open
    Quiz.objects.get(pk=one.quiz.pk).unpublish()
    assert not course_outline()[0].quiz_is_open


def test_rolled_back_change_keeps_structure(course, remembered):
    with transaction.atomic():
        make_module(course, 3)
        assert len(titles()) == 3
        transaction.set_rollback(True)
    assert titles() == remembered


def test_pages_have_their_neighbours(course):
    found = get_course_structure().page_at("es", "m2/2")
    assert [found.module.slug, found.module.course.slug, len(found.module.lessons)] == ["m2", "curso", 2]
    assert found.locale.language_code == "es"


def test_urls_have_language_of_interface(course):
    assert course_outline()[0].url == "/es/m1/"
    with override("en"):
        assert course_outline()[0].url == "/en/m1/"


def test_wagtail_routes_to_same_page(course):
    request = RequestFactory().get("/es/m1/1/")
    request.user = AnonymousUser()
    Site.objects.update(root_page=CoursePage.objects.get())
    assert Page.route_for_request(request, "m1/1/").page == lesson()
    assert not get_course_structure().page_at("es", "m1/1/otra")


def test_question_gets_page_of_its_lesson(course):
    quiz, gone = module("m2").quiz, lesson("m1/2")
    gone.unpublish()
    with override("es"):
        found = get_referenced_lessons(["M1-L1#en-la-fila", "M1-L1", "M1-L2", "M9-L9", ""], quiz.translation_key)
    assert found == {
        "": ("2. Módulo de prueba 2", "/es/m2/", "es"),
        "M1-L1": ("Lección 1", "/es/m1/1/", "es"),
        "M1-L1#en-la-fila": ("Lección 1", "/es/m1/1/#en-la-fila", "es"),
    }
