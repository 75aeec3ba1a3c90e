import re
from dataclasses import asdict, replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from quizzes.exporting.formats import FORMATS
from quizzes.exporting.formats.xlsx import guard_formula
from quizzes.exporting.questions import gather_questions, select_questions
from quizzes.exporting.writing import export_questions
from quizzes.importing.formats import read_file
from quizzes.importing.loading import write_import
from quizzes.importing.parts.reading import Reading
from quizzes.importing.planning import plan_import
from quizzes.models import Choice, Question
from tests.factories import make_question, make_quiz, spanish
from tests.quizzes.factories import make_kind, make_source, make_topic
from tests.quizzes.generated_questions import make_questions

pytestmark = pytest.mark.usefixtures("media")


def everything():
    return select_questions(locale=spanish())


def gathered():
    return [read for read, _question in gather_questions(everything())]


def by_name(questions):
    return {question.name: asdict(question) for question in questions}


def differing(ours, theirs):
    names = [name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)]
    return {name: (ours.get(name), theirs.get(name)) for name in names}


def as_read(question, **changes):
    return replace(question, place="", tags=tuple(sorted(question.tags)), **changes)


def as_in_moodle(question):
    if question.kind != "matching":
        return question.choices
    return [replace(choice, feedback="", match=choice.match.replace("*", "")) for choice in question.choices]


def two_hundred_of(*others):
    return [question for question in make_questions(270) if question.kind not in others][:200]


def out_and_back(format_name, questions):
    content, _warnings = FORMATS[format_name].write(questions)
    reading = read_file(content)
    assert reading.problems == []
    for choice in (choice for question in reading.questions for choice in question.choices):
        choice.text = str(choice.text)  # «True» and «False» take the words of the language
    return by_name([as_read(question, name=question.identifier) for question in reading.questions])


def test_moodle_xml_comes_back_as_it_was():
    questions = two_hundred_of("reflection")
    expected = [
        replace(question, difficulty="", forgives_accents=True, choices=as_in_moodle(question))
        for question in questions
    ]
    assert len(expected) == 200
    assert differing(out_and_back("moodle-xml", questions), by_name(expected)) == {}


def test_gift_comes_back_as_it_was():
    questions = two_hundred_of("reflection", "ordering")
    lost = dict.fromkeys(("difficulty", "unit", "marking_guide", "image_text"), "")
    lost |= {"marks": 1, "image": None, "published": True, "forgives_case": True}
    expected = [replace(question, **lost, choices=as_in_moodle(question)) for question in questions]
    assert len(expected) == 200
    assert differing(out_and_back("gift", questions), by_name(expected)) == {}


def test_a_sheet_comes_back_as_it_was():
    expected = [replace(question, image=None) for question in make_questions()]
    assert differing(out_and_back("xlsx", make_questions()), by_name(expected)) == {}


def test_gaps_places_and_what_goes_with_nothing_come_back_from_a_sheet(db):
    make_kind("gaps", "G", forgives_accents=False)
    make_kind("places", "P")
    matching = make_kind("matching", "M")
    matching.choices.add(Choice(identifier="d", match="Nada de esto", sort_order=9, locale=matching.locale))
    matching.save()
    questions = sorted(gathered(), key=lambda question: question.name)
    content, warnings = FORMATS["xlsx"].write(questions)
    assert warnings == []
    headings = [cell.value for cell in load_workbook(BytesIO(content)).active[1]]
    assert "Opción 7: espacio" in headings
    assert out_and_back("xlsx", questions) == by_name([as_read(question) for question in questions])
    # Without its picture nobody could answer it.
    rows = {row.read.name: row for row in plan_import(Reading(questions), locale=spanish()).rows}
    assert [row.unfinished for row in rows.values()] == [
        [],
        [],
        ["Este tipo de pregunta muestra lugares en una imagen: elíjala. Hasta entonces es un borrador."],
    ]
    headings = [cell.value for cell in load_workbook(BytesIO(FORMATS["xlsx"].write(questions[1:2])[0])).active[1]]
    assert "Opción 1: espacio" not in headings


@pytest.mark.nightly
def test_the_bank_holds_what_was_read_and_an_export_of_it_is_there_already(db):
    questions = make_questions()
    done = write_import(plan_import(Reading(questions), locale=spanish()))
    assert len(done.created) == 200
    named = [replace(q, image=q.image and replace(q.image, name="x")) for q in gathered()]
    expected = [replace(q, image=q.image and replace(q.image, name="x")) for q in questions]
    assert differing(by_name(named), by_name(expected)) == {}
    for format_name in FORMATS:
        reading = read_file(export_questions(everything(), format_name=format_name).content)
        assert {row.state for row in plan_import(reading, locale=spanish()).rows} == {"present"}


def test_a_file_has_a_name_with_its_day(db):
    make_question("Q1")
    name = export_questions(everything(), format_name="xlsx").file_name
    assert re.fullmatch(r"preguntas-\d{4}-\d\d-\d\d\.xlsx", name)


def test_what_a_format_can_not_hold_is_said(db):
    source = make_source()
    question = make_kind("short_text", "Q1", marks=3, difficulty="hard", needs_checking=True, forgives_case=False)
    question.sources.add(source)
    question.save()
    make_kind("ordering", "Q2")
    make_kind("reflection", "Q3")
    make_question("Q4", choices=[{"identifier": "a", "text": "Sí"}, {"identifier": "b", "text": "No"}])
    exported = export_questions(everything(), format_name="gift")
    assert [(warning.name, warning.sentence) for warning in exported.warnings] == [
        ("Q1", "GIFT no lleva puntos: valía 3."),
        ("Q1", "GIFT no dice que importan las mayúsculas."),
        ("Q1", "Moodle no lleva dificultad."),
        ("Q1", "Moodle compara las tildes: agregue las respuestas sin ellas si allí también deben contar."),
        ("Q1", "Su lista de fuentes se queda aquí; lo que citan sus textos, como [S42], va con ellos."),
        ("Q1", "Que algo en ella se debe verificar localmente no está en el archivo."),
        ("Q2", "GIFT no tiene preguntas de este tipo: no está en el archivo."),
        ("Q3", "GIFT no tiene preguntas de este tipo: no está en el archivo."),
        ("Q4", "No está terminada, así que no está en el archivo: Marque exactamente una opción como correcta."),
    ]


def test_an_arrow_in_an_answer_keeps_a_question_out_of_gift(db):
    make_question("Q1", kind="short_text", choices=[{"identifier": "a", "text": "a -> b"}])
    exported = export_questions(everything(), format_name="gift")
    assert exported.content == b""
    assert "En GIFT «->» forma parejas" in exported.warnings[-1].sentence


def test_questions_are_chosen_by_topic_with_its_parts_and_by_quiz_in_its_order(db):
    outer = make_topic("trato")
    inner = make_topic("puerta", outer)
    first, second, third = make_question("A", topic=inner), make_question("B", topic=outer), make_question("C")
    quiz = make_quiz("m1", [third, first])
    assert set(select_questions(locale=spanish(), topic=outer)) == {first, second}
    assert list(select_questions(locale=spanish(), quiz=quiz)) == [third, first]
    assert Question.objects.count() == 3


@pytest.mark.parametrize("text", ["=1+1", "+502", "@SUMA(A1)", "-3", "  =cmd|' /C calc'!A0", "\t=1"])
def test_no_cell_is_a_formula(db, text):
    make_question("Q1", text=text)
    sheet = load_workbook(BytesIO(export_questions(everything(), format_name="xlsx").content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f" or str(cell.value).strip()[0] in "=+@-"]
    assert guard_formula(text) == f"'{text}"
