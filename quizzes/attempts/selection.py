"""Selection of questions from pools. Pure functions."""

from collections import Counter
from typing import NamedTuple

from quizzes.kinds import AUTO_MARKED
from quizzes.models.pools import largest_sum


class Pool(NamedTuple):
    """Units for one draw; `others` are taken if `units` are too few, and each of `acts` should be asked."""

    count: int
    units: list
    others: list = []
    acts: tuple = ()
    is_own: bool = False


def choose_from_pools(pools, *, seen, chance):
    """Return the units of each pool: its competencies, one indispensable question, then unseen questions first."""
    asked, taken, chosen_units = Counter(), set(), []
    place_of_indispensable = _find_indispensable(pools, seen)
    for place, pool in enumerate(pools):
        needs = [_asks_for(act) for act in _shuffled(pool.acts, chance) if not asked[act]]
        if place == place_of_indispensable:
            needs.insert(0, is_indispensable)
        chosen = []
        for units in (pool.units, pool.others):
            free = [unit for unit in units if taken.isdisjoint(facts.pk for facts in unit)]
            left = pool.count - sum(map(len, chosen))
            open_needs = [need for need in needs if not any(map(need, chosen))]
            chosen += _take(free, left, open_needs, asked, seen=seen, chance=chance)
            taken |= {facts.pk for unit in chosen for facts in unit}
        chosen_units.append(_shuffled(chosen, chance))
    return chosen_units


def choose_spares(units, candidates, *, audience, seen, chance):
    """Return {pk: pk of its spare} of the indispensable questions; without one, a question is its own spare."""
    chosen = [facts for unit in units for facts in unit]
    used, spares = {facts.pk for facts in chosen}, {}
    candidates = _shuffled(
        sorted({other for other in candidates if can_be_spare(other, audience)}, key=lambda other: other.pk), chance
    )
    for facts in (facts for facts in chosen if facts.is_indispensable):
        fit = [other for other in candidates if other.act == facts.act is not None and other.pk not in used]
        spares[facts.pk] = min(fit, key=lambda other: seen.get(other.key, 0), default=facts).pk
        used.add(spares[facts.pk])
    return spares


def choose_unseen(candidates, *, audience, seen, chance):
    """Return the candidate that can be a spare and was seen longest ago, or None."""
    fit = _shuffled((facts for facts in candidates if can_be_spare(facts, audience)), chance)
    return min(fit, key=lambda facts: seen.get(facts.key, 0), default=None)


def can_be_spare(facts, audience):
    is_for_audience = not facts.audiences or audience in facts.audiences
    return facts.case is None and facts.kind in AUTO_MARKED and is_for_audience


def is_indispensable(unit):
    return any(facts.is_indispensable for facts in unit)


def _last_seen(unit, seen):
    return max(seen.get(facts.key, 0) for facts in unit)


def _find_indispensable(pools, seen):
    found = []
    for place, pool in enumerate(pools):
        if marked := [_last_seen(unit, seen) for unit in pool.units if is_indispensable(unit)]:
            found.append((min(marked), not pool.is_own, place))
    return min(found)[-1] if found else None


def _take(units, count, needs, asked, *, seen, chance):
    units, chosen = _shuffled(units, chance), []
    left = largest_sum([len(unit) for unit in units], count)

    def worth(unit):
        return _last_seen(unit, seen), max(asked[facts.act] for facts in unit)

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

        if fit := [unit for unit in fit if room(unit) >= 0] or fit:
            take(fit, worth)
    while left and (fit := _fitting(units, left)):
        take(fit, worth)
    return chosen


def _fitting(units, left):
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


def _shuffled(things, chance):
    things = list(things)
    chance.shuffle(things)
    return things
