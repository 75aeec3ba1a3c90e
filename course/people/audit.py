"""The audit list: who changed, exported or printed what, and when. It never holds an answer, a grade or a name."""

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from course.models import AuditedPerson, AuditEntry

from .cohorts import cohorts_of

# Everything that is kept, in the words of the list; whoever adds something that is worth keeping adds its words here.
ACTIONS = {
    "roster_imported": _("Brought in a list of staff"),
    "numbers_known_elsewhere": _("Wrote numbers or addresses of people of other groups"),
    "titles_taught": _("Taught job titles"),
    "title_forgotten": _("Forgot a job title"),
    "cards_printed": _("Had cards made"),
    "cards_fetched": _("Fetched cards"),
    "pin_given": _("Gave a new PIN"),
    "password_given": _("Gave a new password"),
    "second_step_removed": _("Removed the second step"),
    "person_unlocked": _("Let a person try the PIN again"),
    "join_code_changed": _("Changed the code to join"),
    "joined_by_code": _("Joined with the code"),
    "group_made": _("Made a group"),
    "group_changed": _("Changed a group"),
    "trainers_named": _("Said who trains a group"),
    "group_handed_over": _("Handed a group over"),
    "asked_of_people": _("Said what is asked of people"),
    "clinic_made": _("Added a clinic"),
    "clinic_changed": _("Changed a clinic"),
    "area_made": _("Added a health area"),
    "area_changed": _("Changed a health area"),
    "area_deleted": _("Deleted a health area"),
    "people_enrolled": _("Put people into the group"),
    "begun_anew": _("Began the course anew"),
    "person_added": _("Added an account"),
    "person_changed": _("Changed how a person is registered"),
    "administrator_invited": _("Invited an administrator by a link"),
    "invitation_accepted": _("Came in by the link of an invitation"),
    "account_closed": _("Closed an account"),
    "account_opened": _("Opened an account again"),
    "roles_changed": _("Changed somebody’s roles in the site"),
    "role_changed": _("Changed what a role in the site may do"),
    "person_moved": _("Moved a person to another group"),
    "accounts_merged": _("Merged two accounts"),
    "person_archived": _("Archived a person"),
    "person_deleted": _("Deleted an account"),
    "person_exported": _("Exported a person’s data"),
    "group_exported": _("Exported the group"),
    "table_exported": _("Exported a list"),
    "survey_results_exported": _("Exported results of the survey"),
    "survey_package_made": _("Made a data package of the survey"),
    "summary_exported": _("Exported the summary by clinic"),
    "marking_exported": _("Exported what waits for a mark"),
    "audit_exported": _("Exported this list"),
    "refusals_exported": _("Exported what was refused"),
    "rules_changed": _("Changed when to call"),
    "person_called": _("Called a person"),
    "call_undone": _("Took back a call"),
    "calls_exported": _("Exported whom to call"),
    "slips_printed": _("Printed slips"),
    "reminders_asked": _("Had reminders sent by e-mail"),
    "reminders_switched": _("Switched reminders without being asked"),
    "address_changed": _("Changed an e-mail address"),
    "allowance_given": _("Gave more time or attempts"),
    "answer_marked": _("Marked an answer"),
    "grades_released": _("Released grades"),
    "late_answer_decided": _("Decided about a late answer"),
    "certificates_asked": _("Had certificates made"),
    "certificates_fetched": _("Fetched certificates"),
    "delivery_list_fetched": _("Fetched the list to sign"),
    "left_out_fetched": _("Fetched who is without a certificate"),
    "certificate_issued": _("Issued a certificate"),
    "certificate_corrected": _("Corrected a certificate"),
    "certificate_annulled": _("Annulled a certificate"),
    "correction_accepted": _("Accepted a correction that was asked for"),
    "correction_declined": _("Did not accept a correction that was asked for"),
    "session_saved": _("Saved a session"),
    "session_deleted": _("Deleted a session"),
    "attendance_kept": _("Kept attendance"),
    "records_annulled": _("Annulled what rested on an attendance"),
    "records_stand_again": _("Took back an annulment: the attendance was noted again"),
    "sign_in_sheet_printed": _("Printed a sign-in sheet"),
    "papers_printed": _("Made booklets and answer sheets"),
    "papers_fetched": _("Fetched booklets and answer sheets"),
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
    """What was done has no words in the list."""


def note(action, *, by, cohort=None, about=(), subject="", people=None, now):
    """Keep that `by` did `action`, one of ACTIONS, in a group, about these people, a thing, or to so many people.

    `by` is None where the site itself did it, as a timer of the server does. `subject` are words about things: people
    go into `about`, which holds None for somebody whose account is gone, and are named when the list is shown.
    """
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
    """Return what this person may know of who did what, newest first: of one group, or of the own ones and oneself."""
    about = Prefetch("about", AuditedPerson.objects.select_related("person"))
    entries = AuditEntry.objects.select_related("cohort", "by").prefetch_related(about).order_by("-at", "-pk")
    if cohort is not None:
        return entries.filter(cohort=cohort)
    return entries if user.administers else entries.filter(Q(cohort__in=cohorts_of(user).values("pk")) | Q(by=user))


def words_of(action):
    """Return what was done in words; a name that is not in the list any more stays as it was written."""
    return str(ACTIONS.get(action, action))
