"""Right sides of pairs, which have no format in Moodle."""

import re

from django.utils.html import escape

from quizzes.importing.parts.html import read_right_side, seems_html


def write_right_side(marked):
    """Return the words of a text; characters that look like HTML are escaped."""
    words = re.sub(r"\\([!-/:-@\[-`{-~])|\*", lambda sign: sign[1] or "", marked)
    return escape(words) if seems_html(words) else words


def loses_marks(marked):
    return read_right_side(write_right_side(marked)) != " ".join(marked.split())
