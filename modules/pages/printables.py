"""The pages of the sheets to print, for whoever may study the course."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from modules.models import Printable
from modules.paper.listing import find_printable, printables_in
from modules.paper.printables import PAPERS, printable_pdf
from modules.reading.references import references_of
from modules.wording.translations import language_mark
from quizzes.base.languages import other_than_readers
from quizzes.base.view_registry import shows

from .reading import for_learners


@for_learners
def show_printables(request):
    """Every sheet, with what it is for."""
    return render(request, "modules/printables/list.html", {"printables": printables_in(get_language())})


@for_learners
def show_printable(request, identifier):
    """A sheet to read on a phone; its checklists can be gone through in the page."""
    return render(request, "modules/printables/page.html", page_context(_found(identifier)))


@for_learners
def show_pdf(request, identifier):
    """A sheet as PDF, on Letter unless `?papel=a4`."""
    printable, paper = _found(identifier), request.GET.get("papel", "").lower()
    pdf = printable_pdf(printable, paper=paper if paper in PAPERS else "letter")
    headers = {"Content-Disposition": f'inline; filename="{printable.identifier}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@shows(Printable, "preview")
def page_context(printable):
    """Return what the page of a sheet shows; the editor's preview shows the same."""
    language = printable.locale.language_code
    references = references_of(printable.intro, printable.body, language=language)
    return {
        "printable": printable,
        "lang": language_mark(language),
        "text_language": other_than_readers(language),
        "terms": references.names,
        "references": references,
    }


def _found(identifier):
    printable = find_printable(identifier, get_language())
    if printable is None:
        raise Http404
    return printable
