from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import translation
from openpyxl import Workbook

from quizzes.importing.formats import read_file, xlsx
from quizzes.importing.parts.archives import LARGEST, MOST_FILES, open_archive
from quizzes.importing.parts.columns import find_columns, list_columns
from quizzes.importing.parts.reading import ReadChoice, UnreadableFile
from tests.security.bombs import zipped


def sheet(*rows, merge="", formats=None):
    workbook = Workbook()
    page = workbook.active
    for row in rows:
        page.append(row)
    if merge:
        page.merge_cells(merge)
    for cell, number_format in (formats or {}).items():
        page[cell].number_format = number_format
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def with_member(content, name, replacement):
    with ZipFile(BytesIO(content)) as archive:
        return zipped({member: archive.read(member) for member in archive.namelist()} | {name: replacement})


FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
STRINGS = "xl/sharedStrings.xml"
HEADINGS = ["Pregunta", "Opción 1", "Opción 1: correcta", "Opción 2", "Opción 2: correcta", "Puntos"]


def test_a_sheet_is_recognised_and_read_with_all_its_columns():
    row = {
        "Identificador": "M9-Q1",
        "Tipo": "Respuesta múltiple",
        "Tema": "Trato / En la puerta",
        "Pregunta": "¿Qué **se dice**?",
        "Opción 1": "Buenos días",
        "Opción 1: correcta": 50,
        "Opción 1: retroalimentación": "Sí, señora.",
        "Opción 2": "Pase",
        "Opción 2: correcta": "50 %",
        "Retroalimentación general": "Se saluda.",
        "Puntos": 2,
        "Dificultad": "fácil",
        "Etiquetas": "saludo, año",
        "Publicada": "no",
    }
    reading = read_file(sheet(list(row), list(row.values())), name="banco.xlsx")
    (question,) = reading.questions
    assert reading.problems == reading.warnings == []
    assert (question.place, question.identifier, question.kind) == ("fila 2", "M9-Q1", "multiple")
    assert (question.topic, question.tags) == (("Trato", "En la puerta"), ("saludo", "año"))
    assert (question.text, question.feedback) == ("¿Qué **se dice**?", "Se saluda.")
    assert (question.marks, question.difficulty, question.published) == (2, "easy", False)
    assert question.choices == [
        ReadChoice("Buenos días", True, Decimal(50), "Sí, señora."),
        ReadChoice("Pase", True, Decimal(50)),
    ]


def test_titles_and_blank_lines_are_passed_over_and_the_rows_keep_their_numbers():
    rows = [["Banco de preguntas de la jornada"], [], HEADINGS, [], ["¿Uno?", "Sí", "x", "No"], [None, " "]]
    reading = read_file(sheet(*rows, ["¿Dos?", "Sí", True, "No", False, 3], merge="A1:F1"))
    assert [(q.place, q.text, q.marks) for q in reading.questions] == [("fila 5", "¿Uno?", 1), ("fila 7", "¿Dos?", 3)]
    assert [[c.is_correct for c in q.choices] for q in reading.questions] == [[True, False], [True, False]]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_headings_that_we_write_are_those_that_we_read(language):
    with translation.override(language):
        columns = list_columns(3)
    assert find_columns([heading for _key, heading in columns]) == dict(enumerate(key for key, _heading in columns))


def test_per_cents_are_read_as_people_see_them():
    headings = ["Kind", "Question", "Option 1", "Option 1: correct", "Option 2", "Option 2: correct"]
    (question,) = read_file(
        sheet(headings, ["single", "¿?", "A", 1, "B", 0.5], formats={"D2": "0%", "F2": "0.0%"})
    ).questions
    assert [(c.fraction, c.is_correct) for c in question.choices] == [(Decimal(100), True), (Decimal(50), False)]


@pytest.mark.parametrize(
    "heading, word, sentence",
    [
        ("Opción 1: correcta", "quizás", "«quizás» no es ni sí ni un porcentaje."),
        ("Opción 2", None, "La opción 2 no tiene texto, pero junto a ella hay algo escrito."),
        ("Tipo", "adivinanza", "Aquí no hay preguntas de tipo «adivinanza»."),
        ("Dificultad", "imposible", "«imposible» no es una dificultad: escriba fácil, media o difícil."),
        ("Publicada", "tal vez", "Escriba sí o no en vez de «tal vez»."),
        ("Opción 1: tolerancia", "poca", "«poca» no es un número para una tolerancia."),
    ],
)
def test_a_word_that_a_column_does_not_know_is_named(heading, word, sentence):
    row = dict(zip(HEADINGS, ["¿?", "A", "sí", "B", "no", 1], strict=True)) | {heading: word}
    (problem,) = read_file(sheet(list(row), list(row.values()))).problems
    assert (problem.place, problem.name, problem.sentence) == ("fila 2", "¿?", sentence)


def test_a_text_that_was_made_safe_for_spreadsheets_is_itself_again():
    (question,) = read_file(sheet(HEADINGS, ["'=1+1 ¿es dos?", "'-3", "sí", "'hola'"])).questions
    assert (question.text, [c.text for c in question.choices]) == ("=1+1 ¿es dos?", ["-3", "'hola'"])


def test_what_stands_beyond_the_limits_is_said_and_not_read(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    reading = read_file(sheet(HEADINGS, *(["¿?", "A", "sí", "B"] for _n in range(4))))
    assert [q.place for q in reading.questions] == ["fila 2", "fila 3"]
    assert [p.sentence for p in reading.problems] == ["La hoja tiene más de 3 filas; el resto no se leyó."]


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "C:\\x.xml", "a/..\\..\\b"])
def test_an_archive_that_names_a_file_outside_of_itself_is_refused(name):
    with pytest.raises(UnreadableFile, match="nombra un archivo fuera de él"):
        open_archive(zipped({"bien.xml": b"x", name: b"x"}))


def test_an_archive_that_unpacks_to_too_much_is_refused_unread():
    bomb = zipped({f"{n}.xml": bytes(LARGEST // 4) for n in range(5)})
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableFile, match="más de 100 MB"):
        open_archive(bomb)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: zipped(dict.fromkeys(map(str, range(10_000)), b"")),
            rf"10000 archivos dentro y el límite es {MOST_FILES}",
        ),
        (lambda: zipped({"a.xml": b"x"})[:-20], "está dañado"),
        (lambda: zipped({"xl/workbook.xml": b"nada"}), "está dañada o es de un tipo que no se puede leer"),
        (lambda: with_member(sheet(HEADINGS), STRINGS, b" " * (xlsx.LARGEST_INSIDE + 1)), "más de 30 MB"),
        (lambda: with_member(sheet(HEADINGS), "xl/worksheets/sheet1.xml", FAR), "Ninguna hoja"),
    ],
    ids=["many files", "cut", "no sheet", "too much inside", "claims to be endless"],
)
def test_an_archive_that_is_no_sheet_is_refused(make, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        read_file(make(), format_name="xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_sheet_with_an_entity_bomb_is_refused(encoding):
    bomb = '<!DOCTYPE x [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'.encode(encoding)
    with pytest.raises(UnreadableFile, match="declara un tipo de documento"):
        read_file(with_member(sheet(HEADINGS), STRINGS, bomb))
