"""Places in a picture: choose the right ones."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from .base import CHOSEN, MISSED, RIGHT, WRONG, DraftProblem, ValidationProblem, freeze_option, freeze_share
from .choice import Multiple

# More would cover the picture, and the list would not fit on the screen of a phone.
MAX_HOTSPOTS = 12


@dataclass(frozen=True)
class Hotspot:
    """`x`, `y`, `rx` and `ry` are CSS percentages: «20%»; the booleans are set in a review only."""

    number: int
    key: str
    x: str
    y: str
    rx: str = ""
    ry: str = ""
    is_right: bool = False
    is_chosen: bool = False


class Places(Multiple):
    """The response is the list of the keys of the places chosen, in the order of the snapshot."""

    name = "places"
    place = 53
    label = _("Places in a picture")
    help = _(
        "Choose the image, and for each option the name of a place and where it is: right places and others, 12 at "
        "most. All of them are numbered on the picture and listed below it, also for people who can’t see it. Scored "
        "as multiple response."
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
                **{name: _format_number(getattr(choice, name)) for name in ("x", "y", "radius")},
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
        if len(choices) > MAX_HOTSPOTS:
            yield _("A picture has twelve places at most: more marks would cover it.")
        if misplaced := [choice for choice in choices if not (_is_per_cent(choice.x) and _is_per_cent(choice.y))]:
            yield ValidationProblem(
                _("Say where in the picture it is: from the left and from above, from 0 to 100."), misplaced, "x"
            )
        spots = [(choice.x, choice.y) for choice in choices]
        if same := [choice for choice in choices if choice.x is not None and spots.count((choice.x, choice.y)) > 1]:
            yield ValidationProblem(_("Two places are on the same spot of the picture."), same, "x")
        if wide := [choice for choice in choices if choice.radius is not None and not _is_per_cent(choice.radius)]:
            yield ValidationProblem(
                _("A radius is per cent of the width of the picture, from 0 to 100."), wide, "radius"
            )

    def _say_all_are_right(self, sentence):
        # Questions of other systems, where learners click anywhere, have no wrong places.
        return DraftProblem(sentence, [])


def get_hotspots(item, rows=()):
    """Return Hotspots; before verdicts, all have a radius or none, because only right ones may have one."""
    image = item.get("image", {})
    shape = Decimal(image.get("width") or 1) / Decimal(image.get("height") or 1)
    verdicts = {row.number: row.verdict for row in rows}
    shows_right = any(row.verdict in (RIGHT, MISSED) for row in rows)
    has_radii = shows_right or all(option["radius"] for option in item["options"])
    return [
        Hotspot(
            number,
            option["key"],
            f"{option['x']}%",
            f"{option['y']}%",
            f"{option['radius']}%" if has_radii and option["radius"] else "",
            f"{_format_number(round(Decimal(option['radius']) * shape, 3))}%" if has_radii and option["radius"] else "",
            is_right=verdicts.get(str(number)) in (RIGHT, MISSED),
            is_chosen=verdicts.get(str(number)) in (RIGHT, WRONG, CHOSEN),
        )
        for number, option in enumerate(item["options"], start=1)
        if option["x"] and option["y"]
    ]


def _format_number(number):
    return "" if number is None else format(number.normalize(), "f")


def _is_per_cent(number):
    return number is not None and 0 <= number <= 100
