"""The printed name: what people really write is printed, what paper cannot carry is refused with a sentence."""

import pytest
from django.core.exceptions import ValidationError

from certificates.wording.naming import check_printed_name


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Ana Lucía Coj de la Cruz", "Ana Lucía Coj de la Cruz"),
        ("  María   José\tLópez\n", "María José López"),
        ("JOSE\u0301 Nu\u0301n\u0303ez", "JOSÉ Núñez"),
        ("Ixmukanˈe".replace("ˈ", "\u02bc"), "Ixmukan’e"),
        ("Marta O'Neill", "Marta O'Neill"),
        ("Ana-María P. Ajú", "Ana-María P. Ajú"),
        ("Ñ" * 60, "Ñ" * 60),
    ],
)
def test_names_are_printed_as_people_write_them(typed, printed):
    assert check_printed_name(typed, given_names=typed, surnames="") == printed


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Escriba su nombre con letras, como está en su DPI."),
        ("   ", "Escriba su nombre con letras, como está en su DPI."),
        ("- . -", "Escriba su nombre con letras, como está en su DPI."),
        ("a" * 61, "El nombre tiene 61 caracteres y caben 60. Acórtelo, por ejemplo con una inicial."),
        ("Ana 👩‍⚕️ Coj", "Un nombre no puede llevar «👩». Use letras, espacios, guiones, apóstrofos y puntos."),
        ("Ana ☺ Coj", "Un nombre no puede llevar «☺». Use letras, espacios, guiones, apóstrofos y puntos."),
        ("Ana 3 Coj", "Un nombre no puede llevar «3». Use letras, espacios, guiones, apóstrofos y puntos."),
        ("<b>Ana</b>", "Un nombre no puede llevar «<». Use letras, espacios, guiones, apóstrofos y puntos."),
        (
            "Ana \u202eCoj",
            "El nombre trae un carácter invisible (U+202E). Bórrelo y escriba el nombre de nuevo a mano.",
        ),
        (
            "Ana\u200bCoj",
            "El nombre trae un carácter invisible (U+200B). Bórrelo y escriba el nombre de nuevo a mano.",
        ),
        ("Ana\x00Coj", "El nombre trae un carácter invisible (U+0000). Bórrelo y escriba el nombre de nuevo a mano."),
        ("مريم", "El certificado no puede imprimir «م». Escriba el nombre con las letras de su DPI."),
        ("玛丽", "El certificado no puede imprimir «玛». Escriba el nombre con las letras de su DPI."),
    ],
)
def test_other_names_are_refused_with_what_to_change(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        check_printed_name(typed, given_names="Ana", surnames="Coj")
    assert refusal.value.messages == [sentence]


@pytest.mark.parametrize(
    "typed",
    [
        "ANA LUCIA COJ DE LA CRUZ",
        "Ana Lucía Coj de la Cruz",
        "Ana Luciá Coj dela Crúz",
    ],
)
def test_a_person_corrects_the_own_name(typed):
    assert check_printed_name(typed, given_names="Ana Lucía", surnames="Coj de la Cruz") == typed


@pytest.mark.parametrize(
    "typed",
    [
        "Marta Elena Xicay Ordóñez",
        "Ana",
        "Ana Coj",
        "Ana Lucía Cruz",
        "Ana Lucía Coj de la Cruz Pérez",
        "Ana Luisa Coj de la Cruz",
        "Carlos Cruz",
        "Los de la",
        "Ana Lucía Coj de la Crus",
        "Ana Lucía Coj Libre de Estigma",
    ],
)
def test_a_person_does_not_print_the_name_of_another(typed):
    with pytest.raises(ValidationError) as refusal:
        check_printed_name(typed, given_names="Ana Lucía", surnames="Coj de la Cruz")
    assert refusal.value.messages == [
        "Este nombre no se parece al registrado, «Ana Lucía Coj de la Cruz». "
        "Si el registrado está mal, pida a su facilitador/a que lo corrija."
    ]
