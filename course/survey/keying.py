"""Sheets of paper: without a code, shuffled, and keyed in by somebody who did not collect them."""

from django.db import transaction
from django.utils import timezone

from course.models import SurveyEnvelope, SurveyPaperBatch
from course.people.audit import audit_log

from .passing import envelope, mark_passed
from .rounds import locked_round

# Of more sheets a second batch is keyed in.
MOST_SHEETS = 60


class CannotKey(ValueError):
    """The batch is not keyed in; `why` is one of the names below."""

    CLOSED, REWORDED, COLLECTED_THEM, TOO_MANY = "closed", "reworded", "collected_them", "too_many"
    MORE_THAN_PEOPLE = "more_than_people"

    def __init__(self, why):
        super().__init__(why)
        self.why = why


@transaction.atomic
def key_batch(clinic, edition, wave, sheets, *, given_to, collected_by, key, wording, by, now):
    """Seal a batch of sheets, each {item id: code}, of a clinic; whether it is new: the same `key` again is once.

    `given_to` are the people to whom a sheet was given, whether they filled it in or not: they passed the page. Of
    those who had not passed it before there are at least as many as sheets, so that nobody counts twice; and for each
    of them there is an envelope, so that nobody's blank sheet shows. Raises `CannotKey` and
    `course.survey.keys.CannotKeepKeys`; then nothing was kept.
    """
    if collected_by is None or collected_by.pk == by.pk:
        raise CannotKey(CannotKey.COLLECTED_THEM)
    if not 0 < len(sheets) <= MOST_SHEETS:
        raise CannotKey(CannotKey.TOO_MANY)
    round_ = locked_round(clinic, edition, wave, wording=wording)
    if SurveyPaperBatch.objects.filter(key=key).exists():
        return False
    if not round_.is_open:
        raise CannotKey(CannotKey.CLOSED)
    if round_.wording_id != wording.pk:
        raise CannotKey(CannotKey.REWORDED)
    passed = mark_passed(given_to, edition, wave)
    if passed < len(sheets):
        raise CannotKey(CannotKey.MORE_THAN_PEOPLE)
    blank = [{}] * (passed - len(sheets))
    SurveyEnvelope.objects.bulk_create(
        SurveyEnvelope(round=round_, sealed=envelope(round_, sheet)) for sheet in [*sheets, *blank]
    )
    SurveyPaperBatch.objects.create(
        key=key,
        round=round_,
        sheets=len(sheets),
        keyed_on=timezone.localdate(now),
        keyed_by=by,
        collected_by=collected_by,
    )
    audit_log("survey_keyed", by=by, about=[collected_by], subject=clinic, people=len(sheets), now=now)
    return True
