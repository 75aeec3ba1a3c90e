import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Revision

from course.people.roles import EDITORS
from quizzes.base.identifiers import stable_key
from quizzes.guessing.flaws import Written, find_flaws
from quizzes.guessing.items import Lesson
from quizzes.guessing.words import count_absolutes, stems_of
from quizzes.kinds import KINDS
from quizzes.models import Choice, ItemChoices, ItemScores, Question, Quiz, QuizStatistics, Source, Topic
from tests.factories import (
    NOW,
    make_act,
    make_course,
    make_learner,
    make_lesson,
    make_module,
    make_question,
    make_quiz,
    make_staff,
    spanish,
)
from tests.modules.factories import scene

from .admin_fields import edit_quiz_fields, errors_beside, errors_of, question_fields, quiz_fields, url
from .factories import CHOICES, make_kind, start, translate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


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


def test_what_a_kind_does_not_allow_is_refused_in_words_but_may_wait_as_a_draft(editor_client):
    fields = question_fields("single", choices=[{"text": "Sí"}, {"text": "No"}])
    page = editor_client.post(url(Question, "add"), fields)
    assert errors_of(page) == ["Marque exactamente una opción como correcta."]
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
    assert errors_beside(page) == {"identifier": "«m1-q1» ya está en uso. Elija otro identificador."}
    page = editor_client.post(url(Quiz, "add"), quiz_fields([Question.objects.get()], identifier="m1"))
    assert errors_beside(page) == {"identifier": "«m1» ya está en uso. Elija otro identificador."}
    question = Question.objects.get()
    page = editor_client.post(url(Question, "edit", question.pk), question_fields(identifier="M1-Q2"))
    assert "El identificador sigue siendo «M1-Q1»" in errors_beside(page)["identifier"]


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
    fields = question_fields() | {"identifier": identifier, "title": "T", "name": "T"}
    page = editor_client.post(url(thing, "add"), fields)
    assert errors_beside(page)["identifier"] == sentence


def test_a_new_option_gets_a_letter_that_was_never_used(editor_client):
    question = make_kind("single", "M1-Q1")
    rows = [
        {"id": choice.pk, "text": choice.text, "is_correct": choice.is_correct} for choice in question.choices.all()
    ]
    fields = question_fields(choices=[*rows, {"text": "Otra"}], initial=3)
    fields["choices-1-DELETE"] = "1"
    assert editor_client.post(url(Question, "edit", question.pk), fields).status_code == 302
    assert sorted(Choice.objects.values_list("identifier", flat=True)) == ["a", "c", "d"]


def test_a_quiz_refuses_to_be_empty_to_ask_twice_and_to_ask_in_another_language(editor_client):
    question, reflection = make_question("M1-Q1"), make_kind("reflection", "M1-R")
    for questions in ([], [reflection]):
        page = editor_client.post(url(Quiz, "add"), quiz_fields(questions))
        assert errors_of(page)[0].startswith("Agregue al menos una pregunta que cuente para la calificación;")
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
    text = page.text
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
    asked = editor_client.get(address, {"mode": ""}).text
    assert '<legend id="question-text">Escriba la nota sin etiquetas.</legend>' in asked
    assert 'La <strong>persona <select id="gap-1" name="gap-1"' in asked
    assert 'aria-label="Espacio 2 de 3: llega con … y consulta"' in asked
    # Those of lists are there to choose from, what a box accepts is not.
    assert [choice["text"] in asked for choice in CHOICES["gaps"]] == [True, True, True, False, False, True, True]
    told = editor_client.get(address, {"mode": "review"}).text
    assert [choice["feedback"] in told for choice in CHOICES["gaps"]] == [True, False, False, True, False, False, True]
    assert "[[" not in asked + told


def test_a_question_not_yet_saved_is_previewed_with_what_it_still_lacks(editor_client):
    address = url(Question, "preview_on_add")
    editor_client.post(address, question_fields("single", choices=[{"text": "Sí"}]))
    text = editor_client.get(address).text
    assert "Una pregunta de opción única necesita al menos dos opciones." in text


