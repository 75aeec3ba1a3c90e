"""Marking: what waits, piles of answers, exams to release, late answers."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, F, Min, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from course.models import Cohort, Enrolment, User
from course.people.audit import audit_log
from course.people.cohorts import cohorts_of, current_cohort_of
from quizzes.attempts.grading import answers_to_mark, exams_to_release, grade_manually, manual_points, release_attempt
from quizzes.attempts.late_answers import (
    ACCEPTABLE_REASONS,
    accept_late_answer,
    reject_late_answer,
    undecided_late_answers,
)
from quizzes.attempts.scoring import points_text, round_down
from quizzes.kinds import get_kind
from quizzes.models import Answer, Attempt, LateAnswer, ManualMark, Quiz

from .corrections import requests_of

MARKED_SHOWN = 20


@dataclass
class Pile:
    cohort: Cohort
    quiz_key: str
    title: str
    answers: int = 0
    exams: int = 0
    marked: int = 0
    people: set = field(default_factory=set)
    oldest: datetime | None = None


@dataclass(frozen=True)
class GivenMark:
    """A mark of an answer's history: `before` is the former one in points, empty for the first."""

    mark: ManualMark
    points: str
    before: str


@dataclass(frozen=True)
class ExamLine:
    """An exam to release. Automatic points are one sum, so that single answers stay hidden."""

    attempt: Attempt
    automatic: str
    by_hand: str
    points: str


def piles_of(cohorts, learners):
    """Return the `Pile`s of these groups, the longest wait first, in a constant number of queries."""
    cohorts = list(cohorts)
    groups = _groups_of(cohorts, learners)
    piles = {}

    def add(rows, name, *, waits=True):
        for learner, quiz_key, count, since in rows:
            for cohort in groups.get(learner, ()):
                pile = piles.setdefault((cohort.pk, quiz_key), Pile(cohort, quiz_key, ""))
                setattr(pile, name, getattr(pile, name) + count)
                if waits:
                    pile.people.add(learner)
                    pile.oldest = min(filter(None, (pile.oldest, since)))

    of = ("attempt__learner", "attempt__quiz_key")
    waiting = answers_to_mark(learners).order_by().values_list(*of)
    add(waiting.annotate(count=Count("pk"), since=Min("attempt__submitted_at")), "answers")
    exams = exams_to_release(learners).order_by().values_list("learner", "quiz_key")
    add(exams.annotate(count=Count("pk"), since=Min("submitted_at")), "exams")
    marked = ManualMark.objects.filter(number=1, attempt__learner__in=learners).values_list(*of)
    add(marked.annotate(count=Count("pk"), since=Min("marked_at")), "marked", waits=False)
    titles = titles_of({key for _cohort, key in piles})
    for (_cohort, key), pile in piles.items():
        pile.title = titles.get(key, "")
    return sorted(
        piles.values(),
        key=lambda pile: (pile.oldest is None, pile.oldest, pile.cohort.name, pile.title, pile.cohort.pk),
    )


def titles_of(quiz_keys):
    quizzes = Quiz.objects.in_language(get_language()).filter(translation_key__in=quiz_keys)
    # Preferred languages come first, so after the reversal they win.
    titles = dict(reversed(quizzes.values_list("translation_key", "title")))
    of_quiz = Attempt.objects.filter(quiz_key=OuterRef("quiz_key")).order_by("-started_at").values("pk")
    newest = Attempt.objects.filter(quiz_key__in=set(quiz_keys) - set(titles), pk=Subquery(of_quiz[:1]))
    return titles | dict(newest.values_list("quiz_key", F("snapshot__title")))


def attempts_to_mark(learners, quiz_key):
    """Return the attempts (a QuerySet) at a quiz with answers to mark (`waiting` counts them), the oldest first."""
    answers = answers_to_mark(learners).order_by().filter(attempt__quiz_key=quiz_key)
    return (
        Attempt.objects.filter(answers__in=answers.values("pk"))
        .annotate(waiting=Count("answers"))
        .select_related("learner")
        .defer("snapshot")
        .order_by("submitted_at", "pk")
    )


def next_answer(learners, quiz_key, after=None):
    """Return (attempt, question number) of the next answer to mark behind the Answer `after`, or None."""
    waiting = answers_to_mark(learners).filter(attempt__quiz_key=quiz_key)
    places = list(waiting.values_list("question_key", "attempt__submitted_at", "pk", "attempt"))
    if after:
        here = (after.question_key, after.attempt.submitted_at, after.pk)
        places = [place for place in places if place[2] != after.pk]
        places = [place for place in places if place[:3] > here] + places
    if not places:
        return None
    question_key, _sent, _pk, attempt_pk = places[0]
    attempt = Attempt.objects.get(pk=attempt_pk)
    return attempt, number_on(attempt.snapshot, question_key)


def number_on(paper, question_key):
    keys = [item["key"] for item in paper["questions"]]
    return keys.index(str(question_key)) + 1 if str(question_key) in keys else None


def answer_on(attempt, number):
    if not attempt.submitted_at or not 1 <= number <= len(attempt.snapshot["questions"]):
        return None
    item = attempt.snapshot["questions"][number - 1]
    if not get_kind(item).marked_by_hand:
        return None
    answer = Answer.objects.filter(attempt=attempt, question_key=item["key"]).first()
    return (item, answer) if answer and answer.response != get_kind(item).empty_response else None


def marks_given(attempt, item):
    marks = attempt.manual_marks.filter(question_key=item["key"]).select_related("marked_by").order_by("number")
    history, before = [], ""
    for mark in marks:
        points = points_text(manual_points(mark, item))
        history.append(GivenMark(mark, points, before))
        before = points
    return history


