"""What may be said to an attempt: for each kind of question what is sent, and what has to come of it."""

from fractions import Fraction

from .answer_rules import REFUSED, UNREADABLE, Said

GONE = "0b5c9a52-5f0d-4ab2-9e1c-2f2f5a1c7d11"


def pick(things, *choices):
    things = list(things)
    if len(choices) == 1:
        return things[choices[0] % len(things)]
    keys = list(dict.fromkeys(key for key, _said in things))
    return pick([(key, said) for key, said in things if key == keys[choices[0] % len(keys)]], choices[1])


def questions_of(sheet):
    pairs = []
    for item in sorted(sheet.snapshot["questions"], key=lambda item: item["identifier"]):
        pairs += [(item["key"], said) for said in SAYINGS[item["kind"]](item)]
    return [*pairs, (GONE, Said("x", UNREADABLE, form=(("choice", ["x"]),)))]


def choose(item):
    right = {option["key"]: option["right"] for option in sorted(item["options"], key=lambda option: option["text"])}
    said = [
        Said(key, stored=key, points=Fraction(is_right), form=(("choice", [key]),)) for key, is_right in right.items()
    ]
    broken = Said({"x": []}, UNREADABLE, form=(("choice", ["another"]),))
    return [*said, Said(None, stored="", form=()), broken]


def choose_several(item):
    order = [option["key"] for option in item["options"]]
    right = sorted((option["text"], option["key"]) for option in item["options"] if option["right"])
    wrong = sorted((option["text"], option["key"]) for option in item["options"] if not option["right"])
    (_a, a), (_b, b), (_c, c) = *right, wrong[0]
    points = {(): 0, (a,): Fraction(1, 2), (a, b): 1, (c, b): Fraction(1, 6), (c,): 0}
    points = {chosen: max(Fraction(n), Fraction(0)) for chosen, n in points.items()}
    said = [
        Said(list(chosen), stored=sorted(chosen, key=order.index), points=n, form=(("choice", list(chosen)),))
        for chosen, n in points.items()
    ]
    return [*said, Said("x", UNREADABLE, form=(("choice", [a, "another"]),))]


def write_text(points, longest):
    def sayings(_item):
        said = [Said(text, stored=text, points=earned, form=(("text", text),)) for text, earned in points.items()]
        return [*said, Said("x" * (longest + 1), REFUSED, stored="x", form=(("text", "x" * (longest + 1)),))]

    return sayings


SAYINGS = {
    "single": choose,
    "true_false": choose,
    "multiple": choose_several,
    "short_text": write_text(
        {"": Fraction(0), "Estigma": Fraction(1), "discriminacion": Fraction(1, 2), "ñ": Fraction(0)}, 500
    ),
    "open": write_text({"": Fraction(0), "Porque expone.\nY duele.": None}, 20_000),
    "reflection": lambda _item: [Said("Para mí.", REFUSED, stored="x", form=(("text", "Para mí."),))],
}
