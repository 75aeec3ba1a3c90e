"""Sessions and their attendance, ticked by the trainer or by a QR on the wall."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.models import Attendance, Cohort, Enrolment, Session, User
from course.people.audit import audit_log
from course.people.cohorts import learners_of
from modules.progress.deriving import AttendedSession
from modules.progress.training_record import (
    depends_on_sessions,
    record_finished,
    reinstate_records,
    revoke_unsupported_records,
)

from .counting import Turnout, attendance_of, who_was_expected
from .modules import counting_keys

# Old paper sessions are keyed in; a mistyped year is farther off.
YEARS_BEFORE_GROUP = 5
YEARS_AHEAD = 2
FIRST_YEAR = 2000


class NotNoted(Exception):
    pass


def days_for_sessions(cohort, *, today):
    opened = min(cohort.opens_on, today).year - YEARS_BEFORE_GROUP
    return date(max(opened, FIRST_YEAR), 1, 1), date(today.year + YEARS_AHEAD, 12, 31)


def is_to_come(session, *, now):
    return session.held_on > timezone.localdate(now)


def check_has_come(session, *, now):
    if is_to_come(session, now=now):
        words = _("This session is on %(day)s; attendance is noted from that day on. If the date is wrong, change it.")
        raise NotNoted(words % {"day": date_format(session.held_on, "DATE_FORMAT")})


# The QR is valid longer than the session: people come late.
MORE_MINUTES = 30
ONE_CLICK = timedelta(seconds=10)


class Tick(NamedTuple):
    """A person, the Attendance or None, and whether the person was in the group on that day."""

    person: User
    row: Attendance | None
    was_expected: bool


def sessions_of(cohort):
    """Return [(session, its Turnout)] of a group, the latest first, in three queries."""
    sessions = list(Session.objects.filter(cohort=cohort))
    turnout = attendance_of(sessions)
    return [(session, turnout[session.pk]) for session in sessions]


@transaction.atomic
def begin_session(session, *, by, now):
    """Save and return a new session; a second click finds the one of the first."""
    Cohort.objects.select_for_update().get(pk=session.cohort_id)
    alike = {name: getattr(session, name) for name in ("cohort", "held_on", "place", "minutes")}
    for made in Session.objects.filter(**alike, made_by=by, made_at__gt=now - ONE_CLICK):
        if (made.modules, made.counts_for) == (session.modules, session.counts_for):
            return made
    return save_session(session, by=by, now=now)


@transaction.atomic
def save_session(session, *, by, now):
    before = Session.objects.filter(pk=session.pk).first()
    session.save()
    attended = list(User.objects.filter(attendances__session=session))
    if before:
        counted, counts = counting_keys(before), counting_keys(session)
        _correct(session, attended, counted - counts, by=by, now=now)
        _bear_again(session, attended, counts - counted, by=by, now=now)
    record_finished(attended, now=now)
    audit_log(
        "session_saved", by=by, cohort=session.cohort, subject=f"{session.held_on:%Y-%m-%d} {session.place}", now=now
    )
    return session


def people_to_tick(session):
    """Return the Ticks of a session by surname: members now, members on its day, and attendees."""
    there = {row.learner_id: row for row in session.attendances.all()}
    expected = who_was_expected([session])[session.pk]
    people = {learner.pk: learner for learner in learners_of(session.cohort)}
    for learner in User.objects.filter(pk__in=(there.keys() | expected) - people.keys()):
        people[learner.pk] = learner
    in_order = sorted(people.values(), key=lambda one: (one.sort_key, one.pk))
    return [Tick(person, there.get(person.pk), person.pk in expected) for person in in_order]


def turnout_of(ticks):
    came = sum(tick.row is not None for tick in ticks)
    return Turnout(came, sum(tick.was_expected or tick.row is not None for tick in ticks))


@transaction.atomic
def keep_attendance(session, ticked, *, shown, by, now):
    """Save who attended and return how many. Raises `NotNoted` before the day.

    People in `shown` who are not ticked any more are removed. Attendance noted since the page was opened stays.
    """
    Session.objects.select_for_update().get(pk=session.pk)
    people = people_to_tick(session)
    come = [person for person, row, _expected in people if row is None and person.pk in ticked]
    gone = [row.pk for person, row, _expected in people if row is not None and person.pk in shown - ticked]
    if come:
        check_has_come(session, now=now)
    Attendance.objects.bulk_create(
        [
            Attendance(session=session, learner=person, how=Attendance.How.TAPPED, noted_at=now, noted_by=by)
            for person in come
        ],
        ignore_conflicts=True,
    )
    missed = [person for person, row, _expected in people if row is not None and row.pk in gone]
    Attendance.objects.filter(pk__in=gone).delete()
    _correct(session, missed, counting_keys(session), by=by, now=now)
    _bear_again(session, come, counting_keys(session), by=by, now=now)
    record_finished([*come, *missed], now=now)
    count = session.attendances.count()
    if come or gone:
        audit_log("attendance_kept", by=by, cohort=session.cohort, subject=session, people=count, now=now)
    return count


def _correct(session, people, modules, *, by, now):
    is_unsupported = depends_on_sessions(set(map(UUID, modules)))
    why, whose = gettext_lazy("The attendance on which it rested was corrected."), []
    for person in people if modules else ():
        if revoke_unsupported_records(person, reason=why, by=by, now=now, is_unsupported=is_unsupported):
            whose.append(person)
    if whose:
        audit_log("records_revoked", by=by, cohort=session.cohort, about=whose, subject=session, now=now)


def _bear_again(session, people, modules, *, by, now):
    whose = defaultdict(set)
    for record in reinstate_records(people, set(map(UUID, modules)), now=now):
        whose[record.revoked_at].add(record.learner)
    for revoked_at, learners in sorted(whose.items()):
        subject = f"{session} · {timezone.localtime(revoked_at):%Y-%m-%d %H:%M}"
        audit_log("records_stand_again", by=by, cohort=session.cohort, about=learners, subject=subject, now=now)


def open_door(session, *, now):
    check_has_come(session, now=now)
    session.open_until = now + timedelta(minutes=session.minutes + MORE_MINUTES)
    session.save(update_fields=["open_until"])


def close_door(session, *, now):
    session.open_until = now
    session.save(update_fields=["open_until"])


def door_is_open(session, now):
    return session.open_until is not None and now < session.open_until


def check_may_attend(session, learner, *, now):
    if not Enrolment.objects.current().filter(cohort=session.cohort_id, learner=learner).exists():
        raise NotNoted(gettext_lazy("This session is of a group that you are not in. Tell whoever leads it."))
    if is_to_come(session, now=now):
        day = date_format(session.held_on, "DATE_FORMAT")
        raise NotNoted(_("This session is on %(day)s: scan the QR on that day.") % {"day": day})
    if not door_is_open(session, now):
        raise NotNoted(gettext_lazy("This session does not take attendance by QR now. Whoever leads it can note you."))


@transaction.atomic
def attend(session, learner, *, now):
    """Note the learner's attendance; the first time stays. Raises NotNoted."""
    check_may_attend(session, learner, now=now)
    Attendance.objects.bulk_create(
        [Attendance(session=session, learner=learner, how=Attendance.How.QR, noted_at=now, noted_by=learner)],
        ignore_conflicts=True,
    )
    _bear_again(session, [learner], counting_keys(session), by=learner, now=now)
    record_finished([learner], now=now)


