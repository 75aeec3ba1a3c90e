import random
from decimal import Decimal
from fractions import Fraction

import pytest

from quizzes.kinds import KINDS
from quizzes.kinds.base import ReviewRow, exact_share
from quizzes.kinds.typed import matches_pattern, parse_number, split_pattern
from quizzes.models import Choice
from tests.factories import make_question

from .factories import make_item

pytestmark = pytest.mark.django_db
HALF = Fraction(1, 2)


def accepted(text, **fields):
    return {"identifier": "a", "text": text} | fields


def item_of(kind, *choices, **fields):
    question = make_question("Q1", kind=kind, choices=list(choices), **fields)
    return KINDS[kind].freeze(question, random.Random(1))


def score(item, typed):
    kind = KINDS[item["kind"]]
    return kind.score(item, kind.read(item, typed))


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("estigma", 1),
        ("  Estigma ", 1),
        ("ESTIGMA", 1),
        ("éstigma", 1),
        ("discriminacion", HALF),
        ("Discriminacio\u0301n", HALF),
        ("estigmas", 0),
        ("", 0),
        ("   ", 0),
    ],
)
def test_short_text_earns_points_of_first_match(typed, points):
    assert score(make_item("short_text"), typed) == points


@pytest.mark.parametrize(
    ("kind", "choices", "told"),
    [
        ("short_text", [accepted("trabaj*"), accepted("trabajo", identifier="b")], "trabajo"),
        ("short_text", [accepted("trabaj*")], "trabaj…"),
        # As an import can bring it: nothing earns every point.
        ("short_text", [accepted("trabajo", fraction=50)], ""),
        ("number", [accepted("5", fraction=50)], ""),
        ("number", [accepted("5")], "5 kg"),
    ],
)
def test_review_prefers_answer_without_wildcard(kind, choices, told):
    item = item_of(kind, *choices, unit="kg" if kind == "number" else "")
    assert KINDS[kind].model_answer(item) == told


@pytest.mark.parametrize(
    ("answer", "fields", "typed", "points"),
    [
        ("año", {}, "AÑO", 1),
        ("año", {}, "an\u0303o", 1),
        ("año", {}, "ano", 0),
        ("año", {"forgives_case": False}, "Año", 0),
        ("año", {"forgives_case": False}, "año", 1),
        ("año", {"forgives_case": False}, "aÑo", 0),
        ("año", {"forgives_accents": False}, "AÑO", 1),
        ("ANO", {"forgives_case": False}, "AÑO", 0),
        ("última vez", {}, "ultima vez", 1),
        ("última vez", {}, "Última   vez", 1),
        ("última vez", {"forgives_accents": False}, "ultima vez", 0),
        ("última vez", {"forgives_accents": False}, "última vez", 1),
        ("última vez", {"forgives_accents": False}, "U\u0301LTIMA vez", 1),
        ("última vez", {"forgives_case": False}, "Ultima vez", 0),
    ],
)
def test_case_and_accents_count_if_question_says_so(answer, fields, typed, points):
    assert score(item_of("short_text", accepted(answer), **fields), typed) == points


@pytest.mark.parametrize(
    ("pattern", "typed", "points"),
    [
        ("trabaj* sexual*", "Trabajadora sexual", 1),
        ("trabaj* sexual*", "trabajo sexuales", 1),
        ("trabaj* sexual*", "mi trabajo sexual", 0),
        ("*sexual", "trabajo sexual", 1),
        ("a*b*c", "a b c", 1),
        ("a*b*c", "acb", 0),
        ("a*b*c", "axc", 0),
        # What stands between is looked for from the left, and never in what is the end.
        ("a*b*c*z", "abcbz", 1),
        ("a*b*b", "ab", 0),
        ("ab*ba", "aba", 0),
        ("ab*ba", "abba", 1),
        ("3 \\* 4", "3 * 4", 1),
        ("3 \\* 4", "3 x 4", 0),
        ("C.C*", "cxc", 0),
        ("**", "algo", 1),
        ("*", "", 0),
    ],
)
def test_asterisk_matches_any_letters(pattern, typed, points):
    assert score(item_of("short_text", accepted(pattern)), typed) == points


