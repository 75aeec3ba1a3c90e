"""What passes by itself when somebody mends the own name, and what waits for the trainer: names as people have them."""

import string

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from certificates.wording import usual_names
from certificates.wording.name_changes import Change, Parts, change_between, change_to_whole

# Registered and asked for, as «given names / surnames». Each is a mend, and the way back from it is one too.
SMALL_BOTH_WAYS = [
    # accents, capitals, apostrophes, hyphens, small words, spaces
    ("Ana Lucia / Coj de la Cruz", "Ana Lucía / Coj De La Cruz"),
    ("ROSA / TUM", "Rosa / Tum"),
    ("Jose / Nunez Chavez", "José / Núñez Chávez"),
    ("Ixmukane / Ajpop", "Ixmukan’e / Ajpop"),
    ("Ixb’alam / K’ot", "Ixbalam / Kot"),
    ("Ofelia / Raxón Mús", "Ofelia / Raxón-Mús"),
    ("Ana María / Ajú", "Ana-María / Ajú"),
    ("María Ángeles / Cruz", "María de los Ángeles / de la Cruz"),
    ("Marta / López López", "Marta / López y López"),
    ("Berta / Deleón", "Berta / De León"),
    ("Mariajosé / Pérez", "María José / Pérez"),
    ("Silvia / Delcid Paz", "Silvia / del Cid Paz"),
    ("Rosario / Chávez Morales", "Rosario / Chávez de Morales"),
    ("Cesar / Aguero", "César / Agüero"),
    # letters that sound alike
    ("Ana Lusia / Coj", "Ana Lucía / Coj"),
    ("Brenda / Baskes", "Brenda / Vásquez"),
    ("Yolanda / Gimenez", "Yolanda / Jiménez"),
    ("Elena / Ximénez", "Helena / Jiménez"),
    ("Ivan / Chaves", "Iván / Chávez"),
    ("Catarina / Caal", "Katarina / Cal"),
    ("Emanuel / Rodas", "Emmanuel / Rodas"),
    ("Wiliam / Sosa", "William / Soza"),
    ("Mayra / Ayala", "Maira / Allala"),
    ("Guiyermo / Llamas", "Guillermo / Yamas"),
    ("Estela / Choc", "Estella / Chok"),
    ("Cristian / Hernández", "Christian / Ernández"),
    ("Elizabet / Solís", "Elisabeth / Solíz"),
    ("Manuel / Tzul", "Manuel / Tsul"),
    ("Pedro / Huitz", "Pedro / Witz"),
    ("Domingo / Guaman", "Domingo / Huamán"),
    ("Juana / Xicay", "Juana / Jicay"),
    ("Tomasa / Quej", "Tomasa / Kej"),
    ("Diego / Quiej", "Diego / Q’iej"),
    ("Josefa / Cuc", "Josefa / Quc"),
    ("Sofía / Canpos", "Sofía / Campos"),
    ("Jhon / Asencio", "John / Ascencio"),
    ("Rafael / Ordonhez", "Raphael / Ordóñez"),
    # the order
    ("Pérez López / María José", "María José / Pérez López"),
    ("Juan / Coj Ajú", "Juan / Ajú Coj"),
    ("Coj / Ana", "Ana / Coj"),
    ("Ana / Lucía Coj", "Ana Lucía / Coj"),
    ("Lopes Peres / Maria", "María / Pérez López"),
    # one letter in one surname of four letters or more
    ("Carmen / Hernádez", "Carmen / Hernández"),
    ("Carmen / Mendizábal Cuté", "Carmen / Mendisával Cuté"),
    ("Carmen / Castllo", "Carmen / Castillo"),
    ("Carmen / Castillos", "Carmen / Castillo"),
    ("Carmen / Gracía", "Carmen / García"),
    # two letters inside a given name that changed places
    ("Lucrceia / Tot", "Lucrecia / Tot"),
]
# The way back would leave a name out.
SMALL_ONE_WAY = [
    ("Ana / Coj", "Ana Lucía / Coj"),
    ("Ana / Coj", "Ana / Coj Ajú"),
    ("Ana / Coj", "Ana / Coj de Morales"),
    ("ANA / COJ", "Ana Lucía / Coj de la Cruz"),
    ("Jose / Nunez Chavez", "José María / Núñez Chávez"),
    ("María / Pérez", "María del Carmen / Pérez"),
]
# Neither way.
OTHER_BOTH_WAYS = [
    # found when the course was tried
    ("Juan José / Núñez Chávez", "José / Chávez Ixcoy de Morales"),
    ("María José / Pérez López", "María Elena / Pérez García"),
    # sisters and brothers, and letters that make another name
    ("Carla / Coj Ajú", "Carlo / Coj Ajú"),
    ("Juan / Coj Ajú", "Juana / Coj Ajú"),
    ("Luis / Coj Ajú", "Luisa / Coj Ajú"),
    ("José / Coj Ajú", "Josué / Coj Ajú"),
    ("Marta / Coj Ajú", "María / Coj Ajú"),
    ("Mario / Coj Ajú", "Darío / Coj Ajú"),
    ("Marco / Coj Ajú", "Mario / Coj Ajú"),
    ("Marco / Coj Ajú", "Marcos / Coj Ajú"),
    ("Cristina / Coj Ajú", "Cristian / Coj Ajú"),
    ("Catalina / Coj Ajú", "Catarina / Coj Ajú"),
    ("Rosalía / Coj Ajú", "Rosaría / Coj Ajú"),
    ("Gabriel / Coj Ajú", "Gabriela / Coj Ajú"),
    ("Daniel / Coj Ajú", "Daniela / Coj Ajú"),
    ("René / Coj Ajú", "Renata / Coj Ajú"),
    ("Ana Lucía / Coj Ajú", "Ana Isabel / Coj Ajú"),
    ("Ana Lucía / Coj Ajú", "Ana Luisa / Coj Ajú"),
    ("Pedro Pablo / Coj", "Pablo Pedro / Caj"),
    # another surname
    ("Ana / Coj", "Ana / Coc"),
    ("Ana / Tum", "Ana / Tun"),
    ("Ana / Chub", "Ana / Chun Ba"),
    ("Ana / Ramos", "Ana / Lamos"),
    ("Ana / Lima", "Ana / Limo"),
    ("Ana / Sosa", "Ana / Sos"),
    ("Ana / Xicya", "Ana / Xicay"),
    ("Ana / Ordoñes Puluc", "Ana / Ordoñez Pulup"),
    ("Ana / Pérez", "Ana / Gómez"),
    ("Ana / Pérez López", "Ana / Pérez Ixcoy"),
    ("Ana / Coj Ajú", "Ana / Coj"),
    # another order of the given names is a sister or a brother
    ("María José / Coj", "José María / Coj"),
    ("Juan Carlos / Coj", "Carlos Juan / Coj"),
    ("Ana Lucía / Coj Ajú", "Lucía Ana / Ajú Coj"),
    # given names and surnames that change places otherwise than as two blocks
    ("Ana / Coj Tum", "Coj / Ana Tum"),
    ("Ana Lucía / Coj Ajú", "Coj Ana / Lucía Ajú"),
    ("María José / Pérez", "José Pérez / María"),
    # called by the father's given name
    ("Pedro / Domingo", "Domingo / Pedro"),
    ("Malín / Pascual", "Pascual / Malín"),
    ("Juan / Mateo Pérez", "Mateo Pérez / Juan"),
    ("Xun / Petul", "Petul / Xun"),
    # a letter that makes another usual surname
    ("Ana / Lara", "Ana / Lora"),
    ("Ana / Ramos", "Ana / Ramón"),
    ("Ana / Caal", "Ana / Coal"),
    ("Ana / Rojas", "Ana / Rosas"),
    # left out and put in
    ("Ana Lucía / Coj de la Cruz", "Ana / Cruz"),
    ("Ana Lucía / Coj de la Cruz", "Ana Lucía / Cruz"),
    ("Ana Lucía / Coj de la Cruz", "Lucía / Coj de la Cruz"),
    ("Ana Lucía / Coj", "Ana Lucía Isabel / Coj"),
    ("Ana / Coj Ajú", "Ana / Coj Ajú de Morales"),
    ("José / Coj", "Juan José / Coj"),
    ("Ana / Coj", "Ana Lucía Isabel / Coj"),
    ("Ana / Coj", "Ana Lucía / Caj"),
    ("Ana / ", "Ana / Coj"),
    (" / ", "Ana / Coj"),
    # two mends at once
    ("Carmen / Hernádez", "Carmen / Hernández Ajú"),
    ("Carmen / Hernádez Mendzábal", "Carmen / Hernández Mendizábal"),
    ("Carmen / Hernádez Tot", "Carmen / Tot Hernández"),
    ("Carmen / Hernádez Velázquez", "Carmen / Hernández Velásques"),
    ("Karmen / Tot", "Carmen Rosa / Tot"),
    ("Ana M. / Coj", "Ana María / Coj"),
    ("Ana / Coj", "Ana Libre de Estigma / Coj"),
]
LONG = Parts("María de los Ángeles Guadalupe", "Chuquiej Sacalxot de Villavicencio Barrientos")


