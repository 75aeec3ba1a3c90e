"""Intervals of 95 % for shares, means and their differences; pure, and with nothing but the standard library.

Shares and their differences are between 0 and 1 (-1 and 1), means in the unit of what was measured. Every formula is
named with its source; `tests/quizzes/test_survey_intervals.py` holds them against published examples and statsmodels.
"""

from functools import lru_cache
from math import exp, lgamma, log, pi, sqrt
from statistics import NormalDist
from typing import NamedTuple

LEVEL = 0.95
_UPPER = (1 + LEVEL) / 2
Z = NormalDist().inv_cdf(_UPPER)


class Interval(NamedTuple):
    low: float
    high: float


class Sample(NamedTuple):
    """How many were measured, their mean, and their standard deviation (with n - 1)."""

    n: int
    mean: float
    sd: float


def wilson(hits, n):
    """Return the Interval of the share `hits` / `n`, n at least 1.

    The score interval without correction for continuity. E. B. Wilson, J Am Stat Assoc 1927; 22: 209-212; method 3 of
    R. G. Newcombe, Stat Med 1998; 17: 857-872.
    """
    share, squared = hits / n, Z * Z
    middle = share + squared / (2 * n)
    half = Z * sqrt((share * (1 - share) + squared / (4 * n)) / n)
    whole = 1 + squared / n
    # What is 0 or 1 by the formula is not by floating point.
    return Interval(0.0 if hits == 0 else (middle - half) / whole, 1.0 if hits == n else (middle + half) / whole)


def newcombe(hits, n, hits_before, n_before):
    """Return the Interval of the difference of two independent shares, the second less the first: now less before.

    The hybrid score interval: the limits of Wilson of both shares, squared and added. Method 10 of R. G. Newcombe,
    Stat Med 1998; 17: 873-890.
    """
    share, before = hits / n, hits_before / n_before
    of_now, of_before = wilson(hits, n), wilson(hits_before, n_before)
    difference = share - before
    return Interval(
        difference - sqrt((share - of_now.low) ** 2 + (of_before.high - before) ** 2),
        difference + sqrt((of_now.high - share) ** 2 + (before - of_before.low) ** 2),
    )


def of_mean(sample):
    """Return the Interval of the mean of a Sample of two or more: Student's t with n - 1 degrees of freedom.

    Student, Biometrika 1908; 6: 1-25.
    """
    half = t_quantile(_UPPER, sample.n - 1) * sample.sd / sqrt(sample.n)
    return Interval(sample.mean - half, sample.mean + half)


def welch(sample, before):
    """Return the Interval of the difference of the means of two independent Samples of two or more: now less before.

    Their variances may differ. B. L. Welch, Biometrika 1947; 34: 28-35, with the degrees of freedom of
    F. E. Satterthwaite, Biometrics 1946; 2: 110-114. Where nobody differs from anybody, it has no width.
    """
    difference = sample.mean - before.mean
    errors = [one.sd**2 / one.n for one in (sample, before)]
    error = sum(errors)
    if error == 0:
        return Interval(difference, difference)
    degrees = error**2 / sum(part**2 / (one.n - 1) for part, one in zip(errors, (sample, before), strict=True))
    half = t_quantile(_UPPER, degrees) * sqrt(error)
    return Interval(difference - half, difference + half)


NOBODY = Sample(0, 0.0, 0.0)


def joined(sample, other):
    """Return the Sample that two, the second not empty, are when nobody is told apart.

    The squares within each and those between their means add up to the squares of all. T. F. Chan, G. H. Golub and
    R. J. LeVeque, Am Stat 1983; 37: 242-247.
    """
    n_of_one, mean_of_one, sd_of_one = sample
    n_of_other, mean_of_other, sd_of_other = other
    if not n_of_one:
        return other
    n, apart = n_of_one + n_of_other, mean_of_other - mean_of_one
    squares = (n_of_one - 1) * sd_of_one**2 + (n_of_other - 1) * sd_of_other**2
    squares += apart * apart * n_of_one * n_of_other / n
    return Sample(n, mean_of_one + apart * n_of_other / n, sqrt(squares / (n - 1)))


@lru_cache(maxsize=4096)
def t_quantile(share, degrees):
    """Return below which value a `share`, over one half, of Student's t with so many `degrees` of freedom lies.

    From the normal quantile, which lies below it, by Newton's steps: right of its middle the distribution bends down,
    so that no step goes too far.
    """
    value = NormalDist().inv_cdf(share)
    scale = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * pi)
    for _step in range(100):
        density = scale * (1 + value * value / degrees) ** (-(degrees + 1) / 2)
        step = (share - _t_below(value, degrees)) / density
        value += step
        if abs(step) <= 1e-12 * value:
            break
    return value


def _t_below(value, degrees):
    return 1 - _beta(degrees / (degrees + value * value), degrees / 2, 0.5) / 2


def _beta(x, a, b):
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)) / a
    return front / _continued(x, a, b)


def _continued(x, a, b):
    value = above = 1.0
    below = 0.0
    for step in range(1, 1000):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + step - 1) * (a + step))
        else:
            term = m * (b - m) * x / ((a + step - 1) * (a + step))
        below = 1 / (1 + term * below or 1e-300)
        above = 1 + term / above or 1e-300
        value *= above * below
        if abs(above * below - 1) < 1e-15:
            break
    return value
