"""Slips for people to call, eight on a sheet."""

import hashlib

from django.template.loader import render_to_string
from django.utils import translation

from modules.pdf.renderer import render_pdf

from .printing import style_of


def slips_pdf(slips, *, paper_size, language):
    with translation.override(language):
        html = render_to_string("desk/slips_paper.html", {"slips": slips, "language": language})
    return render_pdf(
        html, css=style_of("slips.css", paper_size), identifier=hashlib.sha256(html.encode()).digest()[:16]
    )
