"""Lists made to do harm, or only far too large: bounded, in words, and read as far as they are lists."""

import time
import zipfile
from io import BytesIO

import pytest

from course.roster.cells import MOST_COLUMNS, MOST_ROWS, ROWS_ABOVE
from course.roster.reading import UnreadableList, read_list, read_pasted
from course.roster.rows import Fate
from course.roster.uploads import plan_of
from tests.factories import make_clinic, make_cohort, make_trainer

from .factories import bring, workbook


def with_part(content, name, change):
    """Return a workbook one part of which is changed by a function of its bytes."""
    old, file = zipfile.ZipFile(BytesIO(content)), BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in old.namelist():
            part = old.read(member)
            archive.writestr(member, change(part) if member == name else part)
    return file.getvalue()


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
    # No more cells than there were, whatever stands in them now.
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


def test_a_number_of_three_hundred_letters_is_no_number_and_is_nowhere(db):
    cohort = make_cohort(trainers=[make_trainer()], clinic=make_clinic())
    for number in ("9" * 300, "A" * 300, "٢" * 13, "=1+1"):
        upload = bring(cohort, [["Nombres", "Apellidos", "CUI", "No. de empleado"], ["Ana", "Coj", number, number]])
        (line,) = plan_of(upload).lines
        assert (line.fate, line.identifiers) == (Fate.CREATE, {})
        assert number not in " ".join(line.notes)


@pytest.mark.nightly
def test_five_thousand_rows_of_as_many_clinics_and_titles_are_planned_in_seconds(db):
    cohort = make_cohort(trainers=[make_trainer()], clinic=make_clinic())
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
