"""The sheet for the wall: the plan filled in on one page across; what is not known yet is left to a pen."""

import hashlib
from functools import cache
from pathlib import Path

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils import translation

from modules.pdf.renderer import render_pdf
from modules.pdf.worksheets import CACHE_SECONDS, FONT_SIZES_OF_FORMS, PAPER_SIZES, get_sheet_css, get_sheet_drawings

# Of what was done, the latest.
SHOWN_DONE = 4


def wall_sheet_pdf(plan, *, paper, language):
    """Return the bytes of the tagged PDF on `paper` (of `PAPERS`), in a language."""
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
    """Return the document that is printed."""
    context = {"plan": plan, "language": language, "done": plan.done[:SHOWN_DONE], "free": range(plan.free)}
    with translation.override(language):
        return render_to_string("plans/wall_sheet.html", context)


@cache
def _style(paper):
    return get_sheet_css(paper, "landscape") + (Path(__file__).parent / "wall.css").read_text(encoding="utf-8")