def test_a_quiz_is_previewed_with_all_its_questions(editor_client):
    quiz = make_quiz("m1", [make_kind("single", "M1-Q1"), make_kind("ordering", "M1-Q2", live=False)])
    address = url(Quiz, "preview_on_edit", quiz.pk)
    assert editor_client.post(address, edit_quiz_fields(quiz)).json()["is_available"]
    text = editor_client.get(address).text
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


def test_wagtail_localize_translates_a_question_with_its_options_and_keeps_what_is_the_same_everywhere():
    question = make_kind("matching", "M1-Q1", needs_checking=True)
    english = Locale.objects.get(language_code="en")
    copy = translate(question, english)
    kept = (copy.identifier, copy.kind, copy.text, copy.needs_checking)
    assert kept == ("M1-Q1", "matching", "EN ¿Qué corresponde en M1-Q1?", True)
    pairs = [(choice.identifier, choice.text, choice.match) for choice in copy.choices.all()]
    assert pairs[0] == ("a", "EN «TS» en rojo", "EN Etiqueta que expone")
    keys = [[choice.translation_key for choice in one.choices.all()] for one in (copy, question)]
    assert keys[0] == keys[1]


NO_NUMBER, PAIRS = "no es un número: escríbalo con cifras, por ejemplo 12.5.", CHOICES["matching"][:2]


@pytest.mark.parametrize(
    ("kind", "choices", "field", "sentence"),
    [
        ("number", [{"text": "72"}, {"text": "tres días"}], "choices-1-text", f"«tres días» {NO_NUMBER}"),
        ("matching", [*PAIRS, {"text": "Doble guante"}], "choices-2-match", "Escriba para cada opción con qué se une."),
    ],
)
def test_what_can_not_be_scored_is_told_beside_its_field(editor_client, kind, choices, field, sentence):
    page = editor_client.post(url(Question, "add"), question_fields(kind, choices=choices))
    assert errors_beside(page) == {field: sentence}
    assert sentence in errors_of(page)
    assert not Question.objects.exists()


def test_everything_a_question_has_is_written_in_its_form(editor_client):
    choices = [{"text": "72", "tolerance": "2.5"}, {"text": "48", "fraction": "50"}]
    more = {"difficulty": "hard", "tags": "urgente, módulo 5", "marks": "3", "unit": "horas"}
    fields = question_fields("number", choices=choices, **more)
    assert editor_client.post(url(Question, "add"), fields).status_code == 302
    question = Question.objects.get()
    assert (question.difficulty, question.marks, question.unit) == ("hard", 3, "horas")
    assert sorted(question.tags.names()) == ["módulo 5", "urgente"]
    assert list(question.choices.values_list("tolerance", "fraction")) == [(2.5, None), (None, 50)]


def test_publishing_while_the_draft_is_saved_by_itself_keeps_each_option_once(editor_client):
    rows = [{"text": "Saludar", "is_correct": True}]
    draft = question_fields(choices=rows)
    del draft["action-publish"]
    saved = editor_client.post(url(Question, "add"), draft, headers={"accept": "application/json"}).json()
    question = Question.objects.get(pk=saved["pk"])
    first = {"id": question.choices.get().pk} | rows[0]
    # Two options are typed; the answer to the first is still on its way when the second is sent.
    draft = question_fields(choices=[first, {"text": "Call"}], initial=1)
    del draft["action-publish"]
    edit = url(Question, "edit", question.pk)
    assert editor_client.post(edit, draft, headers={"accept": "application/json"}).json()["success"]
    fields = question_fields(choices=[first, {"text": "Callar"}, {"text": "Irse"}], initial=1)
    assert editor_client.post(edit, fields).status_code == 302
    question.refresh_from_db()
    assert question.live
    choices = [(one.identifier, one.text) for one in question.choices.all()]
    assert choices == [("a", "Saludar"), ("b", "Callar"), ("c", "Irse")]


