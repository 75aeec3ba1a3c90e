"""Serials: sixty bits of chance, a check that notices slips, and forgiveness for how people type."""

import itertools
import random

import pytest

from certificates.wording.serials import (
    ALPHABET,
    BITS_OF_CHANCE,
    LENGTH,
    check_character,
    grouped,
    is_valid,
    new_serial,
    normalise,
    problem_of,
)

SERIALS = [new_serial(random.Random(seed).getrandbits) for seed in range(20)]


def test_a_serial_is_sixty_bits_of_chance_and_a_check_character():
    asked = []
    assert new_serial(lambda bits: asked.append(bits) or 2**60 - 1) == "ZZZZZZZZZZZZ" + check_character("Z" * 12)
    assert asked == [BITS_OF_CHANCE] == [60]
    assert new_serial(lambda bits: 0) == "0" * LENGTH
    assert new_serial(lambda bits: 1) == "000000000001" + "2"
    assert len(set(SERIALS)) == len(SERIALS)
    assert all(is_valid(serial) for serial in SERIALS)


def test_letters_that_look_like_others_are_never_used():
    assert len(ALPHABET) == 32
    assert not set(ALPHABET) & set("ILOU")


@pytest.mark.parametrize("serial", SERIALS)
def test_every_single_wrong_character_is_noticed(serial):
    for place, character in enumerate(serial):
        for wrong in set(ALPHABET) - {character}:
            assert not is_valid(serial[:place] + wrong + serial[place + 1 :])


def test_every_swap_of_two_neighbours_is_noticed_whatever_they_are():
    # The code is linear, so what stands in the other places makes no difference: zeros do for all.
    for place, (a, b) in itertools.product(range(LENGTH - 1), itertools.permutations(ALPHABET, 2)):
        characters = list("0" * LENGTH)
        characters[place : place + 2] = a, b
        # Make it valid by a character that is neither of the two.
        mended = next(i for i in range(LENGTH) if i not in (place, place + 1))
        serial = next(
            s for c in ALPHABET if is_valid(s := "".join([*characters[:mended], c, *characters[mended + 1 :]]))
        )
        swapped = serial[:place] + b + a + serial[place + 2 :]
        assert not is_valid(swapped)


@pytest.mark.parametrize("serial", SERIALS)
def test_every_swap_of_any_two_different_characters_is_noticed(serial):
    for i, j in itertools.combinations(range(LENGTH), 2):
        swapped = list(serial)
        swapped[i], swapped[j] = serial[j], serial[i]
        assert is_valid("".join(swapped)) == (serial[i] == serial[j])


def test_it_is_printed_in_groups_of_four():
    assert grouped("7QK4M2XD9WTRC") == "7QK4-M2XD-9WTR-C"


@pytest.mark.parametrize(
    "typed",
    [
        "7QK4M2XD9WTR0",
        "7QK4-M2XD-9WTR-0",
        " 7qk4 m2xd 9wtr o ",
        "7QK4–M2XD—9WTR‑0",
        "7qk4_m2xd_9wtr_0\n",
        "7QK4\u200bM2XD9WTRO",
    ],
)
def test_spaces_dashes_case_and_look_alikes_are_forgiven(typed):
    assert normalise(typed) == "7QK4M2XD9WTR0"


def test_o_i_and_l_are_read_as_the_digits_they_look_like():
    assert normalise("oOiIlL") == "001111"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Escriba el código que está impreso junto al cuadro QR del certificado."),
        (" - ", "Escriba el código que está impreso junto al cuadro QR del certificado."),
        ("7QK4", "El código está incompleto: tiene 4 caracteres y deben ser 13."),
        ("7QK4-M2XD-9WTR-CC", "El código es demasiado largo: tiene 14 caracteres y deben ser 13."),
        ("7QU4-M2XD-9WTR-C", "El código trae «U», y ningún código usa ese carácter. Revíselo en el papel."),
        ("7QÑ4-M2XD-9WTR-C", "El código trae «Ñ», y ningún código usa ese carácter. Revíselo en el papel."),
        (
            "0000-0000-0000-1",
            "Un carácter del código está equivocado, o dos cambiaron de lugar. Compárelo con el papel.",
        ),
        ("0000-0000-0000-0", ""),
        ("oooo oooo oooo o", ""),
    ],
)
def test_what_is_wrong_is_said_in_words(typed, sentence):
    assert problem_of(typed) == sentence