def who_attended(learners):
    """Return the AttendedSessions, one for each module of a session, or for a session on none; one query."""
    rows = Attendance.objects.filter(learner__in=learners).values_list(
        "learner_id", "noted_at", "session__held_on", "session__modules", "session__counts_for"
    )
    attended, noon_of = [], {}
    for learner_pk, noted_at, day, modules, counts_for in rows:
        if day not in noon_of:
            noon_of[day] = noon(day)
        # A session has no hour: noon, or the time of entry if earlier.
        held_at = min(noted_at, noon_of[day])
        for key in modules or [None]:
            attended.append(AttendedSession(learner_pk, key and UUID(key), noted_at, held_at, key in counts_for))
    return attended


def noon(day):
    return timezone.make_aware(datetime.combine(day, time(12)))


class CannotDelete(Exception):
    pass


def _reasons_to_keep(session):
    hanging = [
        (session.attendances, _("Attendance is noted at it: if nobody was there, untick them first.")),
        (session.paper_sheets, _("Answer sheets were made for it.")),
        (session.hands, _("Hands were counted at it.")),
    ]
    return [words for rows, words in hanging if rows.exists()]


def check_can_delete(session):
    if reasons := _reasons_to_keep(session):
        raise CannotDelete(" ".join([_("This session is not deleted."), *reasons]))


def can_delete(session):
    return not _reasons_to_keep(session)


@transaction.atomic
def delete_session(session, *, by, now):
    """Delete a session without data. Idempotent. Raises `CannotDelete`."""
    locked = Session.objects.select_for_update().filter(pk=session.pk).first()
    if locked is None:
        return
    check_can_delete(locked)
    audit_log(
        "session_deleted", by=by, cohort=session.cohort, subject=f"{locked.held_on:%Y-%m-%d} {locked.place}", now=now
    )
    locked.delete()
