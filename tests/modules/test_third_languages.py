"""A third language: what exists in it is read in it, all else in Spanish and said so; the interface speaks its own."""

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format, number_format
from wagtail.models import Locale

from course.management.commands.prepare_site import make_catalogues
from course.settings.environment import env_languages
from modules.models import CoursePage, LessonPage, ModulePage
from modules.progress.languages import Written, lessons_written, offered_languages
from modules.progress.structure import course_structure
from quizzes.wording.languages import interface_language, language_in_words, own_name
from tests.factories import NOW, finish_lessons, make_course, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def course():
    return make_course(modules=2, lessons=2)


def in_kaqchikel(locale, path, title):
    """Publish a page in Kaqchikel, below aliases where nobody has translated what is above it."""
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
    """One lesson of four is in Kaqchikel."""
    return in_kaqchikel(kaqchikel, "m1/1", "Ri nab’ey")


def get(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_interface_speaks_spanish_around_what_it_has_no_words_for():
    assert [interface_language(code) for code in ("es", "en", "cak", "kek")] == ["es", "en", "es", "es"]
    with translation.override("cak"):
        assert translation.gettext("Search") == "Buscar"
        assert date_format(NOW.date()) == date_format(NOW.date(), r"j \d\e F \d\e Y")
        assert number_format(12345.5, force_grouping=True) == "12,345.5"
        assert interface_language() == "es"
        assert language_in_words("cak") == "kaqchikel"
    with translation.override("en"):
        assert language_in_words("cak") == "Kaqchikel"
    assert [own_name(code) for code, _name in settings.LANGUAGES[2:]] == ["Kaqchikel", "K’iche’", "Mam", "Q’eqchi’"]


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
    page = get(learner_client, "/cak/m1/1/")
    assert '<html lang="es"' in page
    assert '<h1 lang="cak">Ri nab’ey</h1>' in page
    assert "Lección 1 de 2" in page
    assert "Este texto todavía no está" not in page


def test_what_nobody_translated_is_read_in_spanish_and_said_so(learner_client, one):
    page = get(learner_client, "/cak/m1/2/")
    assert "<h1>Lección 2</h1>" in page
    assert "Este texto todavía no está en kaqchikel: se lee en español." in page
    module = get(learner_client, "/cak/m1/")
    assert "1 de 2 lecciones en kaqchikel. Las demás se leen en español." in module
    assert '<span class="name" lang="cak">Ri nab’ey</span>' in module
    assert '<span class="name">Lección 2</span>' in module
    assert "Las lecciones todavía no están en kaqchikel: se leen en español." in get(learner_client, "/cak/m2/")
    assert "1 de 4 lecciones en kaqchikel. Las demás se leen en español." in get(learner_client, "/cak/")


def test_who_reads_spanish_sees_what_there_is_in_another_language(learner_client, one):
    assert '<a href="/cak/m1/" hreflang="cak">1 de 2 lecciones en kaqchikel</a>' in get(learner_client, "/es/m1/")
    assert "kaqchikel" not in get(learner_client, "/es/m2/")
    assert '<a href="/cak/" hreflang="cak">1 de 4 lecciones en kaqchikel</a>' in get(learner_client, "/es/")
    assert '<a href="/cak/m1/1/" hreflang="cak">Leer en kaqchikel</a>' in get(learner_client, "/es/m1/1/")
    assert "Leer en" not in get(learner_client, "/es/m1/2/")
    assert '<a href="/es/m1/1/" hreflang="es">Leer en español</a>' in get(learner_client, "/cak/m1/1/")
    assert "Read in Kaqchikel</a>" in get(learner_client, "/en/m1/1/")


def test_of_english_nothing_more_is_said_than_at_the_foot_of_the_page(learner_client):
    english = Locale.objects.get(language_code="en")
    for page in (CoursePage, ModulePage, LessonPage):
        for original in page.objects.filter(locale__language_code="es"):
            original.copy_for_translation(english).save_revision().publish()
    assert lessons_written() == []
    page = get(learner_client, "/es/m1/1/")
    assert "Leer en" not in page
    assert '<button class="link" name="language" value="en" lang="en">English</button>' in page


def test_the_foot_offers_a_language_once_something_in_it_is_public(learner_client, kaqchikel):
    get(learner_client, "/es/m1/1/")
    assert offered_languages() == ["es", "en"]
    draft = in_kaqchikel(kaqchikel, "m1/1", "Ri nab’ey")
    page = get(learner_client, "/es/m1/1/")
    assert '<li><button class="link" name="language" value="cak" lang="cak">Kaqchikel</button></li>' in page
    assert 'value="es"' not in page
    draft.unpublish()
    assert "Kaqchikel" not in get(learner_client, "/es/m1/1/")


def test_a_place_for_what_stands_below_is_no_translation(one):
    structure = course_structure()
    assert structure.course_in("cak").title == "Trato digno"
    assert [page.locale.language_code for page in structure.modules_in("cak")] == ["es", "es"]
    with translation.override("cak"):
        assert lessons_written() == [Written("cak", 1, 4, True)]
    assert lessons_written() == [Written("cak", 1, 4, False)]


def test_what_must_be_verified_is_read_in_a_language_that_django_cannot_name(client, one):
    client.force_login(make_staff("elena", "Editoras"))
    page = client.get(reverse("unverified_report"), {"language": "cak"})
    assert page.status_code == 200
    assert "Kaqchikel" in page.text


def test_a_module_is_translated_without_its_lessons(learner_client, kaqchikel):
    in_kaqchikel(kaqchikel, "m2", "Ri ruka’n")
    page = get(learner_client, "/cak/m2/")
    assert '<h1 lang="cak">2. Ri ruka’n</h1>' in page
    assert "Las lecciones todavía no están en kaqchikel: se leen en español." in page


def test_what_was_done_is_done_in_every_language(learner_client, one):
    learner = learner_client.get("/es/").context["user"]
    finish_lessons(learner, ModulePage.objects.get(url_path="/curso/m1/"))
    assert get(learner_client, "/cak/m1/").count("Leída") == get(learner_client, "/es/m1/").count("Leída") == 2


def test_reading_on_stays_in_the_language(learner_client, one):
    assert learner_client.post(f"/cak/leccion/{one.translation_key}/leida/").url == "/cak/m1/2/"


def test_choosing_a_language_keeps_the_place_and_is_remembered(learner_client, one):
    answer = learner_client.post("/i18n/setlang/", {"language": "cak", "next": "/es/m1/1/"})
    assert answer.url == "/cak/m1/1/"
    assert learner_client.get("/", follow=True).redirect_chain[-1][0] == "/cak/"


PAGES = ["", "m1/", "m1/1/", "m1/2/", "m2/1/", "cuestionario/m1/", "cuestionario/", "glosario/", "directorio/"]
PAGES += ["buscar/", "fuentes/", "lenguaje/", "hojas/", "comodidad/", "certificado/"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_in_the_language_and_speaks_spanish(learner_client, one, path):
    assert '<html lang="es"' in get(learner_client, f"/cak/{path}")


@pytest.mark.parametrize("address", ["/accounts/cuenta/", "/v/", "/accounts/puesto/"])
def test_pages_without_a_language_in_their_address_speak_spanish_too(learner_client, address):
    learner_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "cak"
    assert '<html lang="es"' in get(learner_client, address)


def test_no_file_says_that_spanish_words_are_kaqchikel(one, tmp_path, capsys):
    call_command("save_content", directory=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["es"]
    assert "cak: solo una parte está traducida" in capsys.readouterr().out
    with pytest.raises(CommandError, match="solo una parte está traducida"):
        call_command("save_content", directory=tmp_path, language="cak")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["es"]
