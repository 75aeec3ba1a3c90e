from datetime import timedelta

import pytest

from quizzes.attempts import taking as attempts
from quizzes.attempts.results import QuizOutcome, counting_attempt, list_quizzes, quiz_outcomes, topic_progress
from quizzes.kinds import get_kind
from quizzes.models import Attempt, Question
from tests.factories import make_learner, make_question, make_quiz, make_trainer

from .factories import NOW, address, answer_all, give, make_kind, make_topic, start, submit

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def test_outcomes_of_each_learner_and_quiz(learner):
    m1, m2, m3 = make_quiz("m1", 2), make_quiz("m2", 2), make_quiz("m3", 2)
    eva = make_learner("EVA222")
    submit(start(learner, m1))
    passed = start(learner, m1, now=NOW + timedelta(days=1))
    answer_all(passed)
    submit(passed)
    worse = start(learner, m1, now=NOW + timedelta(days=2))
    submit(worse)
    under_way = start(eva, m2, now=NOW)
    give(under_way, under_way.snapshot["questions"][0], "", after=3600)
    start(make_learner("OTRA22"), m2)
    keys = [quiz.translation_key for quiz in (m1, m2, m3)]
    ended = {"failed": 2, "passed": True, "grade": 100, "pending": False, "has_open_attempt": False}
    begun = {"failed": 0, "passed": False, "grade": None, "pending": False, "has_open_attempt": True}
    assert quiz_outcomes([learner, eva], keys) == {
        (learner.pk, keys[0]): QuizOutcome(**ended, last_activity=NOW + timedelta(days=2, minutes=10)),
        (eva.pk, keys[1]): QuizOutcome(**begun, last_activity=NOW + timedelta(hours=1)),
    }


def take(learner, quiz, grades):
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
def test_attempt_that_counts_follows_rule_on_page_and_in_outcomes(learner, rule, grades, counts, pending):
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


def test_rule_of_newest_attempt_applies(learner):
    quiz = make_quiz("m1", 2, counting_attempt="best")
    take(learner, quiz, [100, 0])
    type(quiz).objects.update(counting_attempt="last")
    assert counting_attempt(learner, quiz.translation_key)[0].grade == 100
    quiz.refresh_from_db()
    third = start(learner, quiz, now=NOW + timedelta(days=9))
    assert counting_attempt(learner, quiz.translation_key)[0].grade == 0
    answer_all(third)
    submit(third)
    assert counting_attempt(learner, quiz.translation_key)[0] == third


def answer_rightly(learner, quiz, right, *, now=NOW):
    attempt = start(learner, quiz, now=now)
    for item in attempt.snapshot["questions"]:
        if item["identifier"] in right:
            give(attempt, item, get_kind(item).right_response(item))
    return submit(attempt)


def points_by_topic(learner):
    return {
        str(row.topic or ""): (row.questions, str(row.points), row.total, str(row.percent))
        for row in topic_progress(learner, language="es")
    }


def test_points_are_summed_by_topic_over_all_quizzes(learner):
    care, privacy = make_topic("trato"), make_topic("privacidad")
    first = make_quiz("m1", [make_question("A1", topic=care), make_question("A2", topic=care, marks=3)])
    second = make_quiz("m2", [make_question("B1", topic=care), make_question("B2", topic=privacy)])
    answer_rightly(learner, first, {"A2"})
    answer_rightly(learner, second, {"B1", "B2"})
    assert points_by_topic(learner) == {"Trato": (3, "4", 5, "80"), "Privacidad": (1, "1", 1, "100")}


def test_points_of_questions_without_topic_or_deleted_are_counted(learner):
    topic = make_topic("trato")
    quiz = make_quiz("m1", [make_question("A1"), make_question("A2", topic=topic), make_question("A3", topic=topic)])
    answer_rightly(learner, quiz, {"A1", "A2", "A3"})
    quiz.entries.all().delete()
    Question.objects.get(identifier="A3").delete()
    assert points_by_topic(learner) == {"": (2, "2", 2, "100"), "Trato": (1, "1", 1, "100")}


def test_pending_answers_are_not_counted_as_wrong(learner):
    quiz = make_quiz("m1", [make_question("A1", topic=make_topic("trato")), make_kind("open", "A2")])
    attempt = start(learner, quiz)
    give(attempt, attempt.snapshot["questions"][1], "Le diría buenos días")
    submit(attempt)
    assert points_by_topic(learner) == {}


def test_three_thirds_add_up_to_whole(learner):
    topic = make_topic("trato")
    quiz = make_quiz("m1", [make_kind("matching", f"A{n}", topic=topic) for n in range(3)])
    attempt = start(learner, quiz)
    for item in attempt.snapshot["questions"]:
        right = get_kind(item).right_response(item)
        give(attempt, item, {key: right[key] if place == 0 else "" for place, key in enumerate(right)})
    submit(attempt)
    assert points_by_topic(learner) == {"Trato": (3, "1", 3, "33.3")}


def test_list_shows_result_of_each_quiz(learner, learner_client):
    first, second, third, fourth, _fifth = (make_quiz(f"m{n}", 1, title=f"Cuestionario {n}") for n in range(1, 6))
    make_quiz("borrador", 1, title="Todavía un borrador", live=False)
    answer_rightly(learner, first, {"M1-Q1"})
    answer_rightly(learner, second, set())
    start(learner, third)
    pending = answer_rightly(learner, fourth, set())
    Attempt.objects.filter(pk=pending.pk).update(grade=None, passed=None)
    page = learner_client.get(address("my_quizzes")).text
    assert "Todavía un borrador" not in page
    states = [page.split(f"Cuestionario {number}</a>")[1].split('">')[1].split("</span>")[0] for number in range(1, 6)]
    assert states == ["Aprobado", "Por repasar", "En curso", "Pendiente de calificar", "No iniciado"]
    assert "su resultado: 100\xa0% (1 de 1 puntos)" in page


def test_quizzes_are_grouped_by_topic_with_those_without_one_first(learner, learner_client):
    parent = make_topic("cuidado", name="Después de la violencia")
    make_quiz("a1", 1, topic=make_topic("pep", name="PEP en 72 horas", parent=parent))
    make_quiz("b1", 1, topic=parent)
    make_quiz("c1", 1)
    groups = list_quizzes(learner, language="es")
    assert [(str(topic), [line.quiz.identifier for line in lines]) for topic, lines in groups] == [
        ("None", ["c1"]),
        ("Después de la violencia", ["b1"]),
        ("PEP en 72 horas", ["a1"]),
    ]
    page = learner_client.get(address("my_quizzes"))
    assert page.status_code == 200
    assert "Después de la violencia › PEP en 72 horas" in page.text


def test_learner_sees_own_points_only(learner, client):
    question = make_question("A1", topic=make_topic("archivo", name="Expedientes"))
    answer_rightly(learner, make_quiz("m1", [question]), {"A1"})
    for other in (make_learner("EVA222"), make_trainer()):
        client.force_login(other)
        page = client.get(address("my_quizzes"), {"persona": learner.pk, "learner": learner.pk})
        assert "Expedientes" not in page.text
