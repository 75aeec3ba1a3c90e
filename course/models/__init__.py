"""People, where they work and in whose group, and what the trainer's desk keeps."""

from .audit import AuditedPerson, AuditEntry
from .cohorts import Cohort, CohortQuerySet, Enrolment, EnrolmentQuerySet, Handover
from .desk import Call, CardPrint, RosterUpload
from .devices import KnownDevice
from .people import (
    ADMINISTRATORS,
    TRAINERS,
    Area,
    Clinic,
    DigestKey,
    JobTitle,
    PeopleManager,
    PeopleSettings,
    PersonAlias,
    PersonIdentifier,
    Role,
    Sex,
    StartingPin,
    User,
    UserQuerySet,
)
from .plans import LONGEST_POST, LONGEST_WORDS, MOST_OPEN, REVIEW_DAYS, CentreHead, PlanAction, PlanReview
from .refreshers import Refresher
from .reminders import Failure, Reminder, ReminderQuerySet
from .sessions import FEWEST_HANDS, Attendance, HandsCount, PaperPrint, PaperSheet, Session
from .signs import SignOfLife
from .spaced import SpacedCase
from .survey import FEWEST_ANSWERS, SurveyEnvelope, SurveyLot, SurveyPaperBatch, SurveyPassed, SurveyRound, Wave
from .trail import HANDS_ACCESS, AccountChange, Change, Ending, Form, SignIn
from .tries import Budget, Refusal

__all__ = [
    "ADMINISTRATORS",
    "FEWEST_ANSWERS",
    "FEWEST_HANDS",
    "HANDS_ACCESS",
    "LONGEST_POST",
    "LONGEST_WORDS",
    "MOST_OPEN",
    "REVIEW_DAYS",
    "TRAINERS",
    "AccountChange",
    "Area",
    "Attendance",
    "AuditEntry",
    "AuditedPerson",
    "Budget",
    "Call",
    "CardPrint",
    "CentreHead",
    "Change",
    "Clinic",
    "Cohort",
    "CohortQuerySet",
    "DigestKey",
    "Ending",
    "Enrolment",
    "EnrolmentQuerySet",
    "Failure",
    "Form",
    "Handover",
    "HandsCount",
    "JobTitle",
    "KnownDevice",
    "PaperPrint",
    "PaperSheet",
    "PeopleManager",
    "PeopleSettings",
    "PersonAlias",
    "PersonIdentifier",
    "PlanAction",
    "PlanReview",
    "Refresher",
    "Refusal",
    "Reminder",
    "ReminderQuerySet",
    "Role",
    "RosterUpload",
    "Session",
    "Sex",
    "SignIn",
    "SignOfLife",
    "SpacedCase",
    "StartingPin",
    "SurveyEnvelope",
    "SurveyLot",
    "SurveyPaperBatch",
    "SurveyPassed",
    "SurveyRound",
    "User",
    "UserQuerySet",
    "Wave",
]
