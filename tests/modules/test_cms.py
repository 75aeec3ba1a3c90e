import polib
import pytest
import wagtail
from django.apps import apps
from django.conf import settings
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from modules.blocks import examples
from modules.labels import CHECK_VALID_FOR
from modules.models import GlossaryTerm, LessonPage, Organisation, Worksheet
from modules.rendering.usage import find_uses
from quizzes.base.identifiers import stable_key
from quizzes.models import Quiz, Source
from tests.factories import make_act, make_course, make_question, spanish

from .factories import make_organisation, make_printable, make_source, make_term

pytestmark = pytest.mark.django_db


def address(model, view, *args):
    return reverse(f"wagtailsnippets_modules_{model}:{view}", args=args)


def form_of(**fields):
    return {
        "name": "OMES",
        "identifier": "omes",
        "needs": ["lideresas_pares", "salud_mental"],
        "sort_order": "0",
        "locale": spanish().pk,
    } | fields


def test_an_organisation_is_made_with_its_needs_ticked_and_its_stable_key(editor_client):
    assert editor_client.get(address("organisation", "add")).text.count('name="needs"') == 16

    response = editor_client.post(
        address("organisation", "add"), form_of(checked_on="2026-03-01", checked_by="Ana Coj")
    )

    assert response.status_code == 302
    organisation = Organisation.objects.get()
    assert (organisation.needs, organisation.checked_by) == (["salud_mental", "lideresas_pares"], "Ana Coj")
    assert organisation.translation_key == stable_key("organisation:omes")


def test_ticking_another_need_keeps_the_order_of_the_others(editor_client):
    organisation = make_organisation(needs=["lideresas_pares", "denuncia_ddhh"])
    editor_client.post(
        address("organisation", "edit", organisation.pk),
        form_of(needs=["denuncia_ddhh", "salud_mental", "lideresas_pares"]),
    )
    organisation.refresh_from_db()
    assert organisation.needs == ["lideresas_pares", "denuncia_ddhh", "salud_mental"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"checked_on": "2026-03-01"}, "Escriba quién verificó ese día."),
        ({"checked_by": "Ana"}, "Escriba el día en que se verificó."),
        ({"needs": []}, "Marque al menos una necesidad."),
        ({"identifier": "OMES"}, "Use minúsculas sin tildes, números y guiones, por ejemplo «estigma»."),
    ],
)
def test_a_form_that_lacks_something_says_what_and_keeps_the_rest(editor_client, fields, sentence):
    page = editor_client.post(address("organisation", "add"), form_of(**fields)).text
    assert sentence in page
    assert 'value="OMES"' in page
    assert not Organisation.objects.exists()


def test_an_identifier_is_used_once_and_stays(editor_client):
    organisation = make_organisation()
    assert editor_client.post(address("organisation", "add"), form_of()).status_code == 200
    changed = editor_client.post(address("organisation", "edit", organisation.pk), form_of(identifier="otra"))
    assert "El identificador sigue siendo «omes»" in changed.text
    assert [one.identifier for one in Organisation.objects.all()] == ["omes"]


def test_the_list_says_what_must_be_checked_and_narrows_to_it(editor_client):
    today = timezone.localdate()
    make_organisation("una", name="Primera")
    make_organisation("dos", name="Segunda", checked_on=today, checked_by="Ana Coj")
    make_organisation("tres", name="Tercera", checked_on=today - CHECK_VALID_FOR * 2, checked_by="Ana", needs=["trata"])

    def names(**query):
        page = editor_client.get(address("organisation", "list"), query).text
        return [name for name in ("Primera", "Segunda", "Tercera") if name in page]

    page = editor_client.get(address("organisation", "list")).text
    for words in ("Nunca verificado", "Verificar otra vez (la última fue el", ", Ana Coj"):
        assert words in page
    assert names(check="due") == ["Primera", "Tercera"]
    assert names(check="done") == ["Segunda"]
    assert names(need="trata") == ["Tercera"]
    assert names(q="prim") == ["Primera"]


def test_the_first_page_says_how_many_must_be_checked(editor_client):
    make_organisation("uno")
    make_organisation("dos", checked_on=timezone.localdate(), checked_by="Ana")
    page = editor_client.get(reverse("wagtailadmin_home")).text
    assert "1 de 2 organizaciones está por verificar" in page
    assert f"{address('organisation', 'list')}?check=due" in page


def test_terms_and_organisations_are_previewed(editor_client):
    organisation = make_organisation()
    term = {"term": "Estigma", "identifier": "estigma", "definition": "Etiqueta [VL]", "locale": spanish().pk}
    for previewed, fields in [
        (address("glossaryterm", "preview_on_add"), term),
        (address("organisation", "preview_on_edit", organisation.pk), form_of(note="Llame [VL]")),
    ]:
        answered = editor_client.post(previewed, fields)
        shown = editor_client.get(previewed)

        assert answered.json()["is_valid"] is True
        assert "sin verificar" in shown.text


def test_pictures_and_documents_are_not_offered(editor_client):
    page = editor_client.get(reverse("wagtailadmin_home")).text
    assert reverse("wagtailimages:index") not in page
    assert reverse("wagtaildocs:index") not in page


