"""What people have on record, and which of it counts today."""

from collections import defaultdict
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from modules.models import TrainingRecord

from .counting import again_in


class Recorded(NamedTuple):
    """What a record says without where and as what: of which registration, which module (None: all), when, its key."""

    registration: int | None
    module_key: UUID | None
    finished_at: datetime
    key: UUID


def records_of(learners):
    """Return {learner_pk: [Recorded]} of what stands, the first first, in one query."""
    records = defaultdict(list)
    for learner_pk, *row in _rows().filter(learner__in=learners):
        records[learner_pk].append(Recorded(*row))
    return records


@cache
def _rows():
    """Return the rows of everybody; put together once, because that takes longer than asking."""
    rows = TrainingRecord.objects.standing().order_by("finished_at", "pk")
    return rows.values_list("learner_id", "registration_id", "module_key", "finished_at", "key")


def on_record(records, registration):
    """Return {module key: Recorded} thrice: of the registration of today, of those before what counts on, and the rest.

    What counts on are modules that do not count again.
    """
    today = registration and registration.pk
    recorded = {row.module_key: row for row in records if row.registration == today}
    if len(recorded) == len(records):
        return recorded, {}, {}
    before, again = {row.module_key: row for row in records if row.registration != today}, again_in(registration)
    carried = {key: row for key, row in before.items() if key and key not in again and key not in recorded}
    return recorded, carried, {key: row for key, row in before.items() if key not in carried}
