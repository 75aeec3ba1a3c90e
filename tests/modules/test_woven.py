import pytest
from django.urls import reverse
from django.utils import timezone, translation

from modules.models import ModulePage
from quizzes.attempts.taking import save_answer
from quizzes.kinds import get_kind
from quizzes.models import Attempt, Competency
from tests.factories import finish_course, finish_lessons, finish_module, make_course, make_module

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def course():
    course = make_course(modules=2, lessons=1)
    for module in ModulePage.objects.all():
        module.role_tips = [("tip", {"role": "recepcion", "tip": f"Saludar igual, {module.number}."})]
        module.key_messages = [("line", "Un saludo también cura [S42].")]
        module.save_revision().publish()
    return course


def test_finished_module_shows_motif_and_tip(learner, learner_client):
    assert learner_client.get("/es/tejido/1/").url == "/es/m1/"
    assert learner_client.get("/es/tejido/9/").status_code == 404
    finish_module(learner, ModulePage.objects.get(number=1))
    attempt = learner.attempts.get()
    page = learner_client.get("/es/tejido/1/").text
    assert "Ana Lucía, ya tejió <span>«Módulo de prueba 1»</span>" in page
    assert "El motivo del módulo 1, tejido en sus colores" in page
    assert page.count('class="row-') == 11
    assert page.index("Para mañana, en la ventanilla") < page.index("Saludar igual, 1.") < page.index('class="button"')
    assert page.count('class="button"') == 1
    assert '<a class="button" href="/es/m2/">Continuar con el módulo 2' in page
    result = reverse("attempt_result", args=[attempt.pk])
    assert f'<a class="button-quiet" href="{result}">Ver mis respuestas</a>' in page
    assert "Cuestionario: 3 de 3" in page
    assert "Su tejido: 1 de 2. Le faltan unos" in page


def test_learner_without_role_gets_key_message(client, learner):
    learner.role = ""
    learner.is_staff = True
    learner.save()
    finish_module(learner, ModulePage.objects.get(number=1))
    client.force_login(learner)
    assert ">Para mañana</h2>\n<p>Un saludo también cura.</p>" in client.get("/es/tejido/1/").text


def test_whole_weave_lists_competencies_of_own_role(learner_client, learner, course):
    assert learner_client.get("/es/tejido/").url == "/es/"
    finish_course(learner)
    assert '<a class="button" href="/es/tejido/">Ver todo el tejido</a>' in learner_client.get("/es/tejido/2/").text
    page = learner_client.get("/es/tejido/").text
    assert "Ana Lucía, su tejido está completo" in page
    assert page.count('class="button"') == 1
    assert "Saludar igual, 1." in page
    locale = course.locale
    for identifier, text, is_core in (
        ("M1-recepcion-1", "Anota y defiende el orden de llegada.", False),
        ("M1-apoyo-1", "Orienta sin preguntar el motivo.", False),
        ("M2-C1", "Atiende sin libreta ni sello.", True),
    ):
        Competency.objects.create(identifier=identifier, text=text, is_core=is_core, locale=locale)

    page = learner_client.get("/es/tejido/").text
    own, core = page.split("Lo que hace todo el personal")
    assert "Anota y defiende el orden de llegada." in own
    assert "Saludar igual, 2." in own
    assert "Saludar igual, 1." not in page
    assert "Orienta sin preguntar" not in page
    assert "Atiende sin libreta ni sello." in core


def test_module_outside_edition_weaves_nothing(learner_client, learner, course):
    finish_course(learner)
    lesson = make_module(course, 3, lessons=1, quiz=False).get_children().get()
    response = learner_client.post(reverse("mark_lesson_read", args=[lesson.translation_key]), follow=True)
    assert (response.status_code, response.redirect_chain[-1][0]) == (200, "/es/")


def begin(client):
    with translation.override("es"):
        return client.post(reverse("quiz_start", args=["m1"]))


def answer_all(attempt, *, right=True):
    now = timezone.now()
    for item in attempt.snapshot["questions"]:
        wrong = next(option["key"] for option in item["options"] if not option["right"])
        response = get_kind(item).right_response(item) if right else wrong
        save_answer(attempt, item["key"], response, client="test", number=1, given_at=now, now=now)


def hand_in(client, attempt):
    with translation.override("es"):
        return client.post(reverse("attempt_submit", args=[attempt.pk])).url


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_finishing_attempt_leads_to_motif_also_when_submitted_again(learner, learner_client):
    finish_lessons(learner, ModulePage.objects.get(number=1))
    for right, leads_to in [(False, "revision"), (True, "tejido"), (True, "revision")]:
        begin(learner_client)
        attempt = Attempt.objects.open().get()
        answer_all(attempt, right=right)
        assert leads_to in hand_in(learner_client, attempt)
        assert leads_to in hand_in(learner_client, attempt)
