"""The personal-data export: all that is stored about a person, in one file."""

import json
import zipfile
from io import BytesIO
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.serializers.json import DjangoJSONEncoder
from django.template.defaultfilters import yesno
from django.template.loader import render_to_string
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
    RefresherCase,
    Refusal,
    Reminder,
    Restart,
    Role,
    SignIn,
    StartingPin,
    SurveyPassed,
    User,
)
from course.people.audit import action_label
from modules.models import LessonRead, ModuleStart, Registration, TrainingRecord
from modules.progress.outline import course_outline
from quizzes.models import Allowance, Quiz
from quizzes.question_forms.export import serialize_attempts

# (model, the field that names the person), exported with all columns but EXCLUDED_COLUMNS.
EXPORTED = [
    (User, "pk"),
    (PersonIdentifier, "person"),
    (Enrolment, "learner"),
    (LessonRead, "learner"),
    (Registration, "learner"),
    (ModuleStart, "learner"),
    (TrainingRecord, "learner"),
    (Allowance, "learner"),
    (Certificate, "learner"),
    (CorrectionRequest, "learner"),
    (Attendance, "learner"),
    (Call, "learner"),
    (Reminder, "learner"),
    (Restart, "learner"),
    (RefresherCase, "learner"),
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
# Attempts are exported by quizzes.question_forms.export, AuditedPerson by its entries.
EXPORTED_ELSEWHERE = {("Attempt", "learner"), ("AuditedPerson", "person")}

# Secrets, columns that only repeat others, and bytes that are exported as files.
EXCLUDED_COLUMNS = {
    "User.id",
    "User.password",
    "User.sort_key",
    "StartingPin.digest",
    "PersonIdentifier.digest",
    "KnownDevice.cookie_digest",
    "SignIn.session_key",
    "SignIn.device",
    "Refusal.key",
    "Reminder.token",
    "LessonRead.reread_in",
    "ModuleStart.clinic_key",
    "ModuleStart.area_key",
    "ModuleStart.cohort_key",
    "TrainingRecord.registration",
    "TrainingRecord.clinic_key",
    "TrainingRecord.area_key",
    "TrainingRecord.cohort_key",
    "Certificate.pdf",
    "Certificate.digest",
    "Authenticator.data",
}

# What the person did for others is data about those.
ABOUT_OTHERS = {
    ("AccountChange", "by"),
    ("Allowance", "given_by"),
    ("Area", "leads"),
    ("Area_leads", "user"),
    ("Attempt", "released_by"),
    ("Attendance", "noted_by"),
    ("AuditEntry", "by"),
    ("Call", "made_by"),
    ("CentreHead", "named_by"),
    ("CertificateEvent", "by"),
    ("CorrectionRequest", "decided_by"),
    # The groups in which somebody learns stand in Enrolment.
    ("Cohort", "learners"),
    ("Cohort", "trainers"),
    ("Cohort_trainers", "user"),
    ("Edition", "created_by"),
    ("ManualMark", "marked_by"),
    ("Handover", "given_by"),
    ("Handover", "taken_by"),
    ("Handover_taken_by", "user"),
    ("LateAnswer", "resolved_by"),
    ("Job", "requested_by"),
    ("JobTitle", "learned_by"),
    ("PaperSheet", "keyed_by"),
    ("PaperSheet", "printed_by"),
    ("PlanAction", "ended_by"),
    ("PlanAction", "made_by"),
    ("PlanReview", "noted_by"),
    ("Restart", "started_by"),
    ("Registration", "restarted_by"),
    ("Reminder", "requested_by"),
    ("RosterUpload", "brought_by"),
    ("Session", "made_by"),
    ("SurveyPaperBatch", "collected_by"),
    ("SurveyPaperBatch", "keyed_by"),
    ("SurveyRound", "closed_by"),
    ("TrainingRecord", "revoked_by"),
    ("TranslationOrigin", "by"),
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


def exported_columns(model):
    return [field for field in model._meta.concrete_fields if f"{model.__name__}.{field.name}" not in EXCLUDED_COLUMNS]


# Columns with keys of modules, lessons and quizzes.
_COURSE_KEYS = {"lesson_key", "quiz_key", "module_key", "restarted_modules"}


def collect_personal_data(person, *, hidden_before, now):
    """Return {"made_at", "hidden_before", "tables", "attempts"}; answers before `hidden_before` are left out.

    A table is {"name", "title", "columns": {name: heading}, "rows": [{name: value}]}.
    """
    return {
        "made_at": now,
        "hidden_before": hidden_before,
        "tables": [_table(model, field, person) for model, field in EXPORTED],
        "attempts": list(serialize_attempts(person, hidden_before=hidden_before)),
    }


def _table(model, field, person):
    columns = exported_columns(model)
    names = _titles_by_key() if _COURSE_KEYS & {column.name for column in columns} else {}
    links = [column.name for column in columns if column.is_relation]
    rows = model._default_manager.filter(**{field: person.pk}).select_related(*links).order_by("pk")
    return {
        "name": model.__name__,
        "title": model._meta.verbose_name_plural,
        "columns": {column.name: column.verbose_name for column in columns},
        "rows": [{column.name: _value(row, column, names) for column in columns} for row in rows],
    }


def _value(row, column, names):
    if column.is_relation:
        other = getattr(row, column.name)
        return None if other is None else str(other)
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    value = getattr(row, column.name)
    if column.name == "action":
        return action_label(value)
    if column.name == "role":
        return str(dict(Role.choices).get(value, value))
    if column.name == "restarted_modules":
        return "; ".join(names.get(UUID(key), key) for key in value)
    return names.get(value, value) if column.name in _COURSE_KEYS else value


def _titles_by_key():
    outline = course_outline()
    lessons = {lesson.key: f"{module.title}: {lesson.title}" for module in outline for lesson in module.lessons}
    return (
        lessons
        | {module.key: module.title for module in outline}
        | dict(Quiz.objects.values_list("translation_key", "title"))
    )


# Neutral names: a shared computer shows them in its downloads.
PAGE, DATA = "datos.html", "datos.json"


def export_personal_data(person, *, hidden_before, now):
    """Return the bytes of a ZIP: a page, the same as JSON, certificates."""
    kept = collect_personal_data(person, hidden_before=hidden_before, now=now)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        context = {"kept": kept, "tables": list(map(_readable, kept["tables"])), "person": person}
        archive.writestr(PAGE, render_to_string("own_data/page.html", context))
        archive.writestr(DATA, json.dumps(kept, cls=_Encoder, ensure_ascii=False, indent=1))
        for certificate in Certificate.objects.filter(learner=person).order_by("issued_at", "pk").iterator():
            archive.writestr(f"certificados/{certificate.serial}.pdf", bytes(certificate.pdf))
    return file.getvalue()


def _readable(table):
    headings = table["columns"]
    rows = [[(headings[name], _format(value)) for name, value in row.items()] for row in table["rows"]]
    return {"title": table["title"], "rows": rows}


def _format(value):
    return yesno(value) if isinstance(value, bool) else value


class _Encoder(DjangoJSONEncoder):
    def default(self, value):
        return None if isinstance(value, bytes | memoryview) else super().default(value)
