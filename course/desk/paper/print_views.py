"""The pages of a print of booklets and sheets: asked for, how far it is, and the PDF for a day."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certificates.jobs import file_of
from course.desk.job_views import progress_of_job, requested_job
from course.desk.spreadsheets import file_name
from course.paper.printing import PAPERS
from course.paper.prints import NothingToPrint, request_papers
from course.people.audit import audit_log
from quizzes.base.spreadsheets import download

from .views import requested_quiz


@login_required
@require_POST
def desk_print_papers(request, cohort_pk, quiz_key):
    """Ask for the sheets that wait in one PDF; `hoja` is the size of paper."""
    cohort, _quiz = requested_quiz(request, cohort_pk, quiz_key)
    paper_size = request.POST.get("hoja")
    paper_size = paper_size if paper_size in PAPERS else "letter"
    try:
        papers = request_papers(
            cohort, quiz_key, paper_size=paper_size, by=request.user, language=request.LANGUAGE_CODE, now=timezone.now()
        )
    except NothingToPrint as nothing:
        messages.error(request, str(nothing))
        return redirect("desk_paper", cohort.pk, quiz_key)
    return redirect("desk_paper_print", cohort.pk, papers.pk)


@login_required
@require_safe
def desk_paper_print(request, cohort_pk, papers_id):
    """How far the sheets are, then where to fetch them."""
    cohort, papers = requested_job(request, "sheets", cohort_pk, papers_id)
    now = timezone.now()
    context = {"cohort": cohort, "papers": papers, "ready": file_of(papers, now=now) is not None}
    context |= progress_of_job("sheets", papers, now=now)
    return render(request, "desk/paper/making.html", context)


@login_required
@require_safe
def desk_paper_pdf(request, cohort_pk, papers_id):
    """The sheets of a print, for a day."""
    cohort, papers = requested_job(request, "sheets", cohort_pk, papers_id)
    now = timezone.now()
    pdf = file_of(papers, now=now)
    if pdf is None:
        raise Http404
    audit_log("papers_fetched", by=request.user, cohort=cohort, people=len(papers.sheets), now=now)
    return download(bytes(pdf), file_name(_("Sheets"), cohort, "pdf", now=papers.finished_at), "application/pdf")
