"""PDF of a plan for the wall, one page."""

import hashlib
from functools import cache
from pathlib import Path

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils import translation

from modules.pdf.renderer import render_pdf
from modules.pdf.worksheets import CACHE_SECONDS, FONT_SIZES_OF_FORMS, PAPER_SIZES, get_sheet_css, get_sheet_drawings

SHOWN_DONE = 4


def wall_sheet_pdf(plan, *, paper, language):
    html, css = wall_sheet_html(plan, language=language), _style(PAPER_SIZES[paper])
    digest = hashlib.sha256(f"{html}\0{css}".encode())
    return caches["sheets"].get_or_set(
        digest.hexdigest(),
        lambda: render_pdf(
            html,
            css=css,
            drawings=get_sheet_drawings(),
            identifier=digest.digest()[:16],
            sizes=FONT_SIZES_OF_FORMS,
            pages=1,
        ),
        CACHE_SECONDS,
    )


def wall_sheet_html(plan, *, language):
    context = {"plan": plan, "language": language, "done": plan.done[:SHOWN_DONE], "free": range(plan.free)}
    with translation.override(language):
        return render_to_string("plans/wall_sheet.html", context)


@cache
def _style(paper):
    return get_sheet_css(paper, "landscape") + (Path(__file__).parent / "wall.css").read_text(encoding="utf-8")
