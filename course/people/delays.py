"""How long a client has to wait between tries: a pure function of what was tried and when.

A budget is two moments: when it is whole again, and until when its next try waits. Each try takes one `regained` off;
time alone gives it back, and not a try that was right: else a user of a computer on which another signs in often
could guess between. So over any time T no more than T / regained + top tries are possible, whatever the order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple


@dataclass(frozen=True)
class Pace:
    """So many tries without waiting; one is regained in such a time; then growing waits, the last for every further.

    The last is as long as it takes to regain a try, so that the waits grow no more and the tries neither.
    """

    free: int
    regained: timedelta
    waits: tuple[timedelta, ...]

    @property
    def top(self):
        """The most tries that a budget can be short of."""
        return self.free + len(self.waits)


class Spent(NamedTuple):
    """What is left of a budget: when it is whole again, and until when the next try waits."""

    whole_at: datetime
    waits_until: datetime


def trusted(spent, pace, *, now):
    """Return the budget, or a whole one where the pace cannot have made it: the clock of the server ran ahead then."""
    longest = max(pace.waits, default=timedelta(0))
    if spent.waits_until - now > longest or spent.whole_at - now > (pace.top + 1) * pace.regained:
        return Spent(now, now)
    return spent


def after_try(spent, pace, *, now):
    """Return the budget after a try at the moment `now`, which the caller found not to wait."""
    whole_at = max(spent.whole_at, now) + pace.regained
    # Rounded up: what is not wholly regained counts.
    lacking = -((now - whole_at) // pace.regained)
    over = lacking - pace.free
    wait = pace.waits[min(over, len(pace.waits) - 1)] if over >= 0 else timedelta(0)
    return Spent(whole_at, now + wait)


def left_in(spent, pace, *, now):
    """Return how many of a pace without waits are left at the moment `now`."""
    lacking = -((now - spent.whole_at) // pace.regained)
    return max(0, pace.free - max(0, lacking))


def taken_back(spent, pace, *, taken, now):
    """Return the budget as if a try had not been made that was right; `taken` is what `after_try` had returned."""
    waits_until = now if spent.waits_until == taken.waits_until else spent.waits_until
    return Spent(spent.whole_at - pace.regained, waits_until)


def _minutes(*several):
    return tuple(timedelta(minutes=one) for one in several)


# Of an account on one device that knows it, and of an account on all that do not: twelve a day in the long run.
PIN = Pace(free=5, regained=timedelta(hours=2), waits=_minutes(1, 2, 4, 8, 15, 30, 60, 120))
# So many of the devices that a person used last have a budget of their own; older ones count as unknown. Nine budgets
# of twelve a day: half of all PINs that may be chosen take longer than ten years (tests/security/test_guessing.py).
KNOWN_DEVICES = 8
# Of all accounts from unknown devices at one address, which may be a room with a group of forty and new phones.
ADDRESS = Pace(free=240, regained=timedelta(minutes=10), waits=_minutes(0.5, 1, 2, 5, 10))
# Of all accounts that one device knows, as the computer of a health centre.
DEVICE = Pace(free=60, regained=timedelta(minutes=10), waits=_minutes(0.5, 1, 2, 5, 10))
# Of posts of the page to join a group, from one address.
JOINING = Pace(free=200, regained=timedelta(seconds=20), waits=(timedelta(seconds=20),))
# Of deliveries of what was done without a line, from one address: a group's telephones find their line at one moment.
DELIVERING = Pace(free=120, regained=timedelta(seconds=0.5), waits=(timedelta(seconds=0.5),))
# Of e-mail addresses that one person tries: enough for typing errors, too few to find out whose are known here.
MAIL = Pace(free=10, regained=timedelta(minutes=6), waits=_minutes(6))
# Of numbers and addresses of people elsewhere that one trainer is told of: no more than a hundred in any day.
NUMBERS = Pace(free=50, regained=timedelta(days=1) / 50, waits=())
