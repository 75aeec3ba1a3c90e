import itertools
import random
from decimal import Decimal
from fractions import Fraction

import pytest

from quizzes.attempts.scoring import (
    Score,
    passes,
    points_of,
    points_text,
    round_down,
    round_half_up,
    score_snapshot,
    unrounded,
)
from quizzes.kinds import KINDS, get_kind
from tests.factories import make_question

from .factories import choice_key, make_item

pytestmark = pytest.mark.django_db


def score(item, response):
    return get_kind(item).score(item, get_kind(item).read(item, response))


def chosen(item, *texts):
    return [choice_key(item, text) for text in texts]


# Two right options (each +1/2), three wrong ones (each -1/3); two right places and one that is not (-1).
@pytest.mark.parametrize(
    ("kind", "texts", "points"),
    [
        ("multiple", [], Fraction(0)),
        ("multiple", ["Ocultar síntomas"], Fraction(1, 2)),
        ("multiple", ["Ocultar síntomas", "Llegar tarde"], Fraction(1)),
        ("multiple", ["Ocultar síntomas", "Pedir más controles"], Fraction(1, 6)),
        ("multiple", ["Ocultar síntomas", "Llegar tarde", "Pedir más controles"], Fraction(2, 3)),
        ("multiple", ["Ocultar síntomas", "Pedir más controles", "Volver antes"], Fraction(0)),
        ("multiple", ["Pedir más controles"], Fraction(0)),
        ("places", [], Fraction(0)),
        ("places", ["La ventanilla"], Fraction(1, 2)),
        ("places", ["La ventanilla", "La pizarra"], Fraction(1)),
        ("places", ["La ventanilla", "La puerta"], Fraction(0)),
    ],
)
def test_multiple_response_and_places_are_scored_by_parts(kind, texts, points):
    item = make_item(kind)
    assert score(item, chosen(item, *texts)) == points


@pytest.mark.parametrize(
    ("places", "points"),
    [
        ({}, Fraction(0)),
        ({"Saludar": 1, "Escuchar": 2, "Atender": 3, "Despedirse": 4}, Fraction(1)),
        ({"Saludar": 1, "Escuchar": 3, "Atender": 2, "Despedirse": 4}, Fraction(1, 2)),
        ({"Saludar": 2, "Escuchar": 3, "Atender": 4, "Despedirse": 1}, Fraction(0)),
        ({"Saludar": 1}, Fraction(1, 4)),
        ({"Saludar": 1, "Escuchar": 1, "Atender": 3}, Fraction(1, 4)),
        ({"Saludar": 1, "Escuchar": 1, "Atender": 1, "Despedirse": 1}, Fraction(0)),
    ],
)
def test_ordering_earns_share_of_right_places(places, points):
    item = make_item("ordering")
    assert score(item, {choice_key(item, text): place for text, place in places.items()}) == points


@pytest.mark.parametrize(
    ("pairs", "points"),
    [
        ({}, Fraction(0)),
        ({"«TS» en rojo": "Etiqueta que expone"}, Fraction(1, 3)),
        ({"«TS» en rojo": "Etiqueta que expone", "Doble guante": "Culpar a la persona"}, Fraction(1, 3)),
        ({"«TS» en rojo": "Evitación", "«Se lo buscan»": "Evitación", "Doble guante": "Evitación"}, Fraction(1, 3)),
        (
            {
                "«TS» en rojo": "Etiqueta que expone",
                "«Se lo buscan»": "Culpar a la persona",
                "Doble guante": "Evitación",
            },
            Fraction(1),
        ),
    ],
)
def test_matching_earns_share_of_right_pairs(pairs, points):
    item = make_item("matching")
    matches = {match["text"]: match["key"] for match in item["matches"]}
    assert score(item, {choice_key(item, text): matches[match] for text, match in pairs.items()}) == points


# A list (usuaria 1, paciente 1/2), a box (dolor 1, molestia… 1/2) and a list of two; each counts a third.
@pytest.mark.parametrize(
    ("said", "points"),
    [
        (("", "", ""), Fraction(0)),
        (("usuaria", "dolor", "por primera vez"), Fraction(1)),
        (("usuaria", "  DÓLOR ", ""), Fraction(2, 3)),
        (("paciente", "", ""), Fraction(1, 6)),
        (("paciente", "molestias fuertes", "de costumbre"), Fraction(1, 3)),
        (("sospechosa", "nada", "de costumbre"), Fraction(0)),
        (("usuaria", "dolor.", "por primera vez"), Fraction(2, 3)),
    ],
)
def test_gaps_earn_mean_of_gaps(said, points):
    item = make_item("gaps")
    first, second, third = said
    response = {"1": first and choice_key(item, first), "2": second, "3": third and choice_key(item, third)}
    assert score(item, response) == points


def test_distractors_of_matching_are_not_scored():
    pairs = [("Uno", "Con uno"), ("Dos", "Con dos"), ("", "Con nadie")]
    choices = [{"identifier": letter, "text": a, "match": b} for letter, (a, b) in zip("abc", pairs, strict=True)]
    question = make_question("Q", kind="matching", choices=choices)
    item = KINDS["matching"].freeze(question, random.Random(1))
    matches = {match["text"]: match["key"] for match in item["matches"]}
    assert (len(item["options"]), set(matches)) == (2, {"Con uno", "Con dos", "Con nadie"})
    assert score(item, {choice_key(item, "Uno"): matches["Con uno"]}) == Fraction(1, 2)
    both = {choice_key(item, "Uno"): matches["Con uno"], choice_key(item, "Dos"): matches["Con nadie"]}
    assert score(item, both) == Fraction(1, 2)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.scored and not kind.marked_by_hand])
