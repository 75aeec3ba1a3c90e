"""What a person did in the course, and what was done with them, day by day: on screen, on paper and face to face.

Nothing of what they answered or chose is in it: how an attempt ended is said as the list of attempts says it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.models import Certificate
from course.models import Attendance, Call, Enrolment, Session
from modules.models import LessonRead, Registration
from modules.progress.outline import course_outline
from quizzes.models import Medium

# More than this a page is long to look through, and to print.
EVENTS_A_PAGE = 60


@dataclass(frozen=True)
class Event:
    """Something that happened: when, and what in a sentence."""

    at: datetime
    words: str

    @property
    def day(self):
        return timezone.localdate(self.at)


def timeline_of(learner, *, attempts, training, cohorts, now):
    """Return the Events of a person, the newest first, in seven queries.

    `attempts` are [(QuizAttempts, AttemptLine)] and `training` the TrainingLines of the person. Of calls, and of
    sessions that were missed, those of groups among `cohorts` (pks) are told: others are no business of whoever looks.
    """
    enrolments = list(Enrolment.objects.filter(learner=learner).select_related("cohort"))
    events = [
        *_lessons(learner),
        *(_attempt(quiz, line) for quiz, line in attempts),
        *_sessions(learner, enrolments, cohorts, now),
        *_records(training),
        *_certificates(learner),
        *_groups(learner, enrolments),
        *_calls(learner, cohorts),
        *_begun_anew(learner),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def by_month(events):
    """Return [(a day of the month, [(day, [Event])])] of Events that are in order."""
    months = groupby(events, key=lambda event: event.day.replace(day=1))
    return [
        (month, [(day, list(of_day)) for day, of_day in groupby(of_month, key=lambda event: event.day)])
        for month, of_month in months
    ]


def _lessons(learner):
    numbers = {lesson.key: module.number for module in course_outline() for lesson in module.lessons}
    counts, last = Counter(), {}
    for key, at in LessonRead.objects.filter(learner=learner).values_list("lesson_key", "read_at"):
        of_day = timezone.localdate(at), numbers.get(key)
        counts[of_day] += 1
        last[of_day] = max(at, last.get(of_day, at))
    return [Event(last[of_day], _lessons_words(count, of_day[1])) for of_day, count in counts.items()]


def _lessons_words(count, number):
    names = {"count": count, "number": number}
    if number is None:
        gone = ngettext("Read %(count)d lesson", "Read %(count)d lessons", count)
        return _("%(read)s that the course has no more") % {"read": gone % names}
    return (
        ngettext("Read %(count)d lesson of module %(number)s", "Read %(count)d lessons of module %(number)s", count)
        % names
    )


def _attempt(quiz, line):
    attempt = line.attempt
    names = {"quiz": quiz.title, "number": line.number, "result": line.result.lower()}
    on_paper = attempt.medium == Medium.PAPER
    if not attempt.submitted_at:
        printed = _("%(quiz)s: sheet of attempt %(number)d printed, %(result)s")
        words = printed if on_paper else _("%(quiz)s: attempt %(number)d begun, %(result)s")
        return Event(attempt.started_at, words % names)
    entered = _("%(quiz)s: attempt %(number)d on paper, %(result)s")
    words = entered if on_paper else _("%(quiz)s: attempt %(number)d on screen, %(result)s")
    return Event(attempt.submitted_at, words % names)


def _sessions(learner, enrolments, cohorts, now):
    noted = Attendance.objects.filter(session=OuterRef("pk"))
    sessions = Session.objects.annotate(
        was_there=Exists(noted.filter(learner=learner)), is_noted=Exists(noted)
    ).select_related("cohort")
    groups = {one.cohort_id for one in enrolments} & set(cohorts)
    own = Q(cohort__in=groups, held_on__lte=timezone.localdate(now), is_noted=True)
    for session in sessions.filter(Q(was_there=True) | own):
        in_group = any(_was_in(one, session) for one in enrolments)
        if session.was_there or in_group:
            yield Event(_noon(session.held_on), _session_words(session))


def _was_in(enrolment, session):
    return enrolment.cohort_id == session.cohort_id and enrolment.was_current_on(session.held_on)


def _session_words(session):
    words = _("Session of the group %(group)s: attended") if session.was_there else None
    return (words or _("Session of the group %(group)s: did not attend")) % {"group": session.cohort}


def _noon(day):
    return timezone.make_aware(datetime.combine(day, time(12)))


def _records(training):
    for line in training:
        if line.record.revoked_at is None:
            what = format_html("<span{}>{}</span>", line.lang, line.what)
            yield Event(line.record.finished_at, format_html(_("Finished: {what}"), what=what))


def _certificates(learner):
    issued = Certificate.objects.filter(learner=learner).values_list("issued_at", "revoked_at", "replaces")
    for issued_at, revoked_at, replaces in issued:
        yield Event(issued_at, _("Certificate issued again") if replaces else _("Certificate issued"))
        if revoked_at:
            yield Event(revoked_at, _("Certificate annulled"))


def _groups(learner, enrolments):
    last = max((one.left_at for one in enrolments if one.left_at), default=None)
    for one in enrolments:
        names = {"group": one.cohort}
        yield Event(one.enrolled_at, _("Came to the group %(group)s") % names)
        if one.left_at:
            is_archived = not learner.is_active and one.left_at == last
            words = _("Left the group %(group)s and was archived") if is_archived else _("Left the group %(group)s")
            yield Event(one.left_at, words % names)


def _calls(learner, cohorts):
    calls = Call.objects.filter(learner=learner, cohort__in=cohorts).select_related("made_by")
    for call in calls:
        yield Event(call.made_at, _("%(who)s called: %(reason)s") % {"who": call.made_by, "reason": call.reason})


def _begun_anew(learner):
    anew = Registration.objects.filter(learner=learner, counts_from__isnull=False)
    for registered_at, name in anew.values_list("registered_at", "name"):
        yield Event(registered_at, _("Began the course anew: %(name)s") % {"name": name})
