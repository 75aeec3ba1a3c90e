"""Workbook of all data about a person, for trainers: without single answers."""

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from certificates.issuing.status import get_status
from certificates.models import Certificate
from course.groups.training import training_of
from course.models import Attendance, Call, Enrolment, Reminder
from course.people.identifiers import format_phone
from course.reminders.reachability import outcome_words
from modules.progress.outline import course_outline
from quizzes.base.spreadsheets import Percentage, build_workbook

from .tables import training_cells, training_headings


def person_file(learner, *, now):
    """Return the bytes of an XLSX. The person's own export, with answers, is in `course.own_data`."""
    return build_workbook(
        [
            (_("Person"), [_("What"), _("Value")], _account(learner)),
            (_("Groups"), [_("Group"), _("Since"), _("Until")], _groups(learner)),
            (_("Lessons read"), [_("Lesson"), _("When")], _lessons(learner)),
            (_("Attempts"), [_("Quiz"), _("Begun"), _("Sent"), _("Grade"), _("Passed")], _attempts(learner)),
            (_("Record of training"), training_headings(), [training_cells(line) for line in training_of(learner)]),
            (_("Certificates"), [_("Code"), _("Name"), _("Date of issue"), _("State")], _certificates(learner, now)),
            (_("Sessions attended"), [_("Date"), _("Group")], _sessions(learner)),
            (_("Calls and reminders"), [_("When"), _("What")], _calls(learner, now)),
        ]
    )


def _account(learner):
    return [
        [_("Surnames"), learner.last_name],
        [_("Given names"), learner.first_name],
        [_("User code"), learner.username],
        [_("Role"), learner.get_role_display()],
        [_("Job title"), learner.job_title],
        [_("Clinic"), str(learner.clinic or "")],
        [_("E-mail address"), learner.email],
        [capfirst(_("phone number")), format_phone(learner.phone)],
        [capfirst(_("sex")), learner.get_sex_display()],
        *_numbers(learner),
        [_("Wants no reminders since"), _day(learner.reminders_stopped_at)],
        [_("Account made"), _day(learner.date_joined)],
        [_("Last sign-in"), _day(learner.last_login)],
        [_("Last delivered what was done offline"), _day(learner.delivered_at)],
        [
            _("Not in this file"),
            _(
                "Single answers, of which trainers read only open ones, to mark them; and the PIN, of which only a "
                "digest is kept."
            ),
        ],
    ]


def _numbers(learner):
    return [
        [one.get_kind_display(), _("ends in ••%(end)s") % {"end": one.ends_with}]
        for one in learner.identifiers.order_by("kind")
    ]


def _groups(learner):
    enrolments = Enrolment.objects.filter(learner=learner).select_related("cohort").order_by("enrolled_at")
    return [[one.cohort.name, _day(one.enrolled_at), _day(one.left_at)] for one in enrolments]


def _lessons(learner):
    titles = {
        lesson.key: f"{module.number}. {module.title}: {lesson.title}"
        for module in course_outline()
        for lesson in module.lessons
    }
    read = learner.lessons_read.order_by("read_at")
    return [[titles.get(row.lesson_key, str(row.lesson_key)), _day(row.read_at)] for row in read]


def _attempts(learner):
    attempts = learner.attempts.without_snapshot().order_by("started_at")
    return [
        [
            one.title,
            _day(one.started_at),
            _day(one.submitted_at),
            None if one.grade is None else Percentage(one.grade),
            "" if one.passed is None else _("yes") if one.passed else _("not yet"),
        ]
        for one in attempts
    ]


def _certificates(learner, now):
    today = timezone.localdate(now)
    issued = Certificate.objects.filter(learner=learner).without_pdf().order_by("issued_at")
    return [
        [one.grouped_serial, one.printed["name"], one.issue_day, str(get_status(one, today=today).label)]
        for one in issued
    ]


def _sessions(learner):
    attended = Attendance.objects.filter(learner=learner).select_related("session__cohort")
    return [[one.session.held_on, one.session.cohort.name] for one in attended.order_by("session__held_on")]


def _calls(learner, now):
    calls = [(one.made_at, one.reason) for one in Call.objects.filter(learner=learner)]
    reminders = [
        (one.requested_at, f"{_('Reminder by e-mail')}: {outcome_words(one, now=now)}")
        for one in Reminder.objects.of_the_course().filter(learner=learner)
    ]
    return [[_day(at), words] for at, words in sorted(calls + reminders)]


def _day(moment):
    return moment and timezone.localdate(moment)
