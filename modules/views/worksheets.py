"""Worksheets and *Practicar*."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from modules.models import ModulePage, Worksheet
from modules.pdf.worksheets import PAPERS, find_printable, practice_pdf, printable_pdf, printables_in
from modules.progress.outline import course_structure, page_path
from modules.rendering.practice import practice_of
from modules.rendering.references import references_of
from modules.wording import language_mark
from quizzes.base.languages import other_than_readers
from quizzes.base.view_registry import shows

from .course import for_learners, role_of


@for_learners
def show_practice(request, module):
    """Words to say, cards for two colleagues and the if-then card, for one's own job first."""
    module = _requested_module(module)
    references = references_of(module.practice, language=module.locale.language_code)
    context = {
        "module": module,
        "module_url": page_path(module),
        "practice": practice_of(module, role_of(request)),
        "lang": language_mark(module.locale.language_code),
        "text_language": other_than_readers(module.locale.language_code),
        "terms": references.names,
        "references": references,
    }
    return render(request, "modules/practice.html", context)


@for_learners
def show_practice_pdf(request, module):
    """The cards as PDF, four to a page, on Letter unless `?papel=a4`."""
    module, paper = _requested_module(module), request.GET.get("papel", "").lower()
    pdf = practice_pdf(module, paper=paper if paper in PAPERS else "letter")
    headers = {"Content-Disposition": f'inline; filename="practicar-{module.slug}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _requested_module(slug):
    module = course_structure().page_at(get_language(), slug)
    if not isinstance(module, ModulePage) or not module.practice:
        raise Http404
    return module


@for_learners
def show_printables(request):
    """Every sheet, with what it is for."""
    return render(request, "modules/printables/list.html", {"printables": printables_in(get_language())})


@for_learners
def show_printable(request, identifier):
    """A sheet to read on a phone; its checklists can be gone through in the page."""
    return render(request, "modules/printables/page.html", page_context(_requested_sheet(identifier)))


@for_learners
def show_pdf(request, identifier):
    """A sheet as PDF, on Letter unless `?papel=a4`."""
    printable, paper = _requested_sheet(identifier), request.GET.get("papel", "").lower()
    pdf = printable_pdf(printable, paper=paper if paper in PAPERS else "letter")
    headers = {"Content-Disposition": f'inline; filename="{printable.identifier}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@shows(Worksheet, "preview")
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


def _requested_sheet(identifier):
    printable = find_printable(identifier, get_language())
    if printable is None:
        raise Http404
    return printable
