"""The right side of a pair, which has no format in Moodle: its words, as a list to choose from shows them."""

import re

from django.utils.html import escape

from quizzes.importing.parts.html import read_right_side, seems_html


def write_right_side(marked):
    """Return what Moodle is to show of a text in our marks; signs that it would take for HTML are hidden from it."""
    words = re.sub(r"\\([!-/:-@\[-`{-~])|\*", lambda sign: sign[1] or "", marked)
    return escape(words) if seems_html(words) else words


def loses_marks(marked):
    """Whether a right side does not come back as it was: bold and italic have no place there."""
    return read_right_side(write_right_side(marked)) != " ".join(marked.split())
