"""Whole files as Moodle exports them, from the bytes to the bank."""

from decimal import Decimal

import pytest

from quizzes.importing.formats import read_file
from quizzes.importing.loading import write_import
from quizzes.importing.planning import plan_import
from quizzes.models import Question
from tests.factories import spanish

from .moodle_exports import GIFT, XML, picture


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def options(question):
    return [(str(c.text), c.is_correct, c.fraction, c.feedback) for c in question.choices]


def test_a_gift_file_of_moodle_is_read_in_every_detail():
    reading = read_file(GIFT.encode())
    single, multiple, truth, short, number, matching, essay = reading.questions

    assert reading.problems == []
    assert [str(warning) for warning in reading.warnings] == [
        "línea 56 «Antes de empezar»: Es un texto sin respuesta y se dejó fuera.",
        "Aquí las respuestas cortas perdonan las tildes, y en Moodle no. Cada pregunta puede decir otra cosa.",
    ]
    assert {question.topic for question in reading.questions} == {("Por defecto en TD01", "Trato en la puerta")}
    assert (single.kind, single.name, single.identifier) == ("single", "Quién saluda primero", "TD-Q1")
    assert single.tags == ("saludo", "recepción")
    assert single.text == "¿Quién saluda **primero** en la ventanilla?\n\nElija una."
    assert options(single) == [
        ("La señora que llega", False, None, "Ella viene a pedir ayuda: no le toca."),
        ("Quien atiende", True, None, "¡Así es!"),
        ("La jefatura, si está", False, Decimal("33.33333"), ""),
    ]
    assert single.feedback == "Un saludo no cuesta nada & abre la puerta."
    assert multiple.kind == "multiple"
    assert options(multiple) == [
        ("El número de clientes", True, None, "No es asunto del portón."),
        ("El resultado de la prueba {VIH}", True, None, ""),
        ("El nombre con que quiere ser llamada", False, None, ""),
    ]
    assert truth.feedback == "Ni por compartir la taza."
    assert options(truth) == [
        ("Verdadero", False, None, "Lea otra vez la lección 2."),
        ("Falso", True, None, "Así es: no se transmite."),
    ]
    assert options(short) == [
        ("PEP", False, None, ""),
        ("P.E.P.", False, Decimal(50), "Sin puntos, por favor."),
        ("*", False, Decimal(0), "Son tres letras."),
    ]
    assert [(c.text, c.tolerance, c.fraction, c.feedback) for c in number.choices] == [
        ("72", Decimal("0.5"), None, "Sí."),
        ("48", Decimal(12), Decimal(50), ""),
        ("*", None, Decimal(0), "Vea la norma."),
    ]
    assert [(c.text, c.match) for c in matching.choices] == [
        ("estigma", "una etiqueta"),
        ("discriminación", "un daño = trato desigual"),
        ("confidencialidad", "«nadie más lo sabe»"),
    ]
    assert (essay.kind, essay.text, essay.feedback) == ("open", "¿Qué cambiará usted el lunes?", "Gracias.")


def test_an_xml_file_of_moodle_is_read_in_every_detail():
    reading = read_file(XML.encode())
    single, multiple, truth, short, number, matching, essay, gaps = reading.questions

    assert [(problem.name, problem.sentence) for problem in reading.problems] == [
        ("Dosis", "Aquí no hay preguntas de tipo «Calculada»."),
    ]
    assert all(problem.place.startswith("línea ") for problem in reading.problems)
    assert [warning.name for warning in reading.warnings if warning.name] == ["Aviso"]
    assert {question.topic for question in reading.questions} == {("Por defecto en TD01", "Trato / en la puerta")}
    assert (single.kind, single.text, single.identifier) == ("single", "¿Quién saluda **primero**?", "TD-Q1")
    assert (single.image.name, single.image.content, single.image_text) == ("el portón.png", picture(), "Un portón")
    assert single.tags == ("recepción", "saludo")
    assert options(single) == [
        ("La señora que llega", False, None, "No le toca."),
        ("Quien atiende", True, None, "¡Así es!"),
        ("La jefatura, si está", False, Decimal("33.33333"), ""),
    ]
    assert (multiple.kind, multiple.marks, multiple.identifier) == ("multiple", 2, "TD-Q2")
    assert [(c.is_correct, c.fraction) for c in multiple.choices] == [(True, None)] * 3 + [(False, None)] * 2
    assert options(truth) == [("Verdadero", False, None, "Lea otra vez."), ("Falso", True, None, "Así es.")]
    assert (short.forgives_case, short.published) == (False, False)
    assert [(c.text, c.tolerance) for c in number.choices] == [("72", Decimal("0.5"))]
    assert number.unit == "horas"
    assert [(c.text, c.match) for c in matching.choices] == [
        ("estigma", "una etiqueta"),
        ("daño", "discriminación"),
        ("secreto", "<nadie> lo sabe"),
    ]
    assert (essay.kind, essay.marks, essay.marking_guide) == ("open", 10, "Busque *tres* ideas.")
    assert (gaps.kind, gaps.text, gaps.marks) == ("gaps", "El [[1]] no es el [[2]].", 2)
    assert [(c.gap, c.text, c.is_correct) for c in gaps.choices] == [
        (1, "VIH", True),
        (2, "sida", True),
        (2, "resfriado", False),
    ]


@pytest.mark.parametrize("text, count", [(GIFT, 7), (XML, 8)])
def test_what_was_read_is_in_the_bank_and_the_same_file_again_is_there_already(db, text, count):
    done = write_import(plan_import(read_file(text.encode()), locale=spanish()), only_good=True)

    assert len(done.created) == count
    assert Question.objects.get(identifier="TD-Q1").topic.name.startswith("Trato")
    again = plan_import(read_file(text.encode()), locale=spanish())
    assert {row.state for row in again.rows} == {"present"}


@pytest.mark.parametrize("whole", [GIFT, XML], ids=["gift", "xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_end_of_line_of_a_whole_file_gives_the_same(whole, encoding, end):
    # A file that says another encoding than it has is tried in test_moodle_xml.py.
    text = whole.replace('encoding="UTF-8"', f'encoding="{encoding.replace("cp", "windows-").removesuffix("-sig")}"')
    expected = read_file(whole.encode())

    reading = read_file(text.replace("\n", end).encode(encoding))

    assert [repr(question) for question in reading.questions] == [repr(question) for question in expected.questions]
    assert [str(problem) for problem in reading.problems] == [str(problem) for problem in expected.problems]
