import json

import pytest
from playwright.sync_api import expect

from .browser import DESK
from .device import (
    at_hand,
    caches_of,
    deliver,
    everything_kept,
    expect_copy,
    keep_module_and_paper,
    outbox,
    stored,
    until,
    wait_until_kept,
    wait_until_sent,
)
from .learner import finish_part, follow, press
from .line import DOWN, UP

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
THOUGHT = "Un secreto que nadie lee"
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

LONG_AGO = """async () => {
  const db = await new Promise((done) => (indexedDB.open("trato-digno", 1).onsuccess = (e) => done(e.target.result)));
  const turn = db.transaction("all", "readwrite"), all = turn.objectStore("all"), asked = all.get("own|person");
  asked.onsuccess = () => all.put({ ...asked.result, seen: asked.result.seen - 3600e3 }, "own|person");
  await new Promise((done) => (turn.oncomplete = done));
  db.close();
}"""


@pytest.fixture
def device(chromium, site, tmp_path):
    with at_hand(chromium, site, tmp_path, size=DESK) as device:
        yield device


def done(site, *codes):
    return json.loads(site.shell(DONE.format(codes=codes)))


def expect_closed(page):
    expect(page.get_by_role("heading", name="Esta página se cerró")).to_be_visible()


def test_what_waits_of_one_arrives_for_them_while_another_is_signed_in(site, device):
    line, first, page = device.line, "DIA234", device.sign_in(site, "DIA234", shared=True)
    address = keep_module_and_paper(page)
    line.closed_to = DELIVERY
    question = device.open()
    question.goto(address)
    line.set(DOWN)
    question.locator("input[name=choice]").first.check()
    expect(question.locator(".save-state")).to_contain_text("Guardado en este aparato")
    follow(page.locator("ol.steps a").first)
    finish_part(page)
    expect_copy(page)
    owner = page.locator("meta[name=owner]").get_attribute("content")
    [lesson] = [name.split("|")[2] for name in stored(page) if name.startswith("own|read|")]
    assert len(outbox(page)) == 2
    line.set(UP)
    deliver(page)

    # Another person signs in, in another tab: what was open covers itself.
    other = device.open()
    other.goto("/es/glosario/")
    press(other, "Cambiar de persona")
    expect_closed(page)
    expect_closed(question)
    assert not [name for name in stored(other) if name.startswith("own|")]
    assert not [name for name in caches_of(other) if "papel" in name]
    device.page = other
    device.sign_in(site, "DIB234", shared=True)
    other.goto("/es/m1/")
    expect(other.get_by_text("Hay 2 respuestas de otra persona por enviar.")).to_be_visible()
    line.set(DOWN)
    other.goto("/es/m1/")
    expect_copy(other)
    assert other.locator("li[data-lesson] .state:visible").count() == 0
    # What a page of the first still posts is not the second's.
    other.evaluate(POST_AS, [f"/es/leccion/{lesson}/leida/", {"copia": "1", "owner": owner}])
    expect(other.get_by_text("Nada de ella se anotó a nombre de nadie")).to_be_visible()
    assert len(outbox(other)) == 2
    other.goto("/es/m1/")
    follow(other.locator("main a.button").first)
    finish_part(other)
    assert len(outbox(other)) == 3
    assert done(site, first, "DIB234") == [[0, 0], [0, 0]]
    line.closed_to = None
    line.set(UP)
    deliver(other)
    wait_until_sent(other)
    assert done(site, first, "DIB234") == [[1, 1], [1, 0]]


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
    line, page = device.line, device.sign_in(site, "DIE234", shared=True)
    question = keep_module_and_paper(page)
    line.set(DOWN)
    page.goto(question)
    expect_copy(page)
    page.locator("input[name=choice]").first.check()
    expect(page.locator(".save-state")).to_contain_text("Guardado en este aparato")
    page.evaluate("sessionStorage.setItem('thought:1:0', 'Un secreto')")
    page.goto("/es/m1/")
    other = device.open()
    other.goto("/es/m1/")
    given = stored(page)
    name = next(name for name in given if name.startswith("own|answer|"))
    chosen = given[name]["form"].partition("choice=")[2].partition("&")[0]
    press(page, "Cambiar de persona")
    expect(page.get_by_text("Salió.")).to_be_visible()
    expect_closed(other)

    kept = everything_kept(page)
    for trace in (
        "DIE234",
        "Rosa",
        "Ixmatá",
        "Un secreto",
        chosen,
        name.split("|")[2],
        given["own|person"]["owner"],
    ):
        assert trace not in kept, trace
    assert [name.split("|")[0] for name in stored(page) if name != "own|left"] == ["out"]
    assert page.evaluate("document.cookie").count("person=") == 0
    page.goto(question)
    assert "Pregunta" not in page.inner_text("main")
    page.goto("/es/m1/")
    expect_copy(page)
    expect(page.get_by_text("Para que cuente lo que lee")).to_be_visible()

    # Their cookie is good for one thing: to end their session, before anything else is asked.
    device.line.asked.clear()
    assert site.shell(SESSIONS_OF.format(code="DIE234")).strip() == "1"
    line.set(UP)
    page.goto("/es/")
    with_session = [path for _method, path, has_session in line.asked if has_session]
    assert with_session == ["/sin-conexion/salir/"]
    assert site.shell(SESSIONS_OF.format(code="DIE234")).strip() == "0"
    expect(page.get_by_role("link", name="Ingresar").first).to_be_visible()
    device.sign_in(site, "DIF234", shared=True)
    deliver(page)
    wait_until_sent(page)
    assert done(site, "DIE234", "DIF234") == [[0, 1], [0, 0]]


@pytest.mark.nightly
def test_a_shared_computer_that_nobody_uses_closes_without_a_line(site, device):
    line, page = device.line, device.page
    page.clock.install()
    device.sign_in(site, "DIG234", shared=True)
    page.goto("/es/m1/")
    wait_until_kept(page, "/modulo/")
    line.set(DOWN)
    page.goto("/es/m1/")
    expect_copy(page)
    page.clock.fast_forward("09:10")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.clock.fast_forward("01:00")
    expect(page.get_by_text("Salió.")).to_be_visible()
    assert [*stored(page)] == ["own|left"]
    line.set(UP)
    page.goto("/es/m1/")
    assert site.shell(SESSIONS_OF.format(code="DIG234")).strip() == "0"

    # Nor does a page that is opened after so long say whose it was.
    device.sign_in(site, "DIH234", shared=True)
    page.goto("/es/m1/")
    wait_until_kept(page, "/modulo/")
    until(lambda: stored(page), lambda known: "own|person" in known)
    line.set(DOWN)
    page.evaluate(LONG_AGO)
    page.goto("/es/m1/")
    expect_copy(page)
    expect(page.get_by_text("Para que cuente lo que lee")).to_be_visible()
    assert [*stored(page)] == ["own|left"]
