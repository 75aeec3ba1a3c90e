"""Destruction of the keys of counted rounds, some days later."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from course.models import SurveyRound

from .keys import destroy_key

# Until then an older backup can still be counted.
KEPT_AFTER_COUNTING = timedelta(days=7)


def spent_keys(*, now):
    last_day = timezone.localdate(now) - KEPT_AFTER_COUNTING
    rounds = SurveyRound.objects.filter(key__in=_kept_keys(), emptied_on__lte=last_day, envelopes=None)
    return list(rounds.order_by().values_list("key", flat=True))


def forget_spent_keys(*, now):
    return sum(destroy_key(key) for key in spent_keys(now=now))


def keys_of_no_round():
    """Return the names of key files without a round. Keep them: an older database may come back."""
    kept = set(_kept_keys())
    return sorted(map(str, kept - set(SurveyRound.objects.filter(key__in=kept).values_list("key", flat=True))))


def _kept_keys():
    found = []
    for path in Path(settings.SURVEY_KEYS_DIR).glob("*.key"):
        try:
            found.append(UUID(path.stem))
        except ValueError:
            continue
    return found