def test_another_kind_keeps_no_per_cent_that_it_would_not_show(editor_client):
    question = make_kind("number", "Q1")
    rows = [
        {"id": choice.pk, "text": f"Paso {n}", "fraction": "50", "tolerance": "2"}
        for n, choice in enumerate(question.choices.all())
    ]
    saved = editor_client.post(url(Question, "edit", question.pk), question_fields("ordering", "Q1", rows, initial=3))
    assert saved.status_code == 302
    question.refresh_from_db()
    assert question.kind == "ordering"
    assert {(choice.fraction, choice.tolerance) for choice in question.choices.all()} == {(None, None)}


def test_an_image_is_published_only_with_what_it_shows(editor_client):
    image = get_image_model().objects.create(title="Puerta", file=get_test_image_file())
    page = editor_client.post(url(Question, "add"), question_fields(image=image.pk, image_text=" "))
    assert "quien no puede verla también tiene que responder." in errors_beside(page)["image_text"]
    draft = question_fields(image=image.pk, image_text="")
    del draft["action-publish"]
    assert editor_client.post(url(Question, "add"), draft).status_code == 302
    fields = question_fields(identifier="Q2", image=image.pk, image_text="Una puerta cerrada")
    assert editor_client.post(url(Question, "add"), fields).status_code == 302
    assert list(Question.objects.order_by("pk").values_list("identifier", "live")) == [("M1-Q1", False), ("Q2", True)]


def test_a_question_goes_back_to_an_earlier_version_and_attempts_keep_their_own(editor_client):
    quiz = make_quiz("m1", [make_kind("single", "Q1")])
    question = Question.objects.get()
    question.save_revision().publish()
    first = start(make_learner(), quiz)
    rows = [{"id": c.pk, "text": c.text, "is_correct": c.is_correct} for c in question.choices.all()]
    for text in ("La segunda", "La tercera"):
        fields = question_fields("single", "Q1", rows, initial=3, text=text)
        del fields["action-publish"]
        editor_client.post(url(Question, "edit", question.pk), fields)
        question.refresh_from_db()
        question.latest_revision.publish()
    earliest, second, third = Revision.objects.for_instance(question).order_by("pk")
    compared = editor_client.get(url(Question, "revisions_compare", question.pk, earliest.pk, third.pk))
    assert "La tercera" in compared.text
    reverted = editor_client.get(url(Question, "revisions_revert", question.pk, second.pk))
    assert "La segunda</textarea>" in reverted.text
    fields = question_fields("single", "Q1", rows, initial=3, text="La segunda", revision=second.pk)
    del fields["action-publish"]
    editor_client.post(url(Question, "edit", question.pk), fields)
    question.refresh_from_db()
    question.latest_revision.publish()
    question.refresh_from_db()
    assert question.text == "La segunda"
    first.refresh_from_db()
    assert first.snapshot["questions"][0]["text"] == "¿Qué corresponde en Q1?"
    assert [choice.identifier for choice in question.choices.all()] == ["a", "b", "c"]


def test_an_editor_brings_an_image_and_chooses_it(client, site_roles):
    client.force_login(make_staff("editora", EDITORS))
    page = client.get(reverse("wagtailimages_chooser:choose")).json()["html"]
    assert 'name="image-chooser-upload-file"' in page
    get_image_model().objects.create(title="Puerta cerrada", file=get_test_image_file())
    assert "Puerta cerrada" in client.get(reverse("wagtailimages_chooser:choose")).json()["html"]


FAIR = ("Sigue con su tarea", "Le pide esperar ahí", "Llama a enfermería")


def flaws(*options, right=0, kind="single", text="Llega Rosa. ¿Qué hace?", lesson="M1-L4", has_act=True, **more):
    choices = [
        Choice(text=option, is_correct=place == right, feedback="Así fue.", lesson="" if place == right else lesson)
        for place, option in enumerate(options)
    ]
    return find_flaws(Written(kind, text, choices, has_act=has_act, **more))


