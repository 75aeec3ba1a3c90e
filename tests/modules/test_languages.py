import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import override
from wagtail.models import Locale

from course.management.commands.prepare_site import make_catalogues
from course.settings.environment import env_languages
from modules.models import CoursePage, LessonPage, ModulePage
from modules.progress.outline import (
    LanguageCoverage,
    course_outline,
    get_course_structure,
    get_language_choices,
    get_language_coverage,
)
from quizzes.base.languages import interface_language, language_name, native_name
from quizzes.models import Attempt
from tests.factories import NOW, finish_lessons, make_cohort, make_course, make_learner, make_quiz, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def course():
    return make_course(modules=2, lessons=2)


def spanish_page(path=""):
    model = {0: CoursePage, 1: ModulePage, 2: LessonPage}[len(path.split("/")) if path else 0]
    return model.objects.get(url_path=f"/curso/{path}/" if path else "/curso/")


def translate(english, path, title=None):
    page = spanish_page(path).copy_for_translation(english, copy_parents=True)
    page.title = title or f"In English: {path}"
    page.save_revision().publish()
    page.refresh_from_db()
    return page


@pytest.fixture
def half(english):
    return [translate(english, path) for path in ("", "m1", "m1/1")]


def shape():
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


def test_a_page_that_only_the_translation_has_is_no_part_of_the_course(half, english):
    extra = half[1].add_child(instance=LessonPage(title="Extra", slug="extra", locale=english))
    alone = half[0].add_child(instance=ModulePage(title="Alone", slug="m9", number=9, locale=english))
    extra.save_revision().publish()
    alone.save_revision().publish()
    spanish, translated = in_both()
    assert spanish == translated
    structure = get_course_structure()
    assert structure.page_at("en", "m1/extra") is None
    assert structure.page_at("en", "m9") is None


def test_a_lesson_translated_below_a_module_that_is_a_draft_waits_for_it(half):
    half[1].unpublish()
    assert titles("en")[0] == ("Módulo de prueba 1", ["Lección 1", "Lección 2"])


def test_the_order_is_that_of_the_spanish_course(half, english):
    translate(english, "m1/2").move(LessonPage.objects.get(pk=half[2].pk), pos="left")
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
    lesson = LessonPage.objects.get(pk=half[2].pk)
    lesson.slug = "first"
    lesson.save_revision().publish()
    structure = get_course_structure()
    assert structure.page_at("en", "one/first") == structure.page_at("en", "m1/1") == lesson
    assert structure.page_at("en", "one") == structure.page_at("en", "m1") == module
    assert structure.page_at("en", "one/2") == structure.page_at("en", "m1/2") == spanish_page("m1/2")
    assert structure.page_at("en", "m2/2") == spanish_page("m2/2")


def test_who_changes_the_language_stays_where_they_are(learner_client, half):
    half[1].slug = "one"
    half[1].save_revision().publish()
    for path, lesson in (("one", "m1"), ("one/1", "m1/1"), ("one/2", "m1/2")):
        assert get_course_structure().page_at("es", path) == spanish_page(lesson)
    answer = learner_client.post("/i18n/setlang/", {"language": "es", "next": "/en/one/1/"}, follow=True)
    assert answer.status_code == 200
    assert "Texto de la lección 1" in answer.text


@pytest.mark.parametrize("path", ["m1/1", "m1/2", "m2/1"])
def test_every_lesson_prints_in_both_languages_with_its_place(learner_client, half, path):
    for language in ("es", "en"):
        page = learner_client.get(f"/{language}/{path}/").text
        address = f"/{language}/hoja-de-leccion/{path}/"
        assert f'href="{address}"' in page
        answer = learner_client.get(address)
        assert answer.status_code == 200
        assert {"es": f"Parte {path[-1]} de 3", "en": f"Part {path[-1]} of 3"}[language] in answer.text


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
    assert "A draft" not in answer.text


