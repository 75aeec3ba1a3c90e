"""The question bank as editors use it: written, checked, previewed and protected without code."""

import re

import pytest
from django.db import IntegrityError, transaction
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from quizzes.identity import stable_key
from quizzes.kinds import KINDS
from quizzes.models import Choice, Question, Quiz, QuizQuestion, Source, Topic
from tests.factories import make_question, make_quiz, spanish

from .admin_fields import errors_of, question_fields, quiz_fields, url
from .factories import CHOICES, make_kind

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", list(CHOICES))
def test_a_question_of_every_kind_is_written_and_gets_stable_keys(editor_client, kind):
    saved = editor_client.post(url(Question, "add"), question_fields(kind))
    assert saved.status_code == 302
    question = Question.objects.get()
    assert (question.translation_key, question.live) == (stable_key("M1-Q1"), True)
    letters = "abcdefg"[: len(CHOICES[kind])]
    assert [(choice.identifier, choice.translation_key) for choice in question.choices.all()] == [
        (letter, stable_key(f"M1-Q1/{letter}")) for letter in letters
    ]


@pytest.mark.parametrize(
    ("kind", "choices", "sentence"),
    [
        ("single", [{"text": "Sí"}, {"text": "No"}], "Marque exactamente una opción como correcta."),
        ("multiple", [{"text": "Sí", "is_correct": True}], "Deje al menos una opción que no sea correcta."),
        ("true_false", CHOICES["single"], "Una pregunta de verdadero o falso tiene dos opciones."),
        (
            "ordering",
            CHOICES["ordering"][:2],
            "Una pregunta de ordenar necesita al menos tres pasos, en su orden correcto.",
        ),
        ("matching", CHOICES["single"], "Escriba para cada opción con qué se une."),
        ("reflection", CHOICES["single"], "Una reflexión no lleva opciones."),
    ],
)
def test_what_a_kind_does_not_allow_is_refused_in_words_but_may_wait_as_a_draft(editor_client, kind, choices, sentence):
    fields = question_fields(kind, choices=choices)
    page = editor_client.post(url(Question, "add"), fields)
    assert page.status_code == 200
    assert sentence in errors_of(page)
    assert sentence in page.content.decode()
    assert Question.objects.count() == 0
    del fields["action-publish"]
    assert editor_client.post(url(Question, "add"), fields).status_code == 302
    assert [question.live for question in Question.objects.all()] == [False]


