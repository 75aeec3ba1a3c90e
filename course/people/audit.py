"""Audit log: who changed, exported or printed what, and when."""

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from course.models import AuditedPerson, AuditEntry

from .cohorts import cohorts_of

ACTIONS = {
    "roster_imported": _("Imported a staff list"),
    "numbers_known_elsewhere": _("Entered numbers or addresses of people in other groups"),
    "titles_taught": _("Assigned job titles to roles"),
    "title_forgotten": _("Deleted a job title"),
    "cards_printed": _("Requested cards"),
    "cards_fetched": _("Downloaded cards"),
    "pin_given": _("Gave a new PIN"),
    "password_given": _("Gave a new password"),
    "second_step_removed": _("Removed the second step"),
    "person_unlocked": _("Unlocked a person’s sign-in"),
    "join_code_changed": _("Changed the join code"),
    "joined_by_code": _("Joined with the join code"),
    "group_made": _("Created a group"),
    "group_changed": _("Changed a group"),
    "trainers_named": _("Changed the trainers of a group"),
    "group_handed_over": _("Handed over a group"),
    "asked_of_people": _("Changed which data people are asked for"),
    "clinic_made": _("Added a clinic"),
    "clinic_changed": _("Changed a clinic"),
    "area_made": _("Added a health area"),
    "area_changed": _("Changed a health area"),
    "area_deleted": _("Deleted a health area"),
    "people_enrolled": _("Added people to the group"),
    "begun_anew": _("Course restarted"),
    "person_added": _("Added an account"),
    "person_changed": _("Changed a person’s account"),
    "administrator_invited": _("Invited an administrator by a link"),
    "invitation_accepted": _("Accepted an invitation"),
    "account_closed": _("Closed an account"),
    "account_opened": _("Reopened an account"),
    "roles_changed": _("Changed a person’s roles in the site"),
    "role_changed": _("Changed the permissions of a role"),
    "person_moved": _("Moved a person to another group"),
    "accounts_merged": _("Merged two accounts"),
    "person_archived": _("Archived a person"),
    "person_deleted": _("Deleted an account"),
    "person_exported": _("Exported a person’s data"),
    "group_exported": _("Exported the group"),
    "table_exported": _("Exported a list"),
    "survey_results_exported": _("Exported results of the survey"),
    "survey_package_made": _("Created a data package of the survey"),
    "summary_exported": _("Exported the summary by clinic"),
    "marking_exported": _("Exported the answers to mark"),
    "audit_exported": _("Exported this list"),
    "refusals_exported": _("Exported refused requests"),
    "rules_changed": _("Changed when to call"),
    "person_called": _("Called a person"),
    "call_undone": _("Undid a call"),
    "calls_exported": _("Exported the list of people to call"),
    "slips_printed": _("Printed slips"),
    "reminders_asked": _("Requested reminders by e-mail"),
    "reminders_switched": _("Switched reminders without being asked"),
    "address_changed": _("Changed an e-mail address"),
    "allowance_given": _("Gave more time or attempts"),
    "answer_marked": _("Marked an answer"),
    "grades_released": _("Released grades"),
    "late_answer_decided": _("Decided about a late answer"),
    "certificates_asked": _("Requested certificates"),
    "certificates_fetched": _("Downloaded certificates"),
    "delivery_list_fetched": _("Downloaded the list to sign"),
    "left_out_fetched": _("Downloaded the list of people without a certificate"),
    "certificate_issued": _("Issued a certificate"),
    "certificate_corrected": _("Corrected a certificate"),
    "certificate_revoked": _("Revoked a certificate"),
    "correction_accepted": _("Accepted a requested correction"),
    "correction_declined": _("Rejected a requested correction"),
    "session_saved": _("Saved a session"),
    "session_deleted": _("Deleted a session"),
    "attendance_kept": _("Saved attendance"),
    "records_revoked": _("Revoked what rested on an attendance"),
    "records_stand_again": _("Took back a revocation: the attendance was noted again"),
    "sign_in_sheet_printed": _("Printed a sign-in sheet"),
    "papers_printed": _("Created booklets and answer sheets"),
    "papers_fetched": _("Downloaded booklets and answer sheets"),
    "paper_entered": _("Entered a sheet of answers"),
    "sheet_withdrawn": _("Withdrew a sheet of answers"),
    "hands_counted": _("Counted hands"),
    "survey_clinic_closed": _("Closed a wave of the survey for a clinic"),
    "survey_area_closed": _("Closed a wave of the survey for a health area"),
    "survey_given_up": _("Gave up sealed answers of the survey whose key is lost"),
    "survey_keyed": _("Keyed in sheets of the survey"),
    "plan_action_agreed": _("Put an action into the plan of a centre"),
    "plan_action_let_go": _("Let an action of the plan of a centre go"),
    "plan_reviewed": _("Noted a review of the plan of a centre"),
    "plan_review_corrected": _("Corrected a review of the plan of a centre"),
    "plan_head_named": _("Named who heads a centre"),
    "plan_head_removed": _("Took back who heads a centre"),
    "plan_printed": _("Printed the plan of a centre"),
}


class UnknownAction(ValueError):
    pass


def audit_log(action, *, by, cohort=None, about=(), subject="", people=None, now):
    """Save an entry; `about` are people, `subject` names things only. Raises `UnknownAction`."""
    if action not in ACTIONS:
        raise UnknownAction(action)
    entry = AuditEntry.objects.create(
        action=action,
        by=by,
        by_somebody=by is not None,
        cohort=cohort,
        subject=str(subject)[:320],
        people=people,
        at=now,
    )
    AuditedPerson.objects.bulk_create(AuditedPerson(entry=entry, person=person) for person in about)
    return entry


def entries_for(user, cohort=None):
    about = Prefetch("about", AuditedPerson.objects.select_related("person"))
    entries = AuditEntry.objects.select_related("cohort", "by").prefetch_related(about).order_by("-at", "-pk")
    if cohort is not None:
        return entries.filter(cohort=cohort)
    return entries if user.administers else entries.filter(Q(cohort__in=cohorts_of(user).values("pk")) | Q(by=user))


def action_label(action):
    return str(ACTIONS.get(action, action))
