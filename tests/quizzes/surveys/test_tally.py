import pytest
from django.utils.translation import override

from quizzes.surveys.reading import answers_something, kept_answers, read_back, written_out
from quizzes.surveys.tally import item_score, score_of, tally
from quizzes.surveys.typing import Mistyped, read_sheet, read_typed
from tests.course.survey.factories import answers, make_contents

CONTENTS = make_contents()
BLOCKS = {block["id"]: block for block in CONTENTS["blocks"]}
B, F = BLOCKS["B"], BLOCKS["F"]
BLANK = "si no hay ninguno encerrado, 0 o un guion (-)."


def test_ten_sheets_become_counts():
    sheets = [answers(A1="1"), answers(A1="2"), *[answers()] * 8]
    figures = tally(make_contents(), "pre", sheets)
    items = {"F1": {"1": 10}, "F2": {"2": 10}, "A1": {"1": 1, "2": 1, "4": 8}, "F3": {"1": 10}}
    items |= {"B1": {"1": 10}, "B2": {"4": 10}, "B3": {"1": 10}, "B4": {"4": 10}}
    assert figures == {"items": items, "blocks": {"B": {"n": 10, "mean": 100, "sd": 0}}, "groups": {}}


def test_nine_sheets_are_never_counted():
    with pytest.raises(ValueError, match="Fewer than 10"):
        tally(make_contents(), "pre", [answers()] * 9)


def test_an_item_that_nine_answered_is_not_there():
    sheets = [answers(A1="0"), answers(F3="9"), *[answers()] * 8]
    figures = tally(make_contents(), "pre", sheets)
    assert "A1" not in figures["items"]
    assert "F3" not in figures["items"]
    assert figures["items"]["B1"] == {"1": 10}


def test_a_wave_counts_what_it_asks():
    assert "F3" not in tally(make_contents(), "post", [answers()] * 10)["items"]


def test_a_block_in_which_nine_have_a_score_is_not_there():
    sheets = [{"B1": "1", "B2": "2"}, *[answers()] * 9]
    assert tally(make_contents(), "pre", sheets)["blocks"] == {}


@pytest.mark.parametrize(
    ("clinical", "other", "untold", "apart"),
    [(10, 10, 0, 1), (10, 9, 0, 0), (9, 11, 0, 0), (10, 10, 1, 0), (10, 10, 10, 1), (20, 0, 0, 0)],
)
def test_groups_are_told_apart_where_nobody_is_left_in_a_small_one(clinical, other, untold, apart):
    sheets = [answers(F1="1", A1="1")] * clinical + [answers(F1="2")] * other + [answers(F1="0")] * untold
    groups = tally(make_contents(), "pre", sheets)["groups"]
    assert bool(groups) == apart
    if apart:
        assert groups["clinical"]["items"]["A1"] == {"1": clinical}
        assert groups["other"]["items"]["A1"] == {"4": other}
        assert groups["other"]["items"].keys() == {"A1", "B1", "B2", "B3", "B4", "F3"}


def test_an_item_is_told_apart_by_itself():
    sheets = [answers(F1="1")] * 10 + [answers(F1="2")] * 9 + [answers(F1="2", A1="0")]
    groups = tally(make_contents(), "pre", sheets)["groups"]
    assert "A1" not in groups["clinical"]["items"]
    assert groups["other"]["items"]["B1"] == {"1": 10}


def test_agreeing_is_worth_most_in_a_respectful_statement_and_least_in_another():
    scale = make_contents()["scales"]["agreement"]
    worth = {sign: [item_score(scale, {"direction": sign}, code) for code in "12340"] for sign in "+-"}
    assert worth["+"] == pytest.approx([100, 200 / 3, 100 / 3, 0, None])
    assert worth["-"] == pytest.approx([0, 100 / 3, 200 / 3, 100, None])


def test_three_of_four_answers_make_a_score_and_two_do_not():
    assert score_of(CONTENTS, B, {"B1": "1", "B2": "1", "B3": "1"}) == pytest.approx(200 / 3)
    assert score_of(CONTENTS, B, {"B1": "1", "B2": "1", "B3": "0"}) is None


