import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course.groups.person import person_report
from course.people import limits
from modules.models import ModulePage
from modules.progress.states import USUAL_HELP_RULE
from quizzes.attempts.taking import start_attempt
from quizzes.models import Allowance, Attempt, Choice
from tests.factories import NOW, attempt_quiz, finish_lessons, make_clinic, make_cohort, make_course, make_quiz

pytestmark = pytest.mark.usefixtures("course")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def course(db):
    return make_course(modules=2, lessons=2, questions=3)


@pytest.fixture
def first():
    return ModulePage.objects.order_by("path")[0]


def person_page(group, learner):
    return reverse("desk_person", args=[group.pk, learner.pk])


def allowance_page(group, learner, quiz):
    return reverse("desk_allow", args=[group.pk, learner.pk, quiz.translation_key])


def test_the_page_says_when_a_device_last_delivered_and_that_silence_proves_nothing(desk, group, ana, settings):
    nothing_proved = "puede estar guardado en su teléfono."
    page = desk.get(person_page(group, ana)).text
    assert "Ningún aparato suyo ha entregado nada hecho sin conexión." in page
    assert nothing_proved in page
    ana.delivered_at = datetime(2026, 3, 3, 20, 5, tzinfo=UTC)
    ana.save()
    page = desk.get(person_page(group, ana)).text
    assert "Su aparato entregó por última vez lo hecho sin conexión: 3 de marzo de 2026, 14:05." in page
    assert nothing_proved in page
    settings.KEEP_PAGES_OFFLINE = False
    assert nothing_proved in desk.get(person_page(group, ana)).text
    ana.delivered_at = None
    ana.save()
    assert nothing_proved not in desk.get(person_page(group, ana)).text


def test_the_report_numbers_the_attempts_and_marks_the_one_that_counts(ana, first):
    finish_lessons(ana, first)
    attempt_quiz(ana, first.quiz, right=False)
    attempt_quiz(ana, first.quiz, right=True, now=NOW + timedelta(days=1))
    attempt_quiz(ana, first.quiz, right=True, now=NOW + timedelta(days=2))
    start_attempt(ana, first.quiz, language="es", now=NOW + timedelta(days=3), chance=random.Random(1))
    module, other = person_report(ana, rule=USUAL_HELP_RULE, now=NOW + timedelta(days=3)).modules
    assert [(line.number, line.counts, line.attempt.passed) for line in module.attempts] == [
        (1, False, False),
        (2, True, True),
        (3, False, True),
        (4, False, None),
    ]
    assert (module.counting.attempt.grade, module.counting.attempt.total) == (100, 3)
    assert (module.lessons_read, other.lessons_read, other.attempts, other.counting) == (2, 0, [], None)


