"""What texts point to is not deleted under them: the CMS says where it is used."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from wagtail.models import Locale

from modules.blocks import examples
from modules.models import GlossaryTerm, LessonPage, Organisation, Printable
from modules.reading.usage import places_that_use
from quizzes.models import Quiz, Source
from tests.factories import make_act, make_course, make_question

from .factories import make_organisation, make_source, make_term
from .test_printables import make_printable

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson():
    make_course(modules=1, lessons=1, quiz=False)
    return LessonPage.objects.get()


def write(lesson, *blocks):
    lesson.body = [*lesson.body.raw_data, *({"type": kind, "value": value} for kind, value in blocks)]
    lesson.save()
    return lesson


def delete(client, *rows, at_once=False):
    """Delete the rows through the form of one or of several; return what the CMS says."""
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
    quiz = Quiz.objects.get()

    said = delete(editor_client, quiz, at_once=at_once)

    assert "está en uso y no se eliminó nada. Quítelo primero de: M1 · Módulo de prueba 1." in said
    assert Quiz.objects.exists()


def test_a_source_that_a_text_cites_stays_and_the_message_says_where(editor_client, lesson):
    source = make_source("S99")
    write(lesson, ("key_message", "Duele [S99]."))

    said = delete(editor_client, source)

    assert "está en uso y no se eliminó nada. Quítelo primero de: M1-L1 · Lección 1." in said
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
    assert places_that_use(source) == places
    assert places_that_use(term) == []


def test_a_sheet_that_a_lesson_shows_stays(editor_client, lesson):
    sheet = make_printable()
    draft = write(lesson, ("printable", sheet.pk)).save_revision()
    assert "M1-L1 · Lección 1" in delete(editor_client, sheet)

    LessonPage.objects.update(body=[], latest_revision=draft, has_unpublished_changes=True)
    assert places_that_use(sheet) == ["M1-L1 · Lección 1"]
    assert Printable.objects.count() == 1


def test_an_act_that_a_scene_practises_stays(editor_client, lesson):
    act = make_act("M6-C1")
    write(lesson, ("scenario", examples.SCENARIO | {"act": "M6-C1"}))
    assert "M1-L1 · Lección 1" in delete(editor_client, act)
    assert places_that_use(make_act("M6-C2")) == []


def test_a_translation_may_go_because_the_spanish_one_is_shown(lesson):
    source = make_source("S99")
    write(lesson, ("key_message", "Duele [S99]."))
    translated = source.copy_for_translation(Locale.objects.get(language_code="en"))
    translated.save()
    assert places_that_use(translated) == []
