import json
import re

import pytest
from playwright.sync_api import expect

from .browser import LIGHT_AND_DARK
from .conftest import axe_violations, sideways
from .device import (
    expect_copy,
    wait_until_kept,
    wait_until_sent,
)
from .learner import answer, finish_part, follow, press
from .line import DOWN, UP

BEGIN = """
import json
from django.utils import timezone
from modules.progress.outline import course_outline
from quizzes.attempts.taking import save_answer, start_attempt
from quizzes.kinds import get_kind
from quizzes.models import Quiz
import secrets
from course.models import User
person, now = User.objects.get(username={code!r}), timezone.now()
quiz = Quiz.objects.get(translation_key=course_outline()[0].quiz_key, locale__language_code="es")
attempt = start_attempt(person, quiz, language="es", now=now, chance=secrets.SystemRandom())
scored = [item for item in attempt.snapshot["questions"] if item["marks"]]
response = get_kind(scored[-1]).right_response(scored[-1])
save_answer(attempt, scored[-1]["key"], response, client="elsewhere", number=1, given_at=now, now=now)
print(json.dumps([str(attempt.pk), len(attempt.snapshot["questions"]), len(scored), scored[-1]["key"]]))
"""
DONE = """
import json
from modules.models import LessonRead
from quizzes.models import Attempt
person = {code!r}
attempts = [
    {{"grade": a.grade and float(a.grade), "sent": bool(a.submitted_at), "answers": a.answers.count(),
     "writes": a.writes.count(), "held": a.late_answers.count()}}
    for a in Attempt.objects.filter(learner__username=person)
]
reads = LessonRead.objects.filter(learner__username=person).count()
print(json.dumps({{"reads": reads, "attempts": attempts}}))
"""

KEEP = """async (address) => {
  await (await import(document.querySelector("offline-state").dataset.script)).keep(address);
}"""
KEPT_PAGES = """async () => {
  const found = [];
  for (const name of await caches.keys()) found.push(...await (await caches.open(name)).keys());
  const paths = found.map(({ url }) => new URL(url).pathname);
  return paths.filter((path) => path.endsWith("/") && !path.includes("/imagen/"));
}"""
CACHED = """async () => {
  const all = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const reply = await cache.match(request);
      all.push(name, request.url, ...[...request.headers, ...reply.headers].flat(), await reply.text());
    }
  }
  return all.join("\\n");
}"""


def done(site, code):
    return json.loads(site.shell(DONE.format(code=code)))


def test_a_module_and_its_quiz_are_done_without_a_line_after_the_power_failed(site, device, course):
    page, answers = device.sign_in(site, "ULA234"), course["answers"]
    attempt, total, scored, elsewhere = json.loads(site.shell(BEGIN.format(code="ULA234")))
    page.goto(f"/es/cuestionario/intento/{attempt}/1/")
    quiz = page.url
    wait_until_kept(page, "papel")
    page.goto("/es/m1/")
    wait_until_kept(page, "/modulo/")

    device.kill()
    device.line.set(DOWN)
    device.start()
    # A killed browser may have written down its session or not; here it had not.
    device.context.clear_cookies(name="sessionid")
    page = device.page
    page.goto("/es/m1/")
    expect_copy(page)
    lessons = page.locator("li[data-lesson]").count()
    follow(page.locator("main a.button").first)
    scenes = 0
    for _ in range(lessons):
        expect_copy(page)
        if page.locator("scene-play details[name] > summary").count():
            page.locator("scene-play details[name] > summary").first.click()
            expect(page.locator("scene-play details[name][open]").first).to_be_visible()
            scenes += 1
        finish_part(page)
    assert scenes
    assert page.url.split("/")[3:] == quiz.split("/")[3:]
    for number in range(1, total + 1):
        expect_copy(page)
        assert f"Pregunta {number} de {total}" in page.inner_text("h1")
        if page.locator("#question input[name=question]").get_attribute("value") != elsewhere:
            answer(page, answers)
        press(page, "Siguiente" if number < total else "Revisar y enviar")
    expect(page.get_by_text(f"{scored} de {scored} preguntas respondidas.")).to_be_visible()
    assert page.get_by_text("sin responder o incompleta").is_hidden()
    press(page, "Enviar y terminar")
    expect(page.get_by_text("Finalizado, sin enviar.")).to_be_visible()
    # What was sent is not answered any more.
    page.goto(quiz)
    expect(page.get_by_text("Finalizado, sin enviar.")).to_be_visible()
    page.goto("/es/m1/")
    # What the device holds is read after the page is there.
    expect(page.locator("li[data-lesson] .state:visible")).to_have_count(lessons)
    begun = {"grade": None, "sent": False, "answers": 1, "writes": 1, "held": 0}
    assert done(site, "ULA234") == {"reads": 0, "attempts": [begun]}

    device.line.set(UP)
    page.get_by_role("button", name="Intentar ahora").first.click()
    wait_until_sent(page)
    expect(page.get_by_text("Todo está enviado.")).to_be_visible()
    page.goto("/es/sin-conexion/")
    assert page.get_by_text("Finalizado, sin enviar.").is_hidden()
    press(page, "Ver el resultado")
    # Nobody was signed in when all of it came.
    page.fill("input[name=login]", "ULA234")
    page.fill("input[name=password]", "739182")
    press(page, "Ingresar")
    expect(page.get_by_role("heading", name=f"{scored} de {scored}")).to_be_visible()
    sent = {"grade": 100, "sent": True, "answers": scored, "writes": scored, "held": 0}
    assert done(site, "ULA234") == {"reads": lessons, "attempts": [sent]}

    device.line.set(DOWN)
    page.goto("/es/glosario/")
    expect(page.get_by_role("heading", name="Sin conexión")).to_be_visible()
    device.line.set(UP)
    page.locator("p[data-trying]").get_by_role("button", name="Intentar ahora").click()
    expect(page.get_by_role("heading", name="Glosario")).to_be_visible()


