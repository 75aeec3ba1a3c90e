"""Making a print of booklets and sheets in the background: so many people at a time, then one PDF of all of them.

Parts lie on the disk, and copies of this process print and join them: however large the group, the worker stays small.
"""

import tempfile
from dataclasses import dataclass
from functools import partial
from itertools import batched
from pathlib import Path

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import jobs
from certificates.pdf.combining import combine_pdfs
from certificates.pdf.rendering import run_in_processes
from course.models import PaperPrint, PaperSheet

from .printing import papers_pdf

_SORRY = gettext_lazy("The sheets could not be printed. Nothing is lost. Try again.")
PEOPLE_A_PART = 20
PARTS_AT_ONCE = 8


@dataclass(frozen=True)
class Part:
    """What another process needs to know to print some of the sheets into a file."""

    codes: tuple[str, ...]
    paper_size: str
    file: Path


@dataclass(frozen=True)
class Whole:
    """What another process needs to know to join the parts."""

    parts: list[Path]
    file: Path
    language: str


def make_print(print_id, *, processes=None):
    """Make a print, unless it is finished or somebody gave a sign of life for it lately. Twice is once."""
    processes = settings.PRINTING_PROCESSES if processes is None else processes
    jobs.do(PaperPrint, print_id, partial(_make, processes=processes), sorry=_SORRY)


def _make(papers, *, processes):
    with tempfile.TemporaryDirectory() as folder:
        pdf = _print_in_parts(papers, Path(folder), processes)
        jobs.finish(papers, pdf=pdf.read_bytes(), done=len(papers.sheets))


def _print_in_parts(papers, folder, processes):
    chunks = list(batched(papers.sheets, PEOPLE_A_PART, strict=False))
    parts = [Part(codes, papers.paper_size, folder / f"{number}.pdf") for number, codes in enumerate(chunks)]
    done = 0
    # Some at a time: copies keep what they printed, and there is a longest time that they may take together.
    for some in batched(parts, PARTS_AT_ONCE, strict=False):
        for people in run_in_processes(print_part, some, processes=processes):
            done += people
            jobs.give_a_sign(papers, done=done)
    language = PaperSheet.objects.values_list("attempt__language", flat=True).get(code=papers.sheets[0])
    [pdf] = run_in_processes(
        join_parts, [Whole([part.file for part in parts], folder / "all.pdf", language)], processes=processes
    )
    return pdf


def print_part(part):
    """Print some sheets into a file; return how many."""
    sheets = PaperSheet.objects.select_related("cohort", "attempt__learner").in_bulk(part.codes, field_name="code")
    in_order = [sheets[code] for code in part.codes]
    part.file.write_bytes(papers_pdf(in_order, paper_size=part.paper_size, now=timezone.now()))
    return len(in_order)


def join_parts(whole):
    """Join printed parts into one file and return it."""
    with translation.override(whole.language):
        title = _("Booklets and answer sheets")
    parts = (part.read_bytes() for part in whole.parts)
    whole.file.write_bytes(combine_pdfs(parts, title=title, language=whole.language, on_both_sides=True))
    return whole.file
