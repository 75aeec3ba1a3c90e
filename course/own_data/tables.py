"""Which tables tell about a person, and which columns stay out of the file. A test finds those not named here."""

from allauth.mfa.models import Authenticator
from wagtail.users.models import UserProfile

from certificates.models import Certificate, CorrectionRequest
from course.models import (
    AccountChange,
    Attendance,
    AuditEntry,
    Call,
    CentreHead,
    Enrolment,
    KnownDevice,
    PersonAlias,
    PersonIdentifier,
    Refresher,
    Refusal,
    Reminder,
    SignIn,
    SpacedCase,
    StartingPin,
    SurveyPassed,
    User,
)
from modules.models import Beginning, LessonRead, Registration, TrainingRecord
from quizzes.models import Allowance

# (model, the field that names the person), each written with all its columns but HELD_BACK.
TOLD = [
    (User, "pk"),
    (PersonIdentifier, "person"),
    (Enrolment, "learner"),
    (LessonRead, "learner"),
    (Registration, "learner"),
    (Beginning, "learner"),
    (TrainingRecord, "learner"),
    (Allowance, "learner"),
    (Certificate, "learner"),
    (CorrectionRequest, "learner"),
    (Attendance, "learner"),
    (Call, "learner"),
    (Reminder, "learner"),
    (Refresher, "learner"),
    (SpacedCase, "learner"),
    (CentreHead, "person"),
    (SurveyPassed, "person"),
    (SignIn, "person"),
    (Refusal, "person"),
    (AccountChange, "person"),
    # What others did about the person.
    (AuditEntry, "about__person"),
    (KnownDevice, "person"),
    (PersonAlias, "person"),
    (StartingPin, "user"),
    (Authenticator, "user"),
    (UserProfile, "user"),
]
# Attempts, with what hangs on them, are told by quizzes.question_forms.export; the log by its entries.
TOLD_OTHERWISE = {("Attempt", "learner"), ("AuditedPerson", "person")}

# Columns that open something, that only repeat the person or what stands beside, or whose bytes are a file beside.
HELD_BACK = {
    "User.id",
    "User.password",
    "User.sort_key",
    "StartingPin.digest",
    "PersonIdentifier.digest",
    "KnownDevice.mark_digest",
    "SignIn.session_key",
    "SignIn.device",
    "Refusal.key",
    "Reminder.token",
    "LessonRead.again_for",
    "Beginning.clinic_key",
    "Beginning.area_key",
    "Beginning.cohort_key",
    "TrainingRecord.registration",
    "TrainingRecord.clinic_key",
    "TrainingRecord.area_key",
    "TrainingRecord.cohort_key",
    "Certificate.pdf",
    "Certificate.digest",
    "Authenticator.data",
}

# What the person did for others, or lets others find: it tells about them, and stays with them.
ABOUT_OTHERS = {
    ("AccountChange", "by"),
    ("Allowance", "given_by"),
    ("Area", "leads"),
    ("Area_leads", "user"),
    ("Attempt", "released_by"),
    ("Attendance", "noted_by"),
    ("AuditEntry", "by"),
    ("Call", "made_by"),
    ("CardPrint", "requested_by"),
    ("CentreHead", "named_by"),
    ("CertificateBatch", "requested_by"),
    ("CertificateEvent", "by"),
    ("CorrectionRequest", "decided_by"),
    # The groups in which somebody learns stand in Enrolment.
    ("Cohort", "learners"),
    ("Cohort", "trainers"),
    ("Cohort_trainers", "user"),
    ("Edition", "made_by"),
    ("HandMark", "marked_by"),
    ("Handover", "given_by"),
    ("Handover", "taken_by"),
    ("Handover_taken_by", "user"),
    ("HeldWrite", "resolved_by"),
    ("JobTitle", "learned_by"),
    ("PaperPrint", "requested_by"),
    ("PaperSheet", "keyed_by"),
    ("PaperSheet", "printed_by"),
    ("PlanAction", "ended_by"),
    ("PlanAction", "made_by"),
    ("PlanReview", "noted_by"),
    ("Refresher", "begun_by"),
    ("Registration", "begun_by"),
    ("Reminder", "requested_by"),
    ("RosterUpload", "brought_by"),
    ("Session", "made_by"),
    ("SurveyPaperBatch", "collected_by"),
    ("SurveyPaperBatch", "keyed_by"),
    ("SurveyRound", "closed_by"),
    ("TrainingRecord", "annulled_by"),
    ("TranslatedFrom", "by"),
    ("User_groups", "user"),
    ("User_user_permissions", "user"),
    # Of the CMS: texts that somebody edits belong to the course.
    ("APIToken", "user"),
    ("Comment", "resolved_by"),
    ("Comment", "user"),
    ("CommentReply", "user"),
    ("Document", "uploaded_by_user"),
    ("EditingSession", "user"),
    # allauth's, and empty: no sign-in by e-mail.
    ("EmailAddress", "user"),
    ("FormState", "user"),
    ("Image", "uploaded_by_user"),
    ("LogEntry", "user"),
    ("ModelLogEntry", "user"),
    ("Page", "locked_by"),
    ("Page", "owner"),
    ("PageLogEntry", "user"),
    ("PageSubscription", "user"),
    ("Revision", "user"),
    ("SegmentOverride", "last_translated_by"),
    ("StringTranslation", "last_translated_by"),
    ("TaskState", "finished_by"),
    ("UploadedFile", "uploaded_by_user"),
    ("WorkflowState", "requested_by"),
}


def columns_of(model):
    """Return the fields of a table that the file shows."""
    return [field for field in model._meta.concrete_fields if f"{model.__name__}.{field.name}" not in HELD_BACK]
