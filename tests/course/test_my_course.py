import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.issuing.issue import issue_certificate
from certificates.models import Certificate
from modules.labels import time_left_label
from modules.models import LessonPage, ModulePage
from modules.progress.deriving import progress_of
from modules.progress.editions import edition_in_force
from modules.progress.following import take_along
from modules.progress.outline import get_course_structure
from tests.certificates.factories import issued_otherwise
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_course,
    finish_lessons,
    finish_module,
    make_cohort,
    make_course,
    make_learner,
    make_lesson,
    make_module,
    make_quiz,
    pass_quiz,
)
from tests.modules.factories import scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course(modules=2, lessons=2)


def open_course(client, learner):
    client.force_login(learner)
    return client.get(reverse("my_course")).text


def test_a_newcomer_is_welcomed_by_name_and_led_to_the_first_lesson(client, learner, course):
    page = open_course(client, learner)
    assert "Ana Lucía, le damos la bienvenida" in page
    assert "2 temas cortos para recibir bien a cada persona, desde el portón. Al final, su certificado." in page
    assert re.search(r"2 módulos cortos, unos \d+ minutos en total, en los ratos que tenga\.", page)
    assert "un certificado para imprimir" in page
    assert page.count("No iniciado") == 2
    assert page.count('class="button"') == 1
    assert '<a class="button" href="/es/m1/1/">Empezar</a>' in page
    assert client.get(reverse("continue_course")).url == "/es/m1/1/"


def test_a_course_that_begins_with_a_scene_says_so(client, learner, course):
    lesson = LessonPage.objects.get(url_path__endswith="/m1/1/")
    lesson.body = [("text", "<p>Elija.</p>"), ("scenario", scene(role="apoyo"))]
    lesson.save_revision().publish()
    assert '<a class="button" href="/es/m1/1/">Empezar con una escena</a>' in open_course(client, learner)


def test_the_welcome_leads_to_another_place_of_work(client, learner, course):
    page = open_course(client, learner)
    assert 'href="/accounts/puesto/?next=/es/">¿No trabaja usted en ventanilla? Cambiar esto</a>' in page


def test_the_button_leads_to_the_first_thing_that_is_not_done(client, learner, course):
    first = ModulePage.objects.get(slug="m1")
    finish_lessons(learner, first)
    page = open_course(client, learner)
    assert "0 de 2 módulos" in page
    assert "bienvenida" not in page
    assert client.get(reverse("continue_course")).url == "/es/cuestionario/m1/"
    finish_module(learner, first)
    page = open_course(client, learner)
    assert "1 de 2 módulos" in page
    assert client.get(reverse("continue_course")).url == "/es/m2/"


def test_who_needs_help_reads_why(client, learner, course):
    first = ModulePage.objects.get(slug="m1")
    for _try in range(2):
        attempt_quiz(learner, first.quiz, right=False)
    page = open_course(client, learner)
    assert "Necesita ayuda" in page
    assert "Cuestionario enviado 2 veces, todavía sin aprobar." in page


def test_who_finished_is_led_to_the_certificate(client, learner, course):
    finish_course(learner)
    page = open_course(client, learner)
    assert "Usted finalizó los 2 módulos del curso." in page
    assert f'<a class="button" href="{reverse("my_certificate")}">Obtener mi certificado</a>' in page
    assert client.get(reverse("continue_course")).url == reverse("my_certificate")


def test_a_closed_group_is_told_so_and_gets_no_button_that_leads_nowhere(client, course):
    closed = make_cohort(closes_on=NOW.date() - timedelta(days=300), opens_on=NOW.date() - timedelta(days=320))
    page = open_course(client, make_learner(cohort=closed))
    assert "El curso de su grupo está cerrado ahora. Lo que ha hecho se conserva." in page
    assert 'class="button"' not in page


def test_a_course_without_modules_says_so(client, learner):
    make_course(modules=0)
    assert "El curso todavía no tiene módulos." in open_course(client, learner)


def test_a_visitor_reads_what_the_course_is(client, course):
    page = client.get(reverse("my_course")).text
    assert reverse("account_login") in page
    assert "Mi curso" not in page
    assert client.get(reverse("continue_course")).url == "/accounts/login/?next=/es/continuar/"


def test_who_was_taken_along_in_the_middle_reads_what_is_asked_since(client, learner, course):
    finished = make_learner("FIN234")
    finish_course(finished)
    first, second = ModulePage.objects.order_by("path")
    finish_module(learner, first)
    pass_quiz(learner, second.quiz)
    second.quiz = make_quiz("otro", 1)
    second.save_revision().publish()
    make_module(course, 3)
    gone = LessonPage.objects.child_of(ModulePage.objects.get(number=2)).last()
    gone.unpublish()
    client.force_login(learner)
    assert "algo distinto" not in client.get(reverse("my_course")).text

    take_along(edition_in_force(get_course_structure()), now=NOW)

    page = client.get(reverse("my_course")).text
    assert "Desde el 25 de noviembre de 2026 el curso pide algo distinto." in page
    assert "Lo que ya hizo y se sigue pidiendo, cuenta." in page
    assert "<li>Nuevo: Módulo 3, «Módulo de prueba 3».</li>" in page
    assert f"<li>Ya no: Módulo 2, «Módulo de prueba 2»: la lección «{gone.title}».</li>" in page
    assert "en lugar de" in page
    modules = progress_of(learner, now=NOW).modules
    assert [(one.is_finished, one.quiz_passed) for one in modules] == [(True, True), (False, False), (False, False)]
    client.force_login(finished)
    assert "algo distinto" not in client.get(reverse("my_course")).text
    finish_course(learner)
    client.force_login(learner)
    assert "algo distinto" not in client.get(reverse("my_course")).text


def test_who_has_a_certificate_still_reaches_it_when_a_lesson_is_added(client, learner, course):
    finish_course(learner)
    issue_certificate(learner, printed_name=str(learner), role="recepcion", clinic="", now=NOW)
    make_lesson(ModulePage.objects.get(slug="m2"), 3)
    page = open_course(client, learner)
    assert "/es/m2/3/" not in page
    assert reverse("my_certificate") in page
    assert client.get(reverse("continue_course")).url == reverse("my_certificate")


def test_the_rest_of_the_course_is_said_in_hours(client, learner, course):
    attempt_quiz(learner, ModulePage.objects.get(slug="m1").quiz, right=False)
    lesson = LessonPage.objects.first()
    lesson.minutes = 176 - progress_of(learner).minutes_left + lesson.minutes
    lesson.save()
    said = "0 de 2 módulos. Le faltan unas 2 horas y 55 minutos, cuando tenga un momento."
    assert said in open_course(client, learner)
    assert time_left_label(progress_of(learner).modules[0].minutes_left) in client.get("/es/m1/").text


@pytest.mark.parametrize(("days", "told"), [(61, False), (60, True), (0, True), (-1, True)])
def test_certificate_that_expires_within_sixty_days_is_announced(noon, client, learner, course, days, told):
    now = timezone.now()
    finish_course(learner, now=now)
    issued = issue_certificate(learner, printed_name=str(learner), role="", clinic="", now=now)
    ends_on = timezone.localdate(now) + timedelta(days=days)
    issued_otherwise(Certificate.objects.filter(pk=issued.pk), expires_on=ends_on)
    page = open_course(client, learner)
    assert ("Su certificado vale hasta el" in page) == (told and days >= 0)
    assert ("Su certificado valió hasta el" in page) == (told and days < 0)
