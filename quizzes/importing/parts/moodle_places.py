"""Markers on a picture in Moodle XML («ddmarker»)."""

from decimal import Decimal
from math import sqrt

from django.utils.translation import gettext as _

from .images import find_image_problem, size_of
from .moodle_texts import decode_file
from .reading import ReadChoice, ReadImage, Skipped, read_number
from .xml import text_of


def read_markers(question, element, texts):
    """Read markers of one name: each drop zone is a right place; an editor adds the wrong ones."""
    question.kind = "places"
    if question.image:
        texts.warnings.append(_("An image was left out: a question has one, and options and feedback have none."))
    question.image, question.image_text = _read_picture(element), ""
    texts.warnings.append(_("Nobody described its image: write what it shows, then publish. Until then it is a draft."))
    width, height = size_of(question.image)
    for x, y, radius in _read_areas(element, texts):
        question.choices.append(
            ReadChoice(
                _("Place %(number)d") % {"number": len(question.choices) + 1},
                is_correct=True,
                x=_per_cent(x, width),
                y=_per_cent(y, height),
                radius=_per_cent(radius, width) or None,
            )
        )
    texts.warnings.append(_("Its places have no names in Moodle: write for each of them what it is."))


def _read_picture(element):
    file = element.find("file")
    if file is None:
        raise Skipped(_("It has no picture to put markers on."))
    image = ReadImage(file.get("name") or "imagen", decode_file(file.text or ""))
    if problem := find_image_problem(image):
        raise Skipped(problem)
    return image


def _read_areas(element, texts):
    names = {text_of(drag, "no"): text_of(drag, "text") for drag in element.findall("drag")}
    drops = [drop for drop in element.findall("drop") if text_of(drop, "choice") in names]
    used = dict.fromkeys(names[text_of(drop, "choice")] for drop in drops)
    if len(used) > 1:
        sentence = _("It has markers of several names (“%(names)s”), and here a question asks for one sort of place.")
        raise Skipped(sentence % {"names": _("”, “").join(used)})
    if left := [name for name in names.values() if name not in used]:
        texts.warnings.append(
            _("A marker that belongs nowhere was left out: “%(name)s”.") % {"name": _("”, “").join(left)[:80]}
        )
    areas = [_read_area(text_of(drop, "shape"), text_of(drop, "coords")) for drop in drops]
    if any(text_of(drop, "shape") != "circle" for drop in drops):
        texts.warnings.append(_("Its areas became points with a radius."))
    return areas


def _read_area(shape, coords):
    points = [[read_number(number) for number in part.split(",")] for part in coords.split(";")]
    try:
        if any(number is None for point in points for number in point):
            raise ValueError
        match shape, points:
            case "circle", [[x, y], [radius]]:
                return x, y, abs(radius)
            case "rectangle", [[x, y], [wide, high]]:
                return x + wide / 2, y + high / 2, min(abs(wide), abs(high)) / 2
            case "polygon", [_a, _b, _c, *_more]:
                return _middle_of([(x, y) for x, y in points])
    except (ValueError, ArithmeticError):
        pass
    sentence = _("Where its markers belong can’t be read: “%(shape)s %(coords)s”.")
    raise Skipped(sentence % {"shape": shape[:20], "coords": coords[:40]})


def _middle_of(points):
    around = list(zip(points, [*points[1:], points[0]], strict=True))
    area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in around)) / 2
    x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    return x, y, Decimal(sqrt(area / Decimal("3.14159")))


def _per_cent(part, whole):
    return min(max(round(100 * Decimal(part) / whole, 3), Decimal(0)), Decimal(100))
