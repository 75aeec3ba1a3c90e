"""The certificates of a group: who has one, who may have one, and one PDF of them made in the background."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from certificates.batches.asking import NobodyToPrint, Which, batches_of
from certificates.batches.candidates import by_end, candidates_among
from certificates.batches.left_out import print_left_out
from course.groups.certificates import ask_for_certificates, group_key, keep_fetched
from course.people.audit import audit_log
from course.people.cohorts import learners_of
from quizzes.base.spreadsheets import download

from .downloads import send_table
from .job_views import progress_of_job, requested_job
from .requested import requested_cohort
from .spreadsheets import file_name
from .tables import certificates_table, left_out_table
from .words import batch_warning, certificates_words

_BATCHES_A_PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_cohort_certificates(request, cohort_pk):
    """Who of the group stands where, and the certificates made before. A POST asks for new ones."""
    cohort = requested_cohort(request, cohort_pk)
    now, problem = timezone.now(), ""
    ticked = set(request.POST.getlist("persona"))
    if request.method == "POST":
        try:
            batch = _ask(request, cohort, ticked, now=now)
        except NobodyToPrint as nobody:
            problem = str(nobody)
        else:
            return redirect("desk_batch", cohort.pk, batch.pk)
    candidates = candidates_among(learners_of(cohort), now=now)
    batches = Paginator(batches_of(group_key(cohort)), _BATCHES_A_PAGE).get_page(request.GET.get("pagina"))
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
        "batches": batches,
        "at_work": [batch for batch in batches if not batch.finished_at],
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
    return ask_for_certificates(cohort, learners, by=request.user, now=now, **how)


def _which(posted):
    return next((which for which in Which if which == posted.get("cuales")), None)


@login_required
@require_safe
def desk_batch(request, cohort_pk, batch_id):
    """One PDF of certificates: how far it is, then where to fetch it and who was left out."""
    cohort, batch = requested_job(request, "certificates", cohort_pk, batch_id)
    now = timezone.now()
    context = {"cohort": cohort, "batch": batch, "warning": batch_warning(batch, now=now)}
    context |= progress_of_job("certificates", batch, now=now)
    return render(request, "desk/batch.html", context)


@login_required
@require_safe
def desk_left_out_file(request, ending, cohort_pk, batch_id):
    """Who was left out of a PDF of certificates and why, as a file."""
    cohort, batch = requested_job(request, "certificates", cohort_pk, batch_id)
    people = len(batch.left_out)
    return send_table(
        request, ending, pgettext("people", "Left out"), left_out_table(batch), cohort=cohort, people=people
    )


@login_required
@require_safe
def desk_batch_pdf(request, cohort_pk, batch_id):
    """The PDF, as often as one likes; that it was printed is kept with each certificate."""
    cohort = requested_cohort(request, cohort_pk)
    batch = _requested_batch(cohort, batch_id, bytes_of="pdf")
    keep_fetched(batch, cohort, by=request.user, now=timezone.now())
    return download(batch.pdf, file_name(_("Certificates"), cohort, "pdf", now=batch.finished_at), "application/pdf")


@login_required
@require_safe
def desk_batch_list(request, cohort_pk, batch_id):
    """The list to sign alone."""
    cohort = requested_cohort(request, cohort_pk)
    batch = _requested_batch(cohort, batch_id, bytes_of="delivery_list")
    people = len(batch.certificates)
    audit_log("delivery_list_fetched", by=request.user, cohort=cohort, people=people, now=timezone.now())
    name = file_name(_("Delivery of certificates"), cohort, "pdf", now=batch.finished_at)
    return download(batch.delivery_list, name, "application/pdf")


@login_required
@require_safe
def desk_left_out_pdf(request, cohort_pk, batch_id):
    """The sheet that names who was left out and why: for the trainer, apart from what is signed."""
    cohort = requested_cohort(request, cohort_pk)
    batch = _requested_batch(cohort, batch_id)
    if not batch.left_out:
        raise Http404
    audit_log("left_out_fetched", by=request.user, cohort=cohort, people=len(batch.left_out), now=timezone.now())
    name = file_name(_("Without a certificate"), cohort, "pdf", now=batch.finished_at)
    return download(print_left_out(batch), name, "application/pdf")


def _requested_batch(cohort, batch_id, *, bytes_of=None):
    batches = batches_of(group_key(cohort))
    if bytes_of:
        batches = batches.defer(None).defer(*({"pdf", "delivery_list"} - {bytes_of}))
    batch = get_object_or_404(batches, pk=batch_id)
    if bytes_of and getattr(batch, bytes_of) is None:
        raise Http404
    return batch
