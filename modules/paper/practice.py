"""The cards of a module for two colleagues as a PDF, four to a page; what room is left gets empty if-then cards."""

import hashlib
from pathlib import Path

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils import translation

from modules.reading.practising import pair_cards_of

from .press import print_pdf
from .printables import KEPT_SECONDS, PAPERS

CARDS_A_PAGE = 4
# The height of a card in millimetres: two rows of them stand within the margins.
HEIGHTS = {"letter": 131, "a4": 140}
# In points: where a card is longer than its place, the letters of all are smaller.
SIZES = (17, 16, 15, 14, 13, 12, 11, 10, 9)


def practice_pdf(module, *, paper):
    """Return the PDF of a module's cards on `paper` (of `PAPERS`), from the cache of this process where it is there."""
    pages = pages_of_cards(pair_cards_of(module))
    language = module.locale.language_code
    with translation.override(language):
        # Nothing can be followed on paper: a source is its number.
        context = {"module": module, "pages": pages, "language": language, "on_paper": True, "in_scene": True}
        html = render_to_string("modules/printables/practice.html", context)
    css = (Path(__file__).parent / "practice.css").read_text(encoding="utf-8")
    css += f"@page {{ size: {PAPERS[paper]} }} .card {{ min-height: {HEIGHTS[paper]}mm }}"
    digest = hashlib.sha256(f"{html}\0{css}".encode())
    return caches["sheets"].get_or_set(
        digest.hexdigest(),
        lambda: print_pdf(html, css=css, identifier=digest.digest()[:16], sizes=SIZES, pages=len(pages)),
        KEPT_SECONDS,
    )


def pages_of_cards(cards):
    """Return [[row of two]]: the cards on their pages, and None for each empty if-then card."""
    filled = [*cards, *[None] * (-len(cards) % CARDS_A_PAGE or (0 if cards else CARDS_A_PAGE))]
    rows = [filled[start : start + 2] for start in range(0, len(filled), 2)]
    return [rows[start : start + 2] for start in range(0, len(rows), 2)]
