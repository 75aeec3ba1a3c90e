"""The page of a background job: progress, problem, files."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from course.groups.certificate_batches import lots_of
from course.jobs import get_file, is_stalled, visible_jobs
from course.people.audit import audit_log
from course.version import typed
from quizzes.base.spreadsheets import download

from .requested import requested_cohort
from .spreadsheets import file_name
from .words import certificates_warning

# The entry of the group's menu that a kind of job belongs to.
_PLACES = {
    "cards": "desk_cards",
    "sheets": "desk_papers",
    "certificates": "desk_cohort_certificates",
    "list": "desk_roster",
}


def requested_job(request, cohort_pk, job_id, **only):
    """Return the group and the job of the address; 404 to others."""
    cohort = requested_cohort(request, cohort_pk)
    job = get_object_or_404(visible_jobs(request.user, cohort).filter(**only), pk=job_id)
    # With the count of leavers, which the menu shows.
    job.cohort = cohort
    return cohort, job


@login_required
@require_safe
def desk_job(request, cohort_pk, job_id):
    cohort, job = requested_job(request, cohort_pk, job_id)
    if job.kind == "list" and not job.is_unfinished:
        return redirect("desk_roster_plan", cohort.pk, job.params["upload"])
    now = timezone.now()
    context = {
        "cohort": cohort,
        "job": job,
        "place": _PLACES[job.kind],
        "has_expired": bool(job.expires_at) and job.expires_at < now,
        "progress": _progress(job),
        "is_stalled": is_stalled(job, now=now),
        "minutes": max(1, int((now - job.last_sign_at).total_seconds()) // 60),
        "command": typed("status"),
    }
    if job.kind == "certificates":
        context |= {"lots": _numbered_lots(job), "warning": certificates_warning(job, now=now)}
    return render(request, f"desk/jobs/{job.kind}.html", context)


def _numbered_lots(job):
    """Return [(number of the lot, first, last)], all from 1: the numbers of the delivery list."""
    lots, first = [], 1
    for number, serials in enumerate(lots_of(job), start=1):
        lots.append((number, first, first + len(serials) - 1))
        first += len(serials)
    return lots


@login_required
@require_safe
def desk_job_state(request, cohort_pk, job_id):
    """Progress as JSON, for the page that waits."""
    _cohort, job = requested_job(request, cohort_pk, job_id)
    waits = job.is_unfinished and not is_stalled(job, now=timezone.now())
    return JsonResponse({"done": job.done, "words": _progress(job), "waits": waits})


def _progress(job):
    numbers = {"done": job.done, "total": job.total}
    if job.started_at is None:
        return _("Waiting for its turn.")
    if job.kind == "cards":
        return ngettext("%(done)d of %(total)d card", "%(done)d of %(total)d cards", job.total) % numbers
    if job.kind == "list":
        is_read = job.done >= job.total
        return (
            _("All rows are read. The people are being written.")
            if is_read
            else _("%(done)d of %(total)d rows read") % numbers
        )
    if job.kind == "sheets":
        if job.done == job.total:
            return _("All printed. The PDF is being put together.")
        return ngettext("%(done)d of %(total)d person", "%(done)d of %(total)d people", job.total) % numbers
    if job.done < job.total:
        return _("%(done)s of %(people)s people seen to.") % {"done": job.done, "people": job.total}
    return _("All issued. The list to sign is being printed.")


@login_required
@require_safe
def desk_job_file(request, cohort_pk, job_id):
    """Download the file: cards, sheets or the list to sign."""
    names = {
        "cards": ("cards_fetched", _("Cards")),
        "sheets": ("papers_fetched", _("Sheets")),
        "certificates": ("delivery_list_fetched", _("Delivery of certificates")),
    }
    cohort, job = requested_job(request, cohort_pk, job_id, kind__in=names)
    job.refresh_from_db(fields=["file"])
    now = timezone.now()
    file = get_file(job, now=now)
    if file is None:
        raise Http404
    action, name = names[job.kind]
    people = len(job.result["certificates"]) if job.kind == "certificates" else job.done
    audit_log(action, by=request.user, cohort=cohort, people=people, now=now)
    return download(bytes(file), file_name(name, cohort, "pdf", now=job.finished_at), "application/pdf")
