"""95 % confidence intervals for shares, means and differences. Pure."""

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
    """Number of values, their mean, and their standard deviation (with n - 1)."""

    n: int
    mean: float
    sd: float


def wilson(hits, n):
    """Return the score interval of a share, n at least 1 (E. B. Wilson, J Am Stat Assoc 1927; 22: 209-212)."""
    share, squared = hits / n, Z * Z
    middle = share + squared / (2 * n)
    half = Z * sqrt((share * (1 - share) + squared / (4 * n)) / n)
    whole = 1 + squared / n
    # Exact at the ends, in spite of floating point.
    return Interval(0.0 if hits == 0 else (middle - half) / whole, 1.0 if hits == n else (middle + half) / whole)


def newcombe(hits, n, hits_before, n_before):
    """Return the hybrid score interval of now less before (R. G. Newcombe, Stat Med 1998; 17: 873-890, method 10)."""
    share, before = hits / n, hits_before / n_before
    of_now, of_before = wilson(hits, n), wilson(hits_before, n_before)
    difference = share - before
    return Interval(
        difference - sqrt((share - of_now.low) ** 2 + (of_before.high - before) ** 2),
        difference + sqrt((of_now.high - share) ** 2 + (before - of_before.low) ** 2),
    )


def of_mean(sample):
    """Return the t interval of the mean of a Sample of two or more (Student, Biometrika 1908; 6: 1-25)."""
    half = t_quantile(_UPPER, sample.n - 1) * sample.sd / sqrt(sample.n)
    return Interval(sample.mean - half, sample.mean + half)


def welch(sample, before):
    """Return the interval of now less before (B. L. Welch 1947; degrees of freedom by F. E. Satterthwaite 1946)."""
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
    """Return the Sample of both, `other` not empty (T. F. Chan et al., Am Stat 1983; 37: 242-247)."""
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
    """Return the quantile of Student's t for a `share` over one half, by Newton's method from the normal one."""
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
