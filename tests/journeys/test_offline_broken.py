import json

import pytest
from playwright.sync_api import expect

from .device import (
    deliver,
    expect_copy,
    goto_site,
    keep_module_and_paper,
    outbox,
    until,
    wait_until_kept,
    wait_until_sent,
)
from .learner import finish_part, follow, press
from .line import DOWN, HANGING, NO_REPLY, PORTAL, UP

DONE = """
import json
from modules.models import LessonRead
from quizzes.models import Attempt
attempt = Attempt.objects.filter(learner__username={code!r}).first()
reads = LessonRead.objects.filter(learner__username={code!r}).count()
print(json.dumps([reads, attempt.answers.count(), attempt.writes.count()] if attempt else [reads, 0, 0]))
"""

UPDATE = """async () => {
  const registration = await navigator.serviceWorker.ready;
  return registration.update().then(() => "updated", () => "refused");
}"""

OVERTAKE = """async () => {
  const { dataset } = document.querySelector("answer-saver");
  const { question } = document.querySelector("[data-question]").dataset;
  const owner = document.querySelector("meta[name=owner]").content;
  const post = (number) => fetch(dataset.url, { method: "POST", headers: { "X-Owner": owner }, body: JSON.stringify({
    answers: [{ question, client: "tab", number, form: `question=${question}&client=tab&number=${number}` }],
  }) });
  await Promise.all([post(9e15 + 2), post(9e15 + 1)]);
}"""


def done(site, code):
    return json.loads(site.shell(DONE.format(code=code)))


def back(device, page):
    device.line.set(UP)
    deliver(page)
    wait_until_sent(page)


def test_a_line_that_hangs_or_loses_the_reply_doubles_nothing(site, device):
    line, page = device.line, device.sign_in(site, "ROT234")
    question = keep_module_and_paper(page)
    lesson = page.locator("ol.steps a").first.get_attribute("href")
    page.goto(lesson)
    line.set(HANGING)
    # The page is of the site, and the form hangs: what is kept leads on, and nothing was answered meanwhile.
    carried = line.carried
    finish_part(page)
    expect_copy(page)
    assert len(outbox(page)) == 1
    page.goto("/es/m1/")
    expect_copy(page)
    assert line.carried == carried
    back(device, page)
    until(lambda: done(site, "ROT234"), lambda now: now == [1, 0, 0])

    goto_site(page, question)
    line.set(NO_REPLY)
    page.locator("input[name=choice]").first.check()
    expect(page.locator(".save-state")).to_contain_text("Guardado en este aparato")
    press(page, "Siguiente")
    expect_copy(page)
    assert done(site, "ROT234") == [1, 1, 1]
    assert len(outbox(page)) == 1
    page.goto(lesson)
    back(device, page)
    page.goto(lesson)
    line.set(NO_REPLY)
    finish_part(page)
    expect_copy(page)
    back(device, page)
    assert done(site, "ROT234") == [1, 1, 1]

    line.set(DOWN)
    page.goto(question)
    page.evaluate(OVERTAKE)
    assert [*outbox(page)] == ["out|tab.9000000000000002"]
    assert page.get_by_text("otra persona").count() == 0


@pytest.mark.nightly
def test_the_page_of_a_strange_line_is_kept_for_nothing_and_takes_nothing(site, device):
    line, page = device.line, device.sign_in(site, "ROU234")
    question = keep_module_and_paper(page)
    page.goto(question)
    line.set(PORTAL)
    page.locator("input[name=choice]").first.check()
    expect(page.locator(".save-state")).not_to_be_empty()
    assert len(outbox(page)) == 1
    deliver(page)
    # Not out of the browser's cache.
    device.tell("Network.clearBrowserCache")
    assert page.evaluate(UPDATE) == "refused"
    press(page, "Siguiente")
    expect(page.get_by_text("Bienvenido al wifi")).to_be_visible()
    page.goto("/es/m1/")
    expect(page.get_by_text("Bienvenido al wifi")).to_be_visible()
    line.set(DOWN)
    page.goto("/es/m1/")
    expect_copy(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert len(outbox(page)) == 1
    back(device, page)
    assert done(site, "ROU234") == [0, 1, 1]


@pytest.mark.nightly
def test_a_full_device_loses_nothing_that_it_took_and_says_that_it_is_full(site, device):
    line, page = device.line, device.sign_in(site, "ROV234")
    question = keep_module_and_paper(page)
    line.set(DOWN)
    page.goto(question)
    page.locator("input[name=choice]").first.check()
    expect(page.locator(".save-state")).to_contain_text("Guardado en este aparato")
    [first] = outbox(page).values()
    device.kill()
    device.start()
    page = device.page
    device.tell("Storage.overrideQuotaForOrigin", origin=device.url, quotaSize=1)
    page.goto(question)
    expect(page.locator("input[name=choice]:checked")).to_have_count(1)
    page.locator("input[name=choice]").last.check()
    expect(page.locator(".save-state")).to_contain_text("Este aparato no tiene espacio")
    press(page, "Siguiente")
    expect(page.get_by_text("Este aparato no tiene espacio")).to_be_visible()
    assert [*outbox(page).values()] == [first]
    page.go_back()
    expect(page.locator(".save-state")).to_contain_text("Este aparato no tiene espacio")
    device.tell("Storage.overrideQuotaForOrigin", origin=device.url)
    back(device, page)
    assert done(site, "ROV234") == [0, 1, 1]
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: done(site, "ROV234"), lambda now: now == [0, 1, 2])


@pytest.mark.nightly
def test_a_browser_that_threw_everything_away_begins_again(site, device):
    page = device.sign_in(site, "ROW234")
    page.goto("/es/m1/")
    wait_until_kept(page, "/modulo/")
    device.tell("Storage.clearDataForOrigin", origin=device.url, storageTypes="indexeddb,cache_storage,service_workers")
    follow(page.locator("ol.steps a").first)
    finish_part(page)
    page.goto("/es/m1/")
    wait_until_kept(page, "/modulo/")
    device.line.set(DOWN)
    page.goto("/es/m1/")
    expect_copy(page)
    assert done(site, "ROW234") == [1, 0, 0]