def test_the_page_shows_who_it_is_how_far_and_which_grades(desk, group, ana, first):
    ana.clinic = make_clinic()
    ana.save()
    page = desk.get(person_page(group, ana)).text
    for words in ("Todavía no hay intentos.", "0 de 2 módulos finalizados", "Todavía no: el curso no está finalizado."):
        assert words in page
    finish_lessons(ana, first)
    attempt = attempt_quiz(ana, first.quiz, right=False)
    attempt_quiz(ana, first.quiz, right=True)
    page = desk.get(person_page(group, ana)).text
    for words in (
        "Coj de la Cruz, Ana Lucía",
        "ANA234",
        ana.get_role_display(),
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
    attempt.grade = "79.99999"
    attempt.save(update_fields=["grade"])
    assert "(79.9\xa0%)" in desk.get(person_page(group, ana)).text


def test_attempts_at_a_quiz_of_no_module_stand_at_the_end_by_its_title(desk, group, ana, first):
    finish_lessons(ana, first)
    exam = make_quiz("examen", title="Examen final")
    attempt_quiz(ana, exam)
    attempt_quiz(ana, first.quiz)
    report = person_report(ana, rule=USUAL_HELP_RULE, now=NOW)
    assert [quiz.title for quiz, _line in report.attempts] == ["Módulo 1", "Examen final"]
    assert "<td>Examen final</td>" in desk.get(person_page(group, ana)).text
    exam.delete()
    assert [quiz.title for quiz in person_report(ana, rule=USUAL_HELP_RULE, now=NOW).others] == ["Cuestionario borrado"]


def test_the_page_holds_no_question_no_answer_and_no_feedback(desk, group, ana, first):
    attempt_quiz(ana, first.quiz, right=False)
    page = desk.get(person_page(group, ana)).text
    for choice in Choice.objects.all():
        for words in (choice.text, choice.feedback, choice.question.text):
            assert words not in page


def test_the_button_to_unlock_is_there_only_for_who_is_slowed_down(desk, group, trainer, ana):
    assert "Desbloquear" not in desk.get(person_page(group, ana)).text
    desk.logout()
    for _ in range(6):
        desk.post(reverse("account_login"), {"login": ana.username, "password": "000000"})
    assert limits.is_slowed(ana, now=timezone.now())
    desk.force_login(trainer)
    assert "Desbloquear" in desk.get(person_page(group, ana)).text
    for _ in range(2):
        answer = desk.post(reverse("desk_unlock", args=[group.pk, ana.pk]), follow=True)
        assert answer.redirect_chain == [(person_page(group, ana), 302)]
    assert "Desbloquear" not in answer.text
    assert not limits.is_slowed(ana, now=timezone.now())


def test_more_is_given_and_who_when_and_why_are_kept(desk, group, trainer, ana):
    quiz = make_quiz("examen", 2, title="Examen final", time_limit=20, attempts_allowed=1)
    assert "Valen las reglas del cuestionario." in desk.get(person_page(group, ana)).text
    form = desk.get(allowance_page(group, ana, quiz)).text
    for words in ("Además de lo que da el cuestionario: 20 minutos.", "Además de los que da el cuestionario: 1."):
        assert words in form
    assert 'name="closes_at"' not in form
    given = {"extra_minutes": "10", "extra_attempts": "1", "reason": "Se fue la luz."}
    reply = desk.post(allowance_page(group, ana, quiz), given, follow=True)
    assert reply.request["PATH_INFO"] == person_page(group, ana)
    assert "10 minutos más, 1 intento más" in reply.text
    allowance = Allowance.objects.get()
    assert (allowance.learner, allowance.quiz_key) == (ana, quiz.translation_key)
    assert (allowance.extra_minutes, allowance.extra_attempts, allowance.closes_at) == (10, 1, None)
    assert (allowance.reason, allowance.given_by) == ("Se fue la luz.", trainer)
    assert timezone.now() - allowance.given_at < MINUTE
    form = desk.get(allowance_page(group, ana, quiz)).text
    assert re.search(r'name="extra_minutes"[^>]* value="10"|value="10"[^>]* name="extra_minutes"', form)
    assert "Se fue la luz." in form
    desk.post(allowance_page(group, ana, quiz), {"extra_minutes": "0", "extra_attempts": "", "reason": "Fue un error."})
    assert "nada más que las reglas" in desk.get(person_page(group, ana)).text
    assert Allowance.objects.count() == 2


def test_an_attempt_in_progress_gets_the_time_at_once(desk, group, ana):
    quiz = make_quiz("examen", 2, time_limit=20)
    now = timezone.now()
    attempt = Attempt.objects.create(
        learner=ana,
        quiz_key=quiz.translation_key,
        snapshot={"rules": {"time_limit": 20, "grace_seconds": 60}},
        language="es",
        started_at=now,
        due_at=now + 20 * MINUTE,
    )
    desk.post(allowance_page(group, ana, quiz), {"extra_minutes": "15", "reason": "Lee con lupa."})
    attempt.refresh_from_db()
    assert attempt.due_at == now + 35 * MINUTE


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"extra_minutes": "5", "reason": "  "}, "Escriba el motivo: queda en el historial."),
        ({"reason": "Porque sí."}, "No dio nada: escriba minutos, intentos o un cierre."),
        ({"extra_minutes": "-1", "reason": "x"}, "Asegúrese de que este valor es mayor o igual a 0."),
        ({"extra_minutes": "1441", "reason": "x"}, "Asegúrese de que este valor es menor o igual a 1440."),
        ({"closes_at": "2020-01-01T10:00", "reason": "x"}, "Elija un momento que aún no haya llegado"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(desk, group, ana, given, sentence):
    quiz = make_quiz("examen", 2, time_limit=20, closes_at=timezone.now() - 60 * MINUTE)
    reply = desk.post(allowance_page(group, ana, quiz), given)
    assert (reply.status_code, sentence in reply.text) == (400, True)
    assert not Allowance.objects.exists()


def test_a_closed_quiz_is_opened_for_one_person(desk, group, ana):
    quiz = make_quiz("examen", 2, closes_at=timezone.now() - 60 * MINUTE)
    later = timezone.localtime(timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    given = {"closes_at": later.strftime("%Y-%m-%dT%H:%M"), "reason": "Estuvo de turno."}
    assert desk.post(allowance_page(group, ana, quiz), given).status_code == 302
    assert Allowance.objects.get().closes_at == later
    assert later.strftime("%Y-%m-%dT%H:%M") in desk.get(allowance_page(group, ana, quiz)).text


def test_only_quizzes_with_a_limit_are_there(desk, group, ana):
    free, draft = make_quiz("libre", 1), make_quiz("borrador", 1, time_limit=5, live=False)
    assert "Tiempo e intentos" not in desk.get(person_page(group, ana)).text
    for quiz in (free, draft):
        assert desk.get(allowance_page(group, ana, quiz)).status_code == 404


def test_nobody_gives_anything_to_oneself(trainer_client, trainer):
    quiz = make_quiz("examen", 2, time_limit=20)
    own = make_cohort(trainers=[trainer], learners=[trainer])
    given = {"extra_minutes": "5", "reason": "x"}
    assert trainer_client.post(allowance_page(own, trainer, quiz), given).status_code == 404
    page = trainer_client.get(person_page(own, trainer)).text
    assert "Tiempo e intentos" in page
    assert "Dar más tiempo o intentos" not in page