WAGTAIL_APPS = ["wagtailadmin", "wagtailcore", "wagtailimages", "wagtailsnippets", "wagtailusers"]


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_wagtail_speaks_spanish_where_editors_meet_it(domain):
    ours = polib.pofile(settings.BASE_DIR / f"course/locale_wagtail/es/LC_MESSAGES/{domain}.po")
    translated = {entry.msgid for entry in ours if entry.translated()}
    missing = []
    for label in WAGTAIL_APPS:
        folder = f"{apps.get_app_config(label).path}/locale"
        try:
            english, spanish_ = (polib.pofile(f"{folder}/{code}/LC_MESSAGES/{domain}.po") for code in ("en", "es"))
        except OSError:
            continue
        done = {entry.msgid for entry in spanish_ if entry.translated()} | translated
        missing += [entry.msgid for entry in english if entry.msgid not in done]

    assert missing == [], f"Wagtail {wagtail.__version__} has new words"
    assert not ours.fuzzy_entries()
    assert not ours.untranslated_entries()


def test_words_for_wagtail_do_not_replace_words_of_ours():
    ours = {
        (entry.msgctxt, entry.msgid): entry.msgstr
        for app in ("certificates", "modules", "quizzes")
        for entry in polib.pofile(settings.BASE_DIR / f"{app}/locale/es/LC_MESSAGES/django.po")
    }
    for entry in polib.pofile(settings.BASE_DIR / "course/locale_wagtail/es/LC_MESSAGES/django.po"):
        assert ours.get((entry.msgctxt, entry.msgid), entry.msgstr) == entry.msgstr


@pytest.fixture
def lesson():
    make_course(modules=1, lessons=1, quiz=False)
    return LessonPage.objects.get()


def write(lesson, *blocks):
    lesson.body = [*lesson.body.raw_data, *({"type": kind, "value": value} for kind, value in blocks)]
    lesson.save()
    return lesson


def delete(client, *rows, at_once=False):
    app, model = rows[0]._meta.app_label, rows[0]._meta.model_name
    if at_once:
        address = reverse("wagtail_bulk_action", args=[app, model, "delete"])
        answer = client.post(address + "?" + "&".join(f"id={row.pk}" for row in rows))
    else:
        answer = client.post(reverse(f"wagtailsnippets_{app}_{model}:delete", args=[rows[0].pk]))
    assert answer.status_code == 302
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.mark.parametrize("at_once", [False, True])
def test_the_quiz_of_a_module_stays(editor_client, at_once):
    make_course(modules=1, lessons=0)
    said = delete(editor_client, Quiz.objects.get(), at_once=at_once)
    assert "está en uso y no se eliminó nada. Quítelo primero de: M1 · Módulo de prueba 1." in said
    assert Quiz.objects.exists()


def test_a_source_that_a_text_cites_stays_and_the_message_says_where(editor_client, lesson):
    source = make_source("S99")
    write(lesson, ("key_message", "Duele [S99]."))
    assert "está en uso y no se eliminó nada. Quítelo primero de: M1-L1 · Lección 1." in delete(editor_client, source)
    assert Source.objects.filter(pk=source.pk).exists()


def test_of_several_none_goes_while_one_is_in_use(editor_client, lesson):
    term, free = make_term("estigma"), make_term("portero", "Portero")
    write(lesson, ("text", "<p>Eso es [[estigma|el estigma]].</p>"))
    assert "M1-L1 · Lección 1" in delete(editor_client, term, free, at_once=True)
    assert GlossaryTerm.objects.count() == 2


def test_what_nothing_names_goes(editor_client, lesson):
    source, term, organisation = make_source("S99"), make_term("estigma"), make_organisation()
    write(lesson, ("key_message", "Eso es [S991] y [[estigmas]]."))
    for row in (source, term, organisation):
        delete(editor_client, row)
    assert [model.objects.count() for model in (Source, GlossaryTerm, Organisation)] == [0, 0, 0]


def test_drafts_questions_organisations_and_other_words_count_too(lesson):
    source = make_source("S99")
    draft = LessonPage.objects.get()
    draft.body = [("key_message", "Duele [S99].")]
    draft.save_revision()
    question = make_question("M1-Q1", feedback="Así se recibe [S99].")
    linked = make_question("M1-Q2")
    linked.sources.add(source)
    linked.save()
    term = make_term("estigma", definition="Etiqueta [S99].")
    make_organisation(name="OMES").sources.add(source)

    places = ["M1-L1 · Lección 1", str(question), str(term), str(linked), "OMES"]
    assert find_uses(source) == places
    assert find_uses(term) == []


def test_a_sheet_that_a_lesson_shows_stays(editor_client, lesson):
    sheet = make_printable()
    draft = write(lesson, ("printable", sheet.pk)).save_revision()
    assert "M1-L1 · Lección 1" in delete(editor_client, sheet)
    LessonPage.objects.update(body=[], latest_revision=draft, has_unpublished_changes=True)
    assert find_uses(sheet) == ["M1-L1 · Lección 1"]
    assert Worksheet.objects.count() == 1


def test_an_act_that_a_scene_practises_stays(editor_client, lesson):
    act = make_act("M6-C1")
    write(lesson, ("scenario", examples.SCENARIO | {"act": "M6-C1"}))
    assert "M1-L1 · Lección 1" in delete(editor_client, act)
    assert find_uses(make_act("M6-C2")) == []


def test_a_translation_may_go_because_the_spanish_one_is_shown(lesson):
    source = make_source("S99")
    write(lesson, ("key_message", "Duele [S99]."))
    translated = source.copy_for_translation(Locale.objects.get(language_code="en"))
    translated.save()
    assert find_uses(translated) == []
