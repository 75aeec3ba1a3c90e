"""What is typed of a sheet of the survey: figures in the order of the lines."""

import pytest
from django.utils.translation import override

from quizzes.surveys.typing import Mistyped, read_sheet, read_typed
from tests.course.survey.factories import make_contents

CONTENTS = make_contents()
B = next(block for block in CONTENTS["blocks"] if block["id"] == "B")
F = next(block for block in CONTENTS["blocks"] if block["id"] == "F")


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
        (
            B,
            "2914",
            "«9» no es un número de la línea B2: tiene 1, 2, 3, 4, 0; si no hay ninguno encerrado, 0 o un guion (-).",
        ),
        (
            F,
            "4",
            "«4» no es un número de la línea F3: tiene 1, 2, 3, 9, 0; si no hay ninguno encerrado, 0 o un guion (-).",
        ),
        (
            B,
            "2x14",
            "«x» no es un número de la línea B2: tiene 1, 2, 3, 4, 0; si no hay ninguno encerrado, 0 o un guion (-).",
        ),
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
    assert read_sheet(CONTENTS, "post", {"Q": "12", "A": "1", "B": "2314"}) == (
        {"F1": "1", "F2": "2", "A1": "1", "B1": "2", "B2": "3", "B3": "1", "B4": "4"},
        {},
    )
