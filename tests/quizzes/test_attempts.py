import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from quizzes.attempts.responses import responses_of
from quizzes.attempts.taking import open_attempt, submit_attempt
from quizzes.base.identifiers import stable_key
from quizzes.exceptions import EmptyQuiz
from quizzes.models import AnswerWrite, Attempt, Question
from quizzes.signals import attempt_submitted
from tests.factories import make_learner, make_question, make_quiz

from .factories import (
    FULL,
    NOW,
    answer_all,
    choice_key,
    give,
    item_of,
    make_full_quiz,
    make_kind,
    make_source,
    start,
    submit,
)

pytestmark = pytest.mark.django_db
PRINTED = ("title", "publisher", "year", "address")


def test_snapshot_contains_texts_rules_questions_and_sources(learner):
    source = make_source()
    quiz = make_full_quiz(title="Cuestionario 1", intro="Son cinco.", warning="Habla de violencia.", pass_mark=75)
    snapshot = start(learner, quiz).snapshot
    assert {name: value for name, value in snapshot.items() if name != "questions"} == {
        "quiz": str(stable_key("quiz:M1")),
        "identifier": "m1",
        "language": "es",
        "title": "Cuestionario 1",
        "intro": "Son cinco.",
        "warning": "Habla de violencia.",
        "pass_mark": 75,
        "rules": {
            "time_limit": None,
            "grace_seconds": 60,
            "closes_at": None,
            "feedback_time": "end",
            "counting_attempt": "best",
            "attempts_allowed": None,
            "wait_minutes": 0,
            "layout": "one",
            "is_exam": False,
            "asks_certainty": False,
            "shuffle_options": True,
            "passed_text": "",
            "not_passed_text": "",
            "bands": [],
        },
        "total": 5,
        "sources": [{"id": "S42", **{name: getattr(source, name) for name in PRINTED}}],
        "cases": {},
    }
    asked = [(item["kind"], item["marks"]) for item in snapshot["questions"]]
    assert asked == [(kind, 0 if kind == "reflection" else 1) for kind in FULL]


def test_new_attempt_starts_after_submission_and_learners_have_their_own(learner):
    quiz = make_quiz()
    first = submit(start(learner, quiz))
    second = start(learner, quiz)
    other = start(make_learner("EVA222"), quiz)
    assert len({first.pk, second.pk, other.pk}) == 3
    assert open_attempt(learner, quiz.translation_key, now=NOW) == second


@pytest.mark.postgres
def test_database_refuses_second_open_attempt(learner):
    attempt = start(learner, make_quiz())
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(learner=learner, quiz_key=attempt.quiz_key, snapshot={}, language="es")


def test_drafts_are_left_out_and_quiz_without_scored_questions_is_refused(learner):
    quiz = make_quiz("m1", [make_question("M1-Q1"), make_question("M1-Q2", live=False)])
    assert [item["identifier"] for item in start(learner, quiz).snapshot["questions"]] == ["M1-Q1"]
    empty = make_quiz("m2", [make_kind("reflection"), make_question("M2-Q1", live=False)])
    for quiz in (empty, make_quiz("m3", 0)):
        with pytest.raises(EmptyQuiz) as refusal:
            start(learner, quiz)
        assert str(refusal.value).startswith("Este cuestionario todavía no tiene preguntas.")
    assert Attempt.objects.count() == 1


def test_editing_and_deleting_questions_changes_no_attempt(learner):
    quiz = make_quiz("m1", [make_kind("single", "M1-Q1")], pass_mark=80)
    attempt = start(learner, quiz)
    item = item_of(attempt, "single")
    give(attempt, item, choice_key(item, "Saludar"))
    quiz.entries.all()[0].delete()
    Question.objects.all().delete()
    quiz.pass_mark = 100
    quiz.save()
    attempt = Attempt.objects.get()
    give(attempt, item, choice_key(item, "Callar"), number=2)
    give(attempt, item, choice_key(item, "Saludar"), number=3)
    submitted = submit(attempt)
    assert (submitted.grade, submitted.passed) == (100, True)


