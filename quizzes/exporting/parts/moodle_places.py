"""Places in a picture in Moodle XML: one marker («ddmarker»)."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.importing.parts.images import size_of

from .moodle_elements import write_common_feedback, write_file, write_tag, write_text

# Per cent of the width, about a finger on a phone.
USUAL_RADIUS = 5


def find_place_losses(question):
    yield _("In Moodle people put a marker anywhere in the picture: the names of its places stay here.")
    if wrong := [choice for choice in question.choices if not choice.is_correct]:
        yield ngettext(
            "Moodle has no place that is not right: “%(names)s” stays here.",
            "Moodle has no places that are not right: “%(names)s” stay here.",
            len(wrong),
        ) % {"names": _("”, “").join(choice.text for choice in wrong)}
    if any(choice.feedback for choice in question.choices):
        yield _("Moodle has no feedback for each place.")
    if any(choice.fraction is not None for choice in question.choices):
        yield _("In Moodle each right place earns alike, and none takes points away.")
    if question.image_text:
        yield _("Moodle has no words for the picture under its markers.")


def write_text_alone(question):
    return write_text("questiontext", question.text)


def write_markers(question):
    """Yield the picture, the marker and its right places, in pixels."""
    right = [choice for choice in question.choices if choice.is_correct]
    yield from write_common_feedback(question)
    yield write_file(question.image)
    yield (f"<drag><no>1</no>{write_tag('text', _('Here'))}<noofdrags>{len(right)}</noofdrags></drag>")
    width, height = size_of(question.image)
    for number, choice in enumerate(right, start=1):
        x, y = round(choice.x * width / 100), round(choice.y * height / 100)
        radius = max(round((choice.radius or USUAL_RADIUS) * width / 100), 1)
        yield (
            f"<drop><no>{number}</no><shape>circle</shape><coords>{x},{y};{radius}</coords><choice>1</choice></drop>"
        )
