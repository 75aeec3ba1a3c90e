"""*Practicar*: what a module gives to say aloud, to try with a colleague and to resolve; nothing of it is sent."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from modules.models import ModulePage
from modules.paper.practice import practice_pdf
from modules.paper.printables import PAPERS
from modules.progress.outline import page_path
from modules.progress.structure import course_structure
from modules.reading.practising import practice_of
from modules.reading.references import references_of
from modules.wording.translations import language_mark
from quizzes.base.languages import other_than_readers

from .reading import for_learners, role_of


@for_learners
def show_practice(request, module):
    """Words to say, cards for two colleagues and the if-then card, for one's own job first."""
    module = _found(module)
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
    module, paper = _found(module), request.GET.get("papel", "").lower()
    pdf = practice_pdf(module, paper=paper if paper in PAPERS else "letter")
    headers = {"Content-Disposition": f'inline; filename="practicar-{module.slug}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _found(slug):
    module = course_structure().page_at(get_language(), slug)
    if not isinstance(module, ModulePage) or not module.practice:
        raise Http404
    return module
