"""The tables of the desk as rows for a spreadsheet: each (headings, rows) of what its page shows."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from certificates.issuing.status import CertificateStatus
from course.people.audit import action_label
from quizzes.attempts.scoring import points_of, round_down
from quizzes.base.spreadsheets import Percentage

from .roster_words import line_words


def calls_table(due):
    headings = [*_person_headings(), _("Group"), _("Why")]
    return headings, [[*_person(one.learner), one.cohort.name, one.words] for one in due]


def audit_table(entries):
    headings = [_("When"), _("Who"), _("What"), _("Group"), _("About"), _("People")]
    return headings, [
        [entry.at, entry.who, action_label(entry.action), str(entry.cohort or ""), entry.about_text, entry.people]
        # A long list, and the people of it, so many at once.
        for entry in entries.iterator(chunk_size=2000)
    ]


def refusals_table(refusals):
    headings = [_("Hour"), _("User code"), _("Account"), _("Why"), _("Times"), _("Device"), _("Network"), _("Page")]
    return headings, [
        [
            one.hour,
            one.person.username if one.person else "",
            str(one.person or ""),
            one.get_reason_display(),
            one.times,
            one.get_device_display(),
            one.place,
            one.page,
        ]
        for one in refusals
    ]


def reminders_table(lines):
    """`lines` are (Reminder, what became of it in words)."""
    headings = [*_person_headings(), _("Group"), _("Asked for"), _("Who"), _("What became of it")]
    return headings, [
        [*_person(one.learner), str(one.cohort), one.requested_at, one.who, words] for one, words in lines
    ]


def cards_table(candidates):
    """Who has a PIN, who has a card and until when; a PIN is in no table."""
    headings = [*_person_headings(), _("PIN")]
    return headings, [[*_person(one.learner), one.pin_words] for one in candidates]


def certificates_table(candidates):
    headings = [*_person_headings(), _("Clinic"), _("Certificate"), _("Date"), _("Holds until")]
    return [*headings, _("Modules finished"), _("Modules in all")], [
        [
            *_person(one.learner),
            str(one.learner.clinic or ""),
            *_certificate(one),
            one.certificate.expires_on if one.certificate else None,
            one.progress.done_count,
            one.progress.total,
        ]
        for one in candidates
    ]


def found_table(found):
    """Certificates that were found by name, as they were printed."""
    headings = [pgettext("certificate", "Name"), _("State"), _("Date"), _("Clinic"), _("Group"), _("Certificate")]
    return headings, [
        [
            one.certificate.printed["name"],
            str(one.standing.label),
            one.certificate.issue_day,
            one.certificate.printed["clinic"],
            str(one.cohort or ""),
            one.certificate.grouped_serial,
        ]
        for one in found
    ]


def places_table(clinics):
    """Clinics, each with how many groups and people in groups it has."""
    headings = [_("Health area"), _("Clinic"), _("Municipality"), _("Groups"), _("People in groups")]
    return headings, [[str(one.area or ""), one.name, one.municipality, one.groups, one.people] for one in clinics]


def left_out_table(job):
    lines = job.result.get("left_out", ())
    return [_("Person"), _("Reason")], [[line["name"], line["reason"]] for line in lines]


def training_table(lines):
    """The record of training; of whoever's account is gone without a name, and by the month alone."""
    return [*_person_headings(), *training_headings()], [
        [*(_person(line.record.learner) if line.record.learner else ["", "", ""]), *training_cells(line)]
        for line in lines
    ]


def training_headings():
    return [
        _("What"),
        _("Edition"),
        _("Date"),
        _("Month"),
        _("Role"),
        _("Job title"),
        _("Clinic"),
        _("Health area"),
        _("Group"),
        _("Revoked on"),
        _("Revoked by"),
        _("Reason of the revocation"),
    ]


def training_cells(line):
    """Return what a row of the record says under `training_headings`, whoever's it is."""
    record = line.record
    return [
        line.what,
        str(record.edition),
        line.day,
        line.month,
        line.role,
        record.job_title,
        record.clinic,
        record.area,
        record.cohort,
        line.revoked_on,
        line.revoked_by,
        record.revoked_reason,
    ]


def archive_table(people):
    headings = [*_person_headings(), _("Role"), _("Clinic")]
    return headings, [[*_person(one), one.get_role_display(), str(one.clinic or "")] for one in people]


def attempts_table(report):
    """The attempts of a person with their grades, and no answer."""
    headings = [
        _("Module or quiz"),
        _("Attempt"),
        _("Date"),
        _("Taken"),
        _("Points"),
        _("Of"),
        _("Grade"),
        _("Result"),
        pgettext("attempt", "Counts"),
    ]
    return headings, [
        [
            quiz.title,
            line.number,
            timezone.localdate(line.attempt.submitted_at or line.attempt.started_at),
            line.attempt.get_medium_display(),
            *_grade(line.attempt),
            line.result,
            _("Yes") if line.counts else "",
        ]
        for quiz, line in report.attempts
    ]