def test_an_attempt_stays_in_the_language_in_which_it_was_begun(learner_client, half, english):
    def begin(browser, language):
        with override(language):
            return browser.post(reverse("quiz_start", args=["m1"]), follow=True).text

    begin(learner_client, "es")
    translation = spanish_page("m1").quiz.copy_for_translation(english)
    translation.title, translation.live = "A quiz in English", True
    translation.save()
    assert "A quiz in English" not in begin(learner_client, "en")
    newcomer = Client()
    newcomer.force_login(make_learner("NEW234", cohort=make_cohort("Otro")))
    assert "A quiz in English" in begin(newcomer, "en")
    assert "A quiz in English" in begin(newcomer, "es")
    assert sorted(Attempt.objects.values_list("learner__username", "language")) == [("ANA234", "es"), ("NEW234", "en")]


def in_kaqchikel(locale, path, title):
    page = (LessonPage if "/" in path else ModulePage).objects.get(url_path=f"/curso/{path}/")
    above = page.get_parent()
    if not above.get_translations().filter(locale=locale).exists():
        above.specific.copy_for_translation(locale, copy_parents=True, alias=True)
    translated = page.copy_for_translation(locale)
    translated.title = title
    translated.save_revision().publish()
    translated.refresh_from_db()
    return translated


@pytest.fixture
def one(kaqchikel):
    return in_kaqchikel(kaqchikel, "m1/1", "Ri nab’ey")


def test_the_interface_speaks_spanish_around_what_it_has_no_words_for():
    assert [interface_language(code) for code in ("es", "en", "cak", "kek")] == ["es", "en", "es", "es"]
    with translation.override("cak"):
        assert translation.gettext("Search") == "Buscar"
        assert date_format(NOW.date()) == date_format(NOW.date(), r"j \d\e F \d\e Y")
        assert number_format(12345.5, force_grouping=True) == "12,345.5"
        assert interface_language() == "es"
        assert language_name("cak") == "kaqchikel"
    with translation.override("en"):
        assert language_name("cak") == "Kaqchikel"
    assert [native_name(code) for code, _name in settings.LANGUAGES[2:]] == ["Kaqchikel", "K’iche’", "Mam", "Q’eqchi’"]


def test_a_region_names_its_language_without_a_developer(monkeypatch, settings, tmp_path):
    monkeypatch.setenv("CONTENT_LANGUAGES", "tzj=Tz’utujil, kjb = Q’anjob’al")
    assert env_languages("CONTENT_LANGUAGES") == [("tzj", "Tz’utujil"), ("kjb", "Q’anjob’al")]
    for wrong in ("tz-utujil=Tz’utujil", "tzj", "=x"):
        monkeypatch.setenv("CONTENT_LANGUAGES", wrong)
        with pytest.raises(ImproperlyConfigured):
            env_languages("CONTENT_LANGUAGES")
    settings.VAR_DIR, settings.LANGUAGES = tmp_path, [*settings.LANGUAGES, ("tzj", "Tz’utujil")]
    make_catalogues()
    assert [path.parent.parent.name for path in tmp_path.rglob("django.mo")] == ["tzj"]


def test_pages_around_a_lesson_speak_spanish_and_the_lesson_says_its_language(learner_client, one):
    page = learner_client.get("/cak/m1/1/").text
    for words in ('<html lang="es"', 'lang="cak">Ri nab’ey</h1>', "parte 1 de 3"):
        assert words in page
    assert "Este texto todavía no está" not in page


def test_what_nobody_translated_is_read_in_spanish_and_said_so(learner_client, one):
    page = learner_client.get("/cak/m1/2/").text
    assert ">Lección 2</h1>" in page
    assert "Este texto todavía no está en kaqchikel: se lee en español." in page
    module = learner_client.get("/cak/m1/").text
    assert "1 de 2 lecciones en kaqchikel. Las demás se leen en español." in module
    assert '<span class="name" lang="cak">Ri nab’ey</span>' in module
    assert '<span class="name">Lección 2</span>' in module
    assert "Las lecciones todavía no están en kaqchikel: se leen en español." in learner_client.get("/cak/m2/").text
    assert "1 de 4 lecciones en kaqchikel. Las demás se leen en español." in learner_client.get("/cak/").text


