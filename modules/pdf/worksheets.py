"""Worksheets and practice cards as PDF."""

import hashlib
from functools import cache
from itertools import batched
from pathlib import Path

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils import translation

from modules.labels import rows_in_language
from modules.models import Worksheet
from modules.rendering.practice import get_pair_cards
from modules.rendering.references import find_references
from modules.weave import CELLS, MOTIFS, band_paths

from .renderer import render_pdf

PAPER_SIZES = {"letter": "Letter", "a4": "A4"}
# In points. A wall sheet is read from afar; below 9 points a sheet takes more pages instead.
FONT_SIZES = tuple(half / 2 for half in range(44, 17, -1))
# Forms need room to write by hand.
FONT_SIZES_OF_FORMS = tuple(size for size in FONT_SIZES if size <= 15)
# Such as the address of the centre and a date, on a sheet that is otherwise only read.
MAX_FIELDS_OF_READING = 2
# The key is a digest of the content, so an entry is never outdated.
CACHE_SECONDS = 24 * 60 * 60
_BAND = "sheet:band"


def get_worksheet_pdf(worksheet, *, paper):
    html, css = render_worksheet(worksheet), get_sheet_css(PAPER_SIZES[paper], worksheet.orientation)
    digest = hashlib.sha256("\0".join([html, css, str(worksheet.pages)]).encode())
    return caches["sheets"].get_or_set(
        digest.hexdigest(),
        lambda: render_pdf(
            html,
            css=css,
            drawings=get_sheet_drawings(),
            identifier=digest.digest()[:16],
            sizes=FONT_SIZES_OF_FORMS if _is_form(worksheet.body) else FONT_SIZES,
            pages=worksheet.pages,
        ),
        CACHE_SECONDS,
    )


def _is_form(body):
    fields = sum(len(block.value["fields"]) for block in body if block.block_type == "blanks")
    return fields > MAX_FIELDS_OF_READING or any(
        block.block_type in ("table", "checklist", "signatures") for block in body
    )


def render_worksheet(worksheet):
    language = worksheet.locale.language_code
    with translation.override(language):
        context = {
            "printable": worksheet,
            "language": language,
            "references": find_references(worksheet.intro, worksheet.body, language=language),
            "on_paper": True,
            "in_scene": True,
        }
        return render_to_string("modules/worksheets/document.html", context)


@cache
def get_sheet_css(paper, orientation):
    rules = (Path(__file__).parent / "sheet.css").read_text(encoding="utf-8")
    return f"{rules}@page {{ size: {paper} {orientation} }}"


@cache
def get_sheet_drawings():
    return ((_BAND, _band()),)


def _band():
    paths, width = band_paths(tuple(MOTIFS))
    threads = "".join(d for _number, _colour, d in paths)
    view = f'viewBox="0 0 {width} {CELLS + 2}" width="{width}" height="{CELLS + 2}" shape-rendering="crispEdges"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view}><path d="{threads}"/></svg>'


CARDS_PER_PAGE = 4
# In millimetres: two rows within the margins.
CARD_HEIGHTS = {"letter": 131, "a4": 140}
# In points, for all cards the size at which the longest fits.
CARD_FONT_SIZES = (17, 16, 15, 14, 13, 12, 11, 10, 9)


def get_practice_pdf(module, *, paper):
    pages = paginate_cards(get_pair_cards(module))
    language = module.locale.language_code
    with translation.override(language):
        context = {"module": module, "pages": pages, "language": language, "on_paper": True, "in_scene": True}
        html = render_to_string("modules/worksheets/practice_document.html", context)
    css = (Path(__file__).parent / "practice.css").read_text(encoding="utf-8")
    css += f"@page {{ size: {PAPER_SIZES[paper]} }} .card {{ min-height: {CARD_HEIGHTS[paper]}mm }}"
    digest = hashlib.sha256(f"{html}\0{css}".encode())
    return caches["sheets"].get_or_set(
        digest.hexdigest(),
        lambda: render_pdf(html, css=css, identifier=digest.digest()[:16], sizes=CARD_FONT_SIZES, pages=len(pages)),
        CACHE_SECONDS,
    )


def paginate_cards(cards):
    """Return pages of rows of two cards; None is an empty if-then card."""
    filled = [*cards, *[None] * (-len(cards) % CARDS_PER_PAGE or (0 if cards else CARDS_PER_PAGE))]
    return [[list(row) for row in page] for page in batched(batched(filled, 2), 2)]


def get_worksheets(language):
    rows = rows_in_language(Worksheet.objects.filter(live=True).defer("body"), language)
    return sorted(rows, key=lambda worksheet: (worksheet.sort_order, worksheet.pk))


def find_worksheet(identifier, language):
    return next(iter(rows_in_language(Worksheet.objects.filter(live=True, identifier=identifier), language)), None)