def pile_table(waiting, exams):
    """Whose answers wait at a quiz, and whose exam; of an exam the points, and no answer."""
    headings = [*_person_headings(), _("Sent"), _("Answers to mark"), _("Exams to release"), _("Points"), _("Of")]
    rows = [[*_person(attempt.learner), attempt.submitted_at, attempt.waiting, 0, None, None] for attempt in waiting]
    rows += [
        [
            *_person(line.attempt.learner),
            line.attempt.submitted_at,
            0,
            1,
            float(line.points),
            line.attempt.snapshot["total"],
        ]
        for line in exams
    ]
    return headings, rows


def late_table(lines):
    headings = [*_person_headings(), _("Clinic"), _("Quiz"), _("Question"), _("Reason"), _("Received")]
    return [*headings, _("Answered, according to the device")], [
        [
            *_person(line.learner),
            str(line.learner.clinic or ""),
            line.title,
            line.number,
            line.held.get_reason_display(),
            line.held.received_at,
            line.held.given_at if line.held.by_device else None,
        ]
        for line in lines
    ]


def roster_table(lines):
    """What a list of staff will do, row by row."""
    headings = [
        _("Row"),
        _("What happens"),
        _("Surnames"),
        _("Given names"),
        _("Role"),
        _("Clinic"),
        _("User code"),
        _("To look at"),
    ]
    return headings, [
        [
            line.number,
            str(line.fate.label),
            line.surnames,
            line.given_names,
            line.role_label,
            line.clinic_words,
            line.person.username if line.person else line.code,
            line_words(line),
        ]
        for line in lines
    ]


def sessions_table(sessions):
    """`sessions` are (Session, its Turnout, its modules, what it counts for in words)."""
    headings = [_("Date"), _("Place"), _("Modules"), _("Counts for"), _("Length in minutes"), _("Attended"), _("Of")]
    return headings, [
        [
            one.held_on,
            one.place,
            _titles(modules),
            counts,
            one.minutes,
            *(turnout if turnout.has_list else (None, None)),
        ]
        for one, turnout, modules, counts in sessions
    ]


def _titles(modules):
    return "; ".join(f"{module.number}. {module.title}" for module in modules)


def attendance_table(ticks, *, counts):
    """`ticks` are the Ticks of a session; `counts` is what it counts for in words."""
    headings = [*_person_headings(), _("Role"), _("Attendance"), _("How"), _("Noted at"), _("Counts for")]
    return headings, [
        [
            *_person(person),
            person.get_role_display(),
            _attendance_words(row, was_expected),
            row.get_how_display() if row else "",
            row.noted_at if row else None,
            counts,
        ]
        for person, row, was_expected in ticks
    ]


def _attendance_words(row, was_expected):
    if row:
        return _("Present")
    return _("Absent") if was_expected else _("Not in the group that day")


def quizzes_on_paper_table(lines):
    """`lines` are (module, {"sheets": how many are printed, "keyed": how many of them are entered})."""
    headings = [_("Module"), _("Quiz"), _("Sheets"), _("Entered")]
    return headings, [
        [module.number, module.quiz_title, count.get("sheets", 0), count.get("keyed", 0)] for module, count in lines
    ]


def sheets_table(sheets):
    """The sheets of a quiz and how far they are; nothing of what was answered."""
    headings = [*_person_headings(), _("Sheet"), _("Printed on"), _("Session"), _("State"), _("Entered on"), _("By")]
    return headings, [
        [
            *_person(sheet.attempt.learner),
            sheet.code,
            timezone.localdate(sheet.printed_at),
            sheet.session.held_on if sheet.session else None,
            _sheet_state(sheet),
            timezone.localdate(sheet.keyed_at) if sheet.keyed_at else None,
            str(sheet.keyed_by or ""),
        ]
        for sheet in sheets
    ]


def _sheet_state(sheet):
    if sheet.attempt.is_in_second_chance:
        return _("One question is missing")
    if not sheet.attempt.has_ended:
        return _("To enter")
    if sheet.keyed_at:
        return _("Entered")
    return _("Withdrawn") if sheet.attempt.abandoned_at else _("Sent in another way")


def _certificate(candidate):
    if certificate := candidate.certificate:
        if candidate.may_be_issued:
            return _("May be renewed now"), certificate.issue_day
        if candidate.expired_since:
            return str(CertificateStatus.EXPIRED.label), certificate.issue_day
        return _("Issued"), certificate.issue_day
    if candidate.revoked:
        return pgettext("certificate", "Revoked"), timezone.localdate(candidate.revoked.revoked_at)
    return (_("May have one now") if candidate.may_be_issued else _("Not yet")), None


def _person_headings():
    return [_("Surnames"), _("Given names"), _("User code")]


def _person(learner):
    return [learner.last_name, learner.first_name, learner.username]


def _grade(attempt):
    if attempt.grade is None:
        return [None, None, None]
    return [float(points_of(attempt.grade, attempt.total)), attempt.total, Percentage(round_down(attempt.grade, 1))]
