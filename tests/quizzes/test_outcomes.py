"""Which of a person's attempts counts, and where people stand with many quizzes in one query."""

from datetime import timedelta
from decimal import Decimal

import pytest

from quizzes.attempts import taking as attempts
from quizzes.attempts.outcomes import QuizOutcome, counting_attempt, quiz_outcomes
from quizzes.models import Attempt
from tests.factories import make_learner, make_quiz

from .factories import NOW, answer_all, give, start, submit

pytestmark = pytest.mark.django_db


def test_outcomes_tell_where_each_person_stands_with_each_quiz(learner):
    m1, m2, m3 = make_quiz("m1", 2), make_quiz("m2", 2), make_quiz("m3", 2)
    eva = make_learner("EVA222")
    submit(start(learner, m1))
    passed = start(learner, m1, now=NOW + timedelta(days=1))
    answer_all(passed)
    submit(passed)
    worse = start(learner, m1, now=NOW + timedelta(days=2))
    submit(worse)
    under_way = start(eva, m2, now=NOW)
    give(under_way, under_way.paper["questions"][0], "", after=3600)
    start(make_learner("OTRA22"), m2)
    keys = [quiz.translation_key for quiz in (m1, m2, m3)]
    expected = {
        (learner.pk, m1.translation_key): QuizOutcome(
            failed=2,
            passed=True,
            grade=Decimal(100),
            pending=False,
            open_attempt=False,
            last_activity=NOW + timedelta(days=2, minutes=10),
        ),
        (eva.pk, m2.translation_key): QuizOutcome(
            failed=0,
            passed=False,
            grade=None,
            pending=False,
            open_attempt=True,
            last_activity=NOW + timedelta(hours=1),
        ),
    }
    assert quiz_outcomes([learner, eva], keys) == expected


def take(learner, quiz, grades):
    """Take the quiz once for each grade, a day apart; None is one that waits for a marker, "never" one never sent."""
    for day, grade in enumerate(grades):
        attempt = start(learner, quiz, now=NOW + timedelta(days=day))
        if grade == "never":
            Attempt.objects.filter(pk=attempt.pk).update(abandoned_at=attempt.started_at)
            continue
        submit(attempt)
        passed = None if grade is None else grade >= 80
        Attempt.objects.filter(pk=attempt.pk).update(grade=grade, passed=passed)


@pytest.mark.parametrize(
    ("rule", "grades", "counts", "pending"),
    [
        ("best", [], None, False),
        ("best", ["never"], None, False),
        ("best", [50, 100, 0], 1, False),
        ("best", [90, 90], 0, False),
        ("best", [None, 60], 1, True),
        ("best", [90, None], 0, True),
        ("best", [None], None, True),
        ("first", [50, 100], 0, False),
        ("first", ["never", 50, 100], 1, False),
        ("first", [None, 100], None, True),
        ("first", [0, None], 0, False),
        ("last", [100, 50], 1, False),
        ("last", [100, "never"], 0, False),
        ("last", [100, None], 0, True),
        ("last", [None, 50], 1, False),
    ],
)
def test_the_attempt_that_counts_is_chosen_by_the_rule_and_the_page_and_the_outcomes_agree(
    learner, rule, grades, counts, pending
):
    quiz = make_quiz("m1", 2, counting_attempt=rule)
    take(learner, quiz, grades)
    in_order = list(attempts.attempts_of(learner, quiz.translation_key))[::-1]
    expected = None if counts is None else in_order[counts]
    assert counting_attempt(learner, quiz.translation_key) == (expected, pending)
    assert counting_attempt(learner, quiz.translation_key, in_order) == (expected, pending)
    if grades:
        outcome = quiz_outcomes([learner], [quiz.translation_key])[learner.pk, quiz.translation_key]
        grade = None if expected is None else expected.grade
        assert (outcome.grade, outcome.passed, outcome.pending) == (grade, bool(grade and grade >= 80), pending)


def test_the_rule_of_the_newest_attempt_holds(learner):
    quiz = make_quiz("m1", 2, counting_attempt="best")
    take(learner, quiz, [100, 0])
    type(quiz).objects.update(counting_attempt="last")
    assert counting_attempt(learner, quiz.translation_key)[0].grade == 100
    quiz.refresh_from_db()
    third = start(learner, quiz, now=NOW + timedelta(days=9))
    # Begun under the new rule, it makes the last one count, which so far is the second.
    assert counting_attempt(learner, quiz.translation_key)[0].grade == 0
    answer_all(third)
    submit(third)
    assert counting_attempt(learner, quiz.translation_key)[0] == third


def test_attempts_are_listed_newest_first_without_their_papers(learner):
    quiz = make_quiz("m1", 2)
    take(learner, quiz, [100, 0])
    start(learner, quiz, now=NOW + timedelta(days=2))
    listed = attempts.attempts_of(learner, quiz.translation_key)
    assert [(attempt.grade, attempt.title, attempt.total) for attempt in listed] == [
        (None, "Cuestionario m1", 2),
        (0, "Cuestionario m1", 2),
        (100, "Cuestionario m1", 2),
    ]