@pytest.mark.nightly
def test_the_whole_course_is_kept_at_a_wish_and_taken_away_again(site, device):
    page = device.sign_in(site, "ULC234")
    page.goto("/es/sin-conexion/curso/")
    expect(page.locator("[data-row] .state").first).to_be_hidden()
    button = page.get_by_role("button", name=re.compile(r"Guardar todo el curso en este teléfono \(\d+ KB\)"))
    assert re.search(r"\d+ KB", page.locator("[data-row]").first.inner_text())
    assert axe_violations(page) == []
    button.click()
    expect(page.get_by_text("Todo el curso está guardado en este aparato.")).to_be_visible()
    expect(page.locator("[data-row] .state:visible")).to_have_count(page.locator("[data-row]").count())
    device.line.set(DOWN)
    for address in ("/es/m8/1/", "/es/glosario/", "/es/directorio/"):
        page.goto(address)
        expect_copy(page)
    page.goto("/es/sin-conexion/")
    page.get_by_role("button", name="Quitar lo guardado").click()
    expect(page.get_by_text("Aquí todavía no hay nada guardado del curso.")).to_be_visible()
    page.goto("/es/m8/1/")
    expect(page.get_by_text("Esta página no está guardada en este aparato.")).to_be_visible()


@pytest.mark.nightly
def test_copies_please_axe_and_hold_nobody(site, device):
    page, errors = device.sign_in(site, "ULD234"), []
    page.on("console", lambda said: said.type == "error" and errors.append(f"{page.url}: {said.text}"))
    page.goto("/es/cuestionario/m1/")
    press(page, "Empezar")
    wait_until_kept(page, "papel")
    page.goto("/es/m1/")
    wait_until_kept(page, "/modulo/")
    page.goto("/es/sin-conexion/curso/")
    page.evaluate(KEEP, page.locator("[data-row*=comunes]").get_attribute("data-row"))
    owner, mark = page.locator("meta[name=owner]"), page.locator("html")
    traces = [owner.get_attribute("content"), mark.get_attribute("data-person"), "ULD234", "Rosa", "Ixmatá"]
    device.line.set(DOWN)
    cached = page.evaluate(CACHED)
    for trace in [*traces, 'name="csrfmiddlewaretoken"']:
        assert trace not in cached, trace
    of_kind = {}
    for path in page.evaluate(KEPT_PAGES):
        if path.endswith(("/m1/comenzar/", "/m1/seguir/", "cuestionario/m1/")):
            continue
        of_kind.setdefault(re.sub(r"[0-9a-f-]{36}|\d+(?=/$)|(?<=directorio/).+", "…", path), []).append(path)
    for size, dark in LIGHT_AND_DARK:
        page.set_viewport_size(size["viewport"])
        page.emulate_media(color_scheme="dark" if dark else "light")
        for paths in of_kind.values():
            page.goto(paths[-1 if dark else 0])
            assert page.locator("html").get_attribute("data-why") in ("copy", "own")
            assert (axe_violations(page), sideways(page)) == ([], 0), page.url
    assert errors == []
