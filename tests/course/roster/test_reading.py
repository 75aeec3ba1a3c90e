import time
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from course.roster import reading
from course.roster.cells import MOST_COLUMNS, MOST_ROWS, ROWS_ABOVE, clean_cell
from course.roster.columns import Field, find_columns, has_names
from course.roster.reading import UnreadableList, read_list, read_pasted
from course.roster.rows import Fate
from course.roster.uploads import plan_of

from .factories import bring, messy_rows, workbook

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


def test_cells_pasted_from_excel_are_read_with_a_line_break_in_a_cell():
    assert pasted_rows('Apellidos\tNombres\n"Ñáñez\nGüitz"\tJosé\n\n') == ROWS


def test_a_quotation_mark_alone_in_a_cell_swallows_no_rows():
    rows = [["Luz", "Paz", "C/S"], ["Rosa", "Xol", '"'], ["Inés", "Tot", '"'], ["Eva", "Pop ", '"']]
    assert pasted_rows("\n".join("\t".join(row) for row in rows))[1:] == [
        [cell.strip() for cell in row] for row in rows[1:]
    ]
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


def zipped(parts):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
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
        (zipped({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": " " * 60_000_000}), "mucho más grande"),
        (zipped({"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "a">]><workbook/>'}), "declara"),
        (zipped({"word/document.xml": "<w/>"}), "libro de Excel"),
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


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["APELLIDOS", "Nombres"], {Field.SURNAMES: 0, Field.GIVEN_NAMES: 1}),
        (["No.", "Nombre:", "Apellidos"], {Field.GIVEN_NAMES: 1, Field.SURNAMES: 2}),
        (
            ["Primer apellido", "Segundo apellido", "Nombres", "PUESTO FUNCIONAL"],
            {Field.SURNAMES: 0, Field.SECOND_SURNAME: 1, Field.GIVEN_NAMES: 2, Field.ROLE: 3},
        ),
        (["Nombre completo", "Cargo"], {Field.NAMES_FIRST: 0, Field.ROLE: 1}),
        (["Apellidos y nombres", "Código"], {Field.SURNAMES_FIRST: 0, Field.CODE: 1}),
        (
            ["Last name", "First name", "Position", "Health center", "E-mail"],
            {Field.SURNAMES: 0, Field.GIVEN_NAMES: 1, Field.ROLE: 2, Field.CLINIC: 3, Field.EMAIL: 4},
        ),
    ],
)
def test_headings_are_recognised(headings, columns):
    assert find_columns([headings, ["x"]]) == (0, columns)


def test_headings_are_found_below_titles_and_empty_lines():
    number, columns = find_columns(messy_rows())
    assert number == 3
    assert columns == {
        Field.SURNAMES: 1, Field.GIVEN_NAMES: 2, Field.ROLE: 3, Field.CLINIC: 4, Field.EMAIL: 5, Field.PHONE: 6,
    }  # fmt: skip


def test_what_does_not_say_how_people_are_called_is_not_recognised():
    assert find_columns([["Puesto", "Apellidos"], ["Guardia", "Coj"]]) == (None, {})
    assert not has_names({Field.SURNAMES, Field.SECOND_SURNAME})


def with_part(content, name, change):
    with zipfile.ZipFile(BytesIO(content)) as old:
        parts = {member: old.read(member) for member in old.namelist()}
    return zipped(parts | {name: change(parts[name])})


def with_merged(references):
    cells = "".join(f'<mergeCell ref="{one}"/>' for one in references)
    merged = f'<mergeCells count="{len(references)}">{cells}</mergeCells>'.encode()
    rows = [["Nombres", "Apellidos"], ["Ana", "Coj"], ["Luz", "Paz"]]
    return with_part(
        workbook(rows), "xl/worksheets/sheet1.xml", lambda part: part.replace(b"</sheetData>", b"</sheetData>" + merged)
    )


@pytest.mark.parametrize(
    "references",
    [["A1:XFD1048576"], ["A1:XFD1048576"] * 5_000, ["ZZZ1:A9999999"], ["B2:A1"], ["A900000:B900001"], ["A0:B0"]],
    ids=["whole sheet", "five thousand whole sheets", "beyond", "backwards", "below", "row zero"],
)
def test_merged_cells_however_many_or_huge_take_no_time(references):
    before = time.process_time()
    try:
        (sheet,) = read_list(with_merged(references))
    except UnreadableList:
        sheet = None
    assert time.process_time() - before < 2
    assert sheet is None or [len(row) for row in sheet["rows"]] == [2, 2, 2]


def test_a_merged_cell_reaches_over_rows_with_something_of_their_own_and_no_others():
    rows = [
        ["Centro", "Nombres", "Apellidos"],
        ["C/S Palencia", "Ana", "Coj"],
        [None, None, None],
        [None, "Luz", "Paz"],
    ]
    (sheet,) = read_list(workbook(rows, merged=["A2:A1000"]))
    assert sheet["rows"][1:] == [["C/S Palencia", "Ana", "Coj"], ["", "", ""], ["C/S Palencia", "Luz", "Paz"]]


@pytest.mark.parametrize("broken", [b"<x", b"<workbook/>"])
def test_a_workbook_that_names_its_sheets_otherwise_is_damaged(broken):
    for part in ("xl/_rels/workbook.xml.rels", "xl/workbook.xml"):
        with pytest.raises(UnreadableList):
            read_list(with_part(workbook([["Nombres", "Apellidos"]]), part, lambda _part: broken))


def test_no_column_is_cut_off_without_a_word():
    wide = "\t".join(["Nombres", "Apellidos", *("x" * (MOST_COLUMNS - 1))])
    with pytest.raises(UnreadableList) as refused:
        read_pasted(f"{wide}\nAna\tCoj")
    assert f"más de {MOST_COLUMNS} columnas" in str(refused.value)
    narrow = "\t".join(["Nombres", "Apellidos", *("x" * (MOST_COLUMNS - 2))])
    assert len(read_pasted(f"{narrow}\nAna\tCoj")[0]["rows"][0]) == MOST_COLUMNS


def test_a_number_of_three_hundred_letters_is_no_number_and_is_nowhere(cohort):
    for number in ("9" * 300, "A" * 300, "٢" * 13, "=1+1"):
        upload = bring(cohort, [["Nombres", "Apellidos", "CUI", "No. de empleado"], ["Ana", "Coj", number, number]])
        (line,) = plan_of(upload).lines
        assert (line.fate, line.identifiers) == (Fate.CREATE, {})
        assert number not in " ".join(line.notes)


@pytest.mark.nightly
def test_five_thousand_rows_of_as_many_clinics_and_titles_are_planned_in_seconds(cohort):
    letters = [f"{chr(97 + n // 676)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" for n in range(MOST_ROWS)]
    rows = [[f"Coj{one}", "Ana", f"Puesto {one}", f"Lugar {one}"] for one in letters]
    upload = bring(cohort, [["Apellidos", "Nombres", "Puesto", "Centro"], *rows])
    before = time.process_time()
    plan = plan_of(upload)
    assert time.process_time() - before < 20
    # Of so many names nobody looks at, none becomes a clinic without being asked for: their rows wait.
    assert plan.counts[Fate.CREATE] == len(plan.new_clinics) == 200
    assert plan.counts[Fate.ASK] == len(plan.with_open_clinic) == MOST_ROWS - 200


def test_a_sheet_that_is_too_long_is_named_and_a_list_beside_it_is_read():
    rows = [["Nombres", "Apellidos"], *(["Ana", "Coj"] for _n in range(MOST_ROWS + ROWS_ABOVE))]
    with pytest.raises(UnreadableList) as refused:
        read_list(workbook(rows))
    assert "5000 filas" in str(refused.value)


@pytest.mark.parametrize(
    "tag", [b'<row r="2" hidden="1" ', b'<col min="1" max="1" hidden="1" ', b'<mergeCell ref="A2:A3']
)
def test_what_looks_like_a_tag_and_never_ends_is_none(tag):
    comment = b"<!-- " + tag * 40_000 + b"<x> -->"
    rows = [["Nombres", "Apellidos"], ["Ana", "Coj"], ["Luz", "Paz"]]
    change = with_part(
        workbook(rows),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"</sheetData>", b"</sheetData>" + comment),
    )
    [sheet] = read_list(change)
    assert (sheet["rows"], sheet["hidden_rows"], sheet["hidden_columns"]) == (rows, [], [])
