"""What gives a question away, named while somebody writes it."""

import pytest
from django.urls import reverse

from quizzes.guessing.flaws import Written, find_flaws
from quizzes.guessing.items import Lesson
from quizzes.guessing.words import count_absolutes, stems_of
from quizzes.models import Choice, ItemChoices, ItemScores, Question, QuizFigures
from tests.factories import (
    NOW,
    make_act,
    make_course,
    make_lesson,
    make_module,
    make_question,
    make_quiz,
    make_staff,
)

FAIR = ("Sigue con su tarea", "Le pide esperar ahí", "Llama a enfermería")


def flaws(*options, right=0, kind="single", text="Llega Rosa. ¿Qué hace?", lesson="M1-L4", has_act=True, **more):
    """Return what is said of a question whose options lack nothing else."""
    choices = [
        Choice(text=option, is_correct=place == right, feedback="Así fue.", lesson="" if place == right else lesson)
        for place, option in enumerate(options)
    ]
    return find_flaws(Written(kind, text, choices, has_act=has_act, **more))


LESSON = Lesson("M1-L2", "Ante un apodo, dice una frase breve y vuelve al trabajo.")


@pytest.mark.parametrize(
    ("options", "more", "told"),
    [
        (FAIR, {}, []),
        (("Sigue con su tarea diaria", *FAIR[1:]), {}, ["La correcta es la más larga."]),
        (("Llama al jefe", *FAIR[1:]), {}, ["La correcta es la más corta."]),
        (
            ("Sigue con su tarea", "Le pide esperar ahí", "Llama pronto a la enfermería"),
            {},
            ["Una opción se aparta más de una cuarta parte del largo promedio."],
        ),
        (("Le pide esperar ahí", "Nunca le contesta", "Llama a enfermería"), {}, ["Solo las incorrectas dicen"]),
        (("Nunca le contesta", "Nunca la ve ahí", "Llama a enfermería"), {}, []),
        (
            ("Y dice una frase breve y ya", "Y luego la deja pasar y ya", "Y llama a enfermería y ya"),
            {"lessons": (LESSON,)},
            ["La correcta repite 5 palabras seguidas de la lección M1-L2."],
        ),
        (
            ("Barre la banqueta", "Le pide esperar ahí", "Llama a enfermería"),
            {"text": "Usted barre la banqueta. ¿Qué hace?"},
            ["La correcta repite palabras de la pregunta, y las otras no."],
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
        (
            ("Tells her to wait a bit", "Never answers her at all", "Calls the nurse in now"),
            {},
            ["Solo las incorrectas"],
        ),
        (
            ("Goes on with his work", "Gives her the key", "Don’t gives her the key"),
            {},
            ["Dos opciones se contradicen"],
        ),
        (("Goes on with it", "Tells her to wait", "All of the above"), {}, ["«Todas» o «ninguna"]),
        (("Goes on with it", "Tells her to wait", "None of these"), {}, ["«Todas» o «ninguna"]),
        (FAIR_IN_ENGLISH, {"text": "Rosa waits. Which of these doesn’t help?"}, ["La pregunta está en negativo"]),
        (FAIR_IN_ENGLISH, {"text": "What would not help?"}, ["La pregunta está en negativo"]),
        (FAIR_IN_ENGLISH, {"text": "Why doesn’t Rosa come back?"}, []),
        (FAIR_IN_ENGLISH, {"text": "What do you do so that she won’t leave?"}, []),
        # A contraction is one word.
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


def figures(question, chosen):
    """Keep how many people chose each option, by its letter."""
    quiz_key = question.entries.get().quiz.translation_key
    about = {"quiz_key": quiz_key, "question_key": question.translation_key}
    QuizFigures.objects.create(quiz_key=quiz_key, counted_at=NOW)
    ItemScores.objects.create(**about, fraction=1, rest=50, people=sum(chosen.values()))
    for letter, people in chosen.items():
        option = question.choices.get(identifier=letter).translation_key
        ItemChoices.objects.create(**about, option=str(option), people=people)


@pytest.mark.django_db
def test_the_form_names_them_with_the_lessons_of_its_module_and_who_chose_what(client):
    client.force_login(make_staff("elena", is_superuser=True, is_staff=True))
    module = make_module(make_course(modules=0), 1, lessons=0, quiz=False)
    make_lesson(module, 1, body=[("key_message", LESSON.text)])
    options = [
        {"identifier": letter, "text": text, "is_correct": letter == "a", "feedback": "Así fue.", "lesson": "M1-L1"}
        for letter, text in zip("abc", ("Y dice una frase breve y ya", "Le pide esperar ahí", FAIR[2]), strict=True)
    ]
    question = make_question("M1-Q1", choices=options, text="Oye un apodo. ¿Qué hace?", act=make_act())
    address = reverse(Question.snippet_viewset.get_url_name("edit"), args=[question.pk])
    page = client.get(address).text
    # In no quiz, it has no lessons; and nobody has answered it.
    assert "Lo que la delata" in page
    assert "La correcta es la más larga." in page
    assert "palabras seguidas" not in page
    assert "Nadie elige" not in page

    module.quiz = make_quiz("m1", [question])
    module.save()
    figures(question, {"a": 30, "b": 1, "c": 8})
    assert "Nadie elige" not in client.get(address).text
    ItemScores.objects.update(people=40)
    page = client.get(address).text
    assert "La correcta repite 5 palabras seguidas de la lección M1-L1." in page
    assert "Nadie elige esta opción, o casi nadie: «Le pide esperar ahí»." in page

    # It looks at the draft.
    question.text = "¿Qué no ayuda?"
    question.save_revision()
    assert "La pregunta está en negativo" in client.get(address).text
    assert "Lo que la delata" not in client.get(reverse(Question.snippet_viewset.get_url_name("add"))).text
