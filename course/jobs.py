"""Background jobs: register a kind, request once, claim, heartbeat, finish.

A worker may be killed at any moment; the next one claims what it left.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from course.models import Job, Reminder
from course.models.jobs import STALLED_AFTER

logger = logging.getLogger(__name__)
# A second request within this time counts as a double click.
DOUBLE_CLICK = timedelta(seconds=10)


@dataclass(frozen=True)
class Kind:
    """A kind of job: `make(job)` returns fields of the finished row, or None if it called `finish` itself."""

    make: Callable
    # Lazy: what a person reads when `make` raised.
    failed: str
    # How long the file and the result are kept.
    keeps: timedelta
    # Only the person who requested it sees it.
    is_private: bool


KINDS = {}


def job(name, *, failed, keeps, is_private=False):
    """Register the decorated function as what makes jobs of a kind."""

    def register(make):
        KINDS[name] = Kind(make, failed, keeps, is_private)
        return make

    return register


def request_job(kind, cohort, *, asked, reuse, new, by, language, now):
    """Return an earlier job that `reuse` (a Q) matches, else a new one; concurrent requests share one.

    `asked` is JSON that is equal for equal requests; `new()` returns (params, total) of a new job.
    """
    fingerprint = hashlib.sha256(json.dumps([kind, cohort.pk, *asked]).encode()).hexdigest()
    same = Job.objects.without_file().filter(fingerprint=fingerprint)
    if earlier := same.filter(reuse).order_by("-requested_at").first():
        return earlier
    params, total = new()
    try:
        with transaction.atomic():
            created = Job.objects.create(
                **{"kind": kind, "cohort": cohort, "requested_by": by, "language": language, "requested_at": now},
                **{"fingerprint": fingerprint, "params": params, "total": total},
            )
            transaction.on_commit(partial(_enqueue, created.pk))
            return created
    except IntegrityError:
        return same.latest("requested_at")


def _enqueue(key, *, at=None):
    # A backend that runs tasks at once cannot defer them.
    deferred = run_job.using(run_after=at) if at and run_job.get_backend().supports_defer else run_job
    deferred.enqueue(str(key))


@task(backend="background")
def run_job(key):
    """Make the file or the change that a job is about; a finished job, or one with a recent heartbeat, is left."""
    claimed = claim(key, now=timezone.now())
    if claimed is None:
        return
    kind = KINDS[claimed.kind]
    with translation.override(claimed.language):
        try:
            result = kind.make(claimed)
        except Exception:
            logger.exception("Job failed: %s", claimed.kind)
            result = {"problem": str(kind.failed)}
        if result is not None:
            finish(claimed, **result)
    if kind.keeps < timedelta(days=1) and delete_expired_files.get_backend().supports_defer:
        delete_expired_files.using(run_after=timezone.now() + kind.keeps + timedelta(minutes=1)).enqueue()


def claim(key, *, now):
    """Return the job, claimed by this worker, or None if it is finished or has a recent heartbeat."""
    if not Job.objects.free(now).filter(pk=key).update(seen_at=now, started_at=Coalesce("started_at", now), done=0):
        return None
    return Job.objects.without_file().select_related("cohort", "requested_by").get(pk=key)


def send_heartbeat(job, **progress):
    Job.objects.filter(pk=job.pk).update(seen_at=timezone.now(), **progress)


def finish(job, **fields):
    """Store the result and return True, or return False if another worker finished the job first."""
    now = timezone.now()
    expires_at = now + KINDS[job.kind].keeps
    return bool(Job.objects.unfinished().filter(pk=job.pk).update(finished_at=now, expires_at=expires_at, **fields))


def lock_unfinished(job):
    """Lock the row until the end of the transaction; return False if the job is finished."""
    return Job.objects.unfinished().select_for_update().filter(pk=job.pk).exists()


def visible_jobs(user, cohort):
    """Return the jobs of a group that this user may see, the last first, without their files."""
    shared = [name for name, kind in KINDS.items() if not kind.is_private]
    jobs = Job.objects.without_file().filter(Q(kind__in=shared) | Q(requested_by=user), cohort=cohort)
    return jobs.select_related("requested_by").order_by("-requested_at")


def get_file(job, *, now):
    """Return the bytes of the file, or None if there is none or it has expired."""
    return job.file if job.expires_at and now <= job.expires_at else None


def expired_files(*, now):
    """Return the jobs (QuerySet) whose file or result is due for deletion."""
    return Job.objects.filter(expires_at__lt=now).exclude(file=None, result={})


@task(backend="background")
def delete_expired_files():
    """Delete PINs on the minute, not only at night."""
    expired_files(now=timezone.now()).update(file=None, result={})


def cancel_jobs_of(person, *, now):
    """Delete files that name this person, and stop unfinished jobs that would."""
    for found in Job.objects.without_file():
        if person.pk not in found.params.get("people", []):
            continue
        with translation.override(found.language):
            problem = _("An account was deleted since this was requested. Request it again.")
        params = found.params | {"people": [pk for pk in found.params["people"] if pk != person.pk]}
        finished_at, expires_at = found.finished_at or now, found.expires_at or now
        ended = {"finished_at": finished_at, "expires_at": expires_at, "problem": problem}
        Job.objects.filter(pk=found.pk).update(params=params, file=None, result={}, **ended)


def is_stalled(requested, *, now):
    """Return whether neither this (a Job or Reminder) nor anything else has had a recent heartbeat."""
    since = now - STALLED_AFTER
    if not requested.is_unfinished or requested.last_sign_at >= since:
        return False
    return not any(model.objects.filter(seen_at__gt=since).exists() for model in (Job, Reminder))


def requeue_unfinished(*, now):
    """Enqueue every unfinished job when a worker starts; one with a recent heartbeat, after that has grown old."""
    for key, seen_at in Job.objects.unfinished().values_list("pk", "seen_at"):
        is_claimed = seen_at and seen_at + STALLED_AFTER > now
        _enqueue(key, at=seen_at + STALLED_AFTER if is_claimed else None)
