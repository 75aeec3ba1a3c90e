"""The survey on paper: one sheet for everybody, without a name, a code, a number or a date, with figures to circle."""

import hashlib

from django.template.loader import render_to_string
from django.utils import translation

from course.models import Wave
from modules.pdf.renderer import render_pdf
from quizzes.surveys.asking import asked_blocks

from .printing import style_of

# Of the letters, in points: the largest at which a sheet fits on both of its sides.
_SIZES = (11.5, 11, 10.5, 10, 9.5, 9)
_SIDES = 2


def survey_sheet_pdf(wording, wave, *, paper_size, language):
    """Return the bytes of the tagged PDF of the sheet of a wave: always the same, whoever prints it and when."""
    blocks = asked_blocks(wording.contents, wave, language=language)
    with translation.override(language):
        context = {"blocks": blocks, "wave": Wave(wave), "language": language}
        html = render_to_string("desk/survey/sheet_paper.html", context)
    return render_pdf(
        html,
        css=style_of("surveys.css", paper_size),
        identifier=hashlib.sha256(html.encode()).digest()[:16],
        sizes=_SIZES,
        pages=_SIDES,
    )
