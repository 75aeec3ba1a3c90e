import re
from copy import deepcopy
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import DraftStateMixin, Locale, ModelLogEntry, Page, PageLogEntry
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from modules.blocks import examples
from modules.models import CoursePage, GlossaryTerm, LessonPage, LoadedContent, ModulePage, TranslationOrigin
from modules.translating.kinds import digest_of_texts
from modules.translating.marking import OriginalChanged, keep_as_valid, mark_published
from modules.translating.outdated import State, fold, older_translations, state_of, to_translate
from quizzes.models import Question, SurveyBlock, SurveyOption, SurveyScale, SurveyStatement
from tests.factories import NOW, make_case, make_course, make_question
from tests.modules.content import make_content
from tests.modules.factories import make_language_entry, make_organisation, make_term

pytestmark = pytest.mark.django_db


def into(english, row, **fields):
    copy = row.copy_for_translation(english, **({"copy_parents": True} if isinstance(row, Page) else {}))
    for name, value in fields.items():
        setattr(copy, name, value)
    if isinstance(copy, DraftStateMixin):
        copy.save()
        copy.save_revision().publish()
    else:
        copy.save()
    copy.refresh_from_db()
    return copy


def told(**asked):
    return [(str(row.kind), str(row.state), row.title) for row in to_translate(**asked)]


def test_what_nobody_translated_is_missing_and_what_says_the_same_as_then_is_not_told(english):
    course = make_course(modules=1, lessons=1, quiz=False)
    make_term()
    into(english, course, title="The course")
    assert told() == [
        ("module", "missing", "M1 · Módulo de prueba 1"),
        ("lesson", "missing", "M1-L1 · Lección 1"),
        ("term", "missing", "Estigma"),
    ]


def test_of_a_language_without_a_page_of_the_course_nothing_is_missing_until_one_asks_for_it(english):
    make_term()
    assert told() == []
    assert told(language="en") == [("term", "missing", "Estigma")]
    assert told(language="es") == []
    assert told(language="xx") == []


def test_a_text_that_changed_is_told_and_order_and_days_are_no_text(english):
    row, entry = make_organisation(note="Llame antes."), make_language_entry()
    into(english, row, note="Call first.")
    into(english, entry, say="sex worker", avoid="prostitute", why="It names work.")
    row.sort_order, row.checked_on, row.checked_by = 7, NOW.date(), "Luz"
    row.save()
    entry.sort_order = 9
    entry.save()
    assert told() == []
    row.phone = "2222 3333"
    row.save()
    assert told() == [("organisation", "changed", "OMES")]


def test_a_translation_that_is_published_again_is_of_what_the_original_says_then(english):
    term = make_term()
    translation = into(english, term, term="Stigma", definition="A label.")
    term.definition = "Etiqueta que rebaja y separa."
    term.save()
    assert told() == [("term", "changed", "Estigma")]
    translation.definition = "A label that sets apart."
    translation.save()
    assert told() == []


def test_a_draft_of_the_original_changes_nothing_until_it_is_published(english):
    make_course(modules=1, lessons=1, quiz=False)
    lesson = LessonPage.objects.get()
    into(english, lesson, title="Lesson")
    lesson.title = "Lección otra"
    revision = lesson.save_revision()
    assert told(kind="lesson") == []
    revision.publish()
    assert told(kind="lesson") == [("lesson", "changed", "M1-L1 · Lección otra")]


def test_what_changed_in_a_page_and_in_a_question_is_one_link_away(english, editor_client):
    make_course(modules=1, lessons=1, quiz=False)
    for original, field in ((LessonPage.objects.get(), "title"), (make_question("B-1"), "text")):
        original.save_revision().publish()
        into(english, type(original).objects.get(pk=original.pk), **{field: "In English"})
        setattr(original, field, "¿Otra cosa?")
        original.save_revision().publish()
    rows = to_translate(state="changed")
    assert [str(row.kind) for row in rows] == ["lesson", "question"]
    assert [editor_client.get(row.changes).status_code for row in rows] == [200, 200]


@pytest.mark.parametrize("change", [{"feedback": "Porque sí."}, {"is_correct": False}, {"fraction": 50}])
def test_options_and_the_key_are_text_of_a_question_and_their_order_is_not(english, change):
    question = make_question("B-1")
    into(english, question, text="What?")
    right, other = question.choices.all()[:2]
    right.sort_order, other.sort_order = other.sort_order, right.sort_order
    right.save()
    other.save()
    assert told(kind="question") == []
    for name, value in change.items():
        setattr(right, name, value)
    right.save()
    assert told(kind="question") == [("question", "changed", str(question))]