def marked_last(learners, quiz_key):
    marks = ManualMark.objects.filter(attempt__learner__in=learners, attempt__quiz_key=quiz_key)
    newest = list(marks.select_related("attempt__learner", "marked_by").order_by("-marked_at", "-pk")[:MARKED_SHOWN])
    lines = {}
    for mark in newest:
        number = number_on(mark.attempt.snapshot, mark.question_key)
        item = mark.attempt.snapshot["questions"][number - 1]
        line = (mark.attempt, number, points_text(manual_points(mark, item)), item["marks"], mark)
        lines.setdefault((mark.attempt_id, number), line)
    return list(lines.values())


def exam_lines(attempts):
    attempts = list(attempts)
    fractions, by_hand = {}, {}
    for answer in Answer.objects.filter(attempt__in=attempts).defer("response"):
        fractions.setdefault(answer.attempt_id, {})[str(answer.question_key)] = answer.fraction
    for mark in ManualMark.objects.filter(attempt__in=attempts).order_by("number"):
        by_hand.setdefault(mark.attempt_id, {})[str(mark.question_key)] = mark
    return [_exam_line(a, fractions.get(a.pk, {}), by_hand.get(a.pk, {})) for a in attempts]


@transaction.atomic
def mark_in_group(attempt, item, *, points, cohort, by, now, **given):
    """Mark an answer with at most the `marks` of the item; `given` as in `grade_manually`."""
    grade_manually(attempt, item["key"], fraction=Fraction(points) / item["marks"], by=by, now=now, **given)
    audit_log("answer_marked", by=by, cohort=cohort, about=[attempt.learner], people=1, now=now)


@transaction.atomic
def release_in_group(attempts, *, cohort, by, now):
    for attempt in attempts:
        release_attempt(attempt, by=by, now=now)
    if attempts:
        audit_log("grades_released", by=by, cohort=cohort, people=len(attempts), now=now)
    return len(attempts)


def piles_table(piles):
    headings = [
        _("Group"),
        _("Quiz"),
        _("Answers to mark"),
        _("Exams to release"),
        _("People who wait"),
        _("Waiting since"),
        _("Marked already"),
    ]
    rows = [
        [
            pile.cohort.name,
            pile.title,
            pile.answers,
            pile.exams,
            len(pile.people),
            timezone.localdate(pile.oldest) if pile.oldest else None,
            pile.marked,
        ]
        for pile in piles
    ]
    return headings, rows


def _exam_line(attempt, fractions, by_hand):
    automatic, given = Fraction(0), Fraction(0)
    for item in attempt.snapshot["questions"]:
        if item["key"] in by_hand:
            given += manual_points(by_hand[item["key"]], item)
        elif item["marks"]:
            # Stored fractions are rounded down: rounding to four places restores a third.
            automatic += round(Fraction(fractions.get(item["key"]) or 0) * item["marks"], 4)
    total = automatic + given
    return ExamLine(attempt, *(points_text(round_down(points, 2)) for points in (automatic, given, total)))


def _groups_of(cohorts, learners):
    by_pk = {cohort.pk: cohort for cohort in cohorts}
    groups = {}
    enrolments = Enrolment.objects.current().filter(cohort__in=by_pk, learner__in=learners)
    for learner, cohort in enrolments.values_list("learner", "cohort"):
        groups.setdefault(learner, []).append(by_pk[cohort])
    return groups


@dataclass(frozen=True)
class LateLine:
    held: LateAnswer
    learner: User
    title: str
    number: int | None

    @property
    def may_count(self):
        return self.held.reason in ACCEPTABLE_REASONS


def late_lines(held):
    """Return the `LateLine`s of HeldWrites (a QuerySet), in two queries. The answers are not read."""
    rows = list(held.defer("response"))
    attempts = Attempt.objects.select_related("learner__clinic").in_bulk({row.attempt_id for row in rows})
    lines = []
    for row in rows:
        attempt = attempts[row.attempt_id]
        lines.append(
            LateLine(row, attempt.learner, attempt.snapshot["title"], number_on(attempt.snapshot, row.question))
        )
    return lines


@transaction.atomic
def decide(held, *, counts, by, now):
    learner = held.attempt.learner
    (accept_late_answer if counts else reject_late_answer)(held, by=by, now=now)
    audit_log("late_answer_decided", by=by, cohort=current_cohort_of(by, learner), about=[learner], people=1, now=now)


class Waiting(NamedTuple):
    to_mark: int = 0
    to_review: int = 0
    to_confirm: int = 0


def waiting_for(user):
    learners = learners_marked_by(user)
    counts = (
        User.objects.filter(pk=user.pk)
        .annotate(
            answers=_count(answers_to_mark(learners)),
            exams=_count(exams_to_release(learners)),
            held=_count(undecided_late_answers(learners)),
            corrections=_count(requests_of(user).open()),
        )
        .values_list("answers", "exams", "held", "corrections")
    )
    return next((Waiting(answers + exams, *rest) for answers, exams, *rest in counts), Waiting())


def learners_marked_by(user, cohorts=None):
    """Return the people (a QuerySet) whose answers this user marks: members of their groups, not themselves."""
    current = Enrolment.objects.current().filter(
        cohort__in=(cohorts_of(user) if cohorts is None else cohorts).values("pk")
    )
    return User.objects.filter(pk__in=current.values("learner")).exclude(pk=user.pk)


def _count(rows):
    counted = rows.order_by().annotate(everything=Value(1)).values("everything").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)
