"""Merging two accounts of one person: everything that was done in both belongs to the one that is kept."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.issuing.handing_over import (
    follow_records,
    hand_over_certificates,
    pairs_that_hold,
)
from certificates.issuing.requesting import hand_over_requests
from certificates.models import Certificate
from course.models import (
    Attendance,
    Call,
    CentreHead,
    Change,
    Enrolment,
    Handover,
    PlanAction,
    PlanReview,
    Refresher,
    SpacedCase,
    SurveyPassed,
    User,
)
from modules.progress.events import hand_over_reading
from modules.progress.training_record import (
    annul_what_fails,
    hand_over_records,
    record_finished,
    rests_on_quizzes,
    what_fails,
)
from quizzes.attempts.deletion import attempts_open, hand_over_attempts, quizzes_open_twice, quizzes_tried_in_both

from .audit import note
from .devices import hand_over_devices
from .erasing import hand_over_traces
from .identifiers import hand_over_identifiers
from .keys import lead_on
from .trail import hand_access, hand_over_trail

# What the account that remains gets of the other where it has nothing.
_LACKING = ("role", "job_title", "clinic", "email", "sex", "phone")


class CannotMerge(ValueError):
    """The two accounts are not to be merged; the message says why."""


@dataclass(frozen=True)
class Merger:
    """What merging would do, for whoever confirms it."""

    attempts: int
    lessons: int
    # Open attempts that would never be sent, and certificates that would be replaced.
    given_up: list
    replaced: list


def check_can_merge(kept, old, *, by):
    """Raise `CannotMerge` unless `by` may merge the account `old` into `kept`.

    Of an account that `by` may not change it says the same as of one that is not there (None).
    """
    if old is not None and kept.pk == old.pk:
        raise CannotMerge(_("That is the same account. Write the code of the other one."))
    if old is None or not all(by.has_perm("course.change_learner", person) for person in (kept, old)):
        raise CannotMerge(_("Nobody in your groups has this user code, or only an administrator changes the account."))


def plan_merger(kept, old):
    """Return the `Merger` of two accounts."""
    certificates = Certificate.objects.filter(learner__in=[old, kept]).without_pdf().order_by("issued_at", "pk")
    return Merger(
        attempts=old.attempts.count(),
        lessons=old.lessons_read.count(),
        given_up=[attempts_open(quiz_key, old, kept)[0] for quiz_key in quizzes_open_twice(old, kept)],
        replaced=[older for older, _newer in pairs_that_hold(certificates)],
    )


@transaction.atomic
def merge_accounts(kept, old, *, by, cohort, now):
    """Hand everything of `old` to `kept` and delete the account `old`. Raises `CannotMerge`.

    The code, the PIN and the name of `kept` stay; what it lacks, such as the role, it gets.
    """
    check_can_merge(kept, old, by=by)
    # In one order, so that two who merge the same accounts at once wait for each other.
    for locked in User.objects.select_for_update().filter(pk__in=[kept.pk, old.pk]).order_by("pk"):
        one = kept if locked.pk == kept.pk else old
        # A device may have delivered since they were read.
        one.offline_epoch, one.delivered_at = locked.offline_epoch, locked.delivered_at
    falls = rests_on_quizzes(quizzes_tried_in_both(old, kept))
    failed_before = {record.key for one in (kept, old) for record in what_fails(one, now=now, falls=falls)}
    hand_over_attempts(old, kept, now=now)
    why = gettext_lazy("Two accounts of one person were merged.")
    instead = hand_over_records(old, kept, why=why, by=by, now=now)
    follow_records(instead)
    _hand_over_cases(old, kept, instead)
    hand_over_reading(old, kept)
    hand_over_certificates(old, kept, by=by, now=now)
    hand_over_requests(old, kept)
    _hand_over_groups(old, kept)
    known = Attendance.objects.filter(learner=kept).values("session")
    Attendance.objects.filter(learner=old).exclude(session__in=known).update(learner=kept)
    Call.objects.filter(learner=old).update(learner=kept)
    Refresher.objects.filter(learner=old).update(learner=kept)
    _hand_over_surveys(old, kept)
    _hand_over_reminders(old, kept)
    _hand_over_plans(old, kept)
    hand_over_identifiers(old, kept)
    hand_over_devices(old, kept, now=now)
    hand_over_trail(old, kept)
    # Whoever merges may know how to sign in to one of the two, and both hold now what was answered in either.
    hand_access([kept], Change.MERGED, by=by, now=now)
    old.refusals.update(person=kept)
    lead_on(old, kept)
    hand_over_traces(old, kept, now=now)
    former = old.username
    lacking = {name: getattr(old, name) for name in _LACKING if not getattr(kept, name)}
    if "email" in lacking:
        lacking |= {name: getattr(old, name) for name in ("confirmed_email", "confirmation_asked_at")}
    try:
        old.lives_on = True
        old.delete()
    except ProtectedError as error:
        raise CannotMerge(
            _("What the other account did for others is kept, and the account with it: merge this one into that.")
        ) from error
    for name, value in lacking.items():
        setattr(kept, name, value)
    # Who wanted no reminders in one of the two wants none.
    kept.reminders_stopped_at = kept.reminders_stopped_at or old.reminders_stopped_at
    kept.delivered_at = max(filter(None, (kept.delivered_at, old.delivered_at)), default=None)
    kept.save(update_fields=[*lacking, "reminders_stopped_at", "delivered_at"])
    # The first attempt, or the last, may be another one by now.
    annul_what_fails(kept, why=why, by=by, now=now, falls=falls, spared=failed_before)
    record_finished([kept], now=now)
    note("accounts_merged", by=by, cohort=cohort, about=[kept], subject=former, people=1, now=now)


def _hand_over_cases(old, kept, instead):
    """What was done stays so, for the record that is left of two; `instead` maps the key of one to the other's."""
    for case in SpacedCase.objects.filter(learner__in=[old, kept]):
        finish_key = instead.get(case.finish_key, case.finish_key)
        if (case.learner_id, case.finish_key) != (kept.pk, finish_key):
            SpacedCase.objects.get_or_create(learner=kept, finish_key=finish_key, week=case.week)
    SpacedCase.objects.filter(learner=kept, finish_key__in=instead).delete()