REPEATS = ("Y dice una frase breve y ya", "Y luego la deja pasar y ya", "Y llama a enfermería y ya")
LESSON = Lesson("M1-L2", "Ante un apodo, dice una frase breve y vuelve al trabajo.")


@pytest.mark.parametrize(
    ("options", "more", "told"),
    [
        (FAIR, {}, []),
        (("Sigue con su tarea diaria", *FAIR[1:]), {}, ["La correcta es la más larga."]),
        (("Llama al jefe", *FAIR[1:]), {}, ["La correcta es la más corta."]),
        ((*FAIR[:2], "Llama pronto a la enfermería"), {}, ["Una opción se aparta más de una cuarta parte del largo"]),
        (("Le pide esperar ahí", "Nunca le contesta", "Llama a enfermería"), {}, ["Solo las incorrectas dicen"]),
        (("Nunca le contesta", "Nunca la ve ahí", "Llama a enfermería"), {}, []),
        (REPEATS, {"lessons": (LESSON,)}, ["La correcta repite 5 palabras seguidas de la lección M1-L2."]),
        (
            ("Barre la banqueta", *FAIR[1:]),
            {"text": "Barre la banqueta."},
            ["La correcta repite palabras de la pregunta"],
        ),
        (("Sigue con su tarea", "Llama a la doctora", "¡A la doctora llama!"), {}, ["Dos opciones dicen lo mismo."]),
        (("Sigue con su tarea", "Le da la llave", "No le da la llave"), {}, ["Dos opciones se contradicen"]),
        (("Sigue con su tarea", "La deja pasar", "La deja pasar luego"), {}, ["Una opción contiene a otra."]),
        (("Sigue con su tarea", "Le pide esperar ahí", "Todas las anteriores"), {}, ["«Todas» o «ninguna"]),
        (("Sigue con su tarea", "Le pide esperar ahí", "Ninguna de estas"), {}, ["«Todas» o «ninguna"]),
        (FAIR, {"text": "¿Qué respuesta no ayuda?"}, ["La pregunta está en negativo"]),
        (FAIR, {"text": "¿Por qué no vuelve Rosa?"}, []),
        (FAIR, {"text": "¿Qué le dice para que no se vaya?"}, []),
        (FAIR, {"text": "palabra " * 41}, ["Tiene más de 40 palabras."]),
        (FAIR, {"text": "palabra " * 40}, []),
        (FAIR, {"text": "Según el artículo 10, ¿qué hace?"}, ["Pregunta por un porcentaje, un artículo"]),
        (FAIR, {"has_act": False}, ["No nombra un acto"]),
        (FAIR, {"lesson": ""}, ["2 opciones incorrectas sin lección."]),
        (FAIR, {"lesson": "", "has_lesson": True}, []),
        # Of several right answers length says little; a draft without a right one says nothing yet.
        (("Sigue con su tarea diaria", *FAIR[1:]), {"kind": "multiple"}, []),
        (FAIR, {"right": 9}, []),
        # Of other kinds only the text is looked at.
        (FAIR, {"kind": "ordering", "lesson": "", "text": "palabra " * 41}, ["Tiene más de 40 palabras."]),
        (FAIR, {"kind": "reflection", "has_act": False}, []),
    ],
)
def test_a_flaw_is_named_and_what_is_none_is_not(options, more, told):
    found = flaws(*options, **more)
    assert len(found) == len(told), found
    for sentence, begins in zip(found, told, strict=True):
        assert sentence.startswith(begins)


FAIR_IN_ENGLISH = ("Goes on with his job", "Tells her to wait on", "Calls the nurse in")


