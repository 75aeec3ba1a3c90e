"""The item analysis against sets worked out by hand, and within its bounds for any scores."""

from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.analysis.indices import SCALE, Advice, Option, Sums, Weight, advise, analyse, sum_of_sorted_products, weigh

pytestmark = pytest.mark.postgres


def near(value, expected):
    return isclose(value, expected, rel_tol=1e-9, abs_tol=1e-9)


def test_the_indices_of_a_set_worked_out_by_hand():
    # Five people: x (the question) 1 1 1 0 0; y (the rest, per cent) 90 70 50 60 30.
    # Means 0.6 and 60. Differences: x .4 .4 .4 -.6 -.6; y 30 10 -10 0 -30.
    # Squares: Σdx² = 3·.16 + 2·.36 = 1.2; Σdy² = 900 + 100 + 100 + 0 + 900 = 2000.
    # Σdx·dy = 12 + 4 - 4 + 0 + 18 = 30. r = 30 / √(1.2 · 2000) = 30 / 48.98979 = 0.61237.
    # Sorted apart: x 0 0 1 1 1, y 30 50 60 70 90: Σdx·dy = 18 + 6 + 0 + 4 + 12 = 40, so 30/40 = 75 %.
    # Standard deviation of x: √(1.2 / 4) = 0.54772.
    item = analyse([(1, 90, 1), (1, 70, 1), (1, 50, 1), (0, 60, 1), (0, 30, 1)])
    assert item.people == 5
    assert item.full_points == 3
    assert near(item.facility, 60)
    assert near(item.deviation, 100 * sqrt(1.2 / 4))
    assert near(item.discrimination, 3000 / sqrt(1.2 * 2000))
    assert near(item.efficiency, 75)


def test_partial_points_and_several_people_in_a_row():
    # Six people: (1, 80) twice, (0.5, 50) three times, (0, 70) once.
    # Σx = 2 + 1.5 = 3.5, mean 7/12. Σy = 160 + 150 + 70 = 380, mean 190/3.
    # Σx² = 2 + .75 = 2.75, Σ(x - mean)² = 2.75 - 3.5²/6 = 2.75 - 2.041667 = 0.708333.
    # Σy² = 12800 + 7500 + 4900 = 25200, Σ(y - mean)² = 25200 - 380²/6 = 25200 - 24066.667 = 1133.333.
    # Σxy = 160 + 75 = 235, Σ(x - mean)(y - mean) = 235 - 3.5·380/6 = 235 - 221.6667 = 13.33333.
    # Sorted apart: x 0 .5 .5 .5 1 1, y 50 50 50 70 80 80: 25 + 25 + 35 + 80 + 80 = 245, less 221.6667 is 23.33333.
    item = analyse([(1, 80, 2), (0.5, 50, 3), (0, 70, 1)])
    assert (item.people, item.full_points) == (6, 2)
    assert near(item.facility, 100 * 3.5 / 6)
    assert near(item.deviation, 100 * sqrt((2.75 - 3.5**2 / 6) / 5))
    assert near(item.discrimination, 100 * (235 - 3.5 * 380 / 6) / sqrt((2.75 - 3.5**2 / 6) * (25200 - 380**2 / 6)))
    assert near(item.efficiency, 100 * (40 / 3) / (70 / 3))


def test_a_perfect_question_and_its_opposite():
    best = analyse([(1, 100, 3), (0, 0, 3)])
    assert near(best.discrimination, 100)
    assert near(best.efficiency, 100)
    worst = analyse([(0, 100, 3), (1, 0, 3)])
    assert near(worst.discrimination, -100)
    assert near(worst.efficiency, -100)


def test_where_nothing_varies_nothing_is_said():
    item = analyse([(1, 50, 10), (1, 75, 10)])
    assert (item.facility, item.deviation, item.discrimination, item.efficiency) == (100, 0, None, None)
    # A quiz of one question has no rest.
    item = analyse([(1, 0, 5), (0, 0, 5)])
    assert (item.facility, item.discrimination, item.efficiency) == (50, None, None)
    assert analyse([(1, 50, 1)]).deviation is None
    assert analyse([]) is None


@pytest.mark.parametrize(
    ("people", "weight"),
    [(0, Weight.HIDDEN), (9, Weight.HIDDEN), (10, Weight.FEW), (19, Weight.FEW), (20, Weight.ENOUGH)],
)
def test_how_much_so_many_answers_say(people, weight):
    assert weigh(people) == weight


def options(a, b, c):
    return [Option("a", "Saludar", True, a), Option("b", "Callar", False, b), Option("c", "Esperar", False, c)]