def parts(text):
    given_names, surnames = text.split("/")
    return Parts(given_names.strip(), surnames.strip())


@pytest.mark.parametrize(("registered", "asked"), SMALL_BOTH_WAYS)
def test_a_mend_of_the_own_name_passes_both_ways(registered, asked):
    one, other = parts(registered), parts(asked)
    assert [change_between(one, other), change_between(other, one)] == [Change.SMALL] * 2
    assert [change_to_whole(one, other.whole), change_to_whole(other, one.whole)] != [Change.OTHER] * 2


@pytest.mark.parametrize(("registered", "asked"), SMALL_ONE_WAY)
def test_a_second_name_is_added_and_never_left_out(registered, asked):
    one, other = parts(registered), parts(asked)
    assert [change_between(one, other), change_between(other, one)] == [Change.SMALL, Change.OTHER]
    assert [change_to_whole(one, other.whole), change_to_whole(other, one.whole)] == [Change.SMALL, Change.OTHER]


@pytest.mark.parametrize(("registered", "asked"), OTHER_BOTH_WAYS)
def test_another_name_waits_for_the_trainer(registered, asked):
    one, other = parts(registered), parts(asked)
    assert [change_between(one, other), change_to_whole(one, other.whole)] == [Change.OTHER] * 2


@pytest.mark.parametrize(
    ("registered", "asked"),
    [pair for pair in OTHER_BOTH_WAYS if not pair[1].startswith(("Ana / ", "Ana Lucía / Coj Ajú"))],
)
def test_nor_does_the_way_back_from_another_name(registered, asked):
    assert change_between(parts(asked), parts(registered)) is Change.OTHER


