import json

import pytest
from playwright.sync_api import TimeoutError, expect

from .browser import DESK
from .device import (
    at_hand,
    begin_quiz,
    deliver,
    everything_kept,
    expect_copy,
    found_in_profile,
    keep_module,
    keep_module_and_paper,
    outbox,
    stored,
    wait_until_kept,
    wait_until_sent,
)
from .learner import finish_part, follow, press
from .line import DOWN, HANGING, UP

DONE = """
import json
from modules.models import LessonRead
from quizzes.models import Answer
print(json.dumps([
    [model.objects.filter(**{{who: code}}).count() for model, who in (
        (LessonRead, "learner__username"), (Answer, "attempt__learner__username"))]
    for code in {codes!r}
]))
"""
END_SESSIONS_OF = """
from django.contrib.sessions.models import Session
from course.models import User
user = User.objects.get(username={code!r})
for session in Session.objects.all():
    if session.get_decoded().get("_auth_user_id") == str(user.pk):
        session.delete()
"""
SESSIONS_OF = """
from django.contrib.sessions.models import Session
from course.models import User
user = User.objects.get(username={code!r})
print(sum(session.get_decoded().get("_auth_user_id") == str(user.pk) for session in Session.objects.all()))
"""
DELIVERY = "/sin-conexion/entregar/"
NAMES = ("Ñandú", "Ixmatá")
# A form of a page that was the person's before, as a tab would post it where nothing covered that.
POST_AS = """([action, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post" });
  form.setAttribute("action", action);
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture
def device(chromium, site, tmp_path):
    with at_hand(chromium, site, tmp_path, size=DESK) as device:
        yield device


@pytest.fixture
def telephone(chromium, site, tmp_path):
    with at_hand(chromium, site, tmp_path) as device:
        yield device


def done(site, *codes):
    return json.loads(site.shell(DONE.format(codes=codes)))


def expect_closed(page):
    expect(page.get_by_role("heading", name="Esta página se cerró")).to_be_visible()


def answer_and_read_without_a_line(site, device, code):
    """Return the question, the lesson, and what must not be found of the person afterwards."""
    page = device.sign_in(site, code, shared=True)
    keep_module(page)
    question = begin_quiz(page)
    owner = page.locator("meta[name=owner]").get_attribute("content")
    device.line.set(DOWN)
    chosen = page.locator("input[name=choice]").first
    chosen.check()
    expect(page.locator(".save-state")).to_contain_text("Guardado en este aparato")
    given = chosen.get_attribute("value")
    page.goto("/es/m1/")
    follow(page.locator("ol.steps a").first)
    lesson = page.url
    finish_part(page)
    expect_copy(page)
    assert [name.split("|")[0] for name in stored(page)] == ["out", "out"]
    return question, lesson, [owner, owner.partition(":")[0], given, *NAMES, code]


def expect_copy_of_nobody(page):
    expect_copy(page)
    assert page.locator("meta[name=owner]").get_attribute("content") == ""


def expect_nobody(page, question, lesson):
    page.goto(lesson)
    expect_copy_of_nobody(page)
    expect(page.get_by_text("Para que cuente lo que lee")).to_be_visible()
    page.goto(question)
    expect(page.get_by_text("Para seguir con el cuestionario hace falta la conexión")).to_be_visible()
    assert page.locator("input[name=choice]").count() == 0


def expect_nobody_on_a_hanging_line(device, question, lesson):
    device.line.set(HANGING)
    device.page.goto(lesson)
    expect_copy_of_nobody(device.page)
    with pytest.raises(TimeoutError):
        device.page.goto(question, timeout=2000)


def test_what_waits_of_one_arrives_for_them_while_another_is_signed_in(site, device):
    line, first, page = device.line, "DIA234", device.sign_in(site, "DIA234", shared=True)
    keep_module(page)
    question = device.open()
    question.goto(begin_quiz(page))
    line.closed_to = DELIVERY
    line.set(DOWN)
    page.goto("/es/m1/")
    expect_copy(page)
    owner = page.locator("meta[name=owner]").get_attribute("content")
    lesson = page.locator("li[data-lesson]").last.get_attribute("data-lesson")
    # The answer is kept, the next question needs the line, and the page goes on once there is one.
    question.locator("input[name=choice]").first.check()
    expect(question.locator(".save-state")).to_contain_text("Guardado en este aparato")
    answered = question.url
    press(question, "Siguiente")
    expect(question.get_by_text("Para seguir con el cuestionario hace falta la conexión")).to_be_visible()
    line.set(UP)
    question.locator("p[data-trying]").get_by_role("button", name="Intentar ahora").click()
    expect(question.locator("h1")).to_contain_text("Pregunta")
    assert question.url != answered
    line.set(DOWN)
    page.goto("/es/m1/")
    follow(page.locator("ol.steps a").first)
    finish_part(page)
    expect_copy(page)
    assert len(outbox(page)) == len(stored(page)) == 2
    line.set(UP)

    # Another person signs in, in another tab: what was open covers itself.
    other = device.open()
    other.goto("/es/glosario/")
    press(other, "Cambiar de persona")
    expect_closed(page)
    expect_closed(question)
    device.page = other
    device.sign_in(site, "DIB234", shared=True)
    other.goto("/es/m1/")
    expect(other.get_by_text("Hay 2 respuestas por enviar en este aparato. Nadie puede leerlas")).to_be_visible()
    line.set(DOWN)
    other.goto("/es/m1/")
    expect_copy(other)
    # What a page of the first still posts is theirs.
    other.evaluate(POST_AS, [f"/es/leccion/{lesson}/leida/", {"copia": "1", "owner": owner}])
    expect(other.get_by_role("heading", name="Sin conexión")).to_be_visible()
    other.goto("/es/m1/")
    follow(other.locator("main a.button").first)
    finish_part(other)
    assert len(outbox(other)) == len(stored(other)) == 4
    assert done(site, first, "DIB234") == [[0, 0], [0, 0]]
    line.closed_to = None
    line.set(UP)
    deliver(other)
    wait_until_sent(other)
    assert done(site, first, "DIB234") == [[2, 1], [1, 0]]


@pytest.mark.nightly
def test_whose_session_ended_goes_on_and_who_left_is_nobody(site, device):
    line, page = device.line, device.sign_in(site, "DIC234")
    page.goto("/es/m1/")
    wait_until_kept(page, "/modulo/")
    site.shell(END_SESSIONS_OF.format(code="DIC234"))
    line.set(DOWN)
    page.goto("/es/m1/")
    follow(page.locator("main a.button").first)
    finish_part(page)
    assert page.get_by_text("Para que cuente lo que lee").is_hidden()
    line.set(UP)
    deliver(page)
    wait_until_sent(page)
    assert done(site, "DIC234") == [[1, 0]]
    # Signed out: the copy stays, and what is read counts for nobody.
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "DIC234")
    page.fill("input[name=password]", "739182")
    press(page, "Ingresar")
    page.goto("/es/m1/")
    press(page, "Cambiar de persona")
    line.set(DOWN)
    page.goto("/es/m1/")
    expect_copy(page)
    expect(page.get_by_text("Para que cuente lo que lee")).to_be_visible()
    follow(page.locator("main a.button").first)
    finish_part(page)
    expect_copy(page)
    assert outbox(page) == {}
    assert done(site, "DIC234") == [[1, 0]]


def test_who_leaves_a_shared_computer_without_a_line_leaves_nothing_but_what_is_sealed(site, device):
    line, page = device.line, device.page
    question, lesson, traces = answer_and_read_without_a_line(site, device, "DIE234")
    page.evaluate("sessionStorage.setItem('thought:1:0', 'Un secreto')")
    other = device.open()
    other.goto("/es/m1/")
    press(page, "Cambiar de persona")
    expect(page.get_by_text("Salió.")).to_be_visible()
    expect_closed(other)
    other.close()
    kept = everything_kept(page)
    assert [trace for trace in [*traces, "Un secreto"] if trace in kept] == []
    assert page.evaluate("document.cookie").count("person=") == 0
    expect_nobody(page, question, lesson)

    # Their cookie is good for one thing: to end their session, before anything else is asked.
    assert site.shell(SESSIONS_OF.format(code="DIE234")).strip() == "1"
    line.set(UP)
    page.goto("/es/")
    expect(page.get_by_role("link", name="Ingresar").first).to_be_visible()
    assert site.shell(SESSIONS_OF.format(code="DIE234")).strip() == "0"
    device.sign_in(site, "DIF234", shared=True)
    deliver(page)
    wait_until_sent(page)
    assert done(site, "DIE234", "DIF234") == [[1, 1], [0, 0]]
    assert found_in_profile(device, *traces, "Un secreto") == []


def test_a_closed_browser_of_a_shared_computer_serves_and_holds_nothing_of_a_person(site, device):
    question, lesson, traces = answer_and_read_without_a_line(site, device, "DIJ234")
    assert found_in_profile(device, *traces) == []
    device.start()
    expect_nobody(device.page, question, lesson)
    expect_nobody_on_a_hanging_line(device, question, lesson)
    device.line.set(UP)
    device.page.goto("/es/")
    expect(device.page.get_by_role("link", name="Ingresar").first).to_be_visible()
    assert found_in_profile(device, *traces) == []


def test_a_shared_computer_that_nobody_uses_closes_without_a_line(site, device):
    line, page = device.line, device.page
    page.clock.install()
    question, lesson, traces = answer_and_read_without_a_line(site, device, "DIG234")
    page.clock.fast_forward("09:10")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.clock.fast_forward("01:00")
    expect(page.get_by_text("Salió.")).to_be_visible()
    expect_nobody(page, question, lesson)
    expect_nobody_on_a_hanging_line(device, question, lesson)
    line.set(UP)
    page.goto("/es/")
    assert site.shell(SESSIONS_OF.format(code="DIG234")).strip() == "0"
    assert found_in_profile(device, *traces) == []


@pytest.mark.nightly
def test_on_a_device_of_ones_own_the_same_search_finds_what_it_looks_for(site, telephone):
    device, page = telephone, telephone.sign_in(site, "DIK234")
    page.goto(keep_module_and_paper(page))
    owner = page.locator("meta[name=owner]").get_attribute("content")
    chosen = page.locator("input[name=choice]").first.get_attribute("value")
    device.line.set(DOWN)
    page.locator("input[name=choice]").first.check()
    expect(page.locator(".save-state")).to_contain_text("Guardado en este aparato")
    assert found_in_profile(device, owner, chosen) == [owner, chosen]
