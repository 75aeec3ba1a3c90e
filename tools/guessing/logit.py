"""Conditional logit: how much each feature of an option makes it the right one of its question. Pure Python.

McFadden (1974): of the options of a question, each is right with probability exp(x·b) / Σ exp(x'·b). The
coefficients b maximise the log-likelihood less RIDGE/2 · |b|², which keeps them finite where a feature always tells
right from wrong. Where several options are right, each is compared with all that are wrong, and weighs its part.
"""

import math
from operator import mul

RIDGE = 0.1
STEPS = 30
CLOSE = 1e-8


def comparisons_of(features, right):
    """Return [(weight, features of the right option less those of each in the comparison)] of a question."""
    wrong = [row for row, is_right in zip(features, right, strict=True) if not is_right]
    chosen = [row for row, is_right in zip(features, right, strict=True) if is_right]
    return [(1 / len(chosen), [[b - a for a, b in zip(row, other, strict=True)] for other in wrong]) for row in chosen]


def fit(comparisons, width, *, ridge=RIDGE, start=None):
    """Return the coefficients, by Newton's method from `start`, of `comparisons` as `comparisons_of` gives them."""
    b, stacked = list(start or [0.0] * width), _stack(comparisons, width)
    for _step in range(STEPS):
        step = solve(*reversed(_slopes(stacked, b, ridge)))
        b = [old + by for old, by in zip(b, step, strict=True)]
        if max(map(abs, step), default=0) < CLOSE:
            break
    return b


def _stack(comparisons, width):
    """Return (rows, their columns, [(weight, first row, last)] of each comparison): sums over columns are quick."""
    rows = [row for _weight, others in comparisons for row in others]
    columns = list(zip(*rows, strict=True)) or [()] * width
    bounds, at = [], 0
    for weight, others in comparisons:
        bounds.append((weight, at, at + len(others)))
        at += len(others)
    return rows, columns, bounds


def _slopes(stacked, b, ridge):
    """Return the gradient of what is maximised, and its curvature with the sign turned."""
    rows, columns, bounds = stacked
    odds = [math.exp(min(math.sumprod(row, b), 500)) for row in rows]
    weighted, rooted = [], []
    for weight, first, last in bounds:
        # The right option is where every difference is nought: its own term is exp(0).
        part = weight / (1 + sum(odds[first:last]))
        weighted += [odd * part for odd in odds[first:last]]
        rooted += [odd * part / math.sqrt(weight) for odd in odds[first:last]]
    parts = [list(map(mul, weighted, column)) for column in columns]
    means = []
    for column in columns:
        part = list(map(mul, rooted, column))
        means.append([sum(part[first:last]) for _weight, first, last in bounds])
    gradient = [-ridge * value - sum(part) for value, part in zip(b, parts, strict=True)]
    curvature = [[ridge * (at == to) for to in range(len(b))] for at in range(len(b))]
    for at in range(len(b)):
        for to in range(at + 1):
            curvature[at][to] += math.sumprod(parts[at], columns[to]) - math.sumprod(means[at], means[to])
            curvature[to][at] = curvature[at][to]
    return gradient, curvature


def solve(matrix, values):
    """Return x of matrix · x = values, by Gauss's elimination with the largest pivot."""
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for row in range(at + 1, size):
            factor = rows[row][at] / rows[at][at]
            rows[row] = [x - factor * y for x, y in zip(rows[row], rows[at], strict=True)]
    found = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][to] * found[to] for to in range(at + 1, size))
        found[at] = (rows[at][size] - known) / rows[at][at]
    return found


def learn_and_weigh(examples):
    """Return for each example the weights of its options, learned from the other groups alone.

    `examples` are (group, features of each option, which are right). Where there is no other group nothing is learned:
    None for each.
    """
    if not examples or len({group for group, *_rest in examples}) < 2:
        return [None] * len(examples)
    width = len(examples[0][1][0])
    by_group = {}
    for group, features, right in examples:
        by_group.setdefault(group, []).extend(comparisons_of(features, right))
    everything = [one for comparisons in by_group.values() for one in comparisons]
    start = fit(everything, width)
    learned = {
        left_out: fit(
            [one for group, comparisons in by_group.items() if group != left_out for one in comparisons],
            width,
            start=start,
        )
        for left_out in by_group
    }
    return [
        [sum(x * y for x, y in zip(row, learned[group], strict=True)) for row in features]
        for group, features, _right in examples
    ]
