"""Sessions with their attendance: ticked by the trainer, or noted by who scans the QR on the wall."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
from .days import NotNoted, check_has_come, is_to_come
from .modules import counting_keys

# How long the QR on the wall is good beyond the length of the session: people come late and telephones are slow.
MORE_MINUTES = 30
# A second click on a page that answers slowly.
ONE_CLICK = timedelta(seconds=10)


class Tick(NamedTuple):
    """A person who can be ticked, the Attendance or None, and whether the person was in the group on that day."""

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
    """Save a new session and return it; a second click of the same person finds the one of the first."""
    Cohort.objects.select_for_update().get(pk=session.cohort_id)
    alike = {name: getattr(session, name) for name in ("cohort", "held_on", "place", "minutes")}
    for made in Session.objects.filter(**alike, made_by=by, made_at__gt=now - ONE_CLICK):
        if (made.modules, made.counts_for) == (session.modules, session.counts_for):
            return made
    return save_session(session, by=by, now=now)


@transaction.atomic
def save_session(session, *, by, now):
    """Save a session, new or changed. For whoever attended holds what it is on and counts for by now."""
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
    """Return the Ticks of a session by surname: who is in the group, who was on its day, and who was there."""
    there = {row.learner_id: row for row in session.attendances.all()}
    expected = who_was_expected([session])[session.pk]
    people = {learner.pk: learner for learner in learners_of(session.cohort)}
    for learner in User.objects.filter(pk__in=(there.keys() | expected) - people.keys()):
        people[learner.pk] = learner
    in_order = sorted(people.values(), key=lambda one: (one.sort_key, one.pk))
    return [Tick(person, there.get(person.pk), person.pk in expected) for person in in_order]


def turnout_of(ticks):
    """Return the Turnout of a session whose Ticks these are; the same as `attendance_of` counts."""
    came = sum(tick.row is not None for tick in ticks)
    return Turnout(came, sum(tick.was_expected or tick.row is not None for tick in ticks))


@transaction.atomic
def keep_attendance(session, ticked, *, shown, by, now):
    """Keep that these people, of those who can be ticked, were there, and return how many were.

    `shown` are those whom the page showed as having been there: of them, whoever is not ticked any more was not.
    Whoever scanned the QR, or was ticked by somebody else, since the page was opened stays. Raises `NotNoted`, and
    keeps nothing, where somebody would have been at a session to come.
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
    why, whose = _("The attendance on which it rested was corrected."), []
    for person in people if modules else ():
        if revoke_unsupported_records(person, reason=why, by=by, now=now, is_unsupported=is_unsupported):
            whose.append(person)
    if whose:
        audit_log("records_annulled", by=by, cohort=session.cohort, about=whose, subject=session, now=now)


def _bear_again(session, people, modules, *, by, now):
    whose = defaultdict(set)
    for record in reinstate_records(people, set(map(UUID, modules)), now=now):
        whose[record.revoked_at].add(record.learner)
    for revoked_at, learners in sorted(whose.items()):
        # The record itself does not say any more that it was annulled.
        subject = f"{session} · {timezone.localtime(revoked_at):%Y-%m-%d %H:%M}"
        audit_log("records_stand_again", by=by, cohort=session.cohort, about=learners, subject=subject, now=now)


def open_door(session, *, now):
    """Let people sign in with the QR on the wall, from now until a while after the session. Raises `NotNoted`."""
    check_has_come(session, now=now)
    session.open_until = now + timedelta(minutes=session.minutes + MORE_MINUTES)
    session.save(update_fields=["open_until"])


def close_door(session, *, now):
    """End that; the QR is good for nothing from now on."""
    session.open_until = now
    session.save(update_fields=["open_until"])


def door_is_open(session, now):
    return session.open_until is not None and now < session.open_until


def check_may_attend(session, learner, *, now):
    """Raise NotNoted unless the learner may be noted with the QR of this session now."""
    if not Enrolment.objects.current().filter(cohort=session.cohort_id, learner=learner).exists():
        raise NotNoted(_("This session is of a group that you are not in. Tell whoever leads it."))
    if is_to_come(session, now=now):
        day = date_format(session.held_on, "DATE_FORMAT")
        raise NotNoted(gettext("This session is on %(day)s: scan the QR on that day.") % {"day": day})
    if not door_is_open(session, now):
        raise NotNoted(_("This session does not take attendance by QR now. Whoever leads it can note you."))


@transaction.atomic
def attend(session, learner, *, now):
    """Note that the learner is at the session whose QR they scanned; the first time stays. Raises NotNoted."""
    check_may_attend(session, learner, now=now)
    Attendance.objects.bulk_create(
        [Attendance(session=session, learner=learner, how=Attendance.How.QR, noted_at=now, noted_by=learner)],
        ignore_conflicts=True,
    )
    _bear_again(session, [learner], counting_keys(session), by=learner, now=now)
    record_finished([learner], now=now)


def who_attended(learners):
    """Return the Attended of these people, one for each module of a session, or for a session on none; one query."""
    rows = Attendance.objects.filter(learner__in=learners).values_list(
        "learner_id", "noted_at", "session__held_on", "session__modules", "session__counts_for"
    )
    attended, noon_of = [], {}
    for learner_pk, noted_at, day, modules, counts_for in rows:
        if day not in noon_of:
            noon_of[day] = noon(day)
        # A session has no hour: the people were there at noon, or before that was noted.
        held_at = min(noted_at, noon_of[day])
        for key in modules or [None]:
            attended.append(AttendedSession(learner_pk, key and UUID(key), noted_at, held_at, key in counts_for))
    return attended


def noon(day):
    return timezone.make_aware(datetime.combine(day, time(12)))