@pytest.mark.postgres
def test_the_database_refuses_a_second_quiz_of_one_address():
    make_quiz("m1", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Quiz.objects.create(identifier="m1", title="Otro", locale=spanish())


def test_an_identifier_is_used_once_in_a_language_and_never_changes(editor_client):
    make_quiz("m1", [make_question("M1-Q1")])
    page = editor_client.post(url(Question, "add"), question_fields(identifier="m1-q1"))
    assert page.context["form"].errors["identifier"] == ["«m1-q1» ya está en uso. Elija otro identificador."]
    page = editor_client.post(url(Quiz, "add"), quiz_fields([Question.objects.get()], identifier="m1"))
    assert page.context["form"].errors["identifier"] == ["«m1» ya está en uso. Elija otro identificador."]
    question = Question.objects.get()
    page = editor_client.post(url(Question, "edit", question.pk), question_fields(identifier="M1-Q2"))
    assert page.context["form"].errors["identifier"] == [
        "El identificador sigue siendo «M1-Q1»: hay resultados y archivos que se refieren a él."
    ]


@pytest.mark.parametrize(
    "thing, identifier, sentence",
    [
        (Source, "42", "Escriba S y un número, por ejemplo «S42»: los textos la citan como [S42]."),
        (Source, "S 42", "Escriba S y un número, por ejemplo «S42»: los textos la citan como [S42]."),
        (Topic, "Ley", "Use minúsculas sin tildes, números y guiones, por ejemplo «estigma»."),
        (Quiz, "m_1", "Use minúsculas sin tildes, números y guiones, por ejemplo «estigma»."),
        (Question, "M1 Q1", "Use letras sin tildes, números y guiones, por ejemplo «M1-Q5»."),
        (Question, "../x", "Use letras sin tildes, números y guiones, por ejemplo «M1-Q5»."),
    ],
)
def test_an_identifier_that_files_and_texts_could_not_hold_is_refused(editor_client, thing, identifier, sentence):
    page = editor_client.post(
        url(thing, "add"), question_fields() | {"identifier": identifier, "title": "T", "name": "T"}
    )
    assert page.context["form"].errors["identifier"] == [sentence]


def test_a_new_option_gets_a_letter_that_was_never_used(editor_client):
    question = make_kind("single", "M1-Q1")
    rows = [
        {"id": choice.pk, "text": choice.text, "is_correct": choice.is_correct} for choice in question.choices.all()
    ]
    fields = question_fields(choices=[*rows, {"text": "Otra"}], initial=3)
    fields["choices-1-DELETE"] = "1"
    assert editor_client.post(url(Question, "edit", question.pk), fields).status_code == 302
    assert sorted(Choice.objects.values_list("identifier", flat=True)) == ["a", "c", "d"]


def test_a_quiz_is_put_together_from_the_bank(editor_client):
    questions = [make_question("M1-Q1"), make_question("M1-Q2")]
    assert editor_client.post(url(Quiz, "add"), quiz_fields(questions)).status_code == 302
    quiz = Quiz.objects.get()
    assert quiz.translation_key == stable_key("quiz:M1")
    assert [entry.question for entry in quiz.entries.all()] == questions


def test_a_quiz_refuses_to_be_empty_to_ask_twice_and_to_ask_in_another_language(editor_client):
    question, reflection = make_question("M1-Q1"), make_kind("reflection", "M1-R")
    for questions in ([], [reflection]):
        page = editor_client.post(url(Quiz, "add"), quiz_fields(questions))
        assert errors_of(page) == [
            "Agregue al menos una pregunta que cuente para la calificación; las reflexiones no cuentan."
        ]
    assert editor_client.post(url(Quiz, "add"), quiz_fields([question, question])).status_code == 200
    english = Locale.objects.get(language_code="en")
    stranger = question.copy_for_translation(english)
    stranger.save()
    page = editor_client.post(url(Quiz, "add"), quiz_fields([question, stranger]))
    assert errors_of(page) == ["Estas preguntas están en otro idioma: M1-Q1."]
    assert Quiz.objects.count() == 0


@pytest.mark.parametrize("kind", [kind for kind in CHOICES if kind != "gaps"])
@pytest.mark.parametrize("mode", ["", "review"])
def test_a_question_is_previewed_as_the_participant_sees_it_and_with_its_review(editor_client, kind, mode):
    question = make_kind(kind, "M1-Q1")
    fields = question_fields(kind)
    address = url(Question, "preview_on_edit", question.pk)
    assert editor_client.post(address, fields).json() == {"is_valid": True, "is_available": True}
    page = editor_client.get(address, {"mode": mode})
    text = page.content.decode()
    assert page.status_code == 200
    assert "¿Qué corresponde?" in text
    # Of the accepted answers of a box to write in, the first is told, and that only by the review.
    for choice in CHOICES[kind][: None if KINDS[kind].shows_options else 1]:
        assert (re.search(f"> ?{choice['text']}<", text) is not None) == (mode == "review" or KINDS[kind].shows_options)
        assert (choice["feedback"].partition(" [")[0] in text) == (mode == "review")


def test_a_text_with_gaps_is_previewed_with_its_fields_in_it_and_with_what_belongs_there(editor_client):
    question = make_kind("gaps", "M1-Q1")
    address, fields = url(Question, "preview_on_edit", question.pk), question_fields("gaps")
    assert editor_client.post(address, fields).json()["is_valid"]
    asked = editor_client.get(address, {"mode": ""}).content.decode()
    assert '<legend id="question-text">Escriba la nota sin etiquetas.</legend>' in asked
    assert 'La <strong>persona <select id="gap-1" name="gap-1"' in asked
    assert 'aria-label="Espacio 2 de 3: llega con … y consulta"' in asked
    # Those of lists are there to choose from, what a box accepts is not.
    assert [choice["text"] in asked for choice in CHOICES["gaps"]] == [True, True, True, False, False, True, True]
    told = editor_client.get(address, {"mode": "review"}).content.decode()
    assert [choice["feedback"] in told for choice in CHOICES["gaps"]] == [True, False, False, True, False, False, True]
    assert "[[" not in asked + told


def test_a_question_not_yet_saved_is_previewed_with_what_it_still_lacks(editor_client):
    address = url(Question, "preview_on_add")
    editor_client.post(address, question_fields("single", choices=[{"text": "Sí"}]))
    text = editor_client.get(address).content.decode()
    assert "Una pregunta de opción única necesita al menos dos opciones." in text


def test_a_quiz_is_previewed_with_all_its_questions(editor_client):
    quiz = make_quiz("m1", [make_kind("single", "M1-Q1"), make_kind("ordering", "M1-Q2", live=False)])
    entries = [{"id": str(e.pk), "question": str(e.question_id)} for e in quiz.entries.all()]
    fields = quiz_fields() | nested_form_data({"entries": inline_formset(entries, initial=2)})
    address = url(Quiz, "preview_on_edit", quiz.pk)
    assert editor_client.post(address, fields).json()["is_available"]
    text = editor_client.get(address).content.decode()
    assert "Borrador: no aparece hasta que se publique" in text
    assert "Despedirse" in text


def test_a_quiz_is_previewed_while_its_draft_is_saved_by_itself(editor_client):
    question = make_kind("single", "M1-Q1")
    quiz = make_quiz("m1", [question])
    # The page has not been told yet which row the question got.
    fields = quiz_fields([question])
    address = url(Quiz, "preview_on_edit", quiz.pk)
    assert editor_client.post(address, fields).json()["is_available"]
    assert editor_client.get(address).text.count("Preguntar en voz alta") == 1


def test_the_lists_search_and_filter(editor_client, django_assert_max_num_queries):
    make_question("M1-Q1", text="¿Qué es el estigma?")
    make_kind("ordering", "M1-Q2", text="Ordene los pasos.")
    found = [
        [question.identifier for question in editor_client.get(url(Question, "list"), asked).context["page_obj"]]
        for asked in ({}, {"kind": "ordering"}, {"q": "estigma"})
    ]
    assert found == [["M1-Q1", "M1-Q2"], ["M1-Q2"], ["M1-Q1"]]
    for model in (Quiz, Topic, Source):
        assert editor_client.get(url(model, "list"), {"q": "x"}).status_code == 200


def test_a_question_and_a_quiz_are_translated_with_their_options_and_keep_their_keys():
    quiz = make_quiz("m1", [make_kind("single", "M1-Q1")])
    english = Locale.objects.get(language_code="en")
    question = Question.objects.get()
    copy = question.copy_for_translation(english)
    copy.save()
    assert copy.translation_key == question.translation_key
    assert [choice.translation_key for choice in copy.choices.all()] == [
        choice.translation_key for choice in question.choices.all()
    ]
    translated = quiz.copy_for_translation(english)
    translated.save()
    assert (translated.identifier, translated.translation_key) == ("m1", quiz.translation_key)
    assert QuizQuestion.objects.count() == 2


def test_wagtail_localize_translates_a_question_with_its_options_and_keeps_what_is_the_same_everywhere():
    question = make_kind("matching", "M1-Q1", needs_checking=True)
    english = Locale.objects.get(language_code="en")
    source, _created = TranslationSource.get_or_create_from_instance(question)
    translation = Translation.objects.create(source=source, target_locale=english)
    for segment in StringSegment.objects.filter(source=source):
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=english,
            context=segment.context,
            data=f"EN {segment.string.data}",
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
        )
    translation.save_target()
    copy = question.get_translation(english)
    assert (copy.identifier, copy.kind, copy.text, copy.needs_checking) == (
        "M1-Q1",
        "matching",
        "EN ¿Qué corresponde en M1-Q1?",
        True,
    )
    pairs = [(choice.identifier, choice.text, choice.match) for choice in copy.choices.all()]
    assert pairs[0] == ("a", "EN «TS» en rojo", "EN Etiqueta que expone")
    assert [choice.translation_key for choice in copy.choices.all()] == [
        choice.translation_key for choice in question.choices.all()
    ]
