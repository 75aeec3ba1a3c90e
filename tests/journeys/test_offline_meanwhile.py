import json
import re

import pytest
from playwright.sync_api import expect

from .browser import PASSWORD, sign_in
from .device import (
    caches_of,
    deliver,
    expect_copy,
    goto_site,
    keep_module_and_paper,
    outbox,
    until,
    wait_until_kept,
    wait_until_sent,
)
from .learner import finish_part, follow, make_ready, press
from .line import DOWN, UP

pytestmark = pytest.mark.nightly


OTHERWISE = str.maketrans("0123456789abcdef", "fedcba9876543210")
DELIVERY = "/sin-conexion/entregar/"
ADDRESSES = """async () => {
  const found = [];
  for (const name of await caches.keys()) found.push(...await (await caches.open(name)).keys());
  return found.map(({ url }) => url);
}"""
STYLED = """() => [...document.styleSheets].filter((sheet) => sheet.cssRules.length > 99).map((sheet) => sheet.href)"""
MEANWHILE = """
from django.utils import timezone
import random
from course.models import Cohort, User
from course.people.merging import merge_accounts
from course.people.pins import make_starting_pin
from quizzes.attempts.taking import submit_attempt
from quizzes.models import Attempt
now, cohort = timezone.now(), Cohort.objects.earliest("pk")
sent, renewed, merged = [User.objects.get(username=code) for code in {codes!r}]
submit_attempt(Attempt.objects.get(learner=sent), now=now)
make_starting_pin(renewed, now=now, chance=random.Random(1))
merge_accounts(User.objects.get(username={kept!r}), merged, by=cohort.trainers.first(), cohort=cohort, now=now)
"""
DONE = """
import json
from modules.models import LessonRead
from quizzes.models import Answer, LateAnswer
print(json.dumps([
    [
        LessonRead.objects.filter(learner__username=code).count(),
        Answer.objects.filter(attempt__learner__username=code).count(),
        [*LateAnswer.objects.filter(attempt__learner__username=code).values_list("reason", "by_device")],
    ]
    for code in {codes!r}
]))
"""


def rename(name):
    return re.sub(r"[0-9a-f]{8,}", lambda mark: mark[0].translate(OTHERWISE), name)


def test_another_version_of_the_site_replaces_what_is_kept_and_no_answer(site, device):
    line, page = device.line, device.sign_in(site, "VER234")
    page.goto("/es/m1/")
    address = wait_until_kept(page, "/modulo/")
    line.closed_to = DELIVERY
    follow(page.locator("ol.steps a").first)
    finish_part(page)
    line.set(DOWN)
    page.goto("/es/m1/")
    expect_copy(page)
    follow(page.locator("li[data-lesson] a").last)
    finish_part(page)
    waits = [*outbox(page)]
    assert len(waits) == 1

    known = page.evaluate(ADDRESSES)
    [shell] = [name for name in caches_of(page) if not name.startswith("/")]
    marks = {mark[0] for url in known for mark in [re.search(r"\.[0-9a-f]{12}\.(?=css|js)", url)] if mark}
    names = [*marks, re.search(r"\.\w+\.json", address)[0], f'"{shell}"']
    line.renamed = {name.encode(): rename(name).encode() for name in names}

    page.goto("/es/m1/")
    expect_copy(page)
    [styles] = page.evaluate(STYLED)
    line.set(UP)
    device.tell("Network.clearBrowserCache")
    page.goto("/es/m1/")
    page.evaluate("async () => (await navigator.serviceWorker.ready).update()")
    until(lambda: caches_of(page), lambda names: shell not in names and rename(shell) in names)
    goto_site(page, "/es/m1/")
    wait_until_kept(page, rename(address).split("/")[-1])
    until(lambda: caches_of(page), lambda names: address not in names)
    assert page.evaluate(STYLED) == [rename(styles)]
    assert [*outbox(page)] == waits
    line.set(DOWN)
    page.goto("/es/m1/")
    expect_copy(page)
    assert page.evaluate(STYLED) == [rename(styles)]
    line.closed_to = None
    line.set(UP)
    deliver(page)
    wait_until_sent(page)
    assert json.loads(site.shell(DONE.format(codes=["VER234"]))) == [[2, 0, []]]


def answer_without_a_line(site, device, code):
    page = device.sign_in(site, code)
    question = keep_module_and_paper(page)
    device.line.set(DOWN)
    page.goto(question)
    page.locator("input[name=choice]").first.check()
    expect(page.locator(".save-state")).to_contain_text("Guardado en este aparato")
    page.goto("/es/m1/")
    follow(page.locator("ol.steps a").first)
    finish_part(page)
    device.line.set(UP)
    return page


def test_what_comes_late_is_kept_for_the_trainer_or_arrives_where_the_person_is_now(site, device, open_browser):
    codes = ["TAB234", "TAC234", "TAD234"]
    device.line.closed_to = DELIVERY
    for code in reversed(codes):
        page = answer_without_a_line(site, device, code)
        if code != codes[0]:
            deliver(page)
            page.goto("/es/glosario/")
            press(page, "Cambiar de persona")
    assert len(outbox(page)) == 6
    make_ready(site, "TAE234")
    site.shell(MEANWHILE.format(codes=codes, kept="TAE234"))
    device.line.closed_to = None
    deliver(page)
    wait_until_sent(page)
    told = json.loads(site.shell(DONE.format(codes=[*codes, "TAE234"])))
    assert told == [[1, 0, [["submitted", True]]], [1, 0, [["earlier", True]]], [0, 0, []], [1, 1, []]]
    page.goto("/es/m1/")
    expect(page.get_by_text("Sus respuestas llegaron después del cierre.")).to_be_visible()
    page.get_by_role("button", name="Entendido").click()
    expect(page.get_by_text("Sus respuestas llegaron después del cierre.")).to_be_hidden()
    desk = open_browser()
    sign_in(desk, "facilitadora", PASSWORD)
    desk.goto("/es/grupos/por-revisar/")
    lines = desk.locator(".late-line", has_text="Ixmatá de la Cruz").filter(has_text="según el aparato, respondido el")
    assert lines.count() >= 2
