"""What is shown when something is finished: the motif of a module, one thing for tomorrow, and the whole cloth."""

import random

import pytest
from django.urls import reverse

from modules.models import ModulePage
from quizzes.attempts.taking import save_answer, start_attempt
from quizzes.models import Act, Question
from tests.factories import (
    NOW,
    finish_course,
    finish_lessons,
    finish_module,
    make_course,
    make_module,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def course():
    course = make_course(modules=2, lessons=1)
    for module in ModulePage.objects.all():
        module.role_tips = [("tip", {"role": "recepcion", "tip": f"Saludar igual, {module.number}."})]
        module.key_messages = [("line", "Un saludo también cura [S42].")]
        module.save_revision().publish()
    return course


@pytest.fixture
def send(client, learner, django_capture_on_commit_callbacks):
    """Return a function that takes the quiz of module 1 on the site and returns where sending it leads."""

    def send_quiz(number):
        client.force_login(learner)
        quiz = ModulePage.objects.get(number=1).quiz
        attempt = start_attempt(learner, quiz, language="es", now=NOW, chance=random.Random(number))
        for item in attempt.paper["questions"]:
            right = Question.objects.get(translation_key=item["key"]).choices.get(is_correct=True)
            save_answer(
                attempt, item["key"], str(right.translation_key), client="test", number=1, given_at=NOW, now=NOW
            )
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("attempt_submit", args=[attempt.pk]))
        # In a test nothing is committed before the answer: it is sent twice, which is sending it once.
        return attempt, client.post(reverse("attempt_submit", args=[attempt.pk])).url

    return send_quiz


def test_a_passed_quiz_that_finishes_a_module_leads_to_its_motif_and_what_to_try_tomorrow(client, learner, send):
    first, leads_to = send(1)
    # The lesson is still to be read, so nothing is woven yet.
    assert leads_to == reverse("attempt_result", args=[first.pk])
    assert client.get("/es/tejido/1/").url == "/es/m1/"
    assert client.get("/es/tejido/9/").status_code == 404
    learner.attempts.all().delete()
    finish_lessons(learner, ModulePage.objects.get(number=1))

    attempt, leads_to = send(2)

    assert leads_to == "/es/tejido/1/"
    page = client.get(leads_to).content.decode()
    assert "Ana Lucía, ya tejió <span>«Módulo de prueba 1»</span>" in page
    assert "El motivo del módulo 1, tejido en sus colores" in page
    assert page.count('class="row-') == 11
    assert page.index("Para mañana, en la ventanilla") < page.index("Saludar igual, 1.") < page.index('class="button"')
    assert page.count('class="button"') == 1
    assert '<a class="button" href="/es/m2/">Continuar con el módulo 2' in page
    assert (
        f'<a class="button-quiet" href="{reverse("attempt_result", args=[attempt.pk])}">Ver mis respuestas</a>' in page
    )
    assert "Cuestionario: 3 de 3" in page
    assert "Su tejido: 1 de 2. Le faltan unos" in page
    # What was finished before is not woven twice.
    again, leads_to = send(3)
    assert leads_to == reverse("attempt_result", args=[again.pk])


def test_who_said_no_job_is_given_a_key_message(client, learner):
    learner.role = ""
    learner.is_staff = True
    learner.save()
    finish_module(learner, ModulePage.objects.get(number=1))
    client.force_login(learner)
    page = client.get("/es/tejido/1/").content.decode()
    assert ">Para mañana</h2>\n<p>Un saludo también cura.</p>" in page


def test_the_whole_cloth_says_what_one_does_now_in_ones_job(client, learner, course):
    client.force_login(learner)
    assert client.get("/es/tejido/").url == "/es/"
    finish_course(learner)
    last = client.get("/es/tejido/2/").content.decode()
    assert '<a class="button" href="/es/tejido/">Ver todo el tejido</a>' in last
    page = client.get("/es/tejido/").content.decode()
    assert "Ana Lucía, su tejido está completo" in page
    assert page.count('class="button"') == 1
    # Without a map of acts the tips say it.
    assert "Saludar igual, 1." in page
    locale = course.locale
    for identifier, text, is_core in (
        ("M1-recepcion-1", "Anota y defiende el orden de llegada.", False),
        ("M1-apoyo-1", "Orienta sin preguntar el motivo.", False),
        ("M2-C1", "Atiende sin libreta ni sello.", True),
    ):
        Act.objects.create(identifier=identifier, text=text, is_core=is_core, locale=locale)

    page = client.get("/es/tejido/").content.decode()
    own, everyones = page.split("Lo que hace todo el personal")
    assert "Anota y defiende el orden de llegada." in own
    assert "Saludar igual, 2." in own
    assert "Saludar igual, 1." not in page
    assert "Orienta sin preguntar" not in page
    assert "Atiende sin libreta ni sello." in everyones


def test_a_module_that_ones_edition_does_not_ask_is_read_to_its_end_and_weaves_nothing(client, learner, course):
    finish_course(learner)
    added = make_module(course, 3, lessons=1, quiz=False)
    client.force_login(learner)
    lesson = added.get_children().get()
    response = client.post(reverse("mark_lesson_read", args=[lesson.translation_key]), follow=True)
    assert (response.status_code, response.redirect_chain[-1][0]) == (200, "/es/")