@pytest.mark.parametrize(
    ("options", "more", "told"),
    [
        (FAIR_IN_ENGLISH, {}, []),
        (("Tells her to wait a bit", "Never answers her at all", "Calls her in now"), {}, ["Solo las incorrectas"]),
        (("Goes on with his work", "Gives her the key", "Don’t gives her the key"), {}, ["Dos opciones se contra"]),
        (("Goes on with it", "Tells her to wait", "All of the above"), {}, ["«Todas» o «ninguna"]),
        (FAIR_IN_ENGLISH, {"text": "Rosa waits. Which of these doesn’t help?"}, ["La pregunta está en negativo"]),
        (FAIR_IN_ENGLISH, {"text": "Why doesn’t Rosa come back?"}, []),
        (FAIR_IN_ENGLISH, {"text": "don’t " * 40}, []),
        (FAIR_IN_ENGLISH, {"text": "don’t " * 41}, ["Tiene más de 40 palabras."]),
        (FAIR_IN_ENGLISH, {"text": "According to article 10, what happens?"}, ["Pregunta por un porcentaje"]),
    ],
)
def test_a_flaw_of_a_question_in_english_is_named_by_its_own_words(options, more, told):
    found = flaws(*options, **({"text": "Rosa comes. What do you do?"} | more), language="en")
    assert [sentence.startswith(begins) for sentence, begins in zip(found, told, strict=True)] == [True] * len(told)


def test_stems_and_absolutes_are_found_in_the_language_of_the_text():
    assert stems_of("¿Según usted, la atención de 2026 es para todas?") == {"atenc"}
    assert stems_of("Atienden y atendían") == {"atien", "atend"}
    assert stems_of("Before she waits, the waiting women of 2026 were there", "en") == {"waits", "waiti", "women"}
    assert count_absolutes("Nunca, jamás: ningún caso, solo todos") == 5
    assert count_absolutes("Solomon tododía") == 0
    assert count_absolutes("Never, always: nobody, only all, anyone, just that", "en") == 7
    assert count_absolutes("The company called Neverland", "en") == 0


def keep_figures(question, chosen):
    quiz_key = question.entries.get().quiz.translation_key
    about = {"quiz_key": quiz_key, "question_key": question.translation_key}
    QuizStatistics.objects.create(quiz_key=quiz_key, counted_at=NOW)
    ItemScores.objects.create(**about, fraction=1, rest=50, people=sum(chosen.values()))
    for letter, people in chosen.items():
        option = question.choices.get(identifier=letter).translation_key
        ItemChoices.objects.create(**about, option=str(option), people=people)


@pytest.mark.django_db
def test_the_form_names_them_with_the_lessons_of_its_module_and_who_chose_what(client):
    client.force_login(make_staff("elena", is_superuser=True, is_staff=True))
    module = make_module(make_course(modules=0), 1, lessons=0, quiz=False)
    make_lesson(module, 5, body=[("text", f"<p>{LESSON.text}</p>"), ("scenario", scene())])
    make_lesson(module, 1, body=[("key_message", LESSON.text)])
    options = [
        {"identifier": letter, "text": text, "is_correct": letter == "a", "feedback": "Así fue.", "lesson": "M1-L1"}
        for letter, text in zip("abc", ("Y dice una frase breve y ya", "Le pide esperar ahí", FAIR[2]), strict=True)
    ]
    question = make_question("M1-Q1", choices=options, text="Oye un apodo. ¿Qué hace?", act=make_act())
    address = reverse(Question.snippet_viewset.get_url_name("edit"), args=[question.pk])
    page = client.get(address).text
    assert "Lo que la delata" in page
    assert "La correcta es la más larga." in page
    assert "palabras seguidas" not in page
    assert "Nadie elige" not in page

    module.quiz = make_quiz("m1", [question])
    module.save()
    keep_figures(question, {"a": 30, "b": 1, "c": 8})
    assert "Nadie elige" not in client.get(address).text
    ItemScores.objects.update(people=40)
    page = client.get(address).text
    assert "La correcta repite 5 palabras seguidas de la lección M1-L1." in page
    assert "Nadie elige esta opción, o casi nadie: «Le pide esperar ahí»." in page

    question.text = "¿Qué no ayuda?"
    question.save_revision()
    assert "La pregunta está en negativo" in client.get(address).text
    assert "Lo que la delata" not in client.get(reverse(Question.snippet_viewset.get_url_name("add"))).text