def test_answers_are_written_out_and_read_back():
    contents, given = make_contents(), answers(A1="0") | {"F3": "9"}
    assert read_back(contents, "pre", written_out(contents, "pre", given)) == given
    with pytest.raises(ValueError, match="another wording"):
        read_back(contents, "post", written_out(contents, "pre", given))


def test_what_the_wave_does_not_ask_or_the_scale_does_not_have_is_dropped():
    kept = {key: code for key, code in answers().items() if key not in ("A1", "B1", "F3")}
    assert kept_answers(make_contents(), "post", answers(A1="5", B1="<b>", B9="1")) == kept


def test_preferring_not_to_say_everywhere_is_declining():
    contents = make_contents()
    assert not answers_something(contents, "pre", {"A1": "0", "F1": "0"})
    assert answers_something(contents, "pre", {"F3": "9"})


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2314", {"B1": "2", "B2": "3", "B3": "1", "B4": "4"}),
        (" 2 3, 1;4 ", {"B1": "2", "B2": "3", "B3": "1", "B4": "4"}),
        ("2-1-", {"B1": "2", "B3": "1"}),
        ("2010", {"B1": "2", "B2": "0", "B3": "1", "B4": "0"}),
        ("----", {}),
        ("-", {}),
        ("0", {}),
    ],
)
def test_a_figure_a_line(typed, read):
    assert read_typed(CONTENTS, B, typed) == read


@pytest.mark.parametrize(
    ("block", "typed", "words"),
    [
        (B, "", "No hay nada escrito. Si todo el tema está en blanco en la hoja, escriba 0 o un guion (-)."),
        (B, "  ", "No hay nada escrito. Si todo el tema está en blanco en la hoja, escriba 0 o un guion (-)."),
        (B, "231", "Escriba 4 números, uno por línea de la hoja. Hay 3."),
        (B, "23144", "Escriba 4 números, uno por línea de la hoja. Hay 5."),
        (F, "12", "Escriba 1 número. Hay 2."),
        (B, "2914", f"«9» no es un número de la línea B2: tiene 1, 2, 3, 4, 0; {BLANK}"),
        (F, "4", f"«4» no es un número de la línea F3: tiene 1, 2, 3, 9, 0; {BLANK}"),
        (B, "2x14", f"«x» no es un número de la línea B2: tiene 1, 2, 3, 4, 0; {BLANK}"),
    ],
)
def test_what_cannot_be_is_said_with_what_to_do(block, typed, words):
    with override("es"), pytest.raises(Mistyped) as mistake:
        read_typed(CONTENTS, block, typed)
    assert str(mistake.value) == words


def test_a_nought_is_a_blank_line_where_the_line_has_none():
    contents = make_contents()
    contents["scales"]["work"] = [one for one in contents["scales"]["work"] if one["code"] != "0"]
    assert read_typed(contents, contents["blocks"][0], "01") == {"F2": "1"}


def test_a_sheet_is_read_theme_by_theme_and_each_mistake_named():
    typed = {"Q": "12", "A": "5", "B": "2314", "F": ""}
    sheet, mistakes = read_sheet(CONTENTS, "pre", typed)
    assert sheet == {"F1": "1", "F2": "2", "B1": "2", "B2": "3", "B3": "1", "B4": "4"}
    assert set(mistakes) == {"A", "F"}


@pytest.mark.parametrize("sign", ["-", "0", " - "])
def test_a_blank_sheet_is_one_sign_in_its_first_theme(sign):
    assert read_sheet(CONTENTS, "pre", {"Q": sign}) == ({}, {})
    assert set(read_sheet(CONTENTS, "pre", {"A": sign})[1]) == {"Q", "B", "F"}


def test_a_sheet_of_which_nothing_is_typed_is_one_mistake():
    with override("es"):
        words = "De esta hoja no hay nada escrito. Si está en blanco, escriba aquí 0 o un guion (-)."
        assert read_sheet(CONTENTS, "pre", {"A": " "}) == ({}, {"Q": words})


def test_a_wave_is_asked_its_own_themes():
    read = {"F1": "1", "F2": "2", "A1": "1", "B1": "2", "B2": "3", "B3": "1", "B4": "4"}
    assert read_sheet(CONTENTS, "post", {"Q": "12", "A": "1", "B": "2314"}) == (read, {})
