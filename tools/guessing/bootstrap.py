"""How far a mean of few questions may be from that of many like them: Efron's percentile bootstrap. Pure.

All strategies are drawn again together: each question is one large number with a field for each strategy, so that one
sum adds all of them. Whole numbers, one seed: the same limits on every machine.
"""

import random
import struct

RESAMPLES = 4000
SEED = 20260701
# A field holds the sum of a thousand million questions; values are kept to a millionth.
_BYTES = 8
_SCALE = 10**6
# From -1 to 1, a share less its chance; fields hold no sign.
_SHIFT = 1


def limits_of(columns, *, percents):
    """Return for each column (numbers from -1 to 1, one a question) its [(lower, upper)] by each of `percents`."""
    count = len(columns[0]) if columns else 0
    if not count:
        return [[(0.0, 0.0)] * len(percents) for _column in columns]
    packed = [
        sum(round((value + _SHIFT) * _SCALE) << (8 * _BYTES * place) for place, value in enumerate(row))
        for row in zip(*columns, strict=True)
    ]
    # A random number of two bytes stands for one of the questions.
    drawn = [packed[place * count >> 16] for place in range(1 << 16)]
    chance = random.Random(f"{SEED}/{count}")  # noqa: S311 - no secret: figures that come out the same each time
    size, places = len(columns) * _BYTES, struct.Struct(f"<{count}H")
    sums = b"".join(
        sum(map(drawn.__getitem__, places.unpack(chance.randbytes(places.size)))).to_bytes(size, "little")
        for _resample in range(RESAMPLES)
    )
    fields = struct.unpack(f"<{RESAMPLES * len(columns)}Q", sums)
    return [_limits(sorted(fields[place :: len(columns)]), count, percents) for place in range(len(columns))]


def _limits(totals, count, percents):
    limits = []
    for percent in percents:
        cut = round((1 - percent / 100) / 2 * (RESAMPLES - 1))
        limits.append(tuple(totals[at] / count / _SCALE - _SHIFT for at in (cut, RESAMPLES - 1 - cut)))
    return limits