def test_pattern_matching_is_linear():
    assert not matches_pattern(split_pattern("*a" * 200 + "*b"), "a" * 500)


def test_review_of_short_text_shows_response_feedback_and_answer():
    item, kind = make_item("short_text"), KINDS["short_text"]
    for typed, verdict, feedback in [
        ("Estigma", "right", "Así se llama."),
        ("discriminación", "partly", "Es lo que viene después."),
        ("lástima", "wrong", "Vuelva a la lección 2."),
        ("", "missed", ""),
    ]:
        (row,) = kind.review(item, typed)
        assert (row.typed, row.verdict, row.feedback, row.expected) == (typed, verdict, feedback, "estigma")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12.5", Fraction(25, 2)),
        ("12,5", Fraction(25, 2)),
        ("12,345", 12345),
        ("12 345", 12345),
        ("12\u202f345,6", Fraction(123456, 10)),
        ("1,234.56", Fraction(123456, 100)),
        ("1.234,56", Fraction(123456, 100)),
        ("1.234.567", 1234567),
        ("12.345", Fraction(12345, 1000)),
        ("0,500", HALF),
        (".5", HALF),
        ("-3", -3),
        ("− 3", -3),
        ("+3", 3),
        ("80 %", 80),
        ("1e3", 1000),
        ("1e999", None),
        ("9" * 60, None),
        ("doce", None),
        ("12 o 13", None),
        ("1,2,3", None),
        ("1/2", None),
        ("nan", None),
        ("", None),
    ],
)
def test_numbers_are_parsed_as_people_write_them(typed, number):
    assert parse_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("72 horas", "horas", 72),
        ("72horas", "horas", 72),
        ("72 HORAS", "horas", 72),
        ("Q 1,500", "Q", 1500),
        ("37.5 °C", "°C", Fraction(75, 2)),
        ("80%", "%", 80),
        ("72 días", "horas", None),
        ("80 %", "horas", None),
        ("5 dias", "días", 5),
        ("5 días", "dias", 5),
    ],
)
def test_only_the_unit_of_the_question_is_accepted(typed, unit, number):
    assert parse_number(typed, unit) == number


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("72", 1),
        ("70", 1),
        ("74.0", 1),
        ("74.01", 0),
        ("69,99", 0),
        ("48", HALF),
        ("48.1", 0),
        ("tres días", 0),
        ("", 0),
    ],
)
def test_number_earns_points_of_first_answer_within_tolerance(typed, points):
    assert score(make_item("number"), typed) == points


def test_review_of_number_shows_answer_with_unit():
    item = make_item("number", unit="horas")
    (row,) = KINDS["number"].review(item, "24")
    assert (row.typed, row.verdict, row.feedback, row.expected) == ("24", "wrong", "Son tres días.", "72 horas")


@pytest.mark.parametrize(("kind", "right", "wrong"), [("short_text", "año", "mes"), ("number", "72 días", "24")])
def test_unmatched_response_earns_nothing_and_review_shows_it(kind, right, wrong):
    item = item_of(kind, accepted(right.split()[0]), unit="días" if kind == "number" else "")
    assert [score(item, typed) for typed in (right, wrong)] == [1, 0]
    assert KINDS[kind].review(item, wrong) == [ReviewRow("", "wrong", typed=wrong, expected=right)]
    assert KINDS[kind].review(item, "") == [ReviewRow("", "missed", typed="", expected=right)]


def test_open_answer_scores_zero_if_empty_else_none():
    item, kind = item_of("open"), KINDS["open"]
    assert [kind.score(item, text) for text in ("", "Pido permiso.")] == [0, None]
    assert kind.review(item, "") == [ReviewRow("", "missed", typed="")]
    assert kind.review(item, "Pido permiso.") == [ReviewRow("", "written", typed="Pido permiso.")]