@pytest.mark.postgres
def test_highest_number_of_a_client_is_current_in_any_order_of_arrival(learner):
    quiz = make_quiz("m1", [make_kind("single", "M1-Q1")])
    for seed in range(6):
        attempt = start(learner, quiz)
        item = item_of(attempt, "single")
        keys = [choice_key(item, text) for text in ("Saludar", "Callar", "Preguntar en voz alta")]
        writes = list(enumerate(keys, start=1)) * 2
        random.Random(seed).shuffle(writes)
        for number, key in writes:
            give(attempt, item, key, number=number, after=number)
        assert responses_of(attempt) == {item["key"]: keys[2]}
        assert attempt.writes.count() == 3
        submit(attempt)


@pytest.fixture
def attempt(learner):
    return start(learner, make_quiz("m1", [make_kind("single", "M1-Q1")]))


@pytest.fixture
def item(attempt):
    return item_of(attempt, "single")


def test_later_answer_is_current_between_clients(attempt, item):
    give(attempt, item, choice_key(item, "Saludar"), client="computer", number=1, after=300)
    give(attempt, item, choice_key(item, "Callar"), client="phone", number=99, after=200)
    assert responses_of(attempt) == {item["key"]: choice_key(item, "Saludar")}
    give(attempt, item, choice_key(item, "Callar"), client="phone", number=100, after=301)
    assert responses_of(attempt) == {item["key"]: choice_key(item, "Callar")}


def test_repeated_number_writes_nothing_even_with_another_response(attempt, item):
    give(attempt, item, choice_key(item, "Saludar"), number=1)
    current = give(attempt, item, choice_key(item, "Callar"), number=1, after=500)
    assert current == choice_key(item, "Saludar")
    assert AnswerWrite.objects.count() == 1


def test_answer_without_number_is_numbered_on_arrival(attempt, item):
    for text in ("Callar", "Callar", "Saludar"):
        give(attempt, item, choice_key(item, text), client="form", number=None)
    assert list(attempt.writes.order_by("number").values_list("client", "number")) == [("form", n) for n in (1, 2, 3)]
    assert responses_of(attempt) == {item["key"]: choice_key(item, "Saludar")}


def test_no_answer_is_given_before_start_of_attempt(attempt, item):
    give(attempt, item, choice_key(item, "Saludar"), after=-9999)
    assert attempt.writes.get().given_at == attempt.started_at


def test_grade_is_share_of_points_without_reflections(learner):
    attempt = start(learner, make_full_quiz())
    answer_all(attempt, skip=("matching", "multiple"))
    multiple = item_of(attempt, "multiple")
    give(attempt, multiple, [choice_key(multiple, "Ocultar síntomas"), choice_key(multiple, "Volver antes")])
    submitted = submit(attempt)
    # 3 + (1/2 - 1/3) of 5 points.
    assert submitted.grade == Decimal("63.33333")
    assert submitted.passed is False
    fractions = {str(a.question_key): a.fraction for a in attempt.answers.all()}
    assert fractions[multiple["key"]] == Decimal("0.16666")
    assert sorted(fractions.values()) == [Decimal("0.16666"), 1, 1, 1]


def test_second_submission_changes_nothing(learner, announced, django_capture_on_commit_callbacks):
    attempt = start(learner, make_full_quiz())
    answer_all(attempt)
    with django_capture_on_commit_callbacks(execute=True):
        first, again = submit(attempt), submit_attempt(attempt, now=NOW + timedelta(days=1))
    assert (first.grade, first.passed) == (100, True)
    assert (again.grade, again.submitted_at, announced) == (100, first.submitted_at, [(100, True, None)])


def test_failing_receiver_does_not_undo_submission(learner, django_capture_on_commit_callbacks):
    def fail(**kwargs):
        raise RuntimeError("receiver failed")

    attempt_submitted.connect(fail)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            submit(start(learner, make_quiz()))
    finally:
        attempt_submitted.disconnect(fail)
    assert Attempt.objects.get().submitted_at is not None


def test_attempt_without_answers_gets_zero_and_never_passes(learner):
    graded = submit(start(learner, make_quiz("m2", 3, pass_mark=1)))
    assert (graded.grade, graded.passed) == (0, False)
    with pytest.raises(ValidationError):
        make_quiz("m3", 3, pass_mark=0).full_clean()
