"""Names, roles, clinics and codes as lists write them."""

import random

import pytest

from course.models import Role
from course.people.clinics import clinic_key
from course.people.codes import DIGITS, LETTERS, new_code, new_codes
from course.people.names import divide_name, tidy_name
from course.roster.staff_roles import read_role


@pytest.mark.parametrize(
    ("text", "given_names", "surnames", "unsure"),
    [
        ("Ana Lucía Coj de la Cruz", "Ana Lucía", "Coj de la Cruz", False),
        ("Coj de la Cruz, Ana Lucía", "Ana Lucía", "Coj de la Cruz", False),
        ("María de los Ángeles Xol Choc", "María de los Ángeles", "Xol Choc", False),
        ("Carlos Enrique López y López", "Carlos Enrique", "López y López", False),
        ("Juan Pérez", "Juan", "Pérez", False),
        ("PEDRO PÉREZ GÓMEZ", "Pedro", "Pérez Gómez", True),
        ("María López de García", "María", "López de García", True),
        ("Prince", "Prince", "", False),
    ],
)
def test_a_whole_name_is_divided_by_its_two_surnames(text, given_names, surnames, unsure):
    assert divide_name(text) == (given_names, surnames, unsure)


def test_with_the_surnames_first_the_first_two_are_those():
    assert divide_name("COJ DE LA CRUZ ANA LUCÍA", surnames_first=True) == ("Ana Lucía", "Coj de la Cruz", False)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [("Dra. SOFÍA", "Sofía"), ("PÉREZ-GÓMEZ", "Pérez-Gómez"), ("o'connor", "O'Connor"), ("de León", "de León")],
)
def test_titles_go_and_capitals_become_a_name(text, tidied):
    assert tidy_name(text) == tidied


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Aux. de ENFERMERÍA", Role.CLINICAL),
        ("Jefe de enfermería", Role.CLINICAL),
        ("técnico de laboratorio", Role.LAB_PHARMACY),
        ("Lab.", Role.LAB_PHARMACY),
        ("Bodega de farmacia", Role.LAB_PHARMACY),
        ("Guardián", Role.SUPPORT),
        ("personal de limpieza", Role.SUPPORT),
        ("Recepción", Role.FRONT_DESK),
        ("front desk", Role.FRONT_DESK),
        ("DIRECTORA", Role.MANAGEMENT),
        ("apoyo", Role.SUPPORT),
        ("Astronauta", None),
        ("", None),
    ],
)
def test_roles_are_known_in_many_spellings(text, role):
    assert read_role(text) == role


def test_a_clinic_is_the_same_in_every_way_of_writing_it():
    assert len({clinic_key(name) for name in ["C/S San Pedro", "CENTRO DE SALUD DE SAN PEDRO", "CS San Pedro"]}) == 1
    assert clinic_key("Puesto de Salud San Pedro") != clinic_key("Centro de Salud San Pedro")


def test_codes_have_no_letters_that_look_like_others_and_spell_nothing():
    assert not set(LETTERS + DIGITS) & set("01OILSZBGQ")
    assert not set(LETTERS) & set("AEIOU")
    chance = random.Random(3)
    codes = [new_code(chance) for _ in range(3000)]
    assert all(len(code) == 6 for code in codes)
    assert not any("HP" in code or "PT" in code for code in codes)


def test_no_code_is_given_twice():
    taken = {new_code(random.Random(5))}
    codes = new_codes(200, taken=taken, chance=random.Random(5))
    assert len(set(codes)) == 200
    assert not taken & set(codes)