@pytest.mark.parametrize("change", [{"rating": "partial"}, {"next": "llamar"}])
def test_a_scene_that_values_an_option_in_another_way_makes_a_translation_older(english, change):
    make_course(modules=1, lessons=1, quiz=False)
    lesson = LessonPage.objects.get()

    def publish(scene):
        lesson.body = [("scenario", scene)]
        lesson.save()
        lesson.save_revision().publish()

    scene = deepcopy(examples.SCENARIO)
    publish(scene)
    into(english, lesson, title="At the gate")
    assert told(kind="lesson") == []
    scene["steps"][0]["choices"][0] |= change
    publish(scene)
    assert told(kind="lesson") == [("lesson", "changed", "M1-L1 · Lección 1")]


def test_a_question_whose_case_is_not_translated_is_never_asked_and_the_report_says_so(english):
    case = make_case("C-1", questions=1)
    question = Question.objects.get()
    into(english, question, text="What?")
    assert [(row.title, row.state, row.note) for row in to_translate(kind="question")] == [
        (str(question), State.CASE, "Una pregunta cuyo caso no está traducido nunca se hace en este idioma.")
    ]
    translated = into(english, case, title="A case")
    Question.objects.filter(locale=english).update(case=translated)
    assert told(kind="question") == []


def test_nobody_knows_of_a_translation_of_before(english):
    translation = into(english, make_term(), term="Stigma")
    TranslationOrigin.objects.all().delete()
    assert told() == [("term", "unknown", "Estigma")]
    assert state_of(translation).state == State.UNKNOWN


def test_a_draft_and_a_copy_are_no_translation(english):
    make_course(modules=1, lessons=1, quiz=False)
    copy = LessonPage.objects.get().copy_for_translation(english, copy_parents=True)
    copy.live = False
    copy.save()
    into(english, make_term())
    missing = [(row.kind.value, row.note) for row in to_translate(state="missing") if row.kind in ("lesson", "term")]
    assert missing == [
        ("lesson", "Hay un borrador que nadie ha publicado."),
        ("term", "Solo hay una copia del original."),
    ]


def test_what_wagtail_localize_publishes_is_of_the_text_that_was_translated(english):
    term = make_term()
    source, _created = TranslationSource.get_or_create_from_instance(term)
    translation = Translation.objects.create(source=source, target_locale=english)
    for segment in StringSegment.objects.filter(source=source):
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=english,
            context=segment.context,
            data="stigma" if segment.context.path == "identifier" else f"EN {segment.string.data}",
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
        )
    translation.save_target()
    assert told() == []
    term.definition = "Etiqueta que rebaja y separa."
    term.save()
    # The words are those of before: publishing them again makes them no newer.
    translation.save_target()
    assert told() == [("term", "changed", "Estigma")]
    source.update_from_db()
    translation.save_target()
    assert told() == []


def test_who_read_both_says_that_a_translation_still_holds_and_the_log_says_who(english, editor):
    make_course(modules=1, lessons=1, quiz=False)
    lesson, term = LessonPage.objects.get(), make_term()
    rows = [into(english, lesson, title="Lesson"), into(english, term, term="Stigma")]
    term.term = "Estigma social"
    term.save()
    lesson.title = "Lección otra"
    lesson.save_revision().publish()
    for original, row in zip((LessonPage.objects.get(pk=lesson.pk), term), rows, strict=True):
        assert state_of(row).state == State.CHANGED
        with pytest.raises(OriginalChanged):
            keep_as_valid(row, seen="what it said before", by=editor, now=NOW)
        keep_as_valid(row, seen=digest_of_texts(original), by=editor, now=NOW)
        assert state_of(row) is None
        assert TranslationOrigin.objects.filter(translation_key=row.translation_key, by=editor, checked_at=NOW).exists()
    action = {"action": "modules.translation_still_valid", "user": editor}
    assert PageLogEntry.objects.filter(page=rows[0].pk, **action).count() == 1
    assert ModelLogEntry.objects.filter(object_id=str(rows[1].pk), **action).count() == 1


def test_nothing_is_told_of_what_lost_its_original_and_what_lost_its_translation_is_missing(english):
    make_course(modules=1, lessons=1, quiz=False)
    into(english, CoursePage.objects.get(), title="The course")
    term, entry = make_term(), make_language_entry()
    gone = into(english, term, term="Stigma")
    into(english, entry, say="sex worker").delete()
    term.delete()
    assert told(kind="term") == []
    assert state_of(gone) is None
    assert told(kind="language") == [("language", "missing", "trabajadora sexual")]


