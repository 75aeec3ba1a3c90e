"""What names a person outside of the tables that go with the account: erased when that is deleted, by whoever does it.

Of a deleted account there stays what was printed on certificates. What is written here runs for every deletion, one in
a shell included: see `course.receivers`.
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

from certificates.batches.forgetting import forget_in_batches
from certificates.issuing.account_deletion import forget_in_requests, forget_on_certificates
from certificates.jobs import give_up
from course.models import (
    AuditedPerson,
    AuditEntry,
    CardPrint,
    CentreHead,
    Enrolment,
    Handover,
    JobTitle,
    PaperPrint,
    PaperSheet,
    PlanAction,
    PlanReview,
    RosterUpload,
    User,
)
from course.models.audit import FORMERLY
from modules.progress.events import delete_reading_of
from modules.progress.training_record import blank_records
from quizzes.attempts.deletion import delete_attempts_of

from . import limits
from .audit import note
from .cohorts import cohorts_of
from .enrolment import enrol_people
from .names import Mentions
from .restarts import kept_of_who_is_gone

# Their words are names of places, groups and roles.
_OF_THINGS = ("person_moved", "attendance_kept", "role_changed", "roles_changed")
_OF_THINGS += ("records_annulled", "records_stand_again")
_OF_THINGS += ("group_handed_over", "asked_of_people")
_OF_THINGS += ("plan_action_agreed", "plan_action_let_go", "plan_reviewed", "plan_review_corrected", "plan_printed")
_OF_THINGS += ("plan_head_named", "plan_head_removed")
_OF_THINGS += ("clinic_made", "clinic_changed", "area_made", "area_changed", "area_deleted")


@transaction.atomic
def erase_traces_of(person):
    """Erase whatever names the person outside of the account's own tables; call it before anything is deleted."""
    mentions = Mentions(person, former=_former_names(person))
    now = timezone.now()
    _end_sessions(person, mentions)
    forget_work_with(person, now=now)
    _forget_lists_with(mentions)
    _erase_in_log(person, mentions)
    _erase_in_notes(mentions)
    _erase_in_plans(mentions)
    forget_on_certificates(person, mentions.in_own_text)
    forget_in_requests(mentions.in_text)
    blank_records(person, kept_of_who_is_gone, mentions.in_own_text)
    _erase_in_admin(person, mentions)
    _erase_in_reports(mentions)
    limits.lift(person)


@transaction.atomic
def hand_over_traces(old, kept, *, now):
    """Let the log tell of `kept` what it told of `old`, an account of the same person that goes."""
    AuditEntry.objects.filter(by=old).update(by=kept)
    AuditedPerson.objects.filter(person=old).update(person=kept)
    _end_sessions(old, None)
    forget_work_with(old, now=now)
    _erase_label(old)
    limits.lift(old)


def forget_work_with(person, *, now):
    """Forget every file that was made for several people and holds this one; what is being made comes to nothing."""
    forget_in_batches(person, now=now)
    codes = set(PaperSheet.objects.filter(attempt__learner=person).values_list("code", flat=True))
    _forget_files(PaperPrint, "sheets", lambda code: code in codes, now=now)
    _forget_files(CardPrint, "learners", lambda line: line[0] == person.pk, now=now)


def _forget_files(model, field, is_of_person, *, now):
    for job in model.objects.without_bytes():
        lines = getattr(job, field)
        kept = [line for line in lines if not is_of_person(line)]
        if len(kept) < len(lines):
            give_up(model.objects.filter(pk=job.pk), now=now)
            model.objects.filter(pk=job.pk).update(**{field: kept, "pdf": None})


def _forget_lists_with(mentions):
    """Forget lists of staff that wait, if one of their rows names the person: they are brought anew, without it."""
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
    """Return [(given names, surnames)] that the person had before, as the log holds them."""
    before = AuditEntry.objects.filter(action="person_changed", about__person=person).exclude(subject="")
    parts = (name.partition(", ") for name in before.values_list("subject", flat=True))
    return [(given, surnames) for surnames, _comma, given in parts]


def _erase_in_log(person, mentions):
    """Leave the entries about the person without former names and codes, and no name in the words of any other."""
    AuditEntry.objects.filter(about__person=person, action__in=FORMERLY).update(subject="")
    worded = AuditEntry.objects.exclude(subject="").exclude(action__in=_OF_THINGS)
    naming = [words for words in worded.values_list("subject", flat=True).distinct() if mentions.in_text(words)]
    worded.filter(subject__in=naming).update(subject="")


def _erase_in_notes(mentions):
    """Take out of what trainers wrote whatever names the person: a note of a handover, a job title that was learned."""
    for handover in Handover.objects.exclude(note="").only("note"):
        if mentions.in_text(handover.note):
            Handover.objects.filter(pk=handover.pk).update(note="")
    for learned in JobTitle.objects.only("title"):
        if mentions.in_text(learned.title):
            learned.delete()


