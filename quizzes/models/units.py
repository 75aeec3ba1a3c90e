"""Units of a draw, single questions and whole cases, each of so many questions: which make up a number. Pure."""


def largest_sum(sizes, limit):
    """Return the largest number up to `limit` that some of the sizes add up to: 0 where none do."""
    return _add_up(sizes, limit)[0].bit_length() - 1


def choose_units(sizes, number, *, chance):
    """Return the places of units that together hold `number`, as chance has it; in the order in which they came.

    Where no units make up the number exactly, those that come nearest below it. A unit of nothing always comes along.
    """
    order = list(range(len(sizes)))
    chance.shuffle(order)
    behind = _add_up([sizes[place] for place in order], number)
    left, chosen = behind[0].bit_length() - 1, []
    for place, rest in zip(order, behind[1:], strict=True):
        after = left - sizes[place]
        # Taken, unless what follows could then not make up the rest.
        if after >= 0 and rest >> after & 1:
            chosen.append(place)
            left = after
    return chosen


def _add_up(sizes, limit):
    """Return, for each place and the end, which numbers up to `limit` the sizes from there on add up to, as bits."""
    within, behind = (1 << limit + 1) - 1, [1]
    for size in reversed(sizes):
        behind.append((behind[-1] | behind[-1] << size) & within)
    return behind[::-1]
