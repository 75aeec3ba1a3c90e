"""Tables as files that leave the site: numbers stay numbers, words are never formulas, Excel reads the accents."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy
from openpyxl import Workbook, load_workbook

from quizzes.wording.tables import bytes_of, download, print_on_letter, safe_row, table_csv


@pytest.mark.parametrize("kept", [None, 0, 7, 2.5, Decimal("66.66666"), date(2026, 11, 27)])
def test_what_is_no_text_stays_as_it_is(kept):
    assert safe_row([kept]) == [kept]
    sheet = Workbook().active
    sheet.append(safe_row([kept]))
    assert sheet["A1"].value == kept


@pytest.mark.parametrize("hostile", ["=1+1", "+502", "-3", "@SUM(A1)", " =1", gettext_lazy("=1+1"), "\x00=1", "＝1"])
def test_no_text_is_taken_for_a_formula(hostile):
    [cell] = safe_row([hostile])
    assert cell.startswith("'")
    # What is safe already, stays so: a table may pass here twice.
    assert safe_row([cell]) == [cell]


def test_a_text_of_nothing_is_an_empty_cell():
    assert safe_row(["", "\x00"]) == [None, None]


def test_a_csv_has_the_mark_that_excel_needs_and_its_headings_are_safe_too():
    content = table_csv(["Año", "=2"], [["Ñandú; «x»", "a\nb"]])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["Año", "'=2"], ["Ñandú; «x»", "a\nb"]]


def test_a_sheet_prints_as_wide_as_letter_with_its_headings_on_each_page():
    workbook = Workbook()
    workbook.active.append(["Uno", "Dos"])
    print_on_letter(workbook.active)
    sheet = load_workbook(io.BytesIO(bytes_of(workbook))).active
    assert (sheet.print_title_rows, sheet.auto_filter.ref) == ("$1:$1", "A1:B1")
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 1)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)


def test_a_file_is_kept_by_no_browser_and_no_cache():
    answer = download(b"x", "a.csv", "text/csv")
    assert (answer["Content-Disposition"], answer["Cache-Control"]) == (
        'attachment; filename="a.csv"',
        "private, no-store",
    )
