"""Measure a course on bad lines: `python -m benchmarks.lines`.

A new visitor's Chromium asks for a module and begins a quiz through a line of 400 kbit/s and one of 50. For each are
printed: how long the page takes to stand, how much later its module is kept in one file, what its lessons would have
taken one by one, how long the quiz's paper takes, and the bytes of each; how long a kept page takes without a line, and
where the line hangs. Ratios carry over from machine to machine; absolute numbers don't.
"""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys.conftest import RunningSite, sign_in
from tests.journeys.device import Device, wait_until_kept
from tests.journeys.learner import choose_own_pin, choose_role, make_newcomer, press
from tests.journeys.line import DOWN, HANGING, UP, Line

# Kilobits a second, and seconds that each way takes.
LINES = [(400, 0.2), (50, 0.4)]
MODULE, QUIZ = "/es/m1/", "/es/cuestionario/m1/"
ONE_BY_ONE = "async (paths) => { for (const path of paths) await (await fetch(path, {cache: 'no-store'})).text(); }"
LESSONS = (
    "() => [...document.querySelectorAll('ol.steps a')].map((a) => a.pathname).filter((a) => !/cuestionario/.test(a))"
)


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = RunningSite(Path(folder))
        site.manage("prepare_site")
        site.manage("make_demo_data")
        site.start()
        try:
            for number, (kilobits, way) in enumerate(LINES):
                measure(
                    site, playwright.chromium, kilobits, way, f"LNA23{number + 2}", Path(folder) / f"profile-{number}"
                )
        finally:
            site.stop()


def measure(site, chromium, kilobits, way, code, profile):
    line = Line(int(site.url.rpartition(":")[2]))
    device = Device(Browser(chromium), line, profile)
    page = device.page
    code, pin = make_newcomer(site, code)
    sign_in(page, code, pin)
    choose_own_pin(page)
    choose_role(page, "apoyo")
    line.slow = (kilobits * 125, way)
    print(f"\n{kilobits} kbit/s, {2 * way * 1000:.0f} ms")
    stands = say(line, "a module's page stands", lambda: page.goto(MODULE))
    kept = say(line, "its module is kept, after that", lambda: wait_until_kept(page, "/modulo/"))
    lessons = page.evaluate(LESSONS)
    singly = say(line, f"its {len(lessons)} lessons one by one", lambda: page.evaluate(ONE_BY_ONE, lessons))
    print(f"    one file takes {kept / singly:.2f} of that; {kept / stands:.1f} times the page")
    page.goto(QUIZ)
    press(page, "Empezar")
    say(line, "the paper is kept, after its first question", lambda: wait_until_kept(page, "papel"))
    line.set(DOWN)
    say(line, "a kept page, line down", lambda: page.goto(MODULE))
    line.set(UP)
    time.sleep(11)
    line.set(HANGING)
    say(line, "a kept page, line hanging", lambda: page.goto(MODULE))
    line.set(UP)
    device.end()
    line.end()


def say(line, what, act):
    before, began = line.carried, time.perf_counter()
    act()
    took = time.perf_counter() - began
    print(f"{took:6.1f} s  {(line.carried - before) / 1024:6.1f} KiB both ways  {what}")
    return took


class Browser:
    """What a `Device` asks of a browser: its type."""

    def __init__(self, browser_type):
        self.browser_type = browser_type


if __name__ == "__main__":
    main()
