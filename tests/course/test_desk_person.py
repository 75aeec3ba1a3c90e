"""A person's page for the trainer: completion, attempts and grades, never an answer."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from course.groups.person import person_report
from course.people import limits
from modules.models import ModulePage
from modules.progress.help_rules import USUAL_HELP_RULE
from quizzes.attempts.taking import start_attempt
from quizzes.models import Choice
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_lessons,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_quiz,
    make_trainer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner():
    make_course(modules=2, lessons=2, questions=3)
    clinic = make_clinic()
    cohort = make_cohort(trainers=[make_trainer(is_staff=True)], clinic=clinic)
    return make_learner(clinic=clinic, cohort=cohort, last_name="Coj de la Cruz", first_name="Ana Lucía")


@pytest.fixture
def first():
    return ModulePage.objects.order_by("path")[0]


def page_of(client, learner):
    cohort = learner.cohorts.get()
    client.force_login(cohort.trainers.get())
    return client.get(reverse("desk_person", args=[cohort.pk, learner.pk])).content.decode()


def test_the_page_says_when_a_device_last_delivered_and_that_silence_proves_nothing(client, learner, settings):
    nothing_proved = "puede estar guardado en su teléfono."
    page = page_of(client, learner)
    assert "Ningún aparato suyo ha entregado nada hecho sin conexión." in page
    assert nothing_proved in page
    learner.delivered_at = datetime(2026, 3, 3, 20, 5, tzinfo=UTC)
    learner.save()
    page = page_of(client, learner)
    assert "Su aparato entregó por última vez lo hecho sin conexión: 3 de marzo de 2026, 14:05." in page
    assert nothing_proved in page
    settings.KEEP_PAGES_OFFLINE = False
    assert nothing_proved in page_of(client, learner)
    learner.delivered_at = None
    learner.save()
    assert nothing_proved not in page_of(client, learner)


def test_the_report_numbers_the_attempts_and_marks_the_one_that_counts(learner, first):
    finish_lessons(learner, first)
    attempt_quiz(learner, first.quiz, right=False)
    attempt_quiz(learner, first.quiz, right=True, now=NOW + timedelta(days=1))
    attempt_quiz(learner, first.quiz, right=True, now=NOW + timedelta(days=2))
    start_attempt(learner, first.quiz, language="es", now=NOW + timedelta(days=3), chance=random.Random(1))
    module, other = person_report(learner, rule=USUAL_HELP_RULE, now=NOW + timedelta(days=3)).modules
    assert [(line.number, line.counts, line.attempt.passed) for line in module.attempts] == [
        (1, False, False),
        (2, True, True),
        (3, False, True),
        (4, False, None),
    ]
    assert (module.counting.attempt.grade, module.counting.attempt.total) == (100, 3)
    assert (module.lessons_read, other.lessons_read, other.attempts, other.counting) == (2, 0, [], None)


def test_the_page_shows_who_it_is_how_far_and_which_grades(client, learner, first):
    finish_lessons(learner, first)
    attempt_quiz(learner, first.quiz, right=False)
    attempt_quiz(learner, first.quiz, right=True)
    page = page_of(client, learner)
    for words in (
        "Coj de la Cruz, Ana Lucía",
        "ANA234",
        learner.get_role_display(),
        "Centro de Salud de San Pedro Ayampuc",
        "Grupo de la mañana",
        "1 de 2 módulos finalizados",
        "2 de 2 lecciones leídas",
        "0 de 2 lecciones leídas",
        "3/3 (100\xa0%)",
        "0/3 (0\xa0%)",
        "La que cuenta",
        "Aprobado",
        "Por repasar",
        "25 de noviembre de 2026",
    ):
        assert words in page
    assert "Reprobado" not in page


def test_attempts_at_a_quiz_of_no_module_stand_at_the_end_by_its_title(client, learner, first):
    finish_lessons(learner, first)
    exam = make_quiz("examen", title="Examen final")
    attempt_quiz(learner, exam)
    attempt_quiz(learner, first.quiz)
    report = person_report(learner, rule=USUAL_HELP_RULE, now=NOW)
    assert [quiz.title for quiz, _line in report.attempts] == ["Módulo 1", "Examen final"]
    assert "<td>Examen final</td>" in page_of(client, learner)
    exam.delete()
    assert [quiz.title for quiz in person_report(learner, rule=USUAL_HELP_RULE, now=NOW).others] == [
        "Cuestionario borrado"
    ]


def test_the_page_holds_no_question_no_answer_and_no_feedback(client, learner, first):
    attempt_quiz(learner, first.quiz, right=False)
    page = page_of(client, learner)
    for choice in Choice.objects.all():
        assert choice.text not in page
        assert choice.feedback not in page
        assert choice.question.text not in page


def test_the_report_reads_no_answers(learner, first, django_assert_num_queries):
    attempt_quiz(learner, first.quiz, right=False)
    with CaptureQueriesContext(connection) as queries:
        person_report(learner, rule=USUAL_HELP_RULE, now=NOW)
    asked = " ".join(query["sql"] for query in queries)
    assert 'FROM "quizzes_answer"' not in asked


def test_a_grade_is_rounded_down_on_the_page(client, learner, first):
    attempt = attempt_quiz(learner, first.quiz, right=False)
    attempt.grade = "79.99999"
    attempt.save(update_fields=["grade"])
    assert "(79.9\xa0%)" in page_of(client, learner)


def test_a_person_who_has_done_nothing_has_a_page_all_the_same(client, learner):
    page = page_of(client, learner)
    assert "Todavía no hay intentos." in page
    assert "0 de 2 módulos finalizados" in page
    assert "Todavía no: el curso no está finalizado." in page


def test_the_button_to_unlock_is_there_only_for_who_is_slowed_down(client, learner):
    assert "Desbloquear" not in page_of(client, learner)
    for _ in range(6):
        client.logout()
        client.post(reverse("account_login"), {"login": learner.username, "password": "000000"})
    assert limits.is_slowed(learner, now=timezone.now())
    assert "Desbloquear" in page_of(client, learner)
    cohort = learner.cohorts.get()
    address = reverse("desk_unlock", args=[cohort.pk, learner.pk])
    for _ in range(2):
        answer = client.post(address, follow=True)
        assert answer.redirect_chain == [(reverse("desk_person", args=[cohort.pk, learner.pk]), 302)]
    assert "Desbloquear" not in answer.content.decode()
    assert not limits.is_slowed(learner, now=timezone.now())
