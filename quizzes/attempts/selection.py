"""Which units a paper takes out of pools: every core act, something indispensable, and what the person has not met.

Pure: pools are lists of units (tuples of Facts), and `met` says how lately the person met a question: {key: place},
the higher the later; what is not in it is new.
"""

from collections import Counter
from typing import NamedTuple

from quizzes.kinds import MARKED_AT_ONCE
from quizzes.models.pools import largest_sum


class Pool(NamedTuple):
    """What one draw chooses from.

    `others` are taken where `units` are too few; each act of `acts` is to be asked for. Something indispensable is
    rather taken from a pool that is one's own.
    """

    count: int
    units: list
    others: list = []
    acts: tuple = ()
    is_own: bool = False


def choose_for_paper(pools, *, met, chance):
    """Return the units that each pool gives, none twice, each pool's in an order of chance.

    A pool gives its number of questions, or the nearest below it that whole cases make up. Of these, as far as the
    number allows, at least one asks for each of its acts, and one in all is indispensable where any is. Otherwise what
    is new comes before what was met, that longest ago first, and acts of which there is least on the paper come first.
    A question that was met stands for an act, or for what is indispensable, only where none that is new does.
    """
    asked, taken, papers = Counter(), set(), []
    place_of_indispensable = _find_indispensable(pools, met)
    for place, pool in enumerate(pools):
        needs = [_asks_for(act) for act in _shuffled(pool.acts, chance) if not asked[act]]
        if place == place_of_indispensable:
            needs.insert(0, is_indispensable)
        chosen = []
        for units in (pool.units, pool.others):
            free = [unit for unit in units if taken.isdisjoint(facts.pk for facts in unit)]
            left = pool.count - _size(chosen)
            open_needs = [need for need in needs if not any(map(need, chosen))]
            chosen += _take(free, left, open_needs, asked, met=met, chance=chance)
            taken |= {facts.pk for unit in chosen for facts in unit}
        papers.append(_shuffled(chosen, chance))
    return papers


def choose_spares(units, candidates, *, audience, met, chance):
    """Return {pk: pk of its spare} of what is indispensable in the units of a paper: what is asked when it was missed.

    A spare stands alone, asks for the same act, is for everyone or for the audience, and is on the paper nowhere else;
    it is new to the person, else was met longest ago. Where there is none, the question itself is asked again.
    """
    on_paper = [facts for unit in units for facts in unit]
    used, spares = {facts.pk for facts in on_paper}, {}
    candidates = _shuffled(
        sorted({other for other in candidates if may_stand_in(other, audience)}, key=lambda other: other.pk), chance
    )
    for facts in (facts for facts in on_paper if facts.is_indispensable):
        fit = [other for other in candidates if other.act == facts.act is not None and other.pk not in used]
        spares[facts.pk] = min(fit, key=lambda other: met.get(other.key, 0), default=facts).pk
        used.add(spares[facts.pk])
    return spares


def may_stand_in(facts, audience):
    """Say whether a question may be asked alone, and be marked at once, of somebody of an audience."""
    is_for_them = not facts.audiences or audience in facts.audiences
    return facts.case is None and facts.kind in MARKED_AT_ONCE and is_for_them


def is_indispensable(unit):
    return any(facts.is_indispensable for facts in unit)


def when_met(unit, met):
    """Return how lately the person met something of a unit: 0 where all of it is new."""
    return max(met.get(facts.key, 0) for facts in unit)


def _find_indispensable(pools, met):
    """Return which pool gives something indispensable: new rather than met, one's own rather than everybody's."""
    found = []
    for place, pool in enumerate(pools):
        if marked := [when_met(unit, met) for unit in pool.units if is_indispensable(unit)]:
            found.append((min(marked), not pool.is_own, place))
    return min(found)[-1] if found else None


def _take(units, count, needs, asked, *, met, chance):
    """Return units that make up `count`, or the nearest below it; `asked` counts the acts of the paper, and goes on."""
    units, chosen = _shuffled(units, chance), []
    left = largest_sum([len(unit) for unit in units], count)

    def worth(unit):
        return when_met(unit, met), max(asked[facts.act] for facts in unit)

    def take(candidates, key):
        nonlocal left
        unit = min(candidates, key=key)
        units.remove(unit)
        chosen.append(unit)
        left -= len(unit)
        asked.update(facts.act for facts in unit)

    for number, need in enumerate(needs):
        if any(map(need, chosen)):
            continue
        fit = [unit for unit in _fitting(units, left) if need(unit)]
        waiting = [other for other in needs[number + 1 :] if not any(map(other, chosen))]

        def room(unit, waiting=waiting):
            return left - len(unit) - sum(not other(unit) for other in waiting)

        # What leaves no room for the other needs is taken only where nothing else does.
        if fit := [unit for unit in fit if room(unit) >= 0] or fit:
            take(fit, worth)
    while left and (fit := _fitting(units, left)):
        take(fit, worth)
    return chosen


def _fitting(units, left):
    """Return the units after which the others can still make up what is left."""
    sizes = [len(unit) for unit in units]
    if set(sizes) == {1}:
        return units if left else []
    return [
        unit
        for place, unit in enumerate(units)
        if sizes[place] <= left
        and largest_sum(sizes[:place] + sizes[place + 1 :], left - sizes[place]) == left - sizes[place]
    ]


def _asks_for(act):
    return lambda unit: any(facts.act == act for facts in unit)


def _size(units):
    return sum(map(len, units))


def _shuffled(things, chance):
    things = list(things)
    chance.shuffle(things)
    return things
