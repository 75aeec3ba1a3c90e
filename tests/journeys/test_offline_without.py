import json
import re

import pytest
from playwright.sync_api import expect

from .device import at_hand
from .learner import come_to_one_answer, finish_part, follow, press

pytestmark = pytest.mark.nightly


DONE = """
import json
from modules.models import LessonRead
from quizzes.models import Attempt
attempt = Attempt.objects.get(learner__username={code!r})
print(json.dumps([LessonRead.objects.filter(learner__username={code!r}).count(), attempt.answers.count(),
                  attempt.submitted_at is not None]))
"""
KEEPS_NOTHING = "Este navegador no guarda nada para cuando no hay conexión"


@pytest.fixture
def plain(chromium, site, tmp_path):
    with at_hand(chromium, site, tmp_path, name="trato.test") as device:
        yield device


@pytest.fixture
def scriptless(chromium, site, tmp_path):
    with at_hand(chromium, site, tmp_path, javascript=False) as device:
        yield device


def done(site, code):
    return json.loads(site.shell(DONE.format(code=code)))


def read_and_begin(page):
    page.goto("/es/sin-conexion/")
    expect(page.get_by_text(KEEPS_NOTHING)).to_be_visible()
    page.goto("/es/m1/")
    follow(page.locator("ol.steps a").first)
    finish_part(page)
    page.goto("/es/cuestionario/m1/")
    press(page, "Empezar")
    come_to_one_answer(page)


def test_over_plain_http_whoever_leaves_with_answers_that_wait_is_asked_first(site, plain):
    page = plain.sign_in(site, "HTT234")
    assert page.evaluate("[isSecureContext, 'serviceWorker' in navigator]") == [False, False]
    page.goto("/es/sin-conexion/curso/")
    expect(page.get_by_text(KEEPS_NOTHING)).to_be_visible()
    assert page.get_by_role("button", name="Guardar todo el curso").is_hidden()
    read_and_begin(page)
    page.locator("input[name=choice]").first.check()
    page.locator(".save-state", has_text="Guardado").wait_for()
    plain.line.closed_to = "/es/cuestionario/"
    page.locator("input[name=choice]").last.check()
    page.locator(".save-state", has_text="Sin conexión").wait_for()
    for button in ("Esperar", "Salir y perderlas"):
        page.locator(".more > summary").click()
        page.get_by_role("button", name="Cambiar de persona").click()
        expect(page.get_by_role("dialog")).to_contain_text("Tiene 1 respuesta sin enviar.")
        chosen = page.get_by_role("button", name=button)
        follow(chosen) if button.startswith("Salir") else chosen.click()
    expect(page.locator("input[name=login]")).to_be_visible()
    plain.line.closed_to = None
    assert done(site, "HTT234") == [1, 1, False]


def test_without_javascript_all_works_as_it_did(site, scriptless):
    page = scriptless.sign_in(site, "JSN234")
    read_and_begin(page)
    page.locator("input[name=choice]").first.check()
    press(page, "Siguiente")
    page.goto(page.url.rsplit("/", 2)[0] + "/resumen/")
    expect(page.get_by_text(re.compile(r"^1 de \d+ preguntas respondidas"))).to_be_visible()
    press(page, "Enviar y terminar")
    assert done(site, "JSN234") == [1, 1, True]
