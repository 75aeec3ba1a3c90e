"""A course of which only a part is translated: nobody gains or loses a lesson or a quiz by changing the language."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from modules.models import CoursePage, LessonPage, ModulePage
from modules.progress.deriving import progress_of
from modules.progress.outline import course_outline
from modules.progress.structure import course_structure
from quizzes.models import Attempt
from tests.factories import finish_course, make_cohort, make_course, make_learner, make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def course():
    return make_course(modules=2, lessons=2)


def spanish_page(path=""):
    model = {0: CoursePage, 1: ModulePage, 2: LessonPage}[len(path.split("/")) if path else 0]
    return model.objects.get(url_path=f"/curso/{path}/" if path else "/curso/")


def translate(english, path, title=None):
    """Publish the page in English, with its parents where they are not there yet."""
    page = spanish_page(path).copy_for_translation(english, copy_parents=True)
    page.title = title or f"In English: {path}"
    page.save_revision().publish()
    page.refresh_from_db()
    return page


@pytest.fixture
def half(english):
    """The course, its first module and the first lesson of that are in English; nothing else is."""
    return [translate(english, path) for path in ("", "m1", "m1/1")]


def shape():
    """The parts of the course by key, as the progress of people is derived from them."""
    return [(module.key, [lesson.key for lesson in module.lessons], module.quiz_key) for module in course_outline()]


def titles(language):
    with override(language):
        return [(module.title, [lesson.title for lesson in module.lessons]) for module in course_outline()]


def in_both():
    with override("es"):
        spanish = shape()
    with override("en"):
        return spanish, shape()


def test_what_nobody_translated_stands_in_the_translation_in_spanish(half):
    assert titles("en") == [
        ("In English: m1", ["In English: m1/1", "Lección 2"]),
        ("Módulo de prueba 2", ["Lección 1", "Lección 2"]),
    ]
    assert titles("es") == [
        ("Módulo de prueba 1", ["Lección 1", "Lección 2"]),
        ("Módulo de prueba 2", ["Lección 1", "Lección 2"]),
    ]


def test_the_parts_are_the_same_in_both_languages(half):
    spanish, english = in_both()
    assert spanish == english
    assert len(spanish) == 2


def test_each_title_says_its_own_language(half):
    with override("en"):
        [first, second] = course_outline()
    assert [first.language, *(lesson.language for lesson in first.lessons)] == ["en", "en", "es"]
    assert [second.language, *(lesson.language for lesson in second.lessons)] == ["es", "es", "es"]


def test_a_page_that_only_the_translation_has_is_no_part_of_the_course(half, english):
    module = half[1]
    extra = module.add_child(instance=LessonPage(title="Extra", slug="extra", locale=english))
    alone = half[0].add_child(instance=ModulePage(title="Alone", slug="m9", number=9, locale=english))
    extra.save_revision().publish()
    alone.save_revision().publish()
    spanish, translated = in_both()
    assert spanish == translated
    structure = course_structure()
    assert structure.page_at("en", "m1/extra") is None
    assert structure.page_at("en", "m9") is None


def test_a_lesson_translated_below_a_module_that_is_a_draft_waits_for_it(half):
    half[1].unpublish()
    assert titles("en")[0] == ("Módulo de prueba 1", ["Lección 1", "Lección 2"])


def test_the_order_is_that_of_the_spanish_course(half, english):
    second = translate(english, "m1/2")
    second.move(LessonPage.objects.get(pk=half[2].pk), pos="left")
    assert titles("en")[0][1] == ["In English: m1/1", "In English: m1/2"]


@pytest.mark.parametrize("other", [True, False])
def test_a_translation_with_another_quiz_or_none_still_asks_for_the_quiz_of_the_course(half, other):
    module = half[1]
    module.quiz = make_quiz("otro", questions=1) if other else None
    module.save_revision().publish()
    spanish, translated = in_both()
    assert spanish == translated
    with override("en"):
        [english_first, _second] = course_outline()
    [spanish_first, _second] = course_outline()
    assert english_first.quiz_identifier == spanish_first.quiz_identifier == "m1"
    assert english_first.quiz_minutes == spanish_first.quiz_minutes


def test_the_path_of_the_spanish_page_works_in_the_translation(half):
    module = half[1]
    module.slug = "one"
    module.save_revision().publish()
    # Its path follows from the module's, so it is read again.
    lesson = LessonPage.objects.get(pk=half[2].pk)
    lesson.slug = "first"
    lesson.save_revision().publish()
    structure = course_structure()
    assert structure.page_at("en", "one/first") == structure.page_at("en", "m1/1") == lesson
    assert structure.page_at("en", "one") == structure.page_at("en", "m1") == module
    assert structure.page_at("en", "one/2") == structure.page_at("en", "m1/2") == spanish_page("m1/2")
    assert structure.page_at("en", "m2/2") == spanish_page("m2/2")


def test_who_changes_the_language_stays_where_they_are(learner_client, half):
    half[1].slug = "one"
    half[1].save_revision().publish()
    for path, lesson in (("one", "m1"), ("one/1", "m1/1"), ("one/2", "m1/2")):
        assert course_structure().page_at("es", path) == spanish_page(lesson)
    answer = learner_client.post("/i18n/setlang/", {"language": "es", "next": "/en/one/1/"}, follow=True)
    assert answer.status_code == 200
    assert "Texto de la lección 1" in answer.content.decode()


def test_pages_of_the_translation_know_their_neighbours_and_spanish_ones_are_left_alone(half):
    structure = course_structure()
    there = structure.page_at("en", "m1/2")
    assert there.module == half[1]
    assert there.module.course == half[0]
    here = structure.page_at("es", "m1/2")
    assert (here.module, here.module.course) == (spanish_page("m1"), spanish_page())
    assert [lesson.title for lesson in here.module.lessons] == ["Lección 1", "Lección 2"]
    below = structure.page_at("en", "m2/1").module
    assert (below, below.course) == (spanish_page("m2"), half[0])


def test_who_finished_in_one_language_has_finished_in_the_other(half):
    learner = make_learner()
    finish_course(learner)
    for language in ("es", "en"):
        with override(language):
            assert progress_of(learner).finished


@pytest.mark.parametrize("path", ["m1", "m1/1", "m1/2", "m2", "m2/1"])
def test_every_page_opens_in_both_languages(learner_client, half, path):
    for language in ("es", "en"):
        assert learner_client.get(f"/{language}/{path}/").status_code == 200


@pytest.mark.parametrize("path", ["m1/1", "m1/2", "m2/1"])
def test_every_lesson_prints_in_both_languages_with_its_place(learner_client, half, path):
    for language in ("es", "en"):
        page = learner_client.get(f"/{language}/{path}/").content.decode()
        address = f"/{language}/hoja-de-leccion/{path}/"
        assert f'href="{address}"' in page
        answer = learner_client.get(address)
        assert answer.status_code == 200
        place = {"es": f"Lección {path[-1]} de 2", "en": f"Lesson {path[-1]} of 2"}[language]
        assert place in answer.content.decode()


def test_reading_on_goes_through_the_whole_module_in_either_language(learner_client, half):
    for path, there in (("m1/1", "/en/m1/2/"), ("m1/2", "/en/cuestionario/m1/")):
        key = spanish_page(path).translation_key
        assert learner_client.post(f"/en/leccion/{key}/leida/").url == there


def test_a_translated_quiz_that_is_a_draft_gives_way_to_the_spanish_one(learner_client, half, english):
    module = half[1]
    quiz = spanish_page("m1").quiz.copy_for_translation(english)
    quiz.title, quiz.live = "A draft", False
    quiz.save()
    module.quiz = quiz
    module.save_revision().publish()
    with override("en"):
        [first, _second] = course_outline()
    assert first.quiz_is_open
    answer = learner_client.get("/en/cuestionario/m1/")
    assert answer.status_code == 200
    assert "A draft" not in answer.content.decode()


def test_an_attempt_stays_in_the_language_in_which_it_was_begun(learner_client, half, english):
    def begin(browser, language):
        with override(language):
            return browser.post(reverse("quiz_start", args=["m1"]), follow=True).content.decode()

    begin(learner_client, "es")
    translation = spanish_page("m1").quiz.copy_for_translation(english)
    translation.title, translation.live = "A quiz in English", True
    translation.save()
    assert "A quiz in English" not in begin(learner_client, "en")
    # Whoever begins in English gets the English quiz.
    newcomer = Client()
    newcomer.force_login(make_learner("NEW234", cohort=make_cohort("Otro")))
    assert "A quiz in English" in begin(newcomer, "en")
    assert "A quiz in English" in begin(newcomer, "es")
    assert sorted(Attempt.objects.values_list("learner__username", "language")) == [("ANA234", "es"), ("NEW234", "en")]
