import itertools
import random
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from certificates.text.codes import (
    ALPHABET,
    LENGTH,
    RANDOM_BITS,
    check_character,
    code_error,
    format_serial,
    is_valid_serial,
    new_serial,
    normalise_serial,
)
from certificates.text.fields import date_in_words, job_labels, modules_in_words, post_in_words, study_time_in_words
from certificates.text.names import NameParts, check_claims, check_printed_name, needs_review
from quizzes.base.job_roles import JOBS

from .factories import make_design


@pytest.mark.parametrize(
    ("minutes", "spanish", "english"),
    [
        (1, "1 minuto de estudio", "1 minute of study"),
        (45, "45 minutos de estudio", "45 minutes of study"),
        (60, "una hora de estudio", "one hour of study"),
        (75, "una hora y 15 minutos de estudio", "one hour and 15 minutes of study"),
        (90, "una hora y media de estudio", "one and a half hours of study"),
        (120, "dos horas de estudio", "two hours of study"),
        (150, "dos horas y media de estudio", "two and a half hours of study"),
        (135, "dos horas y 15 minutos de estudio", "two hours and 15 minutes of study"),
        (181, "tres horas y 1 minuto de estudio", "three hours and 1 minute of study"),
        (1260, "21 horas de estudio", "21 hours of study"),
    ],
)
def test_study_time_in_words(minutes, spanish, english):
    assert study_time_in_words(minutes) == spanish
    with translation.override("en"):
        assert study_time_in_words(minutes) == english


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "un módulo"), (2, "dos módulos"), (8, "ocho módulos"), (16, "dieciséis módulos"), (21, "21 módulos")],
)
def test_modules_in_words(count, words):
    assert modules_in_words(count) == words


def test_the_date_in_words():
    assert date_in_words(date(2026, 3, 14)) == "14 de marzo de 2026"
    with translation.override("en"):
        assert date_in_words(date(2026, 3, 14)) == "14 March 2026"


def test_every_job_and_role_can_be_printed():
    assert job_labels()[:2] == ["Medicina", "Enfermería"]
    assert len(job_labels()) == sum(map(len, JOBS.values()))
    assert post_in_words("recepcion") == "Recepción, archivo y caja"
    assert post_in_words("Enfermería") == "Enfermería"
    with translation.override("en"):
        assert [post_in_words(words) for words in ("Guardianía", "apoyo", "Comadrona")] == [
            "Guard",
            "Support staff",
            "Comadrona",
        ]
    assert post_in_words("") == ""


@pytest.mark.parametrize(
    "words",
    [
        "libre de estigma",
        "Libres de prejuicios",
        "libre de toda discriminación",
        "stigma-free",
        "Free of Stigma",
        "free from prejudice",
    ],
)
def test_claims_are_found(words):
    with pytest.raises(ValidationError) as refusal:
        check_claims({"statement": f"es una persona {words}", "heading": "Certificado"})
    assert refusal.value.message_dict == {
        "statement": [f"«{words}» no se puede certificar. Diga lo que se hizo: «completó el curso»."]
    }


@pytest.mark.parametrize("words", ["completó el curso", "sobre el estigma y el trato digno", "atención sin estigma"])
def test_what_was_done_may_be_certified(words):
    check_claims({"statement": words})


