"""What is kept of the answers of ten people or more: counts alone, and no count of fewer.

Pure. The figures of a lot are {"items": {item: {code: people}}, "blocks": {block: {"n", "mean", "sd"}}, "groups":
{group: {"items", "blocks"}}}. Whoever chose an option that is no answer, or none, is not in the counts of the item. An
item that fewer than `FEWEST` answered is not there at all, nor is a block in which so few have a score. A score is a
number from 0 to 100, the highest the most respectful; mean and standard deviation are whole numbers, so that nobody's
part can be reckoned out of a block and its items.
"""

from collections import Counter
from statistics import fmean, stdev

from .reading import ANSWER, blocks_in, scale_of

FEWEST = 10
# The item by which two groups are told apart, and the codes of the groups.
GROUPED_BY, GROUPS = "F1", {"1": "clinical", "2": "other"}
# Of so large a part of the items of a block somebody must have answered to have a score in it.
ENOUGH_ITEMS = 3 / 4


def tally(contents, wave, ballots):
    """Return the figures of the `ballots`, each {item id: code}; of fewer than ten a ValueError."""
    if len(ballots) < FEWEST:
        raise ValueError(f"Fewer than {FEWEST} people are never counted.")
    whole = _count(contents, wave, ballots)
    return {**_enough(whole), "groups": _groups(contents, wave, ballots, whole)}


def score_of(contents, block, answers):
    """Return somebody's score in a block from 0 to 100, or None where too few of its items are answered."""
    scores = [
        score
        for item in block["items"]
        if (score := item_score(scale_of(contents, block, item), item, answers.get(item["id"]))) is not None
    ]
    return fmean(scores) if len(scores) >= ENOUGH_ITEMS * len(block["items"]) else None


def item_score(scale, item, code):
    """Return what an answer is worth from 0 to 100, or None for none: of four options 100, 66.7, 33.3 and 0.

    The first option of a scale is the strongest agreement; for an item whose direction is «-» it is worth nothing.
    """
    codes = [option["code"] for option in scale if option["kind"] == ANSWER]
    if code not in codes:
        return None
    worth = 100 * (1 - codes.index(code) / (len(codes) - 1))
    return 100 - worth if item["direction"] == "-" else worth


def _count(contents, wave, ballots):
    items, scores = {}, {}
    for block in blocks_in(contents, wave):
        for item in block["items"]:
            codes = {option["code"] for option in scale_of(contents, block, item) if option["kind"] == ANSWER}
            given = (ballot.get(item["id"]) for ballot in ballots)
            items[item["id"]] = Counter(code for code in given if code in codes)
        if block["scoring"] == "mean":
            reached = (score_of(contents, block, ballot) for ballot in ballots)
            scores[block["id"]] = [score for score in reached if score is not None]
    return {"items": items, "blocks": scores}


def _enough(counted):
    return {
        "items": {
            item: dict(sorted(codes.items())) for item, codes in counted["items"].items() if codes.total() >= FEWEST
        },
        "blocks": {block: _summary(scores) for block, scores in counted["blocks"].items() if len(scores) >= FEWEST},
    }


def _summary(scores):
    return {"n": len(scores), "mean": round(fmean(scores)), "sd": round(stdev(scores))}


def _groups(contents, wave, ballots, whole):
    parts = {
        group: _count(contents, wave, [ballot for ballot in ballots if ballot.get(GROUPED_BY) == code])
        for code, group in GROUPS.items()
    }
    # What people said of themselves is crossed with nothing.
    background = {
        item["id"] for block in blocks_in(contents, wave) if block["scoring"] == "background" for item in block["items"]
    }
    items = [item for item in whole["items"] if item not in background]
    kept = {
        "items": [item for item in items if _told_apart(whole["items"][item].total(), _totals(parts, item))],
        "blocks": [
            block
            for block, scores in whole["blocks"].items()
            if _told_apart(len(scores), [len(part["blocks"][block]) for part in parts.values()])
        ],
    }
    if not any(kept.values()):
        return {}
    return {
        group: _enough({kind: {name: part[kind][name] for name in names} for kind, names in kept.items()})
        for group, part in parts.items()
    }


def _totals(parts, item):
    return [part["items"][item].total() for part in parts.values()]


def _told_apart(whole, parts):
    rest = whole - sum(parts)
    return min(parts) >= FEWEST and (rest == 0 or rest >= FEWEST)
