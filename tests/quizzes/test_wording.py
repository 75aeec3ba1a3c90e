import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.utils.translation import gettext_lazy, override
from openpyxl import Workbook, load_workbook
from taggit.models import Tag

from quizzes.base.formats import format_percentage
from quizzes.base.identifiers import BoundedKeysMixin, parse_key
from quizzes.base.languages import describe_language, is_known_language, language_choices
from quizzes.base.markup import render_inline, render_text, strip_markup
from quizzes.base.spreadsheets import download, safe_row, set_up_printing, table_csv, workbook_bytes


def test_inline_text_has_emphasis_sources_and_unverified_tag():
    assert render_inline("**Atienda** con *calma* [S3][S4] [VL]") == (
        "<strong>Atienda</strong> con <em>calma</em> "
        '<a class="source" href="#fuente-S3">[S3]</a><a class="source" href="#fuente-S4">[S4]</a> '
        '<span class="unverified">sin verificar</span>'
    )


def test_text_has_paragraphs_lists_headings_and_links():
    text = "Uno.\n\n- a\n- b\n\n### Dos\n\n[tres](https://example.org/)"
    assert render_text(text) == (
        "<p>Uno.</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<h3>Dos</h3>\n"
        '<p><a href="https://example.org/">tres</a></p>\n'
    )


@pytest.mark.parametrize("hostile", ["<script>x</script>", "[a](javascript:x)", '"><img src=x onerror=y>', "[[a|<b>]]"])
def test_html_in_text_is_escaped(hostile):
    for html in (render_inline(hostile), render_text(hostile)):
        assert not any(tag in html for tag in ("<script", "<img", "<b>", "<a "))


def test_name_of_term_is_escaped():
    assert render_inline("Hay [[estigma]].", {"estigma": "<img src=x>"}) == (
        'Hay <button type="button" class="term" popovertarget="termino-estigma">&lt;img src=x&gt;</button>.'
    )


@pytest.mark.parametrize("mark", ["[S4]", "[VL]", "[[estigma]]", "[[estigma|una palabra]]"])
def test_markup_in_title_of_link_is_unchanged(mark):
    html = render_text(f'[tres](https://example.org/ "{mark}")', {"estigma": "estigma"})
    assert html == f'<p><a href="https://example.org/" title="{mark}">tres</a></p>\n'


def test_strip_markup_removes_all_markup():
    assert strip_markup("**Una** idea [S42][VL] sobre el [[estigma|*estigma*]]") == "Una idea sobre el estigma"


def test_spanish_percentage_has_no_break_space():
    with override("es"):
        assert format_percentage(Decimal("87.5")) == "87.5\xa0%"


@pytest.mark.parametrize(
    ("code", "spanish", "english", "own"),
    [
        ("es", "español", "Spanish", "español"),
        ("en", "inglés", "English", "English"),
        ("cak", "kaqchikel", "Kaqchikel", "Kaqchikel"),
        ("kek", "q’eqchi’", "Q’eqchi’", "Q’eqchi’"),
        ("tzj", "tz’utujil", "Tz’utujil", "Tz’utujil"),
        ("cab", "garífuna", "Garifuna", "Garifuna"),
        ("fr", "francés", "French", "français"),
        ("xx", "xx", "xx", "xx"),
    ],
)
def test_language_has_name_and_native_name(code, spanish, english, own):
    with override("es"):
        assert describe_language(code).name == spanish
    with override("en"):
        named = describe_language(code)
        assert (named.code, named.name, named.native_name) == (code, english, own)
    assert is_known_language(code) is (code != "xx")


def test_languages_of_site_come_first_then_guatemalan():
    with override("es"):
        names = [name for _code, name in language_choices()]
    assert names[:2] == ["español", "inglés"]
    assert {"kaqchikel", "k’iche’", "mam", "q’eqchi’", "xinka", "garífuna", "ixil"} <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kept", [None, 0, 7, 2.5, Decimal("66.66666"), date(2026, 11, 27)])
def test_non_text_cells_are_unchanged(kept):
    assert safe_row([kept]) == [kept]
    sheet = Workbook().active
    sheet.append(safe_row([kept]))
    assert sheet["A1"].value == kept


@pytest.mark.parametrize("hostile", ["=1+1", "+502", "-3", "@SUM(A1)", " =1", gettext_lazy("=1+1"), "\x00=1", "＝1"])
def test_formulas_are_escaped(hostile):
    [cell] = safe_row([hostile])
    assert cell.startswith("'")
    # What is safe already, stays so: a table may pass here twice.
    assert safe_row([cell]) == [cell]


def test_empty_text_is_empty_cell():
    assert safe_row(["", "\x00"]) == [None, None]


def test_csv_has_byte_order_mark_and_safe_headings():
    content = table_csv(["Año", "=2"], [["Ñandú; «x»", "a\nb"]])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["Año", "'=2"], ["Ñandú; «x»", "a\nb"]]


def test_sheet_prints_as_wide_as_letter_with_headings_on_each_page():
    workbook = Workbook()
    workbook.active.append(["Uno", "Dos"])
    set_up_printing(workbook.active)
    sheet = load_workbook(io.BytesIO(workbook_bytes(workbook))).active
    assert (sheet.print_title_rows, sheet.auto_filter.ref) == ("$1:$1", "A1:B1")
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 1)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)


def test_download_is_not_cached():
    answer = download(b"x", "a.csv", "text/csv")
    assert answer["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert answer["Cache-Control"] == "private, no-store"


class TagsField(BoundedKeysMixin, forms.ModelMultipleChoiceField):
    pass


@pytest.mark.parametrize(
    ("text", "key"),
    [("7", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 5000, None), ("-7", None), ("٧", None), ("", None)],
)
def test_key_is_an_integer_of_limited_length(text, key):
    assert parse_key(text) == key


@pytest.mark.parametrize("key", [10**30, "9" * 5000, "uno", -1])
def test_multiple_choice_field_refuses_invalid_keys(db, key):
    tag = Tag.objects.create(name="urgente")
    field = TagsField(Tag.objects.all())
    assert list(field.clean([str(tag.pk)])) == [tag]
    with pytest.raises(forms.ValidationError):
        field.clean([str(tag.pk), key])
