"""Booklets and answer sheets as one PDF, made in the background and kept for a day."""

import hashlib
import io
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import batched
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from certificates.pdf.combining import combine_pdfs
from certificates.pdf.rendering import qr_matrix, run_in_processes
from course.jobs import job, request_job, send_heartbeat, visible_jobs
from course.models import PaperSheet
from modules.pdf.renderer import ImageXObject, draw_cells, render_pdf
from quizzes.models import FrozenImage

from .addresses import printed_address
from .lettering import PaperQuestion, on_sheet, paper_to_ask, questions_of
from .sheets import grouped, is_waiting, sheets_of

FILE_KEPT = timedelta(days=1)
PEOPLE_A_PART = 20
PARTS_AT_ONCE = 8
_STYLESHEETS = Path(__file__).parent
PAPERS = {"letter": "Letter", "a4": "A4"}
_INK = "#000000"


class NothingToPrint(ValueError):
    """The message is for the user."""


def waiting_sheets(cohort, quiz_key):
    """Return the sheets of a group and quiz that are not keyed in completely, by surname."""
    return [sheet for sheet in sheets_of(cohort, quiz_key) if is_waiting(sheet)]


def request_sheets(cohort, quiz_key, *, paper_size, by, language, now):
    """Return the Job that prints all waiting sheets; an earlier one whose file is still there is returned again.

    Raises NothingToPrint.
    """
    sheets = waiting_sheets(cohort, quiz_key)
    if not sheets:
        raise NothingToPrint(_("There is no sheet to print. Make the sheets first."))
    # A sheet in its second chance is printed with other questions under the same code.
    asked = [[sheet.code, *sheet.attempt.snapshot.get("second", ())] for sheet in sheets]
    params = {
        "quiz_key": str(quiz_key),
        "sheets": [sheet.code for sheet in sheets],
        "paper_size": paper_size,
        "people": [sheet.attempt.learner_id for sheet in sheets],
    }
    return request_job(
        "sheets",
        cohort,
        asked=[paper_size, asked],
        reuse=Q(problem="") & (Q(finished_at=None) | Q(file__isnull=False, expires_at__gte=now)),
        new=lambda: (params, len(sheets)),
        by=by,
        language=language,
        now=now,
    )


def recent_prints(user, cohort, quiz_key, *, now):
    """Return the jobs of a quiz that are unfinished or whose file is still there."""
    jobs = visible_jobs(user, cohort).filter(kind="sheets", requested_at__gt=now - FILE_KEPT, problem="")
    return [job for job in jobs if job.params["quiz_key"] == str(quiz_key)]


@dataclass(frozen=True)
class Part:
    """Arguments of a child process that prints some of the sheets into a file."""

    codes: tuple[str, ...]
    paper_size: str
    file: Path


@dataclass(frozen=True)
class Whole:
    """Arguments of a child process that joins the parts."""

    parts: list[Path]
    file: Path
    language: str


@job(
    "sheets",
    failed=gettext_lazy("The sheets could not be printed. Nothing is lost. Try again."),
    keeps=FILE_KEPT,
)
def make_sheets(job):
    """Print parts in child processes, so that the worker stays small however large the group."""
    codes, processes = job.params["sheets"], settings.PRINTING_PROCESSES
    with tempfile.TemporaryDirectory() as folder:
        parts = [
            Part(chunk, job.params["paper_size"], Path(folder) / f"{number}.pdf")
            for number, chunk in enumerate(batched(codes, PEOPLE_A_PART, strict=False))
        ]
        done = 0
        # Some at a time: a child keeps its memory until its pool ends, and a pool has a time limit.
        for some in batched(parts, PARTS_AT_ONCE, strict=False):
            for people in run_in_processes(print_part, some, processes=processes):
                done += people
                send_heartbeat(job, done=done)
        language = PaperSheet.objects.values_list("attempt__language", flat=True).get(code=codes[0])
        whole = Whole([part.file for part in parts], Path(folder) / "all.pdf", language)
        [pdf] = run_in_processes(join_parts, [whole], processes=processes)
        return {"file": pdf.read_bytes(), "done": len(codes)}


def print_part(part):
    """Print some sheets into a file; return how many."""
    sheets = PaperSheet.objects.select_related("cohort", "attempt__learner").in_bulk(part.codes, field_name="code")
    in_order = [sheets[code] for code in part.codes]
    part.file.write_bytes(papers_pdf(in_order, paper_size=part.paper_size, now=timezone.now()))
    return len(in_order)


def join_parts(whole):
    with translation.override(whole.language):
        title = _("Booklets and answer sheets")
    parts = (part.read_bytes() for part in whole.parts)
    whole.file.write_bytes(combine_pdfs(parts, title=title, language=whole.language, on_both_sides=True))
    return whole.file


@dataclass(frozen=True)
class PrintedSheet:
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
