"""Worksheets and practice cards."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from modules.labels import lang_attribute
from modules.models import ModulePage, Worksheet
from modules.pdf.worksheets import PAPER_SIZES, find_worksheet, get_practice_pdf, get_worksheet_pdf, get_worksheets
from modules.progress.outline import get_course_structure, page_path
from modules.rendering.practice import get_practice
from modules.rendering.references import find_references
from quizzes.base.languages import foreign_language
from quizzes.base.view_registry import serves

from .course import get_role, learner_required


@learner_required
def show_practice(request, module):
    module = _get_module(module)
    references = find_references(module.practice, language=module.locale.language_code)
    context = {
        "module": module,
        "module_url": page_path(module),
        "practice": get_practice(module, get_role(request)),
        "lang": lang_attribute(module.locale.language_code),
        "text_language": foreign_language(module.locale.language_code),
        "terms": references.names,
        "references": references,
    }
    return render(request, "modules/worksheets/practice.html", context)


@learner_required
def show_practice_pdf(request, module):
    module, paper = _get_module(module), request.GET.get("papel", "").lower()
    pdf = get_practice_pdf(module, paper=paper if paper in PAPER_SIZES else "letter")
    headers = {"Content-Disposition": f'inline; filename="practicar-{module.slug}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _get_module(slug):
    module = get_course_structure().page_at(get_language(), slug)
    if not isinstance(module, ModulePage) or not module.practice:
        raise Http404
    return module


@learner_required
def show_worksheets(request):
    return render(request, "modules/worksheets/list.html", {"printables": get_worksheets(get_language())})


@learner_required
def show_worksheet(request, identifier):
    return render(request, "modules/worksheets/worksheet.html", worksheet_context(_get_worksheet(identifier)))


@learner_required
def show_worksheet_pdf(request, identifier):
    worksheet, paper = _get_worksheet(identifier), request.GET.get("papel", "").lower()
    pdf = get_worksheet_pdf(worksheet, paper=paper if paper in PAPER_SIZES else "letter")
    headers = {"Content-Disposition": f'inline; filename="{worksheet.identifier}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@serves(Worksheet, "preview")
def worksheet_context(worksheet):
    language = worksheet.locale.language_code
    references = find_references(worksheet.intro, worksheet.body, language=language)
    return {
        "printable": worksheet,
        "lang": lang_attribute(language),
        "text_language": foreign_language(language),
        "terms": references.names,
        "references": references,
    }


def _get_worksheet(identifier):
    worksheet = find_worksheet(identifier, get_language())
    if worksheet is None:
        raise Http404
    return worksheet