@pytest.mark.parametrize(
    ("percent", "share"),
    [
        ("33.33333", Fraction(1, 3)),
        ("66.66667", Fraction(2, 3)),
        ("16.66667", Fraction(1, 6)),
        ("14.28571", Fraction(1, 7)),
        ("50", HALF),
        ("-100", -1),
        ("12.34567", Fraction(1234567, 10**7)),
    ],
)
def test_a_third_is_exact(percent, share):
    assert exact_share(Decimal(percent)) == share


def test_single_choice_may_earn_partial_credit():
    choices = [
        {"identifier": "a", "text": "A", "is_correct": True},
        {"identifier": "b", "text": "B", "fraction": Decimal("33.33333")},
        {"identifier": "c", "text": "C", "fraction": -50},
        {"identifier": "d", "text": "D"},
    ]
    item, kind = item_of("single", *choices, marks=6), KINDS["single"]
    keys = {option["text"]: option["key"] for option in item["options"]}
    assert {text: kind.score(item, key) for text, key in keys.items()} == {"A": 1, "B": Fraction(1, 3), "C": 0, "D": 0}
    verdicts = {
        text: [row.verdict for row in sorted(kind.review(item, keys[text]), key=lambda row: row.text)] for text in "ABD"
    }
    assert verdicts == {
        "A": ["right", "nearly", "left", "left"],
        "B": ["missed", "partly", "left", "left"],
        "D": ["missed", "nearly", "left", "wrong"],
    }


@pytest.mark.parametrize(
    ("ticked", "points"),
    [
        ("", 0),
        ("A", Fraction(2, 3)),
        ("AB", 1),
        ("ABC", HALF),
        ("BC", 0),
        ("ABCD", HALF),
        ("C", 0),
        ("AD", Fraction(2, 3)),
    ],
)
def test_multiple_response_adds_up_own_shares(ticked, points):
    choices = [
        {"identifier": "a", "text": "A", "is_correct": True, "fraction": Decimal("66.66667")},
        {"identifier": "b", "text": "B", "is_correct": True, "fraction": Decimal("33.33333")},
        {"identifier": "c", "text": "C", "fraction": -50},
        {"identifier": "d", "text": "D"},
    ]
    item = item_of("multiple", *choices)
    assert score(item, [option["key"] for option in item["options"] if option["text"] in ticked]) == points


WHOLE = "Dé 100\xa0% por lo menos a una opción: así nadie podría ganar todos los puntos."
ONE = "Marque exactamente una opción como correcta."
FALSE = "Deje al menos una opción que no sea correcta."
RIGHT = {"is_correct": True}
OWN_RULE = "Esta clase de pregunta tiene su propia regla para las partes: deje vacío el porcentaje de sus opciones."
TOLERANCE = "Solo los números llevan tolerancia: déjela vacía."
ANY_LAST = "Nunca se llega a una respuesta que está después de «*»: ponga «*» al final."
ANY_LESS = "«*» acepta cualquier cosa que se escriba: dele menos de 100\xa0%."


