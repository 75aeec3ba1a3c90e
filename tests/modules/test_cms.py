"""The CMS as editors of the course meet it: forms, lists, previews, permissions and words."""

import polib
import pytest
import wagtail
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page

from course.people.roles import EDITORS, ensure_groups
from modules.models import CoursePage, GlossaryTerm, LanguageEntry, LessonPage, ModulePage, Organisation
from modules.models.naming import page_id
from modules.wording.needs import CHECK_LASTS
from quizzes.identity import stable_key
from tests.factories import make_course, make_learner, make_staff, spanish

pytestmark = pytest.mark.django_db


def make_organisation(identifier="omes", **fields):
    fields = {"name": "OMES", "needs": ["lideresas_pares", "denuncia_ddhh"]} | fields
    return Organisation.objects.create(identifier=identifier, locale=spanish(), **fields)


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


def errors_of(response):
    return dict(response.context["form"].errors)


def test_an_organisation_is_made_with_its_needs_ticked_and_its_stable_key(editor_client):
    page = editor_client.get(address("organisation", "add")).content.decode()
    assert page.count('name="needs"') == 16

    response = editor_client.post(
        address("organisation", "add"), form_of(checked_on="2026-03-01", checked_by="Ana Coj")
    )

    assert response.status_code == 302
    organisation = Organisation.objects.get()
    assert (organisation.needs, organisation.checked_by) == (["salud_mental", "lideresas_pares"], "Ana Coj")
    assert organisation.translation_key == stable_key("organisation:omes")


def test_ticking_another_need_keeps_the_order_of_the_others(editor_client):
    organisation = make_organisation()

    editor_client.post(
        address("organisation", "edit", organisation.pk),
        form_of(needs=["denuncia_ddhh", "salud_mental", "lideresas_pares"]),
    )

    organisation.refresh_from_db()
    assert organisation.needs == ["lideresas_pares", "denuncia_ddhh", "salud_mental"]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"checked_on": "2026-03-01"}, {"checked_by": ["Escriba quién verificó ese día."]}),
        ({"checked_by": "Ana"}, {"checked_on": ["Escriba el día en que se verificó."]}),
        ({"needs": []}, {"needs": ["Marque al menos una necesidad."]}),
        (
            {"identifier": "OMES"},
            {"identifier": ["Use minúsculas sin tildes, números y guiones, por ejemplo «estigma»."]},
        ),
    ],
)
def test_a_form_that_lacks_something_says_what_and_keeps_the_rest(editor_client, fields, errors):
    response = editor_client.post(address("organisation", "add"), form_of(**fields))

    assert errors_of(response) == errors
    assert 'value="OMES"' in response.content.decode()
    assert not Organisation.objects.exists()


def test_an_identifier_is_used_once_and_stays(editor_client):
    organisation = make_organisation()

    taken = editor_client.post(address("organisation", "add"), form_of())
    changed = editor_client.post(address("organisation", "edit", organisation.pk), form_of(identifier="otra"))

    assert list(errors_of(taken)) == list(errors_of(changed)) == ["identifier"]


def test_terms_and_lines_of_the_language_guide_are_made_with_their_stable_keys(editor_client):
    locale = spanish().pk
    editor_client.post(
        address("glossaryterm", "add"),
        {"term": "Estigma", "identifier": "estigma", "definition": "X", "locale": locale},
    )
    editor_client.post(
        address("languageentry", "add"),
        {"say": "a", "avoid": "b", "why": "c", "identifier": "diga-01", "sort_order": 0, "locale": locale},
    )

    assert GlossaryTerm.objects.get().translation_key == stable_key("term:estigma")
    assert LanguageEntry.objects.get().translation_key == stable_key("language:diga-01")


