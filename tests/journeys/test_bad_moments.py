import pytest

from .browser import PASSWORD, PHONE, sign_in
from .conftest import begin_course
from .learner import (
    answer,
    come_to_one_answer,
    follow,
    number_of_question,
    press,
)

pytestmark = pytest.mark.nightly


ANSWERS = """
from quizzes.models import Answer, Attempt
attempt = Attempt.objects.filter(learner__username={code!r}).latest("started_at")
attempts = Attempt.objects.filter(learner__username={code!r}).count()
print(attempt.answers.count(), attempts, attempt.submitted_at is not None)
"""
TIME_OVER = """
from datetime import timedelta
from django.utils import timezone
from quizzes.models import Attempt
Attempt.objects.filter(learner__username={code!r}).update(due_at=timezone.now() - timedelta(hours=1))
"""
END_SESSIONS = "from django.contrib.sessions.models import Session; Session.objects.all().delete()"


def begin_quiz(site, page, code):
    begin_course(site, page, code)
    page.goto("/es/cuestionario/m1/")
    press(page, "Empezar")
    come_to_one_answer(page)
    return number_of_question(page)


def refuse(route):
    route.fulfill(status=503, headers={"Retry-After": "2"}, json={"problem": "database_gone"})


def drop(route):
    route.abort()


def facts(site, code):
    answers, attempts, submitted = site.shell(ANSWERS.format(code=code)).split()
    return int(answers), int(attempts), submitted == "True"


def test_an_answer_given_after_the_session_ended_is_saved_by_signing_in(site, open_browser, answers):
    page = open_browser(PHONE, javascript=False)
    number = begin_quiz(site, page, "SES222")
    site.shell(END_SESSIONS)
    answer(page, answers)
    press(page, "Siguiente")
    assert "su respuesta" in page.inner_text("main").casefold()
    page.fill("input[name=login]", "SES222")
    page.fill("input[name=password]", "739182")
    press(page, "Ingresar")
    assert "guardada" in page.inner_text("main").casefold()
    assert number_of_question(page) == number + 1
    assert facts(site, "SES222") == (1, 1, False)


def test_an_answer_waits_in_the_page_while_the_line_is_down(site, open_browser, answers):
    page = open_browser(PHONE)
    page.clock.install()
    begin_quiz(site, page, "RED222")
    page.context.set_offline(True)
    answer(page, answers)
    page.locator(".save-state", has_text="Sin conexión").wait_for()
    assert facts(site, "RED222") == (0, 1, False)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator(".save-state", has_text="Guardado").wait_for()
    assert facts(site, "RED222") == (1, 1, False)
    # A site that is stopped or refuses tells nobody when it is back: the page asks again, sooner if it is told to.
    for fails, said, asks_in in (refuse, "El sitio no responde ahora", 2), (drop, "Sin conexión", 15):
        page.route("**/respuestas/", fails)
        page.locator("input[name=choice]:not(:checked)").first.check()
        page.locator(".save-state", has_text=said).wait_for()
        page.unroute("**/respuestas/")
        with page.expect_response("**/respuestas/") as answered:
            page.clock.fast_forward(asks_in * 1000)
        assert answered.value.status == 200
        page.locator(".save-state", has_text="Guardado").wait_for()
    # What a device keeps may be damaged: that blocks nothing of what waits beside it.
    page.evaluate("document.querySelector('answer-saver').waiting.odd = {question: 'odd', client: 'a b', number: 1}")
    with page.expect_response("**/respuestas/") as answered:
        page.locator("input[name=choice]:not(:checked)").first.check()
    assert len(answered.value.json()["standing"]) == 1
    page.locator(".save-state", has_text="No pudimos leer").wait_for()
    assert page.evaluate("Object.keys(document.querySelector('answer-saver').waiting)") == []


def test_a_page_that_was_left_while_the_line_was_down_still_sends_its_answer(site, open_browser, answers):
    page = open_browser(PHONE)
    begin_quiz(site, page, "RED333")
    answer(page, answers)
    page.locator(".save-state", has_text="Guardado").wait_for()
    press(page, "Siguiente")
    second = page.url
    page.route("**/respuestas/", lambda route: route.abort())
    answer(page, answers)
    page.locator(".save-state", has_text="Sin conexión").wait_for()
    assert facts(site, "RED333") == (1, 1, False)
    page.unroute("**/respuestas/")
    with page.expect_response("**/respuestas/"):
        page.goto(second)
    page.locator(".save-state", has_text="Guardado").wait_for()
    assert facts(site, "RED333") == (2, 1, False)


def test_back_shows_what_was_answered_and_the_newer_answer_stands(site, open_browser, answers):
    page = open_browser(PHONE)
    begin_quiz(site, page, "ATR222")
    first = page.url
    answer(page, answers)
    press(page, "Siguiente")
    page.go_back()
    assert page.url == first
    other = page.locator("input[name=choice]:not(:checked)").first
    chosen = other.get_attribute("value")
    with page.expect_response("**/respuestas/"):
        other.check()
    press(page, "Siguiente")
    page.goto(first)
    assert page.locator("input[name=choice]:checked").get_attribute("value") == chosen
    assert facts(site, "ATR222") == (1, 1, False)


def test_an_answer_after_the_time_is_kept_told_and_decided_about_by_the_trainer(site, open_browser, answers):
    page = open_browser(PHONE)
    begin_quiz(site, page, "TAR222")
    site.shell(TIME_OVER.format(code="TAR222"))
    answer(page, answers)
    page.get_by_text("llegó tarde").first.wait_for()
    desk = open_browser()
    sign_in(desk, "facilitadora", PASSWORD)
    desk.goto("/es/grupos/por-revisar/")
    line = desk.locator(".late-line", has_text="Ixmatá de la Cruz")
    assert "el tiempo había terminado" in line.inner_text()
    follow(line.locator("button[value=contar]"))
    assert facts(site, "TAR222") == (1, 1, True)


def test_sending_twice_from_two_tabs_is_sending_once(site, open_browser, answers):
    page = open_browser()
    begin_quiz(site, page, "DOS222")
    answer(page, answers)
    press(page, "Siguiente")
    summary = page.url.rsplit("/", 2)[0] + "/resumen/"
    page.goto(summary)
    other = page.context.new_page()
    other.goto(summary)
    press(page, "Enviar y terminar")
    press(other, "Enviar y terminar")
    assert other.url == page.url
    page.go_back()
    assert facts(site, "DOS222") == (1, 1, True)


def test_signing_in_again_in_another_tab_costs_one_tap_and_no_answer(site, open_browser, answers):
    page = open_browser(PHONE, javascript=False)
    number = begin_quiz(site, page, "TAB222")
    other = page.context.new_page()
    other.goto("/es/")
    press(other, "Cambiar de persona")
    sign_in(other, "TAB222", "739182")
    answer(page, answers)
    press(page, "Siguiente")
    press(page, "Guardar y seguir")
    assert number_of_question(page) == number + 1
    assert facts(site, "TAB222") == (1, 1, False)
