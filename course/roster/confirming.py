"""A long list is confirmed in the background: asked for once, with how far it is, or why nothing was written."""

import logging
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from course.models import RosterUpload

from .importing import PlanChanged, confirm_list
from .tasks import confirm_in_background

logger = logging.getLogger(__name__)
# A list of so many rows is written while the browser waits.
SHORT = 500
# Whoever writes a list gives a sign of life as rows are read; writing takes a second or two.
STALE = timedelta(minutes=1)


def is_long(upload):
    return len(upload.rows) > SHORT


def is_being_confirmed(upload):
    return upload.asked_at is not None and upload.confirmed_at is None


def is_left_alone(upload, *, now):
    """Whether a list waits longer than a worker that runs would let it wait."""
    return is_being_confirmed(upload) and (upload.seen_at or upload.asked_at) < now - STALE


def ask_to_confirm(upload, *, shown, language, now):
    """Have the list written in the background; what is asked for twice is done once."""
    with transaction.atomic():
        waiting = RosterUpload.objects.filter(pk=upload.pk, asked_at=None, confirmed_at=None)
        if waiting.update(asked_at=now, shown=shown[:60], seen_at=None, done=0, problem=""):
            transaction.on_commit(partial(confirm_in_background.enqueue, str(upload.pk), language))


def confirm_asked(upload_id, *, language):
    """Write a list that was asked for, unless somebody is at it or it is written. Twice is once."""
    now = timezone.now()
    free = Q(seen_at=None) | Q(seen_at__lt=now - STALE)
    asked = RosterUpload.objects.filter(pk=upload_id, confirmed_at=None, asked_at__isnull=False)
    if not asked.filter(free).update(seen_at=now, done=0):
        return
    upload = RosterUpload.objects.select_related("cohort__clinic", "brought_by").get(pk=upload_id)

    def tell(rows):
        asked.update(done=rows, seen_at=timezone.now())

    with translation.override(language):
        try:
            confirm_list(upload, shown=upload.shown, by=upload.brought_by, now=now, tell=tell)
        except PlanChanged as changed:
            _give_back(asked, str(changed))
        except Exception:
            logger.exception("A list of staff could not be written")
            _give_back(asked, _("The list could not be written. Nothing was changed. Try again."))


def _give_back(asked, problem):
    asked.update(asked_at=None, seen_at=None, problem=problem)


def take_up_again(*, now):
    """Put every list that is not written in the queue again: a worker calls it at its start.

    One that another worker is busy with comes after its last sign of life has grown stale.
    """
    waiting = RosterUpload.objects.filter(asked_at__isnull=False, confirmed_at=None)
    for key, seen_at in waiting.values_list("pk", "seen_at"):
        task = confirm_in_background
        if seen_at and seen_at + STALE > now:
            task = task.using(run_after=seen_at + STALE)
        task.enqueue(str(key), settings.LANGUAGE_CODE)