def test_hundreds_that_are_missing_are_told_by_kind_until_one_asks_for_the_kind(english, editor_client):
    make_course(modules=1, lessons=3, quiz=False)
    into(english, CoursePage.objects.get(), title="The course")
    make_term()
    assert [(row.kind.value, row.count, row.title) for row in fold(to_translate())] == [
        ("module", 1, "M1 · Módulo de prueba 1"),
        ("lesson", 3, ""),
        ("term", 1, "Estigma"),
    ]
    page = editor_client.get(reverse("translations_report")).text
    assert "3 textos" in page
    assert "Lección 2" not in page
    page = editor_client.get(reverse("translations_report"), {"language": "en", "kind": "lesson"}).text
    assert "Lección 2" in page
    exported = editor_client.get(reverse("translations_report"), {"export": "csv"})
    assert b"".join(exported.streaming_content).decode().count("Falta traducir") == 5


@pytest.mark.parametrize("kind", ["lesson", "question"])
def test_notes_stand_where_an_original_and_where_its_translation_is_edited(english, editor_client, kind):
    make_course(modules=1, lessons=1, quiz=False)
    original, field = (LessonPage.objects.get(), "title") if kind == "lesson" else (make_question("B-1"), "text")
    translation = into(english, original, **{field: "In English"})
    here, there = _edit(original), _edit(translation)
    for address in (here, there):
        page = editor_client.get(address).text
        assert not [words for words in ("más antigua", "cambió después de traducirse") if words in page]
    setattr(original, field, "¿Otra cosa?")
    original.save_revision().publish()
    page = editor_client.get(here).text
    assert "La traducción de este texto es más antigua que lo que aquí lee la gente: Inglés." in page
    assert there in page
    page = editor_client.get(there).text
    assert "El original de este texto cambió después de traducirse." in page
    assert reverse("translation_still_valid", args=[kind, translation.pk]) in page


def test_the_note_stands_where_wagtail_localize_edits_too(english, editor_client):
    make_course(modules=1, lessons=1, quiz=False)
    course, lesson = CoursePage.objects.get(), LessonPage.objects.get()
    into(english, course, title="The course")
    into(english, ModulePage.objects.get(locale=Locale.get_default()), title="Module")
    lesson.save_revision().publish()
    source, _created = TranslationSource.get_or_create_from_instance(LessonPage.objects.get(pk=lesson.pk))
    Translation.objects.create(source=source, target_locale=english).save_target()
    translation = LessonPage.objects.get(locale=english)
    translation.save_revision().publish()
    TranslationOrigin.objects.filter(language="en").update(digest="what it said before")
    assert "El original de este texto cambió después de traducirse." in editor_client.get(_edit(translation)).text


def _edit(row):
    if isinstance(row, LessonPage):
        return reverse("wagtailadmin_pages:edit", args=[row.pk])
    return reverse("wagtailsnippets_quizzes_question:edit", args=[row.pk])


def seen_in(page):
    return re.search(r'name="seen" value="([^"]+)"', page)[1]


def test_an_editor_says_so_with_a_button_and_not_of_a_text_that_changed_meanwhile(english, editor_client, editor):
    term = make_term()
    translation = into(english, term, term="Stigma")
    term.term = "Estigma social"
    term.save()
    address = reverse("translation_still_valid", args=["term", translation.pk])
    page = editor_client.get(address).text
    assert ("Estigma social" in page, "Stigma" in page) == (True, True)
    before = seen_in(page)
    term.definition = "Otra cosa."
    term.save()
    answer = editor_client.post(address, {"seen": before})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert state_of(translation).state == State.CHANGED
    editor_client.post(address, {"seen": seen_in(editor_client.get(address).text)})
    assert state_of(translation) is None
    assert TranslationOrigin.objects.get().by == editor
    assert editor_client.get(address)["Location"] == reverse("translations_report")
    for gone in (["lesson", 10**20], ["term", 9999], ["page", 1]):
        assert editor_client.get(f"/es{reverse('translation_still_valid', args=gone)}").status_code == 404


def load(content, **options):
    call_command("load_content", directory=content, verbosity=0, stdout=StringIO(), **options)


def in_both(folder, **replaced):
    make_content(folder, "en", **replaced)
    return make_content(folder, "es")


def retitle(content, language, name, title):
    path = content / language / "m1" / name
    path.write_text(re.sub("(?m)^title: .*", f"title: {title}", path.read_text(), count=1))


def test_files_that_come_together_are_translations_of_each_other(tmp_path):
    load(in_both(tmp_path))
    assert LoadedContent.objects.filter(language="en").exists()
    assert told() == []
    assert TranslationOrigin.objects.filter(digest="").count() == 0
    load(tmp_path / "content")
    assert told() == []


