"""An annulment is taken back where what the record rested on is there after all: it is the same record then, and not
another one, so that a certificate of it stays one.
"""

from collections import defaultdict
from operator import attrgetter
from uuid import UUID

from django.db import transaction

from modules.models import TrainingRecord

from .counting import again_in
from .deriving import progress_in
from .editions import outlines_of
from .structure import course_structure


@transaction.atomic
def stand_again(learners, modules, *, now):
    """Let those annulled records stand again that the facts bear once more, and return them as they were annulled.

    Call it after it was corrected who attended sessions on these modules (keys), before `record_finished`. A record
    stands again in the registration and for the edition that it was written for, as long as no other took its place:
    sessions held until its day bear it, and what else was done until then. What was done later is another record.
    """
    annulled = TrainingRecord.objects.filter(learner__in=learners, annulled_at__isnull=False)
    annulled = annulled.exclude(registration=None).select_related("registration", "edition", "learner", "annulled_by")
    by_learner = defaultdict(list)
    for record in annulled.order_by("-annulled_at", "-pk") if modules else ():
        by_learner[record.learner].append(record)
    again = []
    for learner, records in by_learner.items():
        again += _of_one(learner, records, modules, now=now)
    TrainingRecord.objects.filter(pk__in=[record.pk for record in again]).update(
        annulled_at=None, annulled_by=None, annulled_reason=""
    )
    return again


def _of_one(learner, annulled, modules, *, now):
    """Return which of the annulled records of a person, the last annulled first, are borne by now."""
    standing = defaultdict(dict)
    rows = TrainingRecord.objects.standing().filter(learner=learner).exclude(registration=None)
    for record in rows.select_related("registration"):
        standing[record.registration][record.module_key] = record
    lost, again = defaultdict(dict), []
    for record in annulled:
        own = record.edition_id == record.registration.edition_id
        if own and record.module_key not in standing[record.registration]:
            lost[record.registration].setdefault(record.module_key, record)
    for registration in sorted({*standing, *lost}, key=attrgetter("registered_at", "pk")):
        of_modules = [one for key, one in lost[registration].items() if key in modules]
        for record in _borne(learner, registration, of_modules, now=now):
            standing[registration][record.module_key] = record
            again.append(record)
        whole = lost[registration].get(None)
        if whole and again and _has_its_modules(whole, registration, standing, annulled):
            standing[registration][None] = whole
            again.append(whole)
    return again


def _borne(learner, registration, records, *, now):
    """Return those of these records of modules that what was done until their day bears."""
    if not records:
        return []
    asked = {learner.pk: outlines_of(registration.edition, course_structure())}
    until = {record.module_key: record.finished_at for record in records}
    progress = progress_in(asked, [learner], registrations={learner.pk: registration}, records={}, now=now, until=until)
    finished = {module.outline.key for module in progress[learner.pk].modules if module.is_finished}
    return [record for record in records if record.module_key in finished]


def _has_its_modules(whole, registration, standing, annulled):
    """Whether every module of which the whole was made up is on record again, none of them later than the whole."""
    held, again = {}, again_in(registration)
    for other in sorted(standing, key=attrgetter("registered_at", "pk")):
        carried = other != registration
        held |= {key: one for key, one in standing[other].items() if key and not (carried and key in again)}
        if not carried:
            break
    keys = {UUID(module["key"]) for module in whole.edition.contents}
    lost = {record.module_key for record in annulled} - held.keys()
    return not keys & lost and all(held[key].finished_at <= whole.finished_at for key in keys & held.keys())
