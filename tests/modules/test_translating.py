import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from course.seed import seed
from modules.content.loading.files import read_course
from modules.content.loading.loading import load_course
from modules.models import GlossaryTerm, LessonPage, ModulePage
from modules.progress.outline import get_course_structure
from modules.translating.phrases import begin_by_phrases, original_of
from quizzes.base.identifiers import stable_key
from quizzes.models import Quiz
from tests.factories import make_cohort, make_course, make_learner

from .content import make_content
from .factories import make_term

pytestmark = pytest.mark.django_db

FIRST = stable_key("M1-L1")


@pytest.fixture
def lesson():
    make_course(modules=1, lessons=2)
    return LessonPage.objects.order_by("path").first()


def submit(client, page, locale):
    answer = client.post(reverse("wagtail_localize:submit_page_translation", args=[page.pk]), {"locales": [locale.pk]})
    assert answer.status_code == 302
    return type(page).objects.get(translation_key=page.translation_key, locale=locale)


def edit_address(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def begin(client, page):
    client.post(edit_address(page), {"translate-by-phrases": "1"})
    return Translation.objects.get(source__object_id=page.translation_key, target_locale=page.locale)


def phrases_of(translation):
    segments = StringSegment.objects.filter(source=translation.source).select_related("string")
    return {one.string.data: one.translation for one in segments.annotate_translation(translation.target_locale)}


def told_of(page):
    return json.loads(unescape(re.search(r'data-props="([^"]*)"', page.text)[1]))


def put(client, translation, phrase, words):
    segment = StringSegment.objects.get(source=translation.source, string__data=phrase)
    address = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
    answer = client.put(address, f"value={words}", content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (200, 201)


def test_a_new_site_has_the_languages_of_the_interface_and_no_other():
    Locale.objects.exclude(language_code="es").delete()
    for _twice in range(2):
        seed()
    assert sorted(Locale.objects.values_list("language_code", flat=True)) == ["en", "es"]


def test_editors_add_a_language_and_change_none_that_holds_texts(editor_client):
    settings_menu = editor_client.get(reverse("wagtailadmin_home")).text
    assert reverse("wagtaillocales:index") in settings_menu
    pages = Page.objects.count()
    page = editor_client.get(reverse("wagtaillocales:add")).text
    for name in ("Kaqchikel", "K’iche’", "Mam", "Q’eqchi’"):
        assert f">{name}</option>" in page
    assert "Agregar idioma: Idioma" in page
    assert "2 idiomas" in editor_client.get(reverse("wagtaillocales:index")).text
    assert editor_client.post(reverse("wagtaillocales:add"), {"language_code": "cak"}).status_code == 302
    added = Locale.objects.get(language_code="cak")
    assert (str(added), Page.objects.count()) == ("Kaqchikel", pages)
    editor_client.post(reverse("wagtaillocales:edit", args=[added.pk]), {"language_code": "mam"})
    added.refresh_from_db()
    assert added.language_code == "cak"
    editor_client.post(reverse("wagtaillocales:delete", args=[added.pk]))
    assert not Locale.objects.filter(language_code="cak").exists()


def test_the_page_to_translate_offers_the_languages_in_which_it_is_not(editor_client, lesson, kaqchikel):
    address = reverse("wagtail_localize:submit_page_translation", args=[lesson.pk])
    in_all = reverse("in_all_languages", args=[lesson.translation_key])
    assert in_all in editor_client.get(edit_address(lesson)).text
    assert address in editor_client.get(in_all).text

    def offered():
        form = editor_client.get(address).text
        return [name for name in ("Inglés", "Kaqchikel", "Español") if re.search(rf'name="locales".*?>\s*{name}', form)]

    assert offered() == ["Inglés", "Kaqchikel"]
    submit(editor_client, lesson, kaqchikel)
    assert offered() == ["Inglés"]


def test_what_is_begun_is_a_draft_and_nobody_reads_spanish_as_another_language(editor_client, lesson, kaqchikel):
    begun = submit(editor_client, lesson, kaqchikel)
    assert (begun.live, begun.title, begun.slug) == (False, lesson.title, lesson.slug)
    assert get_course_structure().lesson_of("cak", lesson.translation_key).locale.language_code == "es"
    assert [page.alias_of_id is not None for page in begun.get_ancestors()[1:]] == [True, True]


def test_a_draft_is_edited_and_published_as_any_other_text(editor_client, lesson, kaqchikel):
    begun = submit(editor_client, lesson, kaqchikel)
    assert "Traducir por frases" in editor_client.get(edit_address(begun)).text
    begun.title = "Ri nab’ey"
    begun.save_revision().publish()
    there = get_course_structure().lesson_of("cak", lesson.translation_key)
    assert (there.title, there.locale.language_code) == ("Ri nab’ey", "cak")
    assert there.module.locale.language_code == "es"


def test_an_original_is_not_translated_by_phrases(editor_client, lesson):
    assert "Traducir por frases" not in editor_client.get(edit_address(lesson)).text
    assert original_of(lesson) is None


def test_translating_by_phrases_begins_with_what_was_translated(editor_client, lesson, kaqchikel):
    begun = submit(editor_client, lesson, kaqchikel)
    begun.title = "Ri nab’ey"
    begun.save_revision()
    assert phrases_of(begin(editor_client, begun))[lesson.title] == "Ri nab’ey"
    assert "wagtail-localize" in editor_client.get(edit_address(begun)).text


@pytest.fixture
def in_both(tmp_path):
    for language in ("es", "en"):
        load_course(read_course(make_content(tmp_path, language=language), language))
    english = LessonPage.objects.get(translation_key=FIRST, locale__language_code="en")
    english.title = "A label"
    english.save_revision().publish()
    return english


def test_what_came_from_files_is_edited_as_it_is_and_by_phrases_where_one_wants_to(editor_client, in_both):
    assert "A label" in editor_client.get(edit_address(in_both)).text
    translation = begin(editor_client, in_both)
    assert phrases_of(translation)["Una etiqueta"] == "A label"
    put(editor_client, translation, "Una etiqueta", "One label")
    editor_client.post(edit_address(in_both), {"action": "publish"})
    in_both.refresh_from_db()
    assert in_both.title == "One label"
    names = {one.string.data for one in StringSegment.objects.filter(source=translation.source)}
    assert names.isdisjoint({in_both.slug, "inicio", "M1-E1"})


@pytest.mark.postgres
@pytest.mark.parametrize("is_reviewed", [False, True])
def test_a_phrase_that_is_too_long_is_refused_in_words_and_marked(editor_client, lesson, kaqchikel, is_reviewed):
    ModulePage.objects.update(needs_legal_review=is_reviewed)
    begun = submit(editor_client, lesson, kaqchikel)
    translation = begin(editor_client, begun)
    brought = translation.export_po()
    for entry in brought:
        entry.msgstr = "Ri nab’ey " * 40
    file = SimpleUploadedFile("frases.po", str(brought).encode())
    upload = reverse("wagtail_localize:upload_pofile", args=[translation.pk])
    assert editor_client.post(upload, {"file": file}).status_code == 302
    stop = reverse("wagtail_localize:stop_translation", args=[translation.pk])
    for address, fields in ((edit_address(begun), {"action": "publish"}), (stop, {})):
        assert editor_client.post(address, fields).url == edit_address(begun)
        marked = StringTranslation.objects.get(context__path="title", locale=kaqchikel)
        assert (marked.has_error, "255" in marked.get_error()) == (True, True)
        StringTranslation.objects.update(has_error=False, field_error="")
    assert "Hay una frase que no puede quedar así" in editor_client.get(edit_address(begun)).text
    begun.refresh_from_db()
    assert (begun.live, begun.get_latest_revision_as_object().title) == (False, lesson.title)
    translation.refresh_from_db()
    assert translation.enabled


def test_where_phrases_publish_nothing_no_button_in_sight_deletes(editor_client, lesson, kaqchikel):
    begun = submit(editor_client, lesson, kaqchikel)
    begin(editor_client, begun)
    assert told_of(editor_client.get(edit_address(begun)))["perms"]["canPublish"]
    ModulePage.objects.update(needs_legal_review=True)
    told = told_of(editor_client.get(edit_address(begun)))
    assert not any(told["perms"].values())
    assert told["links"]["convertToAliasUrl"] is None


def test_a_word_is_translated_too_and_by_phrases(editor_client, kaqchikel):
    term = make_term()
    address = reverse("wagtail_localize:submit_snippet_translation", args=["modules", "glossaryterm", term.pk])
    editor_client.post(address, {"locales": [kaqchikel.pk]})
    begun = GlossaryTerm.objects.get(locale=kaqchikel)
    edit = reverse("wagtailsnippets_modules_glossaryterm:edit", args=[begun.pk])
    assert "Traducir por frases" in editor_client.get(edit).text
    editor_client.post(edit, {"translate-by-phrases": "1"})
    translation = Translation.objects.get(source__object_id=term.translation_key, target_locale=kaqchikel)
    put(editor_client, translation, term.definition, "Tzij")
    editor_client.post(reverse("wagtail_localize:stop_translation", args=[translation.pk]))
    begun.refresh_from_db()
    assert (begun.definition, begun.term) == ("Tzij", term.term)


def test_a_quiz_in_another_language_begins_closed(editor_client, kaqchikel):
    make_course(modules=1)
    quiz = Quiz.objects.get()
    address = reverse("wagtail_localize:submit_snippet_translation", args=["quizzes", "quiz", quiz.pk])
    editor_client.post(address, {"locales": [kaqchikel.pk]})
    assert not Quiz.objects.get(locale=kaqchikel).live


def stop(translation):
    return reverse("wagtail_localize:stop_translation", args=[translation.pk]), {}


def publish(translation):
    return edit_address(translation.get_target_instance()), {"action": "publish"}


def hand_on(translation):
    return reverse("wagtail_localize:update_translations", args=[translation.source.pk]), {"publish_translations": "on"}


@pytest.mark.parametrize("way", [stop, publish, hand_on])
def test_no_phrase_is_read_before_its_review(editor_client, client, in_both, way, django_capture_on_commit_callbacks):
    translation = begin(editor_client, in_both)
    put(editor_client, translation, "Una etiqueta", "One label")
    ModulePage.objects.update(needs_legal_review=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert editor_client.post(*way(translation)).status_code == 302
    page = LessonPage.objects.get(pk=in_both.pk)
    assert (page.live, page.title, page.draft_title) == (True, "A label", "One label")
    assert (page.has_unpublished_changes, page.get_latest_revision_as_object().title) == (True, "One label")
    client.force_login(make_learner(cohort=make_cohort()))
    assert "One label" not in client.get(page.url).text
    assert page.revisions.filter(object_str__contains="One label").count() == 1


def in_kaqchikel(client, quiz, locale):
    address = reverse("wagtail_localize:submit_snippet_translation", args=["quizzes", "quiz", quiz.pk])
    client.post(address, {"locales": [locale.pk]})
    translated = Quiz.objects.get(translation_key=quiz.translation_key, locale=locale)
    translated.title = "Ri k’utunïk"
    translated.publish(translated.save_revision())
    translated.refresh_from_db()
    return translated


def test_what_is_public_stays_so_while_its_phrases_become_a_draft(
    editor_client, lesson, kaqchikel, django_capture_on_commit_callbacks
):
    original = Quiz.objects.get()
    quiz = in_kaqchikel(editor_client, original, kaqchikel)
    translation = begin_by_phrases(quiz)
    put(editor_client, translation, original.title, "Jun chik")
    with django_capture_on_commit_callbacks(execute=True):
        editor_client.post(*stop(translation))
    quiz.refresh_from_db()
    translation.refresh_from_db()
    assert not translation.enabled
    assert (quiz.live, quiz.title, quiz.get_latest_revision_as_object().title) == (True, "Ri k’utunïk", "Jun chik")


def test_translating_a_page_leaves_alone_what_it_names(
    editor_client, lesson, kaqchikel, django_capture_on_commit_callbacks
):
    quiz = in_kaqchikel(editor_client, Quiz.objects.get(), kaqchikel)
    with django_capture_on_commit_callbacks(execute=True):
        module = submit(editor_client, ModulePage.objects.get(), kaqchikel)
    quiz.refresh_from_db()
    assert (module.live, quiz.live, quiz.title) == (False, True, "Ri k’utunïk")
    assert quiz.get_latest_revision_as_object().title == "Ri k’utunïk"


def test_who_translates_what_held_a_place_makes_no_translation_before_it_is_published(
    editor_client, lesson, kaqchikel, django_capture_on_commit_callbacks
):
    original = ModulePage.objects.get()
    original.copy_for_translation(kaqchikel, copy_parents=True, alias=True)
    translated = lesson.copy_for_translation(kaqchikel)
    translated.title = "Ri nab’ey"
    translated.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        module = submit(editor_client, original, kaqchikel)

    def read():
        (module,) = get_course_structure().modules_in("cak")
        return module.locale.language_code, module.title, [lesson.title for lesson in module.lessons]

    assert read() == ("es", original.title, ["Ri nab’ey", "Lección 2"])
    module.title = "Ri nab’ey tanaj"
    module.save_revision().publish()
    assert read() == ("cak", "Ri nab’ey tanaj", ["Ri nab’ey", "Lección 2"])


@pytest.mark.parametrize("is_reviewed", [False, True])
def test_what_held_a_place_is_published_by_phrases_after_its_review(
    editor_client, lesson, kaqchikel, is_reviewed, django_capture_on_commit_callbacks
):
    ModulePage.objects.update(needs_legal_review=is_reviewed)
    translation = begin_by_phrases(lesson.copy_for_translation(kaqchikel, copy_parents=True, alias=True))
    put(editor_client, translation, lesson.title, "Ri nab’ey")
    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)
    (module,) = get_course_structure().modules_in("cak")
    assert module.lessons[0].title == (lesson.title if is_reviewed else "Ri nab’ey")