def _erase_in_plans(mentions):
    """Leave no name in the plans of centres, where none should be: whatever names the person is a dash."""
    for model, fields in ((PlanAction, ("words", "post", "why_let_go")), (PlanReview, ("words",))):
        for row in model.objects.only(*fields).iterator():
            naming = [field for field in fields if mentions.in_text(getattr(row, field))]
            if naming:
                model.objects.filter(pk=row.pk).update(**dict.fromkeys(naming, "–"))


def _end_sessions(person, mentions):
    """End the sessions of the person, and take the name out of what others looked for or were told."""
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if held.get("_auth_user_id") == str(person.pk):
            session.delete()
        elif mentions:
            left = {
                key: value for key, value in held.items() if not mentions.in_text(json.dumps(value, ensure_ascii=False))
            }
            if len(left) < len(held):
                Session.objects.filter(pk=session.pk).update(session_data=SessionStore().encode(left))


def _erase_in_admin(person, mentions):
    """Leave no name in what Wagtail keeps of its pages for people: its log, forms that were left open, a picture."""
    _erase_label(person)
    forms = FormState.objects.filter(content_type=_people())
    forms.filter(object_id=str(person.pk)).delete()
    for form in forms:
        if mentions.in_text(unquote_plus(form.data)):
            form.delete()
    for profile in UserProfile.objects.filter(user=person).exclude(avatar=""):
        transaction.on_commit(lambda picture=profile.avatar: picture.delete(save=False))


def _erase_label(person):
    ModelLogEntry.objects.filter(content_type=_people(), object_id=str(person.pk)).update(label="–", data={})


def _people():
    return ContentType.objects.get(app_label="course", model="user")


def _erase_in_reports(mentions):
    """What went wrong in the background may quote a row."""
    for result in DBTaskResult.objects.exclude(traceback="").only("pk", "traceback"):
        if mentions.in_text(result.traceback):
            DBTaskResult.objects.filter(pk=result.pk).update(traceback="")


class CannotLeave(ValueError):
    """The person cannot be moved or deleted; the message says why."""


def groups_to_move_to(user, cohort, learner):
    """Return the other groups of this person's in which the learner is not now."""
    there = Enrolment.objects.current().filter(learner=learner).values("cohort")
    return cohorts_of(user).exclude(pk=cohort.pk).exclude(pk__in=there)


@transaction.atomic
def move_person(learner, cohort, target, *, by, now):
    """Take a person out of a group and put them into another; what they did goes along. Twice is once."""
    _end(learner, cohort, now=now)
    enrol_people(target, [learner], now=now)
    for group in (cohort, target):
        note("person_moved", by=by, cohort=group, about=[learner], subject=f"{cohort} → {target}", people=1, now=now)


@transaction.atomic
def archive_person(learner, cohort, *, by, now):
    """Take a person out of a group; without another group the account is closed.

    What they did is kept; whoever is in no group heads no centre.
    """
    if not _end(learner, cohort, now=now):
        return
    if not Enrolment.objects.current().filter(learner=learner).exists():
        CentreHead.objects.filter(person=learner).delete()
        User.objects.filter(pk=learner.pk).update(is_active=False)
    note("person_archived", by=by, cohort=cohort, about=[learner], people=1, now=now)


def archived_of(cohort):
    """Return the people who left the group and are in none now, in Spanish order."""
    once = Enrolment.objects.filter(cohort=cohort).exclude(left_at=None)
    now = Enrolment.objects.current()
    return User.objects.filter(pk__in=once.values("learner")).exclude(pk__in=now.values("learner")).in_spanish_order()


def check_can_delete(learner, *, by):
    """Raise `CannotLeave` while somebody else's group has the person in it."""
    current = Enrolment.objects.current().filter(learner=learner)
    if current.exclude(cohort__in=cohorts_of(by).values("pk")).exists():
        raise CannotLeave(_("The person is in a group of somebody else too. Archive them here instead."))


@transaction.atomic
def delete_person(learner, *, by, cohort, now):
    """Delete the account and what the person did. Issued certificates stay, with their name. Raises `CannotLeave`."""
    check_can_delete(learner, by=by)
    # As long as the sheets are there that say which print holds them; the rest goes with the account.
    forget_work_with(learner, now=now)
    PaperSheet.objects.filter(attempt__learner=learner).delete()
    delete_attempts_of(learner)
    delete_reading_of(learner)
    note("person_deleted", by=by, cohort=cohort, about=[learner], people=1, now=now)
    try:
        learner.delete()
    except ProtectedError as error:
        # Somebody who had a role in the site once: marks and sessions tell about others.
        raise CannotLeave(_("What the person did for others is kept, and the account with it. Archive it.")) from error


def _end(learner, cohort, *, now):
    return Enrolment.objects.current().filter(learner=learner, cohort=cohort).update(left_at=now)
