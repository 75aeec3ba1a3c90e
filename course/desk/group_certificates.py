"""Certificates of a group: who has one, who may have one; PDFs made in the background."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from certificates.issuing.integrity import AlteredCertificateError
from course.groups.certificate_batches import (
    NobodyToPrint,
    Which,
    by_end,
    candidates_among,
    lots_of,
    print_left_out,
    print_lot,
    request_certificates,
)
from course.jobs import visible_jobs
from course.people.audit import audit_log
from course.people.cohorts import learners_of
from quizzes.base.spreadsheets import download

from .downloads import send_table
from .jobs import requested_job
from .requested import requested_cohort
from .spreadsheets import file_name
from .tables import certificates_table, left_out_table
from .words import certificates_words

_JOBS_A_PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_cohort_certificates(request, cohort_pk):
    """Who of the group stands where, and the certificates made before. A POST asks for new ones."""
    cohort = requested_cohort(request, cohort_pk)
    now, problem = timezone.now(), ""
    ticked = set(request.POST.getlist("persona"))
    if request.method == "POST":
        try:
            job = _ask(request, cohort, ticked, now=now)
        except NobodyToPrint as nobody:
            problem = str(nobody)
        else:
            return redirect("desk_job", cohort.pk, job.pk)
    candidates = candidates_among(learners_of(cohort), now=now)
    jobs = visible_jobs(request.user, cohort).filter(kind="certificates").exclude(expires_at__lt=now)
    jobs = Paginator(jobs, _JOBS_A_PAGE).get_page(request.GET.get("pagina"))
    new = sum(candidate.may_be_issued for candidate in candidates)
    context = {
        "cohort": cohort,
        "candidates": candidates,
        "ending": by_end(candidates),
        "summary": certificates_words(candidates),
        "new": new,
        "printable": sum(candidate.can_be_printed and not candidate.only_expired for candidate in candidates),
        "expired": sum(candidate.only_expired for candidate in candidates),
        "with_expired": "vencidos" in request.POST,
        "which": _which(request.POST) or (Which.NEW if new else Which.ALL),
        "Which": Which,
        "ticked": ticked,
        "problem": problem,
        "problem_at": "cuales",
        "jobs": jobs,
    }
    return render(request, "desk/certificates.html", context, status=422 if problem else 200)


@login_required
@require_safe
def desk_cohort_certificates_file(request, ending, cohort_pk):
    """Who of the group stands where, as a file."""
    cohort = requested_cohort(request, cohort_pk)
    candidates = candidates_among(learners_of(cohort), now=timezone.now())
    table = certificates_table(candidates)
    return send_table(request, ending, _("Certificates"), table, cohort=cohort, people=len(candidates))


def _ask(request, cohort, ticked, *, now):
    which = _which(request.POST)
    if which is None:
        raise NobodyToPrint(_("Choose whose certificates you want."))
    learners = learners_of(cohort)
    if which == Which.CHOSEN:
        learners = [learner for learner in learners if str(learner.pk) in ticked]
    how = {"which": which, "language": request.LANGUAGE_CODE, "with_expired": "vencidos" in request.POST}
    return request_certificates(cohort, learners, by=request.user, now=now, **how)


def _which(posted):
    return next((which for which in Which if which == posted.get("cuales")), None)


@login_required
@require_safe
def desk_certificates_lot(request, cohort_pk, job_id, lot):
    """Download certificates of a finished job, joined from the issued files; each download is recorded with them."""
    cohort, job = requested_job(request, cohort_pk, job_id, kind="certificates")
    lots = lots_of(job)
    if not 1 <= lot <= len(lots):
        raise Http404
    try:
        pdf = print_lot(job, lots[lot - 1], by=request.user, now=timezone.now())
    except AlteredCertificateError as problem:
        messages.error(request, str(problem))
        return redirect("desk_job", cohort.pk, job.pk)
    name = _("Certificates") if len(lots) == 1 else f"{_('Certificates')}-{lot}"
    return download(pdf, file_name(name, cohort, "pdf", now=job.finished_at), "application/pdf")


@login_required
@require_safe
def desk_left_out_file(request, ending, cohort_pk, job_id):
    """Who got no certificate in a job, and why, as a file."""
    cohort, job = requested_job(request, cohort_pk, job_id, kind="certificates")
    table = left_out_table(job)
    return send_table(request, ending, pgettext("people", "Left out"), table, cohort=cohort, people=len(table[1]))


@login_required
@require_safe
def desk_left_out_pdf(request, cohort_pk, job_id):
    """The sheet that names who got no certificate, apart from the list to sign."""
    cohort, job = requested_job(request, cohort_pk, job_id, kind="certificates")
    if not job.result.get("left_out"):
        raise Http404
    audit_log(
        "left_out_fetched", by=request.user, cohort=cohort, people=len(job.result["left_out"]), now=timezone.now()
    )
    name = file_name(_("Without a certificate"), cohort, "pdf", now=job.finished_at)
    return download(print_left_out(job), name, "application/pdf")
