"""Descriptions of Moodle, which ask nothing: each may be a case of the questions behind it."""

from django.utils.translation import gettext as _

from quizzes.base.markup import escape_markup

from .cases import find_dialogue, title_of
from .moodle_texts import MoodleTexts
from .reading import ReadCase
from .xml import text_of


def read_description(element, place, name):
    """Return a ReadCase and the sentences about what was lost."""
    texts = MoodleTexts()
    text = texts.read(element.find("questiontext"), image=True)
    if not text and not texts.image:
        text = escape_markup(name)
    text, dialogue = find_dialogue(text)
    case = ReadCase(place, title_of(name, text or dialogue), text, text_of(element, "idnumber"), dialogue)
    case.image, case.image_text = texts.image, texts.image_text if texts.image else ""
    if texts.read(element.find("generalfeedback")):
        texts.warnings.append(_("A case has no feedback: that of this text was left out."))
    if element.find("tags/tag") is not None or element.find("coursetags/tag") is not None:
        texts.warnings.append(_("Its tags were left out."))
    return case, texts.warnings
