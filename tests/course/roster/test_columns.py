"""Which column is which, by headings in Spanish and English."""

import pytest

from course.roster.columns import Field, find_columns, has_names

from .factories import messy_rows


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
