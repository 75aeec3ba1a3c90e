"""Worksheets and practice cards as PDF."""

import hashlib
from functools import cache
from pathlib import Path

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils import translation

from modules.models import Worksheet
from modules.rendering.practice import pair_cards_of
from modules.rendering.references import references_of
from modules.weave import CELLS, MOTIFS, band_paths
from modules.wording import rows_in

from .renderer import print_pdf

PAPERS = {"letter": "Letter", "a4": "A4"}
# In points. What hangs on a wall is read from afar; below 9 nobody reads comfortably: then the sheet takes more paper.
SIZES = tuple(half / 2 for half in range(44, 17, -1))
# Where people write by hand they need the room that larger letters would take.
SIZES_TO_WRITE_ON = tuple(size for size in SIZES if size <= 15)
# Such as the address of the centre and a date, on what else is only read.
FEW_FIELDS = 2
# A day: what a sheet is made of is part of its key, so a kept one is never an old one.
KEPT_SECONDS = 24 * 60 * 60
_BAND = "sheet:band"


def printable_pdf(printable, *, paper):
    """Return the PDF of a sheet on `paper` (of `PAPERS`), from the cache of this process where it is there."""
    html, css = printable_html(printable), sheet_style(PAPERS[paper], printable.orientation)
    digest = hashlib.sha256("\0".join([html, css, str(printable.pages)]).encode())
    return caches["sheets"].get_or_set(
        digest.hexdigest(),
        lambda: print_pdf(
            html,
            css=css,
            drawings=sheet_drawings(),
            identifier=digest.digest()[:16],
            sizes=SIZES_TO_WRITE_ON if _is_written_on(printable.body) else SIZES,
            pages=printable.pages,
        ),
        KEPT_SECONDS,
    )


def _is_written_on(body):
    fields = sum(len(block.value["fields"]) for block in body if block.block_type == "blanks")
    return fields > FEW_FIELDS or any(block.block_type in ("table", "checklist", "signatures") for block in body)


def printable_html(printable):
    """Return the document that is printed, in the language of the sheet whatever the reader's."""
    language = printable.locale.language_code
    with translation.override(language):
        context = {
            "printable": printable,
            "language": language,
            "references": references_of(printable.intro, printable.body, language=language),
            "on_paper": True,
            # Nothing can be followed on paper: a source is its number.
            "in_scene": True,
        }
        return render_to_string("modules/printables/document.html", context)


@cache
def sheet_style(paper, orientation):
    """Return the rules by which every sheet is printed, on Letter or A4, lying as it is told."""
    rules = (Path(__file__).parent / "sheet.css").read_text(encoding="utf-8")
    return f"{rules}@page {{ size: {paper} {orientation} }}"


@cache
def sheet_drawings():
    """Return what those rules draw, as the press takes it."""
    return ((_BAND, _band()),)


def _band():
    """Return the weave in black, so that a photocopier keeps it."""
    paths, width = band_paths(tuple(MOTIFS))
    threads = "".join(d for _number, _colour, d in paths)
    view = f'viewBox="0 0 {width} {CELLS + 2}" width="{width}" height="{CELLS + 2}" shape-rendering="crispEdges"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view}><path d="{threads}"/></svg>'


CARDS_A_PAGE = 4
# The height of a card in millimetres: two rows of them stand within the margins.
HEIGHTS = {"letter": 131, "a4": 140}
# In points: where a card is longer than its place, the letters of all are smaller.
PRACTICE_SIZES = (17, 16, 15, 14, 13, 12, 11, 10, 9)


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
        lambda: print_pdf(html, css=css, identifier=digest.digest()[:16], sizes=PRACTICE_SIZES, pages=len(pages)),
        KEPT_SECONDS,
    )


def pages_of_cards(cards):
    """Return [[row of two]]: the cards on their pages, and None for each empty if-then card."""
    filled = [*cards, *[None] * (-len(cards) % CARDS_A_PAGE or (0 if cards else CARDS_A_PAGE))]
    rows = [filled[start : start + 2] for start in range(0, len(filled), 2)]
    return [rows[start : start + 2] for start in range(0, len(rows), 2)]


def printables_in(language):
    """Return the public sheets in the order that the editors gave them, in one query."""
    rows = rows_in(Worksheet.objects.filter(live=True).defer("body"), language)
    return sorted(rows, key=lambda printable: (printable.sort_order, printable.pk))


def find_printable(identifier, language):
    """Return the public sheet with this identifier, or None."""
    return next(iter(rows_in(Worksheet.objects.filter(live=True, identifier=identifier), language)), None)
