"""Paper sheets of the survey: who gets them, and their entry."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from course.models import Enrolment, SurveyEnvelope, SurveyPaperBatch, User
from course.people.audit import audit_log
from course.people.cohorts import cohorts_of

from .passing import envelope, mark_passed
from .rounds import locked_round

MOST_SHEETS = 60


class CannotKey(ValueError):
    CLOSED, REWORDED, COLLECTED_THEM, TOO_MANY = "closed", "reworded", "collected_them", "too_many"
    MORE_THAN_PEOPLE = "more_than_people"

    def __init__(self, why):
        super().__init__(why)
        self.why = why


@transaction.atomic
def key_batch(clinic, edition, wave, sheets, *, given_to, collected_by, key, wording, by, now):
    """Seal a batch of sheets, each {item id: code}; return whether it is new. Raises `CannotKey`, `CannotKeepKeys`.

    Each person in `given_to` passes the page and gets an envelope, also without a sheet, so that no blank one shows.
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


def people_given_sheets(clinic, *, by):
    groups = cohorts_of(by).order_by().values("pk")
    current = Enrolment.objects.current().filter(cohort__in=groups).order_by()
    return User.objects.filter(clinic=clinic, is_active=True, pk__in=current.values("learner")).in_spanish_order()


def who_may_have_collected(clinic, *, by):
    """Return people of the clinic, its trainers and area leads; the keying person too, to be refused."""
    there = Q(pk__in=people_given_sheets(clinic, by=by).order_by().values("pk"))
    trains = Q(cohorts_trained__clinic=clinic)
    leads = Q(areas_led=clinic.area_id) if clinic.area_id else Q(pk=None)
    people = User.objects.filter(there | trains | leads | Q(pk=by.pk), is_active=True).order_by()
    return User.objects.filter(pk__in=people.values("pk")).in_spanish_order()
