"""Without a line: what was kept is read, answered and sent, and arrives once, for whoever did it."""

import pytest
from playwright.sync_api import expect

from .conftest import sign_in
from .device import Device, expect_copy, outbox, wait_until_kept, wait_until_sent
from .learner import choose_own_pin, choose_role, follow, make_newcomer, press
from .line import DOWN, UP, Line

pytestmark = pytest.mark.journey

DONE = """
from course.models import User
from modules.models import LessonRead
from quizzes.models import Attempt
person = User.objects.get(username={code!r})
attempt = Attempt.objects.filter(learner=person).order_by("-started_at").first()
print(LessonRead.objects.filter(learner=person).count(), attempt.answers.count() if attempt else 0,
      bool(attempt and attempt.submitted_at), attempt.writes.count() if attempt else 0)
"""


@pytest.fixture
def line(site):
    line = Line(int(site.url.rpartition(":")[2]))
    yield line
    line.end()


@pytest.fixture
def device(chromium, line, tmp_path):
    device = Device(chromium, line, tmp_path / "profile")
    yield device
    device.end()
    assert device.complaints == []


def begin(site, device, code, *, shared=False):
    code, pin = make_newcomer(site, code)
    sign_in(device.page, code, pin, shared=shared)
    choose_own_pin(device.page)
    choose_role(device.page, "apoyo")
    return device.page


def done(site, code):
    return site.shell(DONE.format(code=code)).split()


def test_lessons_are_read_on_without_a_line(site, device, line):
    page = begin(site, device, "ULA234")
    page.goto("/es/m1/")
    wait_until_kept(page, "/modulo/")
    line.set(DOWN)
    page.goto("/es/m1/")
    expect_copy(page)
    follow(page.locator("ol.steps a").first)
    press(page, "Terminé: continuar")
    expect_copy(page)
    expect(page.locator("offline-state")).to_contain_text("1")
    assert len(outbox(page)) == 1
    line.set(UP)
    page.wait_for_timeout(10_000)
    page.reload()
    wait_until_sent(page)
    assert done(site, "ULA234")[0] == "1"
