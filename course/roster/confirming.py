"""A long list is written in the background: with how far it is, or why nothing was written."""

from django.utils import timezone
from django.utils.translation import gettext_lazy

from certificates import jobs
from course.models import RosterUpload

from .importing import PlanChanged, confirm_list

_SORRY = gettext_lazy("The list could not be written. Nothing was changed. Try again.")


def confirm_asked(upload_id):
    """Write a list that was asked for, unless somebody is at it or it is written. Twice is once."""
    jobs.do(RosterUpload, upload_id, _confirm, sorry=_SORRY, give_up=_give_back)


def _confirm(upload):
    now = timezone.now()

    def tell(rows):
        jobs.give_a_sign(upload, done=rows)

    try:
        confirm_list(upload, shown=upload.fingerprint, by=upload.brought_by, now=now, tell=tell)
    except PlanChanged as changed:
        _give_back(upload, problem=str(changed))


def _give_back(upload, *, problem):
    waiting = RosterUpload.objects.unfinished().filter(pk=upload.pk)
    waiting.update(requested_at=None, seen_at=None, started_at=None, problem=problem)
