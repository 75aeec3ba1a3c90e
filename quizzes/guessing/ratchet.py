"""Holding that a bank gives no more away than it did: what is above its limit today may not rise. Pure."""

from dataclasses import dataclass

from .measuring import BANK_LIMIT, LEAST_ITEMS

# Figures are kept to a tenth.
PLACES = 1
# Of few questions the limit jumps with each of them: only what is beyond doubt is held, and of fewer nothing.
BEYOND_DOUBT = 20
LEAST_HELD = 5


@dataclass(frozen=True)
class Change:
    """Of a strategy in a pool: what is held, and what it is now. Of a bank the advantage, else its surest limit."""

    measured: object
    strategy: str
    held: float
    now: float

    @property
    def by(self):
        return round(self.now - self.held, PLACES)


def name_of(pool):
    """Return the name of a pool in the file: `bank`, `module/M3`."""
    return f"{pool.scope}/{pool.identifier}" if pool.identifier else str(pool.scope)


def limit_of(pool):
    """Return up to what a figure of a pool, as `read_figure` gives it, is nobody's matter."""
    if pool.scope.is_whole:
        return BANK_LIMIT
    return 0 if len(pool.items) >= LEAST_ITEMS else BEYOND_DOUBT


def read_figure(pool, figure):
    """Return what is compared with the limit: of a bank the advantage, of what is drawn its lower limit of 99.9 %."""
    return round(figure.advantage if pool.scope.is_whole else figure.surely, PLACES)


def above_limits(measured):
    """Return {pool: {strategy: figure}} of what stands above its limit, of pools with a verdict or without."""
    found = {}
    for one in measured:
        above = {
            figure.strategy: read_figure(one.pool, figure)
            for figure in sorted(one.figures, key=lambda figure: figure.strategy)
            if read_figure(one.pool, figure) > limit_of(one.pool)
        }
        if above and one.count >= LEAST_HELD:
            found[name_of(one.pool)] = above
    return found


def compare(measured, held):
    """Return (the Changes that are worse, those that are better) than what is `held`, as `above_limits` gives it.

    What is not held may rise to its limit; what is new is held as the whole it belongs to.
    """
    worse, better = [], []
    for one in measured:
        name, limit = name_of(one.pool), limit_of(one.pool)
        known = held.get(name, held.get("bank", {}) if one.pool.scope.is_whole else {})
        for figure in one.figures:
            before, now = max(known.get(figure.strategy, limit), limit), read_figure(one.pool, figure)
            if now > before and one.count >= LEAST_HELD:
                worse.append(Change(one, figure.strategy, before, now))
            elif now < before and figure.strategy in held.get(name, {}):
                better.append(Change(one, figure.strategy, before, now))
    return worse, better