@pytest.mark.parametrize(
    "asked", ["Ana. Lucía / Coj", "A.na Lucía / Coj", "Ana Lucía / Coj.", "Ana Lucía / C.oj", "Ana Lucía . / Coj"]
)
def test_a_full_stop_stands_behind_an_initial_alone(asked):
    registered = parts("Ana Lucía / Coj")
    assert change_between(registered, parts(asked)) is Change.OTHER
    assert change_to_whole(registered, parts(asked).whole) is Change.OTHER


def test_a_full_stop_that_is_registered_stays_and_one_behind_an_initial_is_a_mend():
    assert change_between(parts("Ma. Lucia / Coj"), parts("Ma. Lucía / Coj")) is Change.SMALL
    assert change_between(parts("Ana M J / Coj"), parts("Ana M. J. / Coj")) is Change.SMALL
    assert change_between(parts("Ana M J / Coj"), parts("Ana M·J. / Coj")) is Change.OTHER


def test_usual_names_are_in_plain_letters():
    usual = usual_names.GIVEN_NAMES | usual_names.SURNAMES
    assert [word for word in usual if not (word.isascii() and word.isalpha() and word.islower())] == []


def test_a_second_surname_stands_behind_the_first():
    assert change_between(Parts("Ana", "Coj"), Parts("Ana", "Ajú Coj")) is Change.OTHER


def test_what_is_registered_is_the_same():
    ana = Parts("Ana Lucía", "Coj de la Cruz")
    assert [change_between(ana, ana), change_to_whole(ana, ana.whole)] == [Change.SAME] * 2


