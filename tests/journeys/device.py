"""A device with a browser of its own that keeps pages, on a line that drops; it can be killed and started again."""

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

from playwright.sync_api import expect

from .conftest import CHROMIUM, FLAGS, PATIENCE, PHONE

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


class Device:
    """Chromium on a profile of its own, which outlives it; pages are asked for through a `Line`."""

    def __init__(self, chromium, line, profile, size=PHONE):
        self.engine, self.line, self.profile, self.size = chromium.browser_type, line, Path(profile), size
        self.complaints = []
        self.start()

    def start(self):
        true_clock = {name: value for name, value in os.environ.items() if name not in ("LD_PRELOAD", "FAKETIME")}
        self.context = self.engine.launch_persistent_context(
            self.profile,
            executable_path=shutil.which(CHROMIUM),
            args=FLAGS,
            env=true_clock,
            base_url=self.line.url,
            locale="es-GT",
            **self.size,
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.open()

    def open(self):
        """Return a page in a new tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("console", lambda m: "Content Security" in m.text and self.complaints.append(m.text))
        return page

    def kill(self):
        """End every process of the browser at once, as when the power fails."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.profile).encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
            except (OSError, ProcessLookupError):
                continue
        # It is dead, and says so.
        with contextlib.suppress(Exception):
            self.context.close()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def end(self):
        self.context.close()


def until(ask, wanted=bool, *, seconds=PATIENCE / 1000):
    """Ask again until the answer is as wanted, and return it."""
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
    """Wait until a file whose address has this part in it is kept whole."""
    script = """async (part) => {
      for (const name of await caches.keys()) {
        const address = name.split("#")[0];
        if (address.includes(part) && await (await caches.open(name)).match(address)) return address;
      }
    }"""
    return until(lambda: page.evaluate(script, part))


def stored(page):
    """Return what the device holds beside pages, {name: value}."""
    names, values = page.evaluate(OUTBOX)
    return dict(zip(names, values, strict=True))


def outbox(page):
    return {name: value for name, value in stored(page).items() if name.startswith("out|")}


def wait_until_sent(page):
    until(lambda: outbox(page), lambda waiting: not waiting)


def is_copy(page):
    return page.evaluate("document.documentElement.dataset.why") == "copy"


def expect_copy(page):
    expect(page.locator(".copy-notice")).to_be_visible()
