"""How far something is that the worker makes: the one state that pages ask for while they wait, and what they show."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates.batches.asking import batches_of
from certificates.jobs import is_left_alone
from course.cards.asking import prints_of as cards_of
from course.groups.certificates import group_key
from course.paper.prints import prints_of as sheets_of
from course.roster.uploads import uploads_of
from course.version import typed

from .job_words import batch_words, cards_words, papers_words, reading_words
from .requested import requested_cohort


@dataclass(frozen=True)
class JobKind:
    """What a person may see of a group, how far one is in words, and how much there is to do."""

    jobs: Callable
    words: Callable
    total: Callable


KINDS = {
    "certificates": JobKind(
        lambda _user, group: batches_of(group_key(group)), batch_words, lambda job: len(job.learners)
    ),
    "cards": JobKind(cards_of, cards_words, lambda job: len(job.learners)),
    "sheets": JobKind(lambda _user, group: sheets_of(group), papers_words, lambda job: len(job.sheets)),
    "list": JobKind(uploads_of, reading_words, lambda job: len(job.rows)),
}


@login_required
@require_safe
def desk_job_state(request, kind, cohort_pk, **key):
    """How far a job is, for the page that waits; `key` is its key, by the name that the address gives it."""
    _cohort, job = requested_job(request, kind, cohort_pk, *key.values())
    waits = job.is_unfinished and not is_left_alone(job, now=timezone.now())
    return JsonResponse({"done": job.done, "words": KINDS[kind].words(job), "waits": waits})


def requested_job(request, kind, cohort_pk, key):
    """Return the group of the address and its job of this kind."""
    cohort = requested_cohort(request, cohort_pk)
    return cohort, get_object_or_404(KINDS[kind].jobs(request.user, cohort), pk=key)


def progress_of_job(kind, job, *, now):
    """Return what `desk/job_progress.html` shows of a job."""
    return {
        "job": job,
        "words": KINDS[kind].words(job),
        "total": KINDS[kind].total(job),
        "left_alone": is_left_alone(job, now=now),
        "command": typed("status"),
        "minutes": max(1, (now - job.last_sign_at) // timedelta(minutes=1)) if job.is_unfinished else 0,
    }
