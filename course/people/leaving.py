"""Move, archive and delete people; erase personal data outside of an account's own tables.

`erase_traces_of` runs for every deletion of an account, one in a shell included (`course.receivers`). What certificates
print stays.
"""

import json
from urllib.parse import unquote_plus

from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult
from wagtail.admin.models import FormState
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from certificates.issuing.account_deletion import anonymise_certificates, erase_in_requests
from course.jobs import cancel_jobs_of
from course.models import (
    AuditedPerson,
    AuditEntry,
    CentreHead,
    Enrolment,
    Handover,
    JobTitle,
    PaperSheet,
    PlanAction,
    PlanReview,
    RosterUpload,
    User,
)
from course.models.audit import FORMER_NAME_ACTIONS
from modules.progress.events import delete_lessons_read
from modules.progress.training_record import anonymize_records
from quizzes.attempts.deletion import delete_attempts

from . import limits
from .audit import audit_log
from .clinics import anonymous_workplace_fields
from .cohorts import cohorts_of
from .enrolment import enrol_people
from .names import Mentions

# Their `subject` is the name of a clinic, area, group or role.
_IMPERSONAL_ACTIONS = ("person_moved", "attendance_kept", "role_changed", "roles_changed")
_IMPERSONAL_ACTIONS += ("records_revoked", "records_stand_again")
_IMPERSONAL_ACTIONS += ("group_handed_over", "asked_of_people")
_IMPERSONAL_ACTIONS += (
    "plan_action_agreed",
    "plan_action_let_go",
    "plan_reviewed",
    "plan_review_corrected",
    "plan_printed",
)
_IMPERSONAL_ACTIONS += ("plan_head_named", "plan_head_removed")
_IMPERSONAL_ACTIONS += ("clinic_made", "clinic_changed", "area_made", "area_changed", "area_deleted")


@transaction.atomic
def erase_traces_of(person):
    """Erase what names the person outside of the account's own tables. Call it before anything is deleted."""
    mentions = Mentions(person, former=_former_names(person))
    now = timezone.now()
    _end_sessions(person, mentions)
    cancel_jobs_of(person, now=now)
    _erase_staff_lists(mentions)
    _erase_in_log(person, mentions)
    _erase_in_notes(mentions)
    _erase_in_plans(mentions)
    anonymise_certificates(person, mentions.in_own_text)
    erase_in_requests(mentions.in_text)
    anonymize_records(person, anonymous_workplace_fields, mentions.in_own_text)
    _erase_in_admin(person, mentions)
    _erase_in_reports(mentions)
    limits.lift(person)


@transaction.atomic
def reassign_traces(old, kept, *, now):
    """Move log entries from `old` to `kept`; end the sessions of `old` and erase shared files and labels."""
    AuditEntry.objects.filter(by=old).update(by=kept)
    AuditedPerson.objects.filter(person=old).update(person=kept)
    _end_sessions(old, None)
    cancel_jobs_of(old, now=now)
    _erase_label(old)
    limits.lift(old)


def _erase_staff_lists(mentions):
    # Someone uploads a deleted list again, without the person.
    for upload in RosterUpload.objects.iterator():
        rows = [*upload.rows, *(row for sheet in upload.sheets for row in sheet["rows"])]
        rows += [[sheet.get("name", "")] for sheet in upload.sheets]
        rows.append([json.dumps(upload.chosen, ensure_ascii=False)])
        named = mentions.in_text(upload.name) or any(mentions.in_text(" ".join(map(str, row))) for row in rows)
        if named and upload.finished_at is None:
            upload.delete()
        elif named:
            RosterUpload.objects.filter(pk=upload.pk).update(name="")


def _former_names(person):
    before = AuditEntry.objects.filter(action="person_changed", about__person=person).exclude(subject="")
    parts = (name.partition(", ") for name in before.values_list("subject", flat=True))
    return [(given, surnames) for surnames, _comma, given in parts]


def _erase_in_log(person, mentions):
    AuditEntry.objects.filter(about__person=person, action__in=FORMER_NAME_ACTIONS).update(subject="")
    worded = AuditEntry.objects.exclude(subject="").exclude(action__in=_IMPERSONAL_ACTIONS)
    naming = [words for words in worded.values_list("subject", flat=True).distinct() if mentions.in_text(words)]
    worded.filter(subject__in=naming).update(subject="")


def _erase_in_notes(mentions):
    for handover in Handover.objects.exclude(note="").only("note"):
        if mentions.in_text(handover.note):
            Handover.objects.filter(pk=handover.pk).update(note="")
    for learned in JobTitle.objects.only("title"):
        if mentions.in_text(learned.title):
            learned.delete()