def test_the_list_says_what_must_be_checked_and_narrows_to_it(editor_client):
    today = timezone.localdate()
    make_organisation("nunca", name="Nunca")
    make_organisation("hoy", name="Hoy", checked_on=today, checked_by="Ana Coj")
    make_organisation("antes", name="Antes", checked_on=today - CHECK_LASTS * 2, checked_by="Ana", needs=["trata"])

    def names(**query):
        response = editor_client.get(address("organisation", "list"), query)
        return sorted(row.name for row in response.context["object_list"])

    page = editor_client.get(address("organisation", "list")).content.decode()
    assert "Nunca verificado" in page
    assert "Verificar otra vez (la última fue el" in page
    assert ", Ana Coj" in page
    assert names(check="due") == ["Antes", "Nunca"]
    assert names(check="done") == ["Hoy"]
    assert names(need="trata") == ["Antes"]
    assert names(q="nunc") == ["Nunca"]


def test_the_first_page_says_how_many_must_be_checked(editor_client):
    make_organisation("uno")
    make_organisation("dos", checked_on=timezone.localdate(), checked_by="Ana")

    page = editor_client.get(reverse("wagtailadmin_home")).content.decode()

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
        assert "sin verificar" in shown.content.decode()


def test_a_page_made_in_the_cms_gets_the_next_id_that_was_never_used():
    module = ModulePage.objects.child_of(make_course(modules=1, lessons=2)).get()
    fourth = module.add_child(instance=LessonPage(title="Tres"))
    assert page_id(fourth.translation_key) == "M1-L3"

    module.refresh_from_db()
    copied = fourth.copy(update_attrs={"slug": "copia"})

    assert page_id(copied.translation_key) == "M1-L4"
    second_module = CoursePage.objects.get().add_child(instance=ModulePage(title="Otro", number=1))
    assert page_id(second_module.translation_key) == "M2"


def test_a_page_that_has_a_key_of_ours_keeps_it_when_it_is_translated():
    lesson = LessonPage.objects.child_of(ModulePage.objects.child_of(make_course(modules=1)).get()).first()
    key = lesson.translation_key
    english = type(lesson.locale).objects.get_or_create(language_code="en")[0]

    translated = lesson.copy_for_translation(english, copy_parents=True)

    assert translated.translation_key == key


def test_an_editor_gets_in_and_a_learner_does_not(client):
    make_course(modules=1)
    lesson = LessonPage.objects.first()
    pages = [
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
        *(address(model, "list") for model in ("glossaryterm", "languageentry", "organisation")),
        *(reverse(f"wagtailsnippets_quizzes_{model}:list") for model in ("question", "quiz", "source", "topic")),
    ]

    client.force_login(make_staff("editora", group="Editoras"))
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    client.force_login(make_learner())
    assert {client.get(page).status_code for page in pages} <= {302, 403, 404}


def test_editors_write_and_publish_every_page_and_snippet_and_nothing_else():
    ensure_groups()
    group = ensure_groups()[EDITORS]

    granted = GroupPagePermission.objects.filter(group=group).values_list("permission__codename", "page__depth")
    assert sorted(granted) == [("add_page", 1), ("change_page", 1), ("publish_page", 1)]
    codenames = set(group.permissions.values_list("content_type__app_label", "codename"))
    assert ("quizzes", "publish_question") in codenames
    assert ("modules", "change_organisation") in codenames
    own = {"certificates", "modules", "quizzes", "wagtailadmin"}
    assert {app for app, _codename in codenames} - own == {"wagtail_localize", "wagtailcore"}
    of_wagtail = {codename for app, codename in codenames if app not in own}
    assert of_wagtail == {"submit_translation", "add_locale", "delete_locale"}
    assert not {codename for _app, codename in codenames if "attempt" in codename or "lessonread" in codename}
    assert Page.get_first_root_node().depth == 1


def test_pictures_and_documents_are_not_offered(editor_client):
    page = editor_client.get(reverse("wagtailadmin_home")).content.decode()

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
    """LOCALE_PATHS come before the catalogues of apps: the same English would take our Spanish away."""
    ours = {
        entry.msgid: entry.msgstr
        for app in ("certificates", "modules", "quizzes")
        for entry in polib.pofile(settings.BASE_DIR / f"{app}/locale/es/LC_MESSAGES/django.po")
    }
    for entry in polib.pofile(settings.BASE_DIR / "course/locale_wagtail/es/LC_MESSAGES/django.po"):
        assert ours.get(entry.msgid, entry.msgstr) == entry.msgstr