@pytest.mark.parametrize(
    ("scores", "left_open", "chosen", "advice"),
    [
        # 20 people: 6 right and 12 on the same wrong option; and just as bad as anything else is.
        ([(1, 90, 6), (0, 20, 14)], 0, (6, 12, 2), Advice.KEY),
        # As many on the wrong one as on the right one is not more.
        ([(1, 90, 9), (0, 20, 11)], 0, (9, 9, 2), Advice.FINE),
        ([(1, 40, 14), (0, 80, 6)], 0, (14, 3, 3), Advice.BACKWARDS),
        # 5 of 20 is 25 %, below the 30 that is «very few»; 6 of 20 is not.
        ([(1, 90, 5), (0, 20, 15)], 6, (5, 5, 4), Advice.HARD),
        ([(1, 90, 6), (0, 20, 14)], 2, (6, 6, 6), Advice.FINE),
        # 4 of 20 is a fifth.
        ([(1, 90, 12), (0, 20, 8)], 4, (12, 2, 2), Advice.OPEN),
        ([(1, 90, 12), (0, 20, 8)], 3, (12, 3, 2), Advice.FINE),
        ([(1, 90, 19), (0, 20, 1)], 0, (19, 1, 0), Advice.EASY),
        # Σdx·dy is 5·90 + 5·52 - 10·71 = 0: no correlation at all.
        ([(1, 90, 5), (1, 52, 5), (0, 90, 5), (0, 52, 5)], 0, (10, 5, 5), Advice.WEAK),
        ([(1, 90, 12), (0, 20, 8)], 0, (12, 8, 0), Advice.UNUSED),
        ([(1, 90, 12), (0, 20, 8)], 0, (12, 5, 3), Advice.FINE),
    ],
)
def test_one_sentence_of_advice_and_the_graver_one_first(scores, left_open, chosen, advice):
    assert advise(analyse(scores, left_open=left_open, options=options(*chosen))) == advice


def test_what_earns_a_part_is_not_a_wrong_option():
    partly = Option("b", "discriminación", False, 12, partly=True)
    item = analyse([(1, 90, 8), (0.5, 20, 12)], options=[Option("a", "estigma", True, 8), partly])
    assert (advise(item), item.wrong_favourite) == (Advice.FINE, None)


def test_where_there_is_no_wrong_option_none_is_to_be_made_more_believable():
    scores = [(1, 90, 5), (1, 52, 5), (0, 90, 5), (0, 52, 5)]
    assert advise(analyse(scores)) == Advice.UNCLEAR


def test_no_advice_on_fewer_than_twenty_answers():
    assert advise(analyse([(1, 90, 5), (0, 20, 14)], options=options(5, 14, 0))) is None
    assert advise(None) is None


def test_pairs_and_steps_are_compared_within_their_group():
    # Step 1 was put right by 12 and second by 8; step 2 in its place by 7, and first by 13: more than its right place.
    steps = [
        Option("1:1", "Saludar → 1", True, 12, "1"),
        Option("1:2", "Saludar → 2", False, 8, "1"),
        Option("2:2", "Escuchar → 2", True, 7, "2"),
        Option("2:1", "Escuchar → 1", False, 13, "2"),
    ]
    scores = [(1, 90, 12), (0, 20, 8)]
    assert advise(analyse(scores, options=steps)) == Advice.KEY
    assert advise(analyse(scores, options=steps[:2])) == Advice.FINE


def test_the_wrong_option_that_most_people_chose():
    assert analyse([(1, 0, 12)], options=options(7, 1, 4)).wrong_favourite.key == "c"
    assert analyse([(1, 0, 12)], options=options(12, 0, 0)).wrong_favourite is None


fractions = st.integers(0, SCALE).map(lambda n: n / SCALE) | st.sampled_from([0, 1])
rests = st.integers(0, 1000).map(lambda n: n / 10)
any_scores = st.lists(st.tuples(fractions, rests, st.integers(1, 400)), min_size=1, max_size=30)


@given(any_scores)
def test_indices_stay_within_their_bounds(scores):
    item = analyse(scores)
    assert 0 <= item.facility <= 100
    assert item.full_points <= item.people == sum(people for _fraction, _rest, people in scores)
    # The most a deviation can be: half of the people at 0 and half at 1, by n - 1.
    assert item.deviation is None or 0 <= item.deviation <= 50 * sqrt(item.people / (item.people - 1)) + 1e-9
    assert item.discrimination is None or -100 <= item.discrimination <= 100
    assert item.efficiency is None or item.efficiency <= 100 + 1e-9
    if item.discrimination is not None:
        # What varies can be sorted, and tells the same direction.
        assert item.efficiency is not None
        assert (item.efficiency > 0) == (item.discrimination > 0)


@given(any_scores, st.randoms())
def test_the_order_and_the_bundling_of_people_change_nothing(scores, chance):
    single = [(fraction, rest, 1) for fraction, rest, people in scores for _person in range(min(people, 5))]
    bundled = [(fraction, rest, min(people, 5)) for fraction, rest, people in scores]
    chance.shuffle(single)
    assert analyse(single) == analyse(bundled)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=12))
def test_sorting_side_by_side_in_bundles_is_sorting_person_by_person(scores):
    xs = sorted(x for x, _y, people in scores for _person in range(people))
    ys = sorted(y for _x, y, people in scores for _person in range(people))
    assert sum_of_sorted_products(scores) == sum(x * y for x, y in zip(xs, ys, strict=True))


@given(any_scores)
def test_the_largest_covariance_is_never_below_the_one_there_is(scores):
    whole = [(int(fraction * SCALE), int(rest * SCALE), people) for fraction, rest, people in scores]
    sums = Sums.of(whole)
    assert sums.people * sum_of_sorted_products(whole) - sums.x * sums.y >= sums.together
