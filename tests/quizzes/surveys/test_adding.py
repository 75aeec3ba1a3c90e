import random
from itertools import product

import pytest

from quizzes.surveys.adding import Sum
from quizzes.surveys.figures import Lot, figures_of
from quizzes.surveys.intervals import Sample
from quizzes.surveys.measures import Score, Share, answered, end_of
from tests.survey_factories import contents

WORDING = contents()


def seen(measure):
    other = Share(17, 30, 30) if isinstance(measure, Share) else Score(Sample(30, 57, 20), 30)
    return measure.shown, measure.interval, measure.since(other), other.since(measure)


def left_by_own_page(hits, n):
    return [one for one in range(n + 1) if seen(Share(one, n, n)) == seen(Share(hits, n, n))]


def views(world):
    def told(areas):
        total = Sum()
        for area, n, hits in world:
            if area in areas:
                total.add_share(hits, n, n, area)
        return seen(total.share)

    areas = sorted({area for area, _n, _hits in world})
    return [told([area]) for area in areas] + [told(areas)]


def hidden_lots(world):
    ends = [end_of(answered(n, n).number) for _area, n, _hits in world]
    return [
        number
        for number, (end, (_area, n, hits)) in enumerate(zip(ends, world, strict=True))
        if end and not end < 100 * hits / n < 100 - end
    ]


def test_no_view_of_areas_and_country_narrows_what_a_lot_hides():
    chance = random.Random(44)
    tried = 0
    for _world in range(300):
        world = []
        for _lot in range(chance.randint(2, 7)):
            n = chance.choice([12, 12, 15, 19, 24, 45])
            world.append((chance.randint(1, 2), n, chance.choice([0, 0, 1, n // 2, n // 3, n - 1, n])))
        hidden = hidden_lots(world)
        ranges = [left_by_own_page(*world[number][:0:-1]) for number in hidden]
        if not hidden or len(hidden) > 6:
            continue
        shown, possible = views(world), [set() for _lot in hidden]
        for values in product(*ranges):
            other = list(world)
            for number, hits in zip(hidden, values, strict=True):
                other[number] = (*world[number][:2], hits)
            if views(other) == shown:
                for found, hits in zip(possible, values, strict=True):
                    found.add(hits)
        assert [sorted(one) for one in possible] == ranges, world
        tried += 1
    assert tried > 200


def lot(n, hits, area=1):
    return Lot("pre", n, WORDING, {"items": {"A1": {"1": hits, "4": n - hits}}, "blocks": {}}, n, area)


@pytest.mark.parametrize("others", [(20, 25), (1, 44), (0, 45)])
def test_a_clinic_of_twelve_is_not_what_its_area_is_without_the_others(others):
    def area(hits):
        figures = figures_of([lot(45, others[0]), lot(45, others[1]), lot(12, hits)])
        return seen(figures.statements["A1"].waves["pre"])

    assert area(11) == area(12)
    assert area(0) == area(1)
    assert area(6) != area(0)


def test_a_sum_is_near_the_truth_and_its_limits_hold_it():
    chance = random.Random(45)
    for _try in range(300):
        total, hits = Sum(), 0
        for _lot in range(40):
            n = chance.randint(10, 60)
            did = sum(chance.random() < chance.choice([0.02, 0.05]) for _person in range(n))
            total.add_share(did, n, n, 1)
            hits += did
        share = total.share
        assert (share.least or share.hits) <= hits <= (share.most or share.hits)
        assert abs(share.hits - hits) <= 3


@pytest.mark.parametrize("means", [(100, 62, 55), (100, 97, 55), (100, 100, 98)])
def test_scores_hide_in_their_sum_as_well(means):
    def area(first):
        total = Sum()
        for n, mean, sd in zip((12, 45, 45), (first, *means[1:]), (8, 12, 15), strict=True):
            total.add_score(Sample(n, mean, sd), n, 1)
        return seen(total.score)

    assert {area(mean) == area(means[0]) for mean in range(90, 101)} == {True}


def test_a_sum_with_a_small_lot_is_as_rough_until_it_is_large():
    def shown(*sizes):
        total = Sum()
        for n in sizes:
            total.add_share(n * 2 // 5 + 1, n, n, 1)
        return total.share.shown.value

    assert shown(45, 45, 12) % 5 == 0
    assert shown(45, 45) == 42
    assert shown(145, 145, 12) == 41
