"""A device with a browser of its own that keeps pages, on a line that drops; it can be killed and started again."""

import contextlib
import os
import shutil
import signal
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

from .browser import CHROMIUM, FLAGS, PATIENCE, PHONE, sign_in
from .learner import come_to_one_answer, make_ready, press
from .line import Line

OUTBOX = """async () => {
  const db = await new Promise((done) => (indexedDB.open("trato-digno", 1).onsuccess = (e) => done(e.target.result)));
  if (!db.objectStoreNames.contains("all")) return db.close(), [[], []];
  const all = db.transaction("all").objectStore("all");
  const [names, values] = await Promise.all(["getAllKeys", "getAll"].map((ask) => new Promise((done) => {
    const asked = all[ask]();
    asked.onsuccess = () => done(asked.result);
  })));
  db.close();
  return [names, values];
}"""


ASK = """async (told) => (await import(document.querySelector("offline-state").dataset.script)).ask(told)"""
EVERYTHING = """async () => {
  const all = [...Object.entries({ ...localStorage }), ...Object.entries({ ...sessionStorage })].flat();
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const reply = await cache.match(request);
      all.push(name, request.url, ...[...reply.headers].flat(), await reply.text());
    }
  }
  return all.join("\\n");
}"""


@contextmanager
def at_hand(chromium, site, folder, **how):
    line = Line(int(site.url.rpartition(":")[2]))
    device = Device(chromium, line, folder / "profile", **how)
    yield device
    device.end()
    line.end()
    assert device.complaints == [], device.complaints


class Device:
    """Chromium on a profile of its own, which outlives it; pages are asked for through a `Line`."""

    def __init__(self, chromium, line, profile, size=PHONE, name=None, javascript=True):
        self.engine, self.line, self.profile, self.size = chromium.browser_type, line, Path(profile), size
        self.flags = [*FLAGS, f"--host-resolver-rules=MAP {name} 127.0.0.1"] if name else FLAGS
        self.url, self.javascript = line.url.replace("127.0.0.1", name or "127.0.0.1"), javascript
        self.complaints = []
        self.start()

    def start(self):
        true_clock = {name: value for name, value in os.environ.items() if name not in ("LD_PRELOAD", "FAKETIME")}
        self.context = self.engine.launch_persistent_context(
            self.profile,
            executable_path=shutil.which(CHROMIUM),
            args=self.flags,
            env=true_clock,
            base_url=self.url,
            java_script_enabled=self.javascript,
            locale="es-GT",
            **self.size,
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.open()

    def sign_in(self, site, code, *, shared=False):
        sign_in(self.page, *make_ready(site, code), shared=shared)
        return self.page

    def open(self):
        page = self.context.new_page()
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("console", lambda m: "Content Security" in m.text and self.complaints.append(m.text))
        return page

    def tell(self, command, **more):
        return self.context.new_cdp_session(self.page).send(command, more)

    def kill(self):
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.profile).encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
            except (OSError, ProcessLookupError):
                continue
        with contextlib.suppress(Exception):
            self.context.close()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def end(self):
        self.context.close()


def until(ask, wanted=bool, *, seconds=PATIENCE / 1000):
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if wanted(answer):
            return answer
        assert time.monotonic() < end, f"still {answer!r}"
        time.sleep(0.1)


def caches_of(page):
    return page.evaluate("async () => (await caches.keys()).map((name) => name.split('#')[0])")


def wait_until_kept(page, part):
    script = """async (part) => {
      for (const name of await caches.keys()) {
        const address = name.split("#")[0];
        if (address.includes(part) && await (await caches.open(name)).match(address)) return address;
      }
    }"""
    # Where a file did not come through, the next page asks for it again.
    for _page in range(3):
        with contextlib.suppress(AssertionError):
            return until(lambda: page.evaluate(script, part), seconds=PATIENCE / 4000)
        page.reload()
    return until(lambda: page.evaluate(script, part))


def begin_quiz(page):
    page.goto("/es/cuestionario/m1/")
    press(page, "Empezar")
    come_to_one_answer(page)
    return page.url


def keep_module(page):
    page.goto("/es/m1/")
    wait_until_kept(page, "/modulo/")


def keep_module_and_paper(page):
    question = begin_quiz(page)
    wait_until_kept(page, "papel")
    keep_module(page)
    return question


def found_in_profile(device, *texts):
    """Return which of the texts stand in the files of the browser's profile, which is closed first."""
    device.context.close()
    content = b"".join(file.read_bytes() for file in device.profile.rglob("*") if file.is_file())
    return [text for text in texts if any(text.encode(code) in content for code in ("utf-8", "utf-16-le", "utf-16-be"))]


def stored(page):
    names, values = page.evaluate(OUTBOX)
    return dict(zip(names, values, strict=True))


def everything_kept(page):
    return f"{page.evaluate(EVERYTHING)} {stored(page)}"


def deliver(page):
    return page.evaluate(ASK, {"deliver": True})


def outbox(page):
    return {name: value for name, value in stored(page).items() if name.startswith("out|")}


def wait_until_sent(page):
    until(lambda: outbox(page), lambda waiting: not waiting)


def goto_site(page, address):
    until(lambda: page.goto(address) and page.locator(".copy-notice").count() == 0)


def expect_copy(page):
    expect(page.locator(".copy-notice")).to_be_visible()