# At which of the options the mistake stands, where it is one of per cents.
@pytest.mark.parametrize(
    ("kind", "choices", "sentences", "marked"),
    [
        ("single", [RIGHT, {}, {}], [], []),
        ("single", [{}, {}], [ONE], []),
        ("single", [RIGHT, RIGHT, {}], [ONE], []),
        ("single", [RIGHT], ["Una pregunta de opción única necesita al menos dos opciones."], []),
        ("single", [RIGHT, {"fraction": 50}], [], []),
        ("single", [RIGHT | {"fraction": 100}, {}], [], []),
        ("single", [RIGHT | {"fraction": 50}, {}], ["La opción correcta da el 100\xa0%: deje vacío su"], [0]),
        ("single", [RIGHT, {"fraction": 100}], ["Una opción que no es correcta da el 100\xa0%: márquela como"], [1]),
        ("single", [RIGHT, {"tolerance": 1}], [TOLERANCE], []),
        ("true_false", [RIGHT, {}], [], []),
        ("true_false", [RIGHT, {}, {}], ["Una pregunta de verdadero o falso tiene dos opciones."], []),
        ("true_false", [RIGHT, RIGHT], [ONE], []),
        ("true_false", [RIGHT, {"fraction": 50}], [OWN_RULE], []),
        ("ordering", [{}, {}, {}], [], []),
        ("ordering", [{}, {}], ["Una pregunta de ordenar necesita al menos tres pasos, en su orden correcto."], []),
        ("ordering", [{"fraction": 50}, {}, {}], [OWN_RULE], []),
        ("matching", [{}, {}, {}], ["Escriba para cada opción con qué se une."], []),
        ("matching", [{"match": "x", "fraction": 0}] * 3, [OWN_RULE], []),
        ("multiple", [RIGHT, {}], [], []),
        ("multiple", [{}, {}], ["Marque al menos una opción como correcta."], []),
        ("multiple", [RIGHT, RIGHT], [FALSE], []),
        ("multiple", [RIGHT | {"fraction": Decimal("33.33333")}] * 3 + [{"fraction": -100}], [], []),
        ("multiple", [RIGHT | {"fraction": 50}, RIGHT, {}], ["Dé a cada opción correcta un porcentaje mayor que"], [1]),
        ("multiple", [RIGHT | {"fraction": 100}, RIGHT | {"fraction": 0}, {}], ["Dé a cada opción correcta"], [1]),
        ("multiple", [RIGHT | {"fraction": 50}, {}], ["Los porcentajes de las opciones correctas deben"], []),
        ("multiple", [RIGHT | {"fraction": 100}, {"fraction": 20}], ["Una opción que no es correcta no da"], [1]),
        ("open", [], [], []),
        ("open", [{}], ["Una respuesta abierta no lleva opciones: escriba en la guía para calificar"], []),
        ("reflection", [], [], []),
        ("reflection", [{}], ["Una reflexión no lleva opciones."], []),
        ("short_text", [], [WHOLE], []),
        ("short_text", [{"text": "a"}, {"text": "*", "fraction": 0}], [], []),
        ("short_text", [{"text": "a", "fraction": 50}], [WHOLE], []),
        ("short_text", [{"text": "*", "fraction": 0}, {"text": "a"}], [ANY_LAST], []),
        ("short_text", [{"text": "a"}, {"text": "*", "fraction": 0}, {"text": "b"}], [ANY_LAST], []),
        ("short_text", [{"text": "a"}, {"text": "*"}], [ANY_LESS], [1]),
        ("short_text", [{"text": "a"}, {"text": "b", "fraction": -1}], ["Una respuesta da de 0 a 100\xa0%."], [1]),
        ("short_text", [{"text": "a", "tolerance": 1}], [TOLERANCE], []),
        ("number", [{"text": "12,345", "tolerance": 1}, {"text": "*", "fraction": 0}], [], []),
        ("number", [{"text": "doce"}], ["«doce» no es un número: escríbalo con cifras, por ejemplo 12.5."], []),
        ("number", [{"text": "1"}, {"text": "*"}], [ANY_LESS], [1]),
        ("number", [{"text": "1", "fraction": 20}], [WHOLE], []),
    ],
)
def test_invalid_options_are_refused_with_message(kind, choices, sentences, marked):
    made = [Choice(**{"text": "x"} | fields) for fields in choices]
    found = list(KINDS[kind].check(made))
    assert [str(one)[: len(said)] for one, said in zip(found, sentences, strict=True)] == sentences
    at_fractions = [one.choices for one in found if getattr(one, "field", "") == "fraction" and marked]
    assert at_fractions == [[made[number]] for number in marked]
