"""Asking again what is indispensable: whoever has the points but missed such a question meets another one of its act.

What is asked again stands in `paper["second"]`, items with `instead_of`, the key of the question that was missed: out
of `paper["spares"]`, drawn with the paper; where that has none, the same question with its options in another order.
"""

import random
import uuid

from quizzes.kinds import kind_of

from .scoring import scored_items


def second_of(snapshot):
    """Return the items that were asked again."""
    return snapshot.get("second", [])


def second_snapshot(snapshot):
    """Return a paper of what was asked again, for whatever reads papers."""
    return snapshot | {"questions": second_of(snapshot)}


def items_of(snapshot):
    """Return all items that may be answered: those of the paper, and those asked again."""
    return [*snapshot["questions"], *second_of(snapshot)]


def missing_in(snapshot, mark):
    """Return the indispensable items that a Mark does not find wholly right."""
    return [
        item for item in scored_items(snapshot) if item.get("indispensable") and mark.fractions.get(item["key"]) != 1
    ]


def ask_again(snapshot, missing, responses):
    """Return the paper with another question for each of the items missing; what was answered before stays."""
    wanted = {item["key"] for item in missing}
    kept = [item for item in second_of(snapshot) if item["instead_of"] in wanted or item["key"] in responses]
    asked = {item["instead_of"] for item in kept}
    return snapshot | {"second": [*kept, *(_other_for(snapshot, item) for item in missing if item["key"] not in asked)]}


def is_left_open(snapshot, missing, responses):
    """Say whether for one of the items missing another question was not asked or not answered completely."""
    answered = {
        item["instead_of"]
        for item in second_of(snapshot)
        if item["key"] in responses and kind_of(item).is_answered(item, responses[item["key"]])
    }
    return any(item["key"] not in answered for item in missing)


def is_made_up(snapshot, missing, second):
    """Say whether the other question of each of the items missing is wholly right, by the Mark of those."""
    right = {item["instead_of"] for item in second_of(snapshot) if second.fractions.get(item["key"]) == 1}
    return all(item["key"] in right for item in missing)


def _other_for(snapshot, item):
    spare = snapshot.get("spares", {}).get(item["key"])
    known = {one["key"] for one in items_of(snapshot)}
    if spare is None or spare["key"] in known:
        spare = _reshuffled(item)
    return spare | {"instead_of": item["key"]}


def _reshuffled(item):
    """Return the same question once more, with a key of its own and its options in another order, always the same."""
    key = str(uuid.uuid5(uuid.UUID(item["key"]), "again"))
    chance = random.Random(key)  # noqa: S311 - an order that is always the same, and no secret
    return item | kind_of(item).reshuffle(item, chance) | {"key": key}
