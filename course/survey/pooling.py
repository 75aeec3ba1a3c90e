"""Which answers are counted together, so that never fewer than ten are: pure; a ballot of who declined is {}."""

from typing import NamedTuple

from course.models import FEWEST_ANSWERS


class Pools(NamedTuple):
    """What becomes of parts, (round, its ballots): each counted alone; counted together, each list by itself; left."""

    alone: list
    together: list
    left: list


def sort_out(parts, words_of):
    """Return the `Pools` of the parts of an area: (round, ballots).

    What was asked in other words, by `words_of` a round, is never counted together.
    """
    alone = [part for part in parts if is_enough(part[1])]
    by_wording = {}
    for part in parts:
        if not is_enough(part[1]):
            by_wording.setdefault(words_of(part[0]), []).append(part)
    together = [few for few in by_wording.values() if is_enough(ballots_of(few))]
    left = [few for few in by_wording.values() if not is_enough(ballots_of(few))]
    return Pools(alone, together, left)


def ballots_of(parts):
    """Return the ballots of all parts, one after the other."""
    return [ballot for _round, ballots in parts for ballot in ballots]


def answered(ballots):
    """Return those that answer anything."""
    return [ballot for ballot in ballots if ballot]


def is_enough(ballots):
    """Whether ten people or more answered."""
    return len(answered(ballots)) >= FEWEST_ANSWERS