def _hand_over_surveys(old, kept):
    """A page that was passed in either account is asked no more; what was answered belongs to nobody."""
    for edition, wave in old.surveys_passed.values_list("edition", "wave"):
        SurveyPassed.objects.get_or_create(person=kept, edition_id=edition, wave=wave)


def _hand_over_reminders(old, kept):
    """One reminder waits for a person: of two, the one of the account that is kept. Addresses in letters stay good."""
    waiting = old.reminders.unfinished().of_the_course()
    if kept.reminders.unfinished().of_the_course().exists():
        waiting.delete()
    old.reminders.update(learner=kept)


def _hand_over_plans(old, kept):
    """What somebody wrote into the plan of a centre is theirs still, and so is the plan of whoever heads one."""
    CentreHead.objects.filter(named_by=old).update(named_by=kept)
    for head in CentreHead.objects.filter(person=old):
        said = {"named_by_id": head.named_by_id, "named_at": head.named_at}
        CentreHead.objects.get_or_create(clinic_id=head.clinic_id, person=kept, defaults=said)
    PlanAction.objects.filter(made_by=old).update(made_by=kept)
    PlanAction.objects.filter(ended_by=old).update(ended_by=kept)
    PlanReview.objects.filter(noted_by=old).update(noted_by=kept)


def _hand_over_groups(old, kept):
    Handover.objects.filter(given_by=old).update(given_by=kept)
    for handover in Handover.objects.filter(taken_by=old):
        handover.taken_by.add(kept)
    current = {one.cohort_id: one for one in Enrolment.objects.current().filter(learner=kept)}
    for enrolment in Enrolment.objects.filter(learner=old):
        same = current.get(enrolment.cohort_id) if enrolment.left_at is None else None
        if same is None:
            enrolment.learner = kept
            enrolment.save(update_fields=["learner"])
        elif enrolment.enrolled_at < same.enrolled_at:
            same.enrolled_at = enrolment.enrolled_at
            same.save(update_fields=["enrolled_at"])
