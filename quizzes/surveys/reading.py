"""What somebody answers to a survey, read: {item id: code of the option}; an item left out is not answered.

Pure: a wording is the `contents` of a `SurveyWording`.
"""

ANSWER, NOT_APPLICABLE, NO_ANSWER = "answer", "not_applicable", "no_answer"
BLANK = "."


def blocks_in(contents, wave):
    """Return the blocks that a wave asks, in order."""
    return [block for block in contents["blocks"] if wave in block["waves"]]


def items_in(contents, wave):
    """Return the items that a wave asks, in order."""
    return [item for block in blocks_in(contents, wave) for item in block["items"]]


def scale_of(contents, block, item):
    """Return the options of an item, in order: its own scale, or that of its block."""
    return contents["scales"][item.get("scale") or block["scale"]]


def codes_in(contents, wave):
    """Return {item id: the codes that it may be answered with} of a wave, in order."""
    return {
        item["id"]: {option["code"] for option in scale_of(contents, block, item)}
        for block in blocks_in(contents, wave)
        for item in block["items"]
    }


def kept_answers(contents, wave, given):
    """Return of `given`, {item id: code}, what the wave asks and the scale of each item has; the rest is dropped."""
    codes = codes_in(contents, wave)
    return {item: given[item] for item in codes if given.get(item) in codes[item]}


def answers_something(contents, wave, answers):
    """Whether an answer among them counts as one: all blank, or all «I prefer not to say», is declining."""
    return any(
        option["kind"] != NO_ANSWER and option["code"] == answers.get(item["id"])
        for block in blocks_in(contents, wave)
        for item in block["items"]
        for option in scale_of(contents, block, item)
    )


def written_out(contents, wave, answers):
    """Return the answers as one character an item, in the order of the wave; `read_back` reads them."""
    return "".join(answers.get(item["id"], BLANK) for item in items_in(contents, wave))


def read_back(contents, wave, written):
    """Return {item id: code} of what `written_out` wrote for the same wording and wave."""
    items = items_in(contents, wave)
    if len(written) != len(items):
        raise ValueError("These answers are of another wording.")
    return {item["id"]: code for item, code in zip(items, written, strict=True) if code != BLANK}