def _erase_in_plans(mentions):
    for model, fields in ((PlanAction, ("words", "post", "why_let_go")), (PlanReview, ("words",))):
        for row in model.objects.only(*fields).iterator():
            naming = [field for field in fields if mentions.in_text(getattr(row, field))]
            if naming:
                model.objects.filter(pk=row.pk).update(**dict.fromkeys(naming, "–"))


def _end_sessions(person, mentions):
    # Sessions of others may contain the name in searches and messages.
    for session in Session.objects.iterator():
        data = session.get_decoded()
        if data.get("_auth_user_id") == str(person.pk):
            session.delete()
        elif mentions:
            left = {
                key: value for key, value in data.items() if not mentions.in_text(json.dumps(value, ensure_ascii=False))
            }
            if len(left) < len(data):
                Session.objects.filter(pk=session.pk).update(session_data=SessionStore().encode(left))


def _erase_in_admin(person, mentions):
    # Wagtail's log, saved form states, and the picture.
    _erase_label(person)
    forms = FormState.objects.filter(content_type=_user_content_type())
    forms.filter(object_id=str(person.pk)).delete()
    for form in forms:
        if mentions.in_text(unquote_plus(form.data)):
            form.delete()
    for profile in UserProfile.objects.filter(user=person).exclude(avatar=""):
        transaction.on_commit(lambda picture=profile.avatar: picture.delete(save=False))


def _erase_label(person):
    ModelLogEntry.objects.filter(content_type=_user_content_type(), object_id=str(person.pk)).update(label="–", data={})


def _user_content_type():
    return ContentType.objects.get(app_label="course", model="user")


def _erase_in_reports(mentions):
    # A traceback may quote a row.
    for result in DBTaskResult.objects.exclude(traceback="").only("pk", "traceback"):
        if mentions.in_text(result.traceback):
            DBTaskResult.objects.filter(pk=result.pk).update(traceback="")


class CannotLeave(ValueError):
    """The message is for the user."""


def cohorts_to_move_to(user, cohort, learner):
    """Return the other groups of the user in which the learner is not."""
    current = Enrolment.objects.current().filter(learner=learner).values("cohort")
    return cohorts_of(user).exclude(pk=cohort.pk).exclude(pk__in=current)


@transaction.atomic
def move_person(learner, cohort, target, *, by, now):
    _end_enrolment(learner, cohort, now=now)
    enrol_people(target, [learner], now=now)
    for group in (cohort, target):
        audit_log(
            "person_moved", by=by, cohort=group, about=[learner], subject=f"{cohort} → {target}", people=1, now=now
        )


@transaction.atomic
def archive_person(learner, cohort, *, by, now):
    """End the enrolment; without another, close the account and remove the person as head of a clinic."""
    if not _end_enrolment(learner, cohort, now=now):
        return
    if not Enrolment.objects.current().filter(learner=learner).exists():
        CentreHead.objects.filter(person=learner).delete()
        User.objects.filter(pk=learner.pk).update(is_active=False)
    audit_log("person_archived", by=by, cohort=cohort, about=[learner], people=1, now=now)


def archived_people(cohort):
    """Return people who left the group and are in none now, in Spanish order."""
    once = Enrolment.objects.filter(cohort=cohort).exclude(left_at=None)
    now = Enrolment.objects.current()
    return User.objects.filter(pk__in=once.values("learner")).exclude(pk__in=now.values("learner")).in_spanish_order()


def check_can_delete(learner, *, by):
    """Raise `CannotLeave` while the person is in a group of another trainer."""
    current = Enrolment.objects.current().filter(learner=learner)
    if current.exclude(cohort__in=cohorts_of(by).values("pk")).exists():
        raise CannotLeave(_("The person is in a group of somebody else too. Archive them here instead."))


@transaction.atomic
def delete_person(learner, *, by, cohort, now):
    """Delete the account and its results; issued certificates stay, with the name. Raises `CannotLeave`."""
    check_can_delete(learner, by=by)
    cancel_jobs_of(learner, now=now)
    PaperSheet.objects.filter(attempt__learner=learner).delete()
    delete_attempts(learner)
    delete_lessons_read(learner)
    audit_log("person_deleted", by=by, cohort=cohort, about=[learner], people=1, now=now)
    try:
        learner.delete()
    except ProtectedError as error:
        # Former staff: their grades and sessions are about others.
        raise CannotLeave(_("What the person did for others is kept, and the account with it. Archive it.")) from error


def _end_enrolment(learner, cohort, *, now):
    return Enrolment.objects.current().filter(learner=learner, cohort=cohort).update(left_at=now)
