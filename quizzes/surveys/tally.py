"""Counts of the answers of a lot of ten people or more, none below ten. Pure."""

from collections import Counter
from statistics import fmean, stdev

from .reading import ANSWER, blocks_in, scale_of

FEWEST = 10
# Job group, asked in item F1.
GROUPED_BY, GROUPS = "F1", {"1": "clinical", "2": "other"}
ENOUGH_ITEMS = 3 / 4


def tally(contents, wave, ballots):
    """Return {"items": {item: {code: people}}, "blocks": {block: {"n", "mean", "sd"}}, "groups"}, none below 10."""
    if len(ballots) < FEWEST:
        raise ValueError(f"Fewer than {FEWEST} people are never counted.")
    whole = _count(contents, wave, ballots)
    return {**_enough(whole), "groups": _groups(contents, wave, ballots, whole)}


def score_of(contents, block, answers):
    """Return the score of a block from 0 to 100, or None with too few answers."""
    scores = [
        score
        for item in block["items"]
        if (score := item_score(scale_of(contents, block, item), item, answers.get(item["id"]))) is not None
    ]
    return fmean(scores) if len(scores) >= ENOUGH_ITEMS * len(block["items"]) else None


def item_score(scale, item, code):
    """Return the value of an answer from 0 to 100, or None; a scale begins with the strongest agreement."""
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
    # Background items are never cross-tabulated.
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
