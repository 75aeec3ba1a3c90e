"""Lists of staff as they come: workbooks, text of any encoding and separator, pasted cells, and what only looks so."""

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from course.roster import reading
from course.roster.cells import clean_cell
from course.roster.reading import UnreadableList, read_list, read_pasted

from .factories import messy_rows, workbook

ROWS = [["Apellidos", "Nombres"], ["Ñáñez Güitz", "José"]]


def first_rows(content):
    return read_list(content)[0]["rows"]


def pasted_rows(text):
    (sheet,) = read_pasted(text)
    return sheet["rows"]


def text(separator):
    return "\r\n".join(separator.join(row) for row in ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_is_read_in_every_usual_encoding_and_with_every_usual_separator(encoding, separator):
    assert first_rows(text(separator).encode(encoding)) == ROWS


def test_a_workbook_is_read_with_its_merged_title_and_empty_lines_in_place():
    content = workbook([["Personal del centro", None], [None, None], *ROWS], merged=["A1:B1"])
    assert first_rows(content) == [["Personal del centro"] * 2, ["", ""], *ROWS]


def test_numbers_are_read_as_they_are_seen():
    assert first_rows(workbook([["Código", "Edad"], ["ANA234", 41.0]])) == [["Código", "Edad"], ["ANA234", "41"]]


def test_cells_pasted_from_excel_are_read_with_a_line_break_in_a_cell():
    assert pasted_rows('Apellidos\tNombres\n"Ñáñez\nGüitz"\tJosé\n\n') == ROWS


def test_a_quotation_mark_alone_in_a_cell_swallows_no_rows():
    rows = [["Luz", "Paz", "C/S"], ["Rosa", "Xol", '"'], ["Inés", "Tot", '"'], ["Eva", "Pop ", '"']]
    assert pasted_rows("\n".join("\t".join(row) for row in rows))[1:] == [
        [cell.strip() for cell in row] for row in rows[1:]
    ]
    # One that closes a cell of two lines, or stands in the words of one, is read as before.
    assert pasted_rows('Ana;"C/S\n";1\nLuz;"";2\nEva;"el ""alto""";"') == [
        ["Ana", "C/S", "1"],
        ["Luz", "", "2"],
        ["Eva", 'el "alto"', '"'],
    ]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        ("#N/D|#¡DIV/0!|#¡NUM!|#¡NULO!|#¡VALOR!|#¡REF!|#¿NOMBRE?|#CALC!|#¡DESBORDAMIENTO!|#OBTENIENDO_DATOS", ""),
        ("#N/A|#DIV/0!|#NUM!|#NULL!|#VALUE!|#REF!|#NAME?|#SPILL!|#GETTING_DATA|#####|Err:508", ""),
        (
            "-|–|--|---|.|?|N/A|NA|n. a.|S/D|s.d.|S/N|ninguno|Ninguna|no tiene|NO APLICA|(en blanco)|sin información|0",
            "",
        ),
        ('Ídem|idem|"|#12|Nan|No|Sis|C/S|__________|Renglón 0|10|No tiene número', None),
    ],
)
def test_errors_of_formulas_and_words_for_nothing_are_empty(cells, read):
    for cell in cells.split("|"):
        assert clean_cell(cell) == (cell if read is None else read), cell


def test_a_comma_in_a_name_does_not_divide_a_list_of_semicolons():
    assert pasted_rows("Nombre;Puesto\nCoj, Ana;Guardia\nPaz, Luz;Caja") == [
        ["Nombre", "Puesto"],
        ["Coj, Ana", "Guardia"],
        ["Paz, Luz", "Caja"],
    ]


def test_the_apostrophe_before_a_formula_and_control_characters_are_taken_away():
    assert pasted_rows("'=1+1\tA\x07na\u200b\u00a0Luz") == [["=1+1", "Ana Luz"]]


def test_the_messy_list_is_read():
    rows = messy_rows()
    assert rows[0][0] == "MINISTERIO DE SALUD PÚBLICA Y ASISTENCIA SOCIAL"
    assert rows[4][1:4] == ["COJ DE LA CRUZ", "ANA LUCÍA", "Recepcionista"]
    assert rows[-1][0] == "Total: 60 personas"


def bomb():
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", " " * (60 * 1024 * 1024))
    return file.getvalue()


def entities():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "a">]><workbook/>')
    return file.getvalue()


def other_archive():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vacía"),
        (b"\r\n ; ; \r\n", "vacía"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, ".xlsx"),
        (b"\x89PNG\r\n\x1a\n\0\0", "libro de Excel"),
        (b"PK\x03\x04 no more", "ZIP"),
        (workbook(ROWS)[:-200], "ZIP"),
        (bomb(), "mucho más grande"),
        (entities(), "declara"),
        (other_archive(), "libro de Excel"),
        (b"a;b\n" * 6000, "5000 filas"),
        (b"a" * (reading.LARGEST + 1), "5 MB"),
    ],
    ids=["empty", "blank", "old excel", "picture", "no zip", "cut", "bomb", "entities", "word", "long", "large"],
)
def test_hostile_and_huge_files_are_refused_with_a_sentence(content, words):
    with pytest.raises(UnreadableList) as refused:
        read_list(content)
    assert words in str(refused.value)


def test_rows_and_columns_that_a_workbook_hides_are_named_once_and_within_the_list():
    book = Workbook()
    sheet = book.active
    for row in (["Nombres", "Apellidos", "Salario"], *([f"Ana {number}", "Coj", number] for number in range(8))):
        sheet.append(row)
    for number in (2, 3, 4, 7, 40):
        sheet.row_dimensions[number].hidden = True
    sheet.column_dimensions.group("C", "ZZ", hidden=True)
    file = BytesIO()
    book.save(file)
    (one,) = read_list(file.getvalue())
    assert (one["hidden_rows"], one["hidden_columns"][0]) == ([2, 3, 4, 7], 2)
    assert len(one["hidden_columns"]) < 100
