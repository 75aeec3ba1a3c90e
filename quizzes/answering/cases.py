"""Cases as they are met: a case stands above its questions, which follow one another on every page."""

from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from quizzes.attempts.cases import case_of


@dataclass(frozen=True)
class CasePart:
    """A case of a paper with the numbers of its questions, the first and the last of `total`."""

    key: str
    case: dict
    first: int
    last: int
    total: int

    @property
    def count(self):
        return self.last - self.first + 1


class Group(NamedTuple):
    """What follows one another on a page: the questions of a case, or with None as `part` those that stand alone."""

    part: CasePart | None
    things: list


def part_of(paper, item):
    """Return the CasePart of an item on a paper, or None."""
    case = case_of(paper, item)
    if case is None:
        return None
    numbers = [n for n, other in enumerate(paper["questions"], start=1) if other["case"] == item["case"]]
    return CasePart(item["case"], case, numbers[0], numbers[-1], len(paper["questions"]))


def group_by_case(paper, things):
    """Return the Groups of things with an `item` of the paper, in their order."""
    groups = []
    for key, same in groupby(things, key=lambda thing: thing.item["case"]):
        same = list(same)
        groups.append(Group(part_of(paper, same[0].item) if key else None, same))
    return groups
