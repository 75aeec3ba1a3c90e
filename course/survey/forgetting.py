"""Keys of rounds that are counted: some days later they are destroyed, and no old copy can ever be opened."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from course.models import SurveyRound

from .keys import destroy_key

# Until then a copy of the database of the day before still opens, should the one with the counts be lost.
KEPT_AFTER_COUNTING = timedelta(days=7)


def spent_keys(*, now):
    """Return the keys, UUIDs of rounds, of which nothing waits any more since so many days."""
    last_day = timezone.localdate(now) - KEPT_AFTER_COUNTING
    rounds = SurveyRound.objects.filter(key__in=_kept_keys(), emptied_on__lte=last_day, envelopes=None)
    return list(rounds.order_by().values_list("key", flat=True))


def forget_spent_keys(*, now):
    """Destroy the spent keys for good and return how many they were."""
    return sum(destroy_key(key) for key in spent_keys(now=now))


def keys_of_no_round():
    """Return the names of files of keys that belong to no round: of a database that was given up for an older one.

    Nobody deletes them unasked: perhaps the right database comes back.
    """
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