def test_a_name_that_is_too_long_for_paper_is_the_same_with_initials():
    assert change_between(LONG, LONG._replace(given_names="María Á. G.")) is Change.SAME
    assert change_between(LONG, LONG._replace(given_names="M. Ángeles Guadalupe")) is Change.OTHER
    assert change_between(LONG, LONG._replace(given_names="María Á. H.")) is Change.OTHER
    assert change_between(LONG, LONG._replace(given_names="María Ángeles")) is Change.OTHER
    assert change_between(Parts("Ana María", "Coj"), Parts("Ana M.", "Coj")) is Change.OTHER


GIVEN = st.sampled_from(
    [
        "Ana",
        "María",
        "José",
        "Juan",
        "Lucía",
        "Rosa",
        "Pedro",
        "Catarina",
        "Domingo",
        "Irma",
        "Elena",
        "Marta",
        "Josué",
        "Carlos",
    ]
)
SURNAMES = st.sampled_from(
    [
        "Coj",
        "Ajú",
        "Pérez",
        "López",
        "Xicay",
        "Tzul",
        "Caal",
        "Ixcoy",
        "García",
        "Núñez",
        "Huitz",
        "Chávez",
        "Morales",
        "Quej",
    ]
)
NAMES = st.builds(
    lambda given_names, surnames: Parts(" ".join(given_names), " ".join(surnames)),
    st.lists(GIVEN, min_size=1, max_size=2, unique=True),
    st.lists(SURNAMES, min_size=1, max_size=2, unique=True),
)


quick = settings(derandomize=True, deadline=None, database=None)


@quick
@given(NAMES, st.data())
def test_surnames_may_stand_in_any_order_and_given_names_in_none_but_theirs(name, draws):
    surnames = draws.draw(st.permutations(name.surnames.split()))
    moved = name._replace(surnames=" ".join(surnames))
    assert change_between(name, moved) is not Change.OTHER
    assert change_between(moved, name) is not Change.OTHER
    others = moved._replace(given_names=" ".join(reversed(name.given_names.split())))
    if others.given_names != name.given_names:
        assert change_between(name, others) is change_to_whole(name, others.whole) is Change.OTHER


@quick
@given(NAMES)
def test_both_blocks_may_change_places(name):
    assert change_between(name, Parts(name.surnames, name.given_names)) is Change.SMALL
    assert change_between(Parts(name.surnames, name.given_names), name) is Change.SMALL


@quick
@given(NAMES, st.data())
def test_no_word_becomes_another(name, draws):
    words = name.whole.split()
    at = draws.draw(st.integers(0, len(words) - 1))
    others = GIVEN if at < len(name.given_names.split()) else SURNAMES
    word = draws.draw(others.filter(lambda other: other not in words))
    replaced = [*words[:at], word, *words[at + 1 :]]
    count = len(name.given_names.split())
    other = Parts(" ".join(replaced[:count]), " ".join(replaced[count:]))
    assert change_between(name, other) is change_to_whole(name, other.whole) is Change.OTHER


@quick
@given(NAMES, st.data())
def test_no_word_is_left_out(name, draws):
    left = name.whole.split()
    left.pop(draws.draw(st.integers(0, len(left) - 1)))
    at = draws.draw(st.integers(0, len(left)))
    assert change_between(name, Parts(" ".join(left[:at]), " ".join(left[at:]))) is Change.OTHER


@quick
@given(NAMES, NAMES)
def test_with_as_many_words_it_is_the_same_both_ways(one, other):
    assume(len(one.whole.split()) == len(other.whole.split()))
    assert change_between(one, other) is change_between(other, one)


LETTERS = st.text(string.ascii_letters + "áéíóúñüÑ’-. ", max_size=30)


@quick
@given(st.builds(Parts, LETTERS, LETTERS), st.builds(Parts, LETTERS, LETTERS))
@example(Parts("", ""), Parts("", ""))
@example(Parts("h", "de"), Parts("", "la"))
@example(Parts("-", "’"), Parts("", ""))
def test_of_any_letters_it_says_something(one, other):
    assert change_between(one, other) in Change
    assert change_to_whole(one, other.whole) in Change
