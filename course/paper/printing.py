"""The PDF that is copied and handed out: for each person a booklet with the questions and a sheet to tick."""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation
from PIL import Image

from certificates.pdf.rendering import qr_matrix
from course.models import PaperSheet
from modules.pdf.renderer import ImageXObject, draw_cells, render_pdf
from quizzes.models import FrozenImage

from .addresses import printed_address
from .lettering import PaperQuestion, on_sheet, paper_to_ask, questions_of
from .sheets import grouped

_STYLESHEETS = Path(__file__).parent
PAPERS = {"letter": "Letter", "a4": "A4"}
_INK = "#000000"


@dataclass(frozen=True)
class PrintedSheet:
    """What is printed for one person."""

    sheet: PaperSheet
    questions: list[PaperQuestion]
    to_tick: list[PaperQuestion]

    @property
    def snapshot(self):
        return paper_to_ask(self.sheet.attempt)

    @property
    def learner(self):
        return self.sheet.attempt.learner

    @property
    def code(self):
        return grouped(self.sheet.code)

    @property
    def qr(self):
        return f"sheet:qr/{self.sheet.code}"


def papers_pdf(sheets, *, paper_size, now):
    """Return the bytes of the tagged PDF of sheets (with their attempts and people), a booklet and a sheet each."""
    asked = [(sheet, paper_to_ask(sheet.attempt)) for sheet in sheets]
    printed = [PrintedSheet(sheet, questions_of(paper), on_sheet(paper)) for sheet, paper in asked]
    language = sheets[0].attempt.language
    with translation.override(language):
        html = render_to_string("desk/paper/print.html", {"printed": printed, "language": language, "now": now})
    forms = [(one.qr, draw_cells(qr_matrix(address_of(one.sheet)), colour=_INK)) for one in printed]
    return render_pdf(
        html,
        css=style_of("papers.css", paper_size),
        own_css=_place_marks(printed),
        forms=[*forms, *_pictures(printed)],
        identifier=hashlib.sha256(html.encode()).digest()[:16],
    )


def address_of(sheet):
    """Return what the QR of a sheet holds: the page where it is keyed in."""
    return printed_address("desk_sheet", sheet.code)


@cache
def style_of(name, paper_size):
    """Return a style sheet of print for a size of paper."""
    return f"@page {{ size: {PAPERS[paper_size]} }}{(_STYLESHEETS / name).read_text(encoding='utf-8')}"


def picture_name(digest):
    return f"sheet:image/{digest}"


def spot_name(mark):
    """Return the class of what is printed where a mark is on its picture."""
    # The point and the end of a number differ: 1.2 and 53 is another place than 1 and 2.53.
    return "at-" + f"{mark.x}{mark.y}".translate({ord("."): "_", ord("%"): "-"})


def _place_marks(printed):
    marks = [mark for one in printed for question in one.questions for _letter, mark in question.marks]
    return "".join({f".{spot_name(mark)} {{ left: {mark.x}; top: {mark.y} }}": None for mark in marks})


def _pictures(printed):
    shown = [question.item for one in printed for question in one.questions]
    shown += [case for one in printed for case in one.snapshot["cases"].values()]
    digests = {thing.get("image", {}).get("digest") for thing in shown}
    images = FrozenImage.objects.in_bulk(digests - {"", None})
    return [(picture_name(digest), _picture(image)) for digest, image in images.items()]


def _picture(image):
    with Image.open(io.BytesIO(image.content)) as stored:
        flat = Image.new("RGB", stored.size, "white")
        flat.paste(stored, mask=stored.convert("RGBA").getchannel("A"))
    jpeg = io.BytesIO()
    flat.save(jpeg, "JPEG", quality=88)
    return ImageXObject(jpeg.getvalue(), width=flat.width, height=flat.height)
