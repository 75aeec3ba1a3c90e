"""Attendance counts of sessions.

Members of the group on the session's day are expected; other attendees are added. Without attendance nobody missed it.
"""

from collections import Counter, defaultdict
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from course.models import Attendance, Enrolment


class Turnout(NamedTuple):
    """People who attended, and these with those who were expected and did not."""

    attended: int = 0
    expected: int = 0

    @property
    def has_list(self):
        return self.attended > 0


def attendance_of(sessions):
    """Return {session pk: Turnout} of any number of sessions, in two queries."""
    sessions = list(sessions)
    came, expected = who_came(sessions), who_was_expected(sessions)
    return {one.pk: Turnout(len(came[one.pk]), len(came[one.pk] | expected[one.pk])) for one in sessions}


def who_came(sessions):
    """Return {session pk: pks of those who attended}, in one query."""
    came = defaultdict(set)
    rows = Attendance.objects.filter(session__in=[one.pk for one in sessions])
    for session_pk, learner_pk in rows.values_list("session_id", "learner_id"):
        came[session_pk].add(learner_pk)
    return came


def who_was_expected(sessions):
    """Return {session pk: pks of members on its day, first and last day included}, in one query."""
    sessions = list(sessions)
    by_group = defaultdict(list)
    for session in sessions:
        by_group[session.cohort_id].append(session)
    expected = defaultdict(set)
    rows = Enrolment.objects.filter(cohort__in=by_group)
    rows = rows.values_list("cohort_id", "learner_id", "enrolled_at", "left_at")
    for cohort_pk, learner_pk, came_at, left_at in rows:
        first, last = timezone.localdate(came_at), left_at and timezone.localdate(left_at)
        for session in by_group[cohort_pk]:
            if first <= session.held_on and (last is None or session.held_on <= last):
                expected[session.pk].add(learner_pk)
    return expected


def with_list(sessions):
    return sessions.filter(Exists(Attendance.objects.filter(session=OuterRef("pk"))))


def counted_attendance(sessions):
    """Return the same as `attendance_of`, counted by the database: for thousands of sessions."""
    on_the_day = Q(cohort__enrolments__left_at=None) | Q(cohort__enrolments__left_at__date__gte=F("held_on"))
    on_the_day &= Q(cohort__enrolments__enrolled_at__date__lte=F("held_on"))
    expected = sessions.order_by().annotate(
        expected=Count("cohort__enrolments__learner", distinct=True, filter=on_the_day)
    )
    expected = dict(expected.values_list("pk", "expected"))
    came = Attendance.objects.filter(session__in=sessions.order_by().values("pk")).order_by()
    in_group = Enrolment.objects.filter(
        Q(left_at=None) | Q(left_at__date__gte=OuterRef("session__held_on")),
        cohort__in=sessions.order_by().values("cohort"),
        cohort=OuterRef("session__cohort"),
        learner=OuterRef("learner"),
        enrolled_at__date__lte=OuterRef("session__held_on"),
    )
    # A query of its own: as a condition it would be a join per row.
    besides = _by_session(came.filter(~Exists(in_group)))
    attended = _by_session(came)
    return {pk: Turnout(attended[pk], count + besides[pk]) for pk, count in expected.items()}


def _by_session(attendances):
    return Counter(dict(attendances.values_list("session").annotate(Count("pk"))))
