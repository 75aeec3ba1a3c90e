"""Second chance for missed indispensable questions. Pure functions of a snapshot."""

import random
import uuid

from quizzes.kinds import get_kind

from .scoring import scored_items


def second_chance_items(snapshot):
    return snapshot.get("second", [])


def second_chance_snapshot(snapshot):
    return snapshot | {"questions": second_chance_items(snapshot)}


def all_items(snapshot):
    return [*snapshot["questions"], *second_chance_items(snapshot)]


def missed_indispensable_items(snapshot, mark):
    return [
        item for item in scored_items(snapshot) if item.get("indispensable") and mark.fractions.get(item["key"]) != 1
    ]


def add_second_chance(snapshot, missing, responses):
    """Return the snapshot with a replacement for each missed item; answered replacements stay."""
    wanted = {item["key"] for item in missing}
    kept = [item for item in second_chance_items(snapshot) if item["instead_of"] in wanted or item["key"] in responses]
    asked = {item["instead_of"] for item in kept}
    return snapshot | {"second": [*kept, *(_other_for(snapshot, item) for item in missing if item["key"] not in asked)]}


def is_second_chance_open(snapshot, missing, responses):
    """Return whether the replacement of a missed item is lacking or not answered completely."""
    answered = {
        item["instead_of"]
        for item in second_chance_items(snapshot)
        if item["key"] in responses and get_kind(item).is_answered(item, responses[item["key"]])
    }
    return any(item["key"] not in answered for item in missing)


def passed_second_chance(snapshot, missing, second):
    right = {item["instead_of"] for item in second_chance_items(snapshot) if second.fractions.get(item["key"]) == 1}
    return all(item["key"] in right for item in missing)


def _other_for(snapshot, item):
    spare = snapshot.get("spares", {}).get(item["key"])
    if spare is None or spare["key"] in {other["key"] for other in all_items(snapshot)}:
        key = str(uuid.uuid5(uuid.UUID(item["key"]), "again"))
        chance = random.Random(key)  # noqa: S311 - reproducible order, no secret
        spare = item | get_kind(item).reshuffle(item, chance) | {"key": key}
    return spare | {"instead_of": item["key"]}
