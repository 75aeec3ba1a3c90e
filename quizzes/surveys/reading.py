"""Responses to the survey: {item id: code}. Pure functions."""

ANSWER, NOT_APPLICABLE, NO_ANSWER = "answer", "not_applicable", "no_answer"
BLANK = "."


def blocks_in(contents, wave):
    return [block for block in contents["blocks"] if wave in block["waves"]]


def items_in(contents, wave):
    return [item for block in blocks_in(contents, wave) for item in block["items"]]


def scale_of(contents, block, item):
    """Return the options of an item: its own scale, or that of its block."""
    return contents["scales"][item.get("scale") or block["scale"]]


def codes_in(contents, wave):
    """Return {item id: possible codes} of a wave, in order."""
    return {
        item["id"]: {option["code"] for option in scale_of(contents, block, item)}
        for block in blocks_in(contents, wave)
        for item in block["items"]
    }


def kept_answers(contents, wave, given):
    codes = codes_in(contents, wave)
    return {item: given[item] for item in codes if given.get(item) in codes[item]}


def answers_something(contents, wave, answers):
    """Return whether any answer counts: all blank, or all «I prefer not to say», is declining."""
    return any(
        option["kind"] != NO_ANSWER and option["code"] == answers.get(item["id"])
        for block in blocks_in(contents, wave)
        for item in block["items"]
        for option in scale_of(contents, block, item)
    )


def written_out(contents, wave, answers):
    """Return the answers as one character per item; `read_back` is the inverse."""
    return "".join(answers.get(item["id"], BLANK) for item in items_in(contents, wave))


def read_back(contents, wave, written):
    """Return {item id: code}; inverse of `written_out` for the same wording and wave."""
    items = items_in(contents, wave)
    if len(written) != len(items):
        raise ValueError("These answers are of another wording.")
    return {item["id"]: code for item, code in zip(items, written, strict=True) if code != BLANK}