def test_an_original_that_changes_alone_is_told_and_not_one_that_changes_with_its_translation(tmp_path):
    content = in_both(tmp_path)
    load(content)
    for language in ("es", "en"):
        retitle(content, language, "lesson-1.yaml", "Nuevo")
    retitle(content, "es", "lesson-2.yaml", "Solo en español")
    load(content)
    assert told() == [("lesson", "changed", "M1-L2 · Solo en español")]
    load(content)
    assert told() == [("lesson", "changed", "M1-L2 · Solo en español")]
    retitle(content, "en", "lesson-2.yaml", "In English, too")
    load(content)
    assert told() == []


def test_files_do_not_translate_what_an_editor_made_of_the_original(tmp_path):
    content = in_both(tmp_path)
    load(content)
    module = ModulePage.objects.get(locale=Locale.get_default())
    module.title = "Como lo dice la editora"
    module.publish(module.save_revision(), unreviewed=True)
    assert told() == [("module", "changed", "M1 · Como lo dice la editora")]
    retitle(content, "en", "module.yaml", "As the files say")
    retitle(content, "es", "module.yaml", "Como los archivos")
    load(content)
    assert told() == [("module", "changed", "M1 · Como lo dice la editora")]


def test_what_was_translated_before_is_known_once_both_come_in_files(tmp_path):
    content = in_both(tmp_path)
    load(content)
    TranslationOrigin.objects.all().delete()
    assert {row.state for row in to_translate()} == {State.UNKNOWN}
    retitle(content, "es", "lesson-2.yaml", "Solo en español")
    load(content)
    assert told() == [("lesson", "changed", "M1-L2 · Solo en español")]


def test_a_statement_and_the_answers_of_a_scale_warn_too(english):
    scale = SurveyScale(identifier="acuerdo", name="Acuerdo", locale=Locale.get_default())
    scale.options = [SurveyOption(code="1", label="De acuerdo", locale=Locale.get_default())]
    scale.save()
    block = SurveyBlock.objects.create(identifier="A", title="Trato", scale=scale, locale=Locale.get_default())
    statement = SurveyStatement.objects.create(block=block, identifier="A1", text="Trato igual.", locale=block.locale)
    into(english, block, title="Treatment", scale=into(english, scale, name="Agreement"))
    into(english, statement, text="I treat alike.")
    assert told() == []
    statement.text = "Trato igual a toda persona."
    statement.save()
    scale.options.update(label="Muy de acuerdo")
    assert told() == [("scale", "changed", "Acuerdo"), ("statement", "changed", "A1 · Trato igual a toda persona.")]
    assert [row.language for row in older_translations(statement)] == ["en"]


def terms_list():
    return reverse("wagtailsnippets_modules_glossaryterm:list")


def of_all_languages(row):
    return reverse("in_all_languages", args=[row.translation_key])


def test_a_list_names_the_language_of_an_older_translation(editor_client, english):
    term = make_term()
    into(english, term, term="Stigma")
    link = f'<a href="{of_all_languages(term)}">inglés</a>'
    assert link not in editor_client.get(terms_list()).text
    GlossaryTerm.objects.filter(pk=term.pk).update(definition="Otra cosa.")
    assert link in editor_client.get(terms_list()).text


def test_a_list_of_pages_names_those_whose_translation_is_older(editor_client, english):
    make_course(modules=1, lessons=2)
    lesson = LessonPage.objects.order_by("path").first()
    translated = lesson.copy_for_translation(english, copy_parents=True)
    translated.title = "Lesson one"
    translated.save_revision().publish()
    mark_published(LessonPage.objects.get(pk=translated.pk), by=None, now=timezone.now())
    explorer = reverse("wagtailadmin_explore", args=[lesson.get_parent().pk])
    assert "Cambiaron después" not in editor_client.get(explorer).text
    lesson.title = "Otra lección"
    lesson.save_revision().publish()
    assert "Cambió después de traducirla: «Otra lección»." in editor_client.get(explorer).text


def test_a_text_is_shown_in_every_other_language_with_what_can_be_done(editor_client, english):
    Locale.objects.create(language_code="cak")
    term = make_term()
    translated = into(english, term, term="Stigma")
    begin = reverse("wagtail_localize:submit_snippet_translation", args=["modules", "glossaryterm", term.pk])
    listed = editor_client.get(terms_list()).text
    assert (of_all_languages(term) in listed, begin in listed) == (True, False)
    page = editor_client.get(of_all_languages(term)).text
    for words in ("<td>Inglés</td><td>Traducido</td>", "<td>Kaqchikel</td><td>Falta traducir</td>", begin):
        assert words in page
    GlossaryTerm.objects.filter(pk=term.pk).update(definition="Otra cosa.")
    page = editor_client.get(of_all_languages(term)).text
    assert reverse("translation_still_valid", args=["term", translated.pk]) in page