def test_who_reads_spanish_sees_what_there_is_in_another_language(learner_client, one):
    assert '<a href="/cak/m1/" hreflang="cak">1 de 2 lecciones en kaqchikel</a>' in learner_client.get("/es/m1/").text
    assert "kaqchikel" not in learner_client.get("/es/m2/").text
    assert '<a href="/cak/" hreflang="cak">1 de 4 lecciones en kaqchikel</a>' in learner_client.get("/es/").text
    assert 'href="/cak/m1/1/" hreflang="cak">Leer en kaqchikel</a>' in learner_client.get("/es/m1/1/").text
    assert "Leer en" not in learner_client.get("/es/m1/2/").text
    assert 'href="/es/m1/1/" hreflang="es">Leer en español</a>' in learner_client.get("/cak/m1/1/").text
    assert "Read in Kaqchikel</a>" in learner_client.get("/en/m1/1/").text


def test_of_english_nothing_more_is_said_than_at_the_foot_of_the_page(learner_client):
    english = Locale.objects.get(language_code="en")
    for page in (CoursePage, ModulePage, LessonPage):
        for original in page.objects.filter(locale__language_code="es"):
            original.copy_for_translation(english).save_revision().publish()
    assert get_language_coverage() == []
    page = learner_client.get("/es/m1/1/").text
    assert "Leer en" not in page
    assert '<button class="link" name="language" value="en" lang="en">English</button>' in page


def test_the_foot_offers_a_language_once_something_in_it_is_public(learner_client, kaqchikel):
    learner_client.get("/es/m1/1/")
    assert get_language_choices() == ["es", "en"]
    draft = in_kaqchikel(kaqchikel, "m1/1", "Ri nab’ey")
    page = learner_client.get("/es/m1/1/").text
    assert '<li><button class="link" name="language" value="cak" lang="cak">Kaqchikel</button></li>' in page
    assert 'value="es"' not in page
    draft.unpublish()
    assert "Kaqchikel" not in learner_client.get("/es/m1/1/").text


def test_a_place_for_what_stands_below_is_no_translation(one):
    structure = get_course_structure()
    assert structure.course_in("cak").title == "Trato digno"
    assert [page.locale.language_code for page in structure.modules_in("cak")] == ["es", "es"]
    with translation.override("cak"):
        assert get_language_coverage() == [LanguageCoverage("cak", 1, 4, True)]
    assert get_language_coverage() == [LanguageCoverage("cak", 1, 4, False)]


def test_what_must_be_verified_is_read_in_a_language_that_django_cannot_name(client, one):
    client.force_login(make_staff("elena", "Editoras"))
    page = client.get(reverse("unverified_report"), {"language": "cak"})
    assert page.status_code == 200
    assert "Kaqchikel" in page.text


def test_what_was_done_is_done_in_every_language(learner, learner_client, one):
    finish_lessons(learner, ModulePage.objects.get(url_path="/curso/m1/"))
    assert learner_client.get("/cak/m1/").text.count("Hecha") == learner_client.get("/es/m1/").text.count("Hecha") == 2


def test_choosing_a_language_keeps_the_place_and_is_remembered(learner_client, one):
    assert learner_client.post("/i18n/setlang/", {"language": "cak", "next": "/es/m1/1/"}).url == "/cak/m1/1/"
    assert learner_client.get("/", follow=True).redirect_chain[-1][0] == "/cak/"


PAGES = ["", "m1/", "m1/1/", "m1/2/", "m2/1/", "cuestionario/m1/", "cuestionario/", "glosario/", "directorio/"]
PAGES += ["buscar/", "fuentes/", "lenguaje/", "hojas/", "comodidad/", "certificado/"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_in_the_language_and_speaks_spanish(learner_client, one, path):
    assert '<html lang="es"' in learner_client.get(f"/cak/{path}").text


@pytest.mark.parametrize("address", ["/accounts/cuenta/", "/v/", "/accounts/puesto/"])
def test_pages_without_a_language_in_their_address_speak_spanish_too(learner_client, address):
    learner_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "cak"
    assert '<html lang="es"' in learner_client.get(address).text


def test_no_file_says_that_spanish_words_are_kaqchikel(one, tmp_path, capsys):
    call_command("save_content", directory=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["es"]
    assert "cak: solo una parte está traducida" in capsys.readouterr().out
    with pytest.raises(CommandError, match="solo una parte está traducida"):
        call_command("save_content", directory=tmp_path, language="cak")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["es"]
