"""The pages of a print of booklets and sheets: asked for, how far it is, and the PDF for a day."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from course.desk.downloads import download
from course.desk.requested import requested_cohort
from course.desk.spreadsheets import file_name
from course.paper.printing import PAPERS
from course.paper.prints import NothingToPrint, is_left_alone, pdf_of, prints_of, request_papers
from course.people.audit import note

from .views import requested_quiz


@login_required
@require_POST
def desk_print_papers(request, cohort_pk, quiz_key):
    """Ask for the sheets that wait in one PDF; `hoja` is the size of paper."""
    cohort, _quiz = requested_quiz(request, cohort_pk, quiz_key)
    paper_size = request.POST.get("hoja")
    paper_size = paper_size if paper_size in PAPERS else "letter"
    try:
        papers = request_papers(cohort, quiz_key, paper_size=paper_size, by=request.user, now=timezone.now())
    except NothingToPrint as nothing:
        messages.warning(request, str(nothing))
        return redirect("desk_paper", cohort.pk, quiz_key)
    return redirect("desk_paper_print", cohort.pk, papers.pk)


@login_required
@require_safe
def desk_paper_print(request, cohort_pk, papers_id):
    """How far the sheets are, then where to fetch them."""
    cohort = requested_cohort(request, cohort_pk)
    papers = _requested_print(cohort, papers_id)
    now = timezone.now()
    context = {
        "cohort": cohort,
        "papers": papers,
        "words": papers_words(papers),
        "ready": pdf_of(papers, now=now) is not None,
        "left_alone": is_left_alone(papers, now=now),
    }
    return render(request, "desk/paper/making.html", context)


@login_required
@require_safe
def desk_paper_state(request, cohort_pk, papers_id):
    """How far the sheets are, for the page that waits."""
    papers = _requested_print(requested_cohort(request, cohort_pk), papers_id)
    waits = papers.finished_at is None and not is_left_alone(papers, now=timezone.now())
    return JsonResponse({"done": papers.done, "words": papers_words(papers), "waits": waits})


@login_required
@require_safe
def desk_paper_pdf(request, cohort_pk, papers_id):
    """The sheets of a print, for a day."""
    cohort = requested_cohort(request, cohort_pk)
    papers = _requested_print(cohort, papers_id)
    now = timezone.now()
    pdf = pdf_of(papers, now=now)
    if pdf is None:
        raise Http404
    note("papers_fetched", by=request.user, cohort=cohort, people=len(papers.sheets), now=now)
    return download(bytes(pdf), file_name(_("Sheets"), cohort, "pdf", now=papers.finished_at), "application/pdf")


def papers_words(papers):
    """Return «40 of 120 people», and what is being done after the last of them."""
    total = len(papers.sheets)
    if papers.done == total and papers.finished_at is None:
        return _("All printed. The PDF is being put together.")
    words = ngettext("%(done)d of %(total)d person", "%(done)d of %(total)d people", total)
    return words % {"done": papers.done, "total": total}


def _requested_print(cohort, papers_id):
    return get_object_or_404(prints_of(cohort), pk=papers_id)
