"""Register of attendance, with sums."""

from dataclasses import dataclass
from itertools import batched
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from course.groups.training import module_titles
from course.models import Attendance
from course.sessions.counting import Turnout, counted_attendance, with_list
from modules.progress.outline import course_outline

from .periods import Period

AT_ONCE = 2000


class Sums(NamedTuple):
    sessions: int
    minutes: int
    unlisted: int
    turnout: Turnout
    minutes_of_people: int

    @property
    def hours_of_people(self):
        return round(self.minutes_of_people / 60, 1)


@dataclass(frozen=True)
class AttendanceLine:
    attendance: Attendance
    modules: str
    counts_for: str

    @property
    def session(self):
        return self.attendance.session

    @property
    def clinic(self):
        return self.session.cohort.clinic


def sessions_in(scope, *, year, today):
    sessions = scope.sessions().filter(held_on__lte=today)
    if year:
        since, until = Period.of_year(year)
        sessions = sessions.filter(held_on__gte=since, held_on__lte=until)
    return sessions


def registered_attendances(sessions):
    rows = Attendance.objects.filter(session__in=sessions.order_by().values("pk"))
    rows = rows.select_related("learner", "session__cohort__clinic__area")
    return rows.order_by("-session__held_on", "-session__pk", "learner__sort_key", "pk")


def sums_of(sessions):
    minutes = dict(sessions.order_by().values_list("pk", "minutes"))
    turnout = counted_attendance(with_list(sessions))
    together = Turnout(sum(one.attended for one in turnout.values()), sum(one.expected for one in turnout.values()))
    of_people = sum(one.attended * minutes.get(pk, 0) for pk, one in turnout.items())
    return Sums(len(minutes), sum(minutes.values()), len(minutes) - len(turnout), together, of_people)


def attendance_lines(attendances):
    titles = module_titles(course_outline())

    def in_words(keys):
        return "; ".join(titles.get(UUID(key)) or _("a module that is not published") for key in keys)

    return [
        AttendanceLine(one, in_words(one.session.modules), in_words(one.session.counts_for) or _("Nothing"))
        for one in attendances
    ]


def attendances_table(attendances):
    """Return (headings, rows); the rows are a generator that reads some at a time."""
    headings = [
        _("Date"),
        _("Group"),
        _("Clinic"),
        _("Health area"),
        _("Place"),
        _("Length in minutes"),
        _("Modules"),
        _("Counts for"),
        _("Surnames"),
        _("Given names"),
        _("User code"),
        _("How"),
    ]
    return headings, _rows(attendances)


def _rows(attendances):
    pks = list(attendances.values_list("pk", flat=True))
    for some in batched(pks, AT_ONCE):
        found = attendances.filter(pk__in=some).in_bulk()
        for line in attendance_lines(found[pk] for pk in some if pk in found):
            session, person = line.session, line.attendance.learner
            yield [
                session.held_on,
                session.cohort.name,
                str(line.clinic or ""),
                str((line.clinic and line.clinic.area) or ""),
                session.place,
                session.minutes,
                line.modules,
                line.counts_for,
                person.last_name,
                person.first_name,
                person.username,
                line.attendance.get_how_display(),
            ]


def sums_table(sums):
    return [_("Figure"), _("Value")], [
        [_("Sessions"), sums.sessions],
        [_("Length in minutes"), sums.minutes],
        [pgettext("figure", "Without list"), sums.unlisted],
        [_("Attended"), sums.turnout.attended],
        [_("Expected"), sums.turnout.expected],
        [_("Hours of all who came"), sums.hours_of_people],
    ]