def test_right_response_earns_one_and_empty_response_nothing(name):
    item, kind = make_item(name), KINDS[name]
    right = kind.read(item, kind.right_response(item))
    assert (kind.score(item, right), kind.score(item, kind.empty_response)) == (1, 0)
    assert (kind.is_answered(item, right), kind.is_answered(item, kind.empty_response)) == (True, False)


def test_multiple_response_earns_zero_to_one_and_wrong_tick_never_helps():
    item = make_item("multiple")
    wrong = {option["key"] for option in item["options"] if not option["right"]}
    keys = [option["key"] for option in item["options"]]
    for size in range(len(keys) + 1):
        for ticked in itertools.combinations(keys, size):
            points = score(item, list(ticked))
            assert 0 <= points <= 1
            for key in wrong - set(ticked):
                assert score(item, [*ticked, key]) <= points


def test_every_permutation_earns_fixed_points():
    item = make_item("ordering")
    keys = [option["key"] for option in sorted(item["options"], key=lambda option: option["place"])]
    for drawn in itertools.permutations(keys):
        fixed = sum(a == b for a, b in zip(keys, drawn, strict=True))
        assert score(item, {key: place for place, key in enumerate(drawn, start=1)}) == Fraction(fixed, 4)


def test_missing_answer_earns_nothing_and_reflection_is_not_scored():
    single, multiple, reflection = make_item("single"), make_item("multiple"), make_item("reflection")
    snapshot = {"questions": [single, multiple, reflection]}
    result = score_snapshot(snapshot, {multiple["key"]: chosen(multiple, "Ocultar síntomas")})
    assert result == Score({single["key"]: Fraction(0), multiple["key"]: Fraction(1, 2)}, Fraction(1, 2), 2)
    assert result.grade == 25


def test_open_answer_is_pending_unless_empty():
    single, written = make_item("single"), make_item("open", marks=3)
    snapshot, right = {"questions": [single, written]}, choice_key(single, "Saludar")
    result = score_snapshot(snapshot, {single["key"]: right, written["key"]: "Con un saludo."})
    assert result == Score({single["key"]: Fraction(1)}, Fraction(1), 4, frozenset({written["key"]}))
    assert result.grade is None
    assert score_snapshot(snapshot, {single["key"]: right}).grade == 25


def test_unrounded_grade_is_compared_with_pass_mark():
    assert passes(Fraction(80), 80)
    assert not passes(Fraction(80) - Fraction(1, 10**9), 80)
    assert passes(Fraction(200, 3), 66)
    assert not passes(Fraction(200, 3), 67)
    assert passes(Fraction(0), 0)


@pytest.mark.parametrize(
    ("number", "places", "down"),
    [
        (Fraction(200, 3), 5, Decimal("66.66666")),
        (Fraction(79999999, 1000000), 1, Decimal("79.9")),
        (Fraction(100), 5, Decimal("100.00000")),
        (Fraction(1, 3), 2, Decimal("0.33")),
    ],
)
def test_numbers_are_rounded_down(number, places, down):
    assert round_down(number, places) == down


@pytest.mark.parametrize("total", [3, 6, 7, 9, 20])
def test_points_are_derived_from_stored_grade(total):
    for points in range(total + 1):
        assert points_of(round_down(Fraction(points * 100, total)), total) == points


def test_points_are_rounded_down_to_two_places():
    # 7 of 300 was stored as 2.33333, which is 6.99999 points again.
    assert points_of(Decimal("2.33333"), 300) == Decimal("7.00")
    # A third of 2: neither 0.666 nor, to the nearest, 0.67.
    assert points_of(Decimal("33.33333"), 2) == Decimal("0.66")


def test_manual_mark_replaces_automatic_score():
    items = [make_item("single", identifier=f"Q{n}") for n in range(3)]
    responses = {item["key"]: choice_key(item, "Saludar") for item in items}
    result = score_snapshot({"questions": items}, responses, {items[1]["key"]: Fraction(1, 3)})
    assert result == Score(
        {items[0]["key"]: 1, items[1]["key"]: Fraction(1, 3), items[2]["key"]: 1}, Fraction(7, 3), 3, frozenset()
    )


def test_points_are_written_without_trailing_zeros():
    assert [points_text(n) for n in (2, 10, 0, Fraction(5, 2), Fraction(1, 3))] == ["2", "10", "0", "2.5", "0.33"]


def test_manual_values_are_rounded_to_nearest():
    assert [str(round_half_up(n)) for n in (Fraction(2, 3), 1, 0)] == ["0.66667", "1", "0"]
    assert [round_half_up(Fraction(n, 10000), 2) for n in (50, 49)] == [Decimal("0.01"), 0]


def test_stored_fraction_is_unrounded_if_a_question_can_give_it():
    for fraction in (Fraction(1, 3), Fraction(2, 3), Fraction(5, 6), Fraction(3, 97), 1, 0):
        assert unrounded(round_down(fraction)) == fraction
    # Rounded up, and 1/101.
    for stored in (Decimal("0.66667"), Decimal("0.00990")):
        assert unrounded(stored) == Fraction(stored)
