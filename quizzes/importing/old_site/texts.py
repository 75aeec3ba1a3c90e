"""Texts of the old site in our marks. Its pages showed them as they stand; some editors wrote HTML all the same."""

from django.utils.translation import gettext as _

from quizzes.importing.parts.html import check_length, convert_html, is_html
from quizzes.importing.parts.reading import Skipped
from quizzes.wording.marks import escape_marks


def to_marks(text, *, line=False, lost=None):
    """Return a text in our marks; what did not come over is added to the list `lost`, in words. Raises Skipped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    check_length(text)
    if not is_html(text):
        return escape_marks(" ".join(text.split()) if line else text)
    converted = convert_html(text, line=line)
    if lost is not None:
        lost += converted.losses
        lost += [_("An image inside the text was left out.")] * bool(converted.images)
    return converted.text


def forgiving(text, *, line=False):
    """Return a text in our marks, or nothing where it is too long: for what no question depends on."""
    try:
        return to_marks(text, line=line)
    except Skipped:
        return ""
