"""Sign-in sheet of a session."""

import hashlib

from django.template.loader import render_to_string
from django.utils import translation

from course.paper.printing import style_of
from course.people.cohorts import learners_of
from modules.pdf.renderer import render_pdf

from .modules import counting_words, modules_of

FREE_ROWS = 5


def sign_in_pdf(session, *, paper_size, language):
    with translation.override(language):
        html = render_to_string(
            "desk/sessions/sign_in_print.html",
            {
                "session": session,
                "language": language,
                "modules": modules_of(session),
                "counts": counting_words(session),
                "learners": learners_of(session.cohort),
                "free_rows": range(FREE_ROWS),
            },
        )
    return render_pdf(
        html, css=style_of("sign_in.css", paper_size), identifier=hashlib.sha256(html.encode()).digest()[:16]
    )
