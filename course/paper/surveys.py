"""Anonymous paper sheet of the survey, the same for everybody."""

import hashlib

from django.template.loader import render_to_string
from django.utils import translation

from course.models import Wave
from modules.pdf.renderer import render_pdf
from quizzes.surveys.asking import asked_blocks

from .printing import style_of

# Font sizes in points: the largest one is used that fits on two sides.
_SIZES = (11.5, 11, 10.5, 10, 9.5, 9)
_SIDES = 2


def survey_sheet_pdf(wording, wave, *, paper_size, language):
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