@pytest.mark.django_db
def test_design_with_a_claim_is_refused():
    design = make_design()
    design.subject = "y su centro es libre de estigma"
    signatory = design.signatories.get()
    signatory.post = "Centro libre de discriminación"
    for claims, field in ((design, "subject"), (signatory, "post")):
        with pytest.raises(ValidationError) as refusal:
            claims.full_clean()
        assert list(refusal.value.message_dict) == [field]


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
def test_valid_names_are_normalised_for_print(typed, printed):
    assert check_printed_name(typed, given_names=typed, surnames="") == printed


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Escriba su nombre con letras, como está en su DPI."),
        ("- . -", "Escriba su nombre con letras, como está en su DPI."),
        ("a" * 61, "El nombre tiene 61 caracteres y caben 60. Acórtelo, por ejemplo con una inicial."),
        ("Ana 👩‍⚕️ Coj", "Un nombre no puede llevar «👩». Use letras, espacios, guiones, apóstrofos y puntos."),
        ("Ana 3 Coj", "Un nombre no puede llevar «3». Use letras, espacios, guiones, apóstrofos y puntos."),
        ("<b>Ana</b>", "Un nombre no puede llevar «<». Use letras, espacios, guiones, apóstrofos y puntos."),
        (
            "Ana \u202eCoj",
            "El nombre trae un carácter invisible (U+202E). Bórrelo y escriba el nombre de nuevo a mano.",
        ),
        ("Ana\x00Coj", "El nombre trae un carácter invisible (U+0000). Bórrelo y escriba el nombre de nuevo a mano."),
        ("مريم", "El certificado no puede imprimir «م». Escriba el nombre con las letras de su DPI."),
    ],
)
def test_invalid_names_are_refused(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        check_printed_name(typed, given_names="Ana", surnames="Coj")
    assert refusal.value.messages == [sentence]


@pytest.mark.parametrize("typed", ["ANA LUCIA COJ DE LA CRUZ", "Ana Lucía Coj de la Cruz", "Ana Luciá Coj dela Crúz"])
def test_similar_names_are_corrections(typed):
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
def test_name_of_another_person_is_refused(typed):
    with pytest.raises(ValidationError) as refusal:
        check_printed_name(typed, given_names="Ana Lucía", surnames="Coj de la Cruz")
    assert refusal.value.messages == [
        "Este nombre no se parece al registrado, «Ana Lucía Coj de la Cruz». "
        "Si el registrado está mal, pida a su facilitador/a que lo corrija."
    ]


PASS = [
    ("Ana / Coj", "Ana / Coj"),
    ("ROSA / TUM", "Rosa / Tum"),
    ("Jose / Nunez Chavez", "José / Núñez Chávez"),
    ("Cesar / Aguero", "César / Agüero"),
    ("Mariajosé / Pérez", "María José / Pérez"),
    ("Berta / Deleón", "Berta / De León"),
    ("Ana / López Pérez", "Ana / Pérez López"),
    ("ANA / LOPEZ PEREZ", "Ana / Pérez López"),
]
WAIT = [
    ("Brenda / Vásquez", "Brenda / Básquez"),
    ("Carmen / Hernádez", "Carmen / Hernández"),
    ("José / Coj Ajú", "Josué / Coj Ajú"),
    ("Luis / Amaya", "Luisa / Maya"),
    ("Ana / Coj", "Ana / Coj Ajú"),
    ("Ana Lucía / Coj", "Ana / Coj"),
    ("Ana / Coj", "Ana / "),
    ("Ana / Pérez", "Ana / Gómez"),
    ("Rosario / Chávez Morales", "Rosario / Chávez de Morales"),
    ("Ana María / Coj", "Ana M. / Coj"),
    ("Ixmukane / Ajpop", "Ixmukan’e / Ajpop"),
    ("Ofelia / Raxón Mús", "Ofelia / Raxón-Mús"),
    ("María José / Coj", "José María / Coj"),
    ("Pedro / Domingo", "Domingo / Pedro"),
    ("Ana / Coj Ajú Tum", "Ana / Tum Ajú Coj"),
    ("Ana Lucía / Coj Ajú", "Lucía Ana / Ajú Coj"),
    ("Ana / López Pérez", "Ana / Pérez Gómez"),
]


def parts(text):
    given_names, surnames = text.split("/")
    return NameParts(given_names.strip(), surnames.strip())


@pytest.mark.parametrize(
    ("old", "new", "waits"), [*((*pair, False) for pair in PASS), *((*pair, True) for pair in WAIT)]
)
def test_only_case_accents_spaces_and_surname_order_need_no_review(old, new, waits):
    assert needs_review(parts(old), parts(new)) is waits
    assert needs_review(parts(new), parts(old)) is waits


SERIALS = [new_serial(random.Random(seed).getrandbits) for seed in range(20)]


def test_serial_is_sixty_random_bits_and_a_check_character():
    asked = []
    assert new_serial(lambda bits: asked.append(bits) or 2**60 - 1) == "ZZZZZZZZZZZZ" + check_character("Z" * 12)
    assert asked == [RANDOM_BITS] == [60]
    assert new_serial(lambda bits: 0) == "0" * LENGTH
    assert new_serial(lambda bits: 1) == "000000000001" + "2"
    assert len(set(SERIALS)) == len(SERIALS)
    assert all(is_valid_serial(serial) for serial in SERIALS)


def test_letters_that_look_like_others_are_never_used():
    assert len(ALPHABET) == 32
    assert not set(ALPHABET) & set("ILOU")


@pytest.mark.parametrize("serial", SERIALS)
def test_every_single_wrong_character_is_noticed(serial):
    for place, character in enumerate(serial):
        for wrong in set(ALPHABET) - {character}:
            assert not is_valid_serial(serial[:place] + wrong + serial[place + 1 :])


@pytest.mark.parametrize("serial", SERIALS)
def test_every_swap_of_any_two_different_characters_is_noticed(serial):
    for i, j in itertools.combinations(range(LENGTH), 2):
        swapped = list(serial)
        swapped[i], swapped[j] = serial[j], serial[i]
        assert is_valid_serial("".join(swapped)) == (serial[i] == serial[j])


def test_serial_is_printed_in_groups_of_four():
    assert format_serial("7QK4M2XD9WTRC") == "7QK4-M2XD-9WTR-C"


@pytest.mark.parametrize(
    "typed", ["7QK4-M2XD-9WTR-0", " 7qk4 m2xd 9wtr o ", "7QK4–M2XD—9WTR‑0", "7qk4_m2xd_9wtr_0\n", "7QK4\u200bM2XD9WTRO"]
)
def test_spaces_dashes_case_and_look_alikes_are_forgiven(typed):
    assert normalise_serial(typed) == "7QK4M2XD9WTR0"
    assert normalise_serial("oOiIlL") == "001111"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Escriba el código que está impreso junto al cuadro QR del certificado."),
        ("7QK4", "El código está incompleto: tiene 4 caracteres y deben ser 13."),
        ("7QK4-M2XD-9WTR-CC", "El código es demasiado largo: tiene 14 caracteres y deben ser 13."),
        ("7QU4-M2XD-9WTR-C", "El código trae «U», y ningún código usa ese carácter. Revíselo en el papel."),
        (
            "0000-0000-0000-1",
            "Un carácter del código está equivocado, o dos cambiaron de lugar. Compárelo con el papel.",
        ),
        ("0000-0000-0000-0", ""),
        ("oooo oooo oooo o", ""),
    ],
)
def test_code_errors_are_explained(typed, sentence):
    assert code_error(typed) == sentence
