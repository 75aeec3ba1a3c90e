"""Rate limiting of sign-in attempts. Pure functions.

Each try takes one `regained` off the budget, and only time gives it back, so over a time T at most T / regained + top
tries are possible. A right try returns only its own: otherwise one user of a shared computer could guess between.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple


@dataclass(frozen=True)
class Pace:
    """`top` tries without waiting, one regained in `regained`, then growing waits; the last one repeats."""

    free: int
    regained: timedelta
    waits: tuple[timedelta, ...]

    @property
    def top(self):
        return self.free + len(self.waits)


class Spent(NamedTuple):
    """What is left of a budget: when it is full again, and until when the next try waits."""

    whole_at: datetime
    waits_until: datetime


def trusted(spent, pace, *, now):
    """Return the budget, or a full one if the pace cannot have made it: the clock was ahead then."""
    longest = max(pace.waits, default=timedelta(0))
    if spent.waits_until - now > longest or spent.whole_at - now > (pace.top + 1) * pace.regained:
        return Spent(now, now)
    return spent


def after_try(spent, pace, *, now):
    whole_at = max(spent.whole_at, now) + pace.regained
    lacking = -((now - whole_at) // pace.regained)
    over = lacking - pace.free
    wait = pace.waits[min(over, len(pace.waits) - 1)] if over >= 0 else timedelta(0)
    return Spent(whole_at, now + wait)


def left_in(spent, pace, *, now):
    lacking = -((now - spent.whole_at) // pace.regained)
    return max(0, pace.free - max(0, lacking))


def taken_back(spent, pace, *, taken, now):
    """Return the budget without a right try; `taken` is what `after_try` returned."""
    waits_until = now if spent.waits_until == taken.waits_until else spent.waits_until
    return Spent(spent.whole_at - pace.regained, waits_until)


def _minutes(*several):
    return tuple(timedelta(minutes=one) for one in several)


# Of an account, on one known device or on all unknown ones: twelve a day in the long run.
PIN = Pace(free=5, regained=timedelta(hours=2), waits=_minutes(1, 2, 4, 8, 15, 30, 60, 120))
# The devices used last have budgets of their own; older ones count as unknown. Nine budgets
# of twelve a day: half of all PINs take longer than ten years (tests/security/test_guessing.py).
KNOWN_DEVICES = 8
# Of all accounts from unknown devices at one address: a room with forty new phones.
ADDRESS = Pace(free=240, regained=timedelta(minutes=10), waits=_minutes(0.5, 1, 2, 5, 10))
# Of all accounts on one known device.
DEVICE = Pace(free=60, regained=timedelta(minutes=10), waits=_minutes(0.5, 1, 2, 5, 10))
JOINING = Pace(free=200, regained=timedelta(seconds=20), waits=(timedelta(seconds=20),))
# From one address: a group's telephones come online at the same time.
DELIVERING = Pace(free=120, regained=timedelta(seconds=0.5), waits=(timedelta(seconds=0.5),))
# Enough for typing errors, too few to find out which addresses are known.
MAIL = Pace(free=10, regained=timedelta(minutes=6), waits=_minutes(6))
# Matches with people elsewhere: at most a hundred a day for a trainer.
NUMBERS = Pace(free=50, regained=timedelta(days=1) / 50, waits=())
