"""The life of work that a page asks for and the worker does: asked for once, claimed, a sign of life, done or given up.

Any moment may be the last of a worker. What it had not finished is taken up again by the next one.
"""

import hashlib
import json
import logging
from datetime import timedelta
from functools import partial

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from certificates.models.jobs import LEFT_ALONE_AFTER, Requested

logger = logging.getLogger(__name__)
# A second click within this time counts as a double click.
ONE_CLICK = timedelta(seconds=10)


def fingerprint_of(*asked):
    """Return a digest of what is asked for, which must be JSON."""
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def ask_once(model, fingerprint, *, serves, new, task, now):
    """Return the job of this fingerprint that `serves` (a Q), else a new one for `task`; a double click asks once.

    `new()` returns the fields of a new one. The database allows one of a fingerprint at work, so a concurrent second
    request gets the first one's.
    """
    same = model.objects.without_bytes().filter(fingerprint=fingerprint)
    if asked := same.filter(serves).order_by("-requested_at").first():
        return asked
    fields = new()
    try:
        with transaction.atomic():
            job = model.objects.create(fingerprint=fingerprint, requested_at=now, **fields)
            transaction.on_commit(partial(put_in_queue, task, job.pk))
            return job
    except IntegrityError:
        return same.latest("requested_at")


def put_in_queue(task, key, *, at=None):
    """Have a task do the job with this key, not before the moment `at`. Where tasks run at once, it runs at once."""
    if at is not None and task.get_backend().supports_defer:
        task = task.using(run_after=at)
    task.enqueue(str(key))


def do(model, key, make, *, sorry, give_up=None):
    """Claim a job and let `make(job)` do it, in the language of who asked; twice is once.

    When it fails, `sorry` (lazy) becomes the problem, or is given to `give_up(job, problem)`.
    """
    job = claim(model, key, now=timezone.now())
    if job is None:
        return
    with translation.override(job.language or settings.LANGUAGE_CODE):
        try:
            make(job)
        except Exception:
            logger.exception("A job came to nothing: %s", model._meta.label)
            (give_up or finish)(job, problem=str(sorry))


def claim(model, key, *, now):
    """Return the job, now this worker's, or None: it is finished, or somebody gave a sign of life for it lately."""
    claimed = model.objects.free(now).filter(pk=key)
    if not claimed.update(seen_at=now, started_at=Coalesce("started_at", now), done=0):
        return None
    return model.objects.without_bytes().get(pk=key)


def give_a_sign(job, **progress):
    """Say that somebody works on the job, and how far it is."""
    type(job).objects.filter(pk=job.pk).update(seen_at=timezone.now(), **progress)


def finish(job, **result):
    """Keep the result and return whether it counts: somebody who took the job over may have been first."""
    return bool(type(job).objects.unfinished().filter(pk=job.pk).update(finished_at=timezone.now(), **result))


def give_up(jobs, *, now):
    """End what is unfinished of these jobs (a QuerySet): an account of somebody in it is being deleted."""
    sorry = gettext_lazy("An account was deleted while this was being made. Ask for it again.")
    for job in jobs.unfinished().without_bytes():
        with translation.override(job.language or settings.LANGUAGE_CODE):
            jobs.filter(pk=job.pk).update(finished_at=now, problem=str(sorry))


def lock(job):
    """Return whether the job is still to be finished; until the transaction is over nobody else finishes it."""
    return type(job).objects.unfinished().select_for_update().filter(pk=job.pk).exists()


def file_of(job, *, now):
    """Return the bytes of the PDF of a finished job as long as it is kept, or None."""
    if job.finished_at is None or job.finished_at + job.FILE_KEPT < now:
        return None
    return job.pdf


def outdated(model, *, now):
    """Return the jobs (a QuerySet) whose file is still there and not to be fetched any more."""
    return model.objects.filter(finished_at__lt=now - model.FILE_KEPT, pdf__isnull=False)


def forget_outdated(model, *, now):
    """Forget those files; return how many they were."""
    return outdated(model, now=now).update(pdf=None)


def is_left_alone(job, *, now):
    """Whether nobody works on it: neither it nor anything else that waits for a worker had a sign of life lately."""
    since = now - LEFT_ALONE_AFTER
    return job.is_unfinished and job.last_sign_at < since and not _somebody_works(since)


def _somebody_works(since):
    kinds = (model for model in apps.get_models() if issubclass(model, Requested))
    return any(model.objects.filter(seen_at__gt=since).exists() for model in kinds)


def take_up_again(model, task, *, now):
    """Put every job that is not finished in the queue again: a worker calls it when it starts.

    One that another worker is busy with is not disturbed: it comes after its last sign of life has grown old.
    """
    for key, seen_at in model.objects.unfinished().values_list("pk", "seen_at"):
        busy = seen_at and seen_at + LEFT_ALONE_AFTER > now
        put_in_queue(task, key, at=seen_at + LEFT_ALONE_AFTER if busy else None)
