"""What a person finds of all quizzes together: the list, and the points by topic that nobody else sees."""

from datetime import timedelta

import pytest

from quizzes.attempts.overview import list_quizzes, topic_progress
from quizzes.kinds import kind_of
from quizzes.models import Allowance, Attempt, Question, Quiz, Topic
from tests.factories import make_learner, make_question, make_quiz, make_trainer, spanish

from .factories import NOW, address, give, make_kind, start, submit

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def make_topic(identifier, name=None, **fields):
    return Topic.objects.create(identifier=identifier, name=name or identifier, locale=spanish(), **fields)


def take(learner, quiz, right, *, now=NOW):
    """Take a quiz with the answers to these questions (by identifier) right, and the others left open."""
    attempt = start(learner, quiz, now=now)
    for item in attempt.paper["questions"]:
        if item["identifier"] in right:
            give(attempt, item, kind_of(item).right_response(item))
    return submit(attempt)


def told(learner, *, now=LATER):
    """Return {topic: (questions, points, possible, per cent)} as the page tells it."""
    return {
        str(row.topic or ""): (row.questions, str(row.points), row.total, str(row.percent))
        for row in topic_progress(learner, language="es", now=now)
    }


def test_points_are_counted_by_topic_over_all_quizzes(learner):
    care, privacy = make_topic("trato", "Trato"), make_topic("privacidad", "Privacidad")
    first = make_quiz("m1", [make_question("A1", topic=care), make_question("A2", topic=care, marks=3)])
    second = make_quiz("m2", [make_question("B1", topic=care), make_question("B2", topic=privacy)])
    take(learner, first, {"A2"})
    take(learner, second, {"B1", "B2"})
    assert told(learner) == {"Trato": (3, "4", 5, "80"), "Privacidad": (1, "1", 1, "100")}


def test_a_topic_whose_name_is_the_end_of_another_keeps_its_own_points(learner):
    hiv, before = make_topic("vih", "VIH"), make_topic("pre-vih", "Pre-VIH")
    take(learner, make_quiz("m1", [make_question("A1", topic=hiv), make_question("A2", topic=before)]), {"A2"})
    assert told(learner) == {"Pre-VIH": (1, "1", 1, "100"), "VIH": (1, "0", 1, "0")}


def test_a_question_without_a_topic_or_gone_from_the_bank_loses_nothing(learner):
    topic = make_topic("trato", "Trato")
    quiz = make_quiz("m1", [make_question("A1"), make_question("A2", topic=topic), make_question("A3", topic=topic)])
    take(learner, quiz, {"A1", "A2", "A3"})
    quiz.entries.all().delete()
    Question.objects.get(identifier="A3").delete()
    assert told(learner) == {"": (2, "2", 2, "100"), "Trato": (1, "1", 1, "100")}


def test_of_several_attempts_the_one_that_counts_is_taken(learner):
    quiz = make_quiz("m1", [make_question("A1", topic=make_topic("trato", "Trato"))])
    take(learner, quiz, {"A1"})
    take(learner, quiz, set(), now=NOW + timedelta(days=1))
    start(learner, quiz, now=NOW + timedelta(days=2))
    assert told(learner) == {"Trato": (1, "1", 1, "100")}


def test_what_waits_for_a_marker_is_not_counted_as_wrong(learner):
    quiz = make_quiz("m1", [make_question("A1", topic=make_topic("trato")), make_kind("open", "A2")])
    attempt = start(learner, quiz)
    give(attempt, attempt.paper["questions"][1], "Le diría buenos días")
    submit(attempt)
    assert told(learner) == {}


def test_a_reflection_counts_in_no_topic(learner):
    topic = make_topic("trato", "Trato")
    quiz = make_quiz("m1", [make_question("A1", topic=topic), make_kind("reflection", "A2", topic=topic)])
    take(learner, quiz, {"A1"})
    assert told(learner) == {"Trato": (1, "1", 1, "100")}


def test_three_thirds_are_a_whole(learner):
    topic = make_topic("trato", "Trato")
    quiz = make_quiz("m1", [make_kind("matching", f"A{n}", topic=topic) for n in range(3)])
    attempt = start(learner, quiz)
    for item in attempt.paper["questions"]:
        right = kind_of(item).right_response(item)
        give(attempt, item, {key: right[key] if place == 0 else "" for place, key in enumerate(right)})
    submit(attempt)
    assert told(learner) == {"Trato": (3, "1", 3, "33.3")}


def test_points_by_topic_tell_nothing_before_the_right_answers_may_be_read(learner):
    closing = NOW + timedelta(days=10)
    quiz = make_quiz("m1", [make_question("A1", topic=make_topic("trato"))], feedback_time="closing", closes_at=closing)
    take(learner, quiz, {"A1"})
    assert told(learner, now=closing - timedelta(minutes=1)) == {}
    assert told(learner, now=closing) == {"trato": (1, "1", 1, "100")}
    Allowance.objects.create(
        learner=learner,
        quiz_key=quiz.translation_key,
        closes_at=closing + timedelta(days=1),
        reason="Estuvo enferma",
        given_by=make_trainer(),
        given_at=NOW,
    )
    assert told(learner, now=closing) == {}
    assert told(learner, now=closing + timedelta(days=1)) == {"trato": (1, "1", 1, "100")}


def test_the_list_says_where_one_stands_with_each_quiz(learner, learner_client):
    for number in range(1, 6):
        make_quiz(f"m{number}", [make_question(f"M{number}-Q1")], title=f"Cuestionario {number}")
    make_quiz("borrador", [make_question("X1")], title="Todavía un borrador", live=False)
    take(learner, Quiz.objects.get(identifier="m1"), {"M1-Q1"})
    take(learner, Quiz.objects.get(identifier="m2"), set())
    start(learner, Quiz.objects.get(identifier="m3"))
    Attempt.objects.filter(pk=take(learner, Quiz.objects.get(identifier="m4"), set()).pk).update(
        grade=None, passed=None
    )
    page = learner_client.get(address("my_quizzes")).text
    assert "Todavía un borrador" not in page
    states = [page.split(f"Cuestionario {number}</a>")[1].split('">')[1].split("</span>")[0] for number in range(1, 6)]
    assert states == ["Aprobado", "Por repasar", "En curso", "Pendiente de calificar", "No iniciado"]
    assert "su resultado: 100\xa0% (1 de 1 puntos)" in page


def test_quizzes_stand_under_their_topic_whatever_its_name_and_those_without_one_first(learner, learner_client):
    parent = make_topic("cuidado", "Después de la violencia")
    make_quiz("a1", 1, topic=make_topic("pep", "PEP en 72 horas", parent=parent))
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


def test_nobody_sees_the_points_of_another(learner, client):
    take(learner, make_quiz("m1", [make_question("A1", topic=make_topic("archivo", "Expedientes"))]), {"A1"})
    for other in (make_learner("EVA222"), make_trainer()):
        client.force_login(other)
        page = client.get(address("my_quizzes"), {"persona": learner.pk, "learner": learner.pk})
        assert "Expedientes" not in page.text
