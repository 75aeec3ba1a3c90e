"""Second chance: what is asked again of missed questions, and who passes. Pure functions of a snapshot.

`snapshot["repeats"]`, {key of an indispensable question: item}, is drawn with the paper; `snapshot["near"]` lists the
items of the near round, drawn when it begins; `snapshot["second"]` the keys that wait for an answer after sending.
`told` is {question key: fraction} of final answers.
"""

from fractions import Fraction

from quizzes.kinds import get_kind
from quizzes.models import FeedbackTime

from .scoring import passes, scored_items


def repeated_items(snapshot):
    """Return them in the order of the paper: `jsonb` does not keep the order of keys."""
    repeats = snapshot.get("repeats", {})
    keys = [item["key"] for item in snapshot["questions"] if item["key"] in repeats]
    return [*(repeats[key] for key in keys), *snapshot.get("near", ())]


def all_items(snapshot):
    return [*snapshot["questions"], *repeated_items(snapshot)]


def second_chance_items(snapshot):
    waiting = snapshot.get("second", ())
    return [item for item in repeated_items(snapshot) if item["key"] in waiting]


def second_chance_snapshot(snapshot):
    return snapshot | {"questions": second_chance_items(snapshot)}


def score_told(snapshot, answers):
    """Return {question key: fraction} of the final ones of {question key: CurrentAnswer}; None waits for a marker."""
    items = {item["key"]: item for item in all_items(snapshot)}
    final = [(items[key], answer.response) for key, answer in answers.items() if answer.is_final and key in items]
    return {item["key"]: get_kind(item).score(item, response) for item, response in final}


def asked_items(snapshot, told, *, at_once):
    """Return what is told when answered, in order: `at_once` the paper, each repeat after the question it repeats."""
    known, items = {*snapshot.get("second", ()), *told}, []
    for item in snapshot["questions"]:
        items += [item] * at_once
        repeat = snapshot.get("repeats", {}).get(item["key"])
        if repeat and (repeat["key"] in known or (at_once and told.get(item["key"], 1) != 1)):
            items.append(repeat)
    return items + [item for item in snapshot.get("near", ()) if item["key"] in known]


def judge(snapshot, score, told):
    """Return (whether it is passed, the items to answer before that is known, in which case it is None)."""
    has_points, missed = passes(score.grade, snapshot["pass_mark"]), near_misses(snapshot, score)
    if not has_points and not missed:
        return False, []
    repeats = _repeats_of_missed(snapshot, score)
    if waiting := [item for item in repeats if item["key"] not in told]:
        return None, waiting
    if not _are_right(repeats, told) or has_points:
        return _are_right(repeats, told), []
    near = _near_items(snapshot, missed)
    if any(told.get(item["key"]) == 1 for item in near):
        return True, []
    waiting = [item for item in near if item["key"] not in told]
    return (None, waiting) if waiting else (False, [])


def misses_without_near_item(snapshot, score, told):
    """Return the missed items for which the near round, if it is open, has nothing to ask yet."""
    missed, repeats = near_misses(snapshot, score), _repeats_of_missed(snapshot, score)
    if not all(item["key"] in told for item in repeats) or not _are_right(repeats, told):
        return []
    drawn = {item["instead_of"] for item in _near_items(snapshot, missed)}
    return [item for item in missed if item["key"] not in drawn]


def near_misses(snapshot, score):
    """Return the items without full points of which one more would pass; [] of exams, and of what tells at the end."""
    pass_mark, rules = snapshot["pass_mark"], snapshot.get("rules", {})
    if passes(score.grade, pass_mark) or rules.get("is_exam") or rules.get("feedback_time") != FeedbackTime.NOW:
        return []
    missed = [item for item in scored_items(snapshot) if score.fractions.get(item["key"]) != 1]
    return [item for item in missed if passes(score.grade + _share(item, score), pass_mark)]


def _share(item, score):
    return Fraction(100 * item["marks"], score.total)


def _repeats_of_missed(snapshot, score):
    repeats = snapshot.get("repeats", {})
    missed = [item["key"] for item in snapshot["questions"] if score.fractions.get(item["key"]) != 1]
    return [repeats[key] for key in missed if key in repeats]


def _are_right(items, told):
    return all(told.get(item["key"]) == 1 for item in items)


def _near_items(snapshot, missed):
    keys = {item["key"] for item in missed}
    return [item for item in snapshot.get("near", ()) if item["instead_of"] in keys]
