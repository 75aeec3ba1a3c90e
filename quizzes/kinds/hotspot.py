"""Places in a picture: mark those that the question asks for, on the picture or in the list of their names."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from .base import CHOSEN, MISSED, RIGHT, WRONG, Mistake, Unfinished, freeze_option, freeze_share
from .choice import Multiple

# More marks would cover the picture, and the list would fill more than a screen of a phone.
MOST = 12


@dataclass(frozen=True)
class Hotspot:
    """A numbered mark on a picture. `x`, `y`, `rx` and `ry`, the radii of the place, are in shares of its sides: «20%».

    In a review, `is_right` says whether the place was one to mark, and `is_chosen` whether it was.
    """

    number: int
    key: str
    x: str
    y: str
    rx: str = ""
    ry: str = ""
    is_right: bool = False
    is_chosen: bool = False


class Places(Multiple):
    """The response is the list of the keys of the places chosen, in the order of the paper."""

    name = "places"
    place = 53
    label = _("Places in a picture")
    help = _(
        "Choose the image, and for each option the name of a place and where it is: right places and others, 12 at "
        "most. All of them are numbered on the picture and listed below it, for whoever can’t see it too. Scored as "
        "multiple response."
    )
    choice_fields = ("is_correct", "fraction", "x", "y", "radius")
    needs_image = True
    picture_template = "quizzes/kinds/places_picture.html"

    def first_control(self, item):
        return "place-1"

    def freeze_choices(self, choices, chance, *, shuffle):
        options = [
            freeze_option(
                choice,
                right=choice.is_correct,
                **{name: _written(getattr(choice, name)) for name in ("x", "y", "radius")},
                **freeze_share(choice),
            )
            for choice in choices
        ]
        if shuffle:
            chance.shuffle(options)
        return {"options": options}

    def review(self, item, response):
        rows = super().review(item, response)
        return [replace(row, number=str(number)) for number, row in enumerate(rows, start=1)]

    def check_options(self, choices):
        yield from super().check_options(choices)
        if len(choices) > MOST:
            yield _("A picture has twelve places at most: more marks would cover it.")
        if lost := [choice for choice in choices if not (_is_per_cent(choice.x) and _is_per_cent(choice.y))]:
            yield Mistake(_("Say where in the picture it is: from the left and from above, from 0 to 100."), lost, "x")
        spots = [(choice.x, choice.y) for choice in choices]
        if alike := [choice for choice in choices if choice.x is not None and spots.count((choice.x, choice.y)) > 1]:
            yield Mistake(_("Two places are on the same spot of the picture."), alike, "x")
        if wide := [choice for choice in choices if choice.radius is not None and not _is_per_cent(choice.radius)]:
            yield Mistake(_("A radius is per cent of the width of the picture, from 0 to 100."), wide, "radius")

    def _say_all_are_right(self, sentence):
        # Other systems let people mark anywhere: their questions have no places that are not right.
        return Unfinished(sentence, [])


def marks_of(item, rows=()):
    """Return the Marks of a paper's item; with the ReviewRows of a review, with what came of each.

    While it may not be told which are right, radii are shown of all places or of none: where only the right ones have
    one, they would tell.
    """
    image = item.get("image", {})
    shape = Decimal(image.get("width") or 1) / Decimal(image.get("height") or 1)
    verdicts = {row.number: row.verdict for row in rows}
    is_told = any(row.verdict in (RIGHT, MISSED) for row in rows)
    has_radii = is_told or all(option["radius"] for option in item["options"])
    return [
        Hotspot(
            number,
            option["key"],
            f"{option['x']}%",
            f"{option['y']}%",
            f"{option['radius']}%" if has_radii and option["radius"] else "",
            # A circle on the picture, whose sides differ.
            f"{_written(round(Decimal(option['radius']) * shape, 3))}%" if has_radii and option["radius"] else "",
            is_right=verdicts.get(str(number)) in (RIGHT, MISSED),
            is_chosen=verdicts.get(str(number)) in (RIGHT, WRONG, CHOSEN),
        )
        for number, option in enumerate(item["options"], start=1)
        if option["x"] and option["y"]
    ]


def _written(number):
    """Return a number of a place as papers hold it, without idle zeros; nothing where there is none."""
    return "" if number is None else format(number.normalize(), "f")


def _is_per_cent(number):
    return number is not None and 0 <= number <= 100
