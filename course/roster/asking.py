"""A long list is confirmed once, and written in the background."""

from functools import partial

from django.db import transaction

from certificates import jobs
from course.models import RosterUpload

from .tasks import confirm_in_background

# A list of so many rows is written while the browser waits.
SHORT = 500


def is_long(upload):
    return len(upload.rows) > SHORT


def ask_to_confirm(upload, *, shown, language, now):
    """Have the list written in the background; what is asked for twice is done once."""
    with transaction.atomic():
        waiting = RosterUpload.objects.filter(pk=upload.pk, requested_at=None, finished_at=None)
        asked = {"requested_at": now, "fingerprint": shown[:64], "language": language}
        if waiting.update(**asked, seen_at=None, done=0, problem=""):
            transaction.on_commit(partial(jobs.put_in_queue, confirm_in_background, upload.pk))
