import random
import subprocess
import sys
from functools import reduce
from statistics import fmean, stdev

import pytest

from quizzes.surveys.intervals import NOBODY, Sample, joined, newcombe, of_mean, t_quantile, welch, wilson

from .statisticians import ask


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_the_interval_of_newcombes_table(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_a_difference_of_shares_has_the_interval_of_newcombes_table(now, before, low, high):
    assert newcombe(*now, *before) == pytest.approx((low, high), abs=5e-5)


def test_nobody_and_everybody_end_at_the_ends():
    assert (wilson(0, 37).low, wilson(37, 37).high) == (0, 1)


def some_shares(chance, times):
    for _time in range(times):
        n = chance.choice([1, 2, 10, 19, 20, chance.randint(1, 400), chance.randint(400, 100_000)])
        yield chance.choice([0, n, chance.randint(0, n)]), n


@pytest.mark.nightly
def test_shares_are_those_of_statsmodels():
    chance = random.Random(1998)
    shares = list(some_shares(chance, 1000))
    for share, theirs in zip(shares, ask([["share", *share] for share in shares]), strict=True):
        assert wilson(*share) == pytest.approx(theirs, abs=1e-12), share
    pairs = list(zip(some_shares(chance, 1000), some_shares(chance, 1000), strict=True))
    asked = [["difference", *now, *before] for now, before in pairs]
    for (now, before), theirs in zip(pairs, ask(asked), strict=True):
        assert newcombe(*now, *before) == pytest.approx(theirs, abs=1e-7), (now, before)


@pytest.mark.nightly
def test_quantiles_of_student_are_those_of_scipy():
    chance = random.Random(1908)
    degrees = [1, 2, 3, 9, 9.5, 30, 1e3, 1e5, 1e7] + [10 ** chance.uniform(0, 6) for _time in range(500)]
    asked = [(share, one) for one in degrees for share in (0.6, 0.9, 0.975, 0.995)]
    for one, [theirs] in zip(asked, ask([["student", *one] for one in asked]), strict=True):
        assert t_quantile(*one) == pytest.approx(theirs, rel=1e-8), one


def some_scores(chance):
    n = chance.choice([2, 10, 11, chance.randint(2, 60), chance.randint(60, 3000)])
    return [chance.choice([0, 33.3, 66.7, 100]) + chance.random() for _person in range(n)]


def sample_of(scores):
    return Sample(len(scores), fmean(scores), stdev(scores))


@pytest.mark.nightly
def test_means_are_those_of_statsmodels():
    chance = random.Random(1947)
    pairs = [(some_scores(chance), some_scores(chance)) for _time in range(200)]
    means = ask([["mean", now] for now, _before in pairs])
    differences = ask([["means", now, before] for now, before in pairs])
    for (now, before), mean, difference in zip(pairs, means, differences, strict=True):
        assert of_mean(sample_of(now)) == pytest.approx(mean, abs=1e-6)
        assert welch(sample_of(now), sample_of(before)) == pytest.approx(difference, abs=1e-6)


def test_where_nobody_differs_an_interval_has_no_width():
    assert of_mean(Sample(12, 100, 0)) == (100, 100)
    assert welch(Sample(12, 100, 0), Sample(15, 0, 0)) == (100, 100)


def test_lots_together_are_the_people_together():
    chance = random.Random(300)
    for lots in (1, 2, 7):
        scores = [some_scores(chance) for _lot in range(lots)]
        everybody = sample_of([score for lot in scores for score in lot])
        assert reduce(joined, map(sample_of, scores), NOBODY) == pytest.approx(everybody)


def test_lots_in_which_nobody_differs_do_not_differ_together():
    alike = [Sample(n, 100 / 3, 0.0) for n in range(10, 400)]
    assert reduce(joined, alike) == Sample(sum(one.n for one in alike), 100 / 3, 0.0)


@pytest.mark.nightly
def test_the_site_never_loads_what_only_tests_need():
    code = (
        "import sys, django; django.setup(); import quizzes.surveys.intervals, course.urls;"
        "print(sorted({'statsmodels', 'scipy', 'pandas', 'numpy', 'frictionless'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]"]
