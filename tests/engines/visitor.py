"""What a person does in a browser, page after page, in whichever engine."""

import contextlib

from .engine import ELEMENT, Refused

TRY = "Intentar ahora"

# Links and buttons by what they say; those that cannot be seen are not there.
NAMED = """
const [name] = args, text = (one) => one.textContent.replace(/\\s+/g, " ").trim();
const seen = [...document.querySelectorAll("a[href], button, summary")].filter((one) => one.checkVisibility());
return seen.find((one) => text(one) === name) || seen.find((one) => text(one).startsWith(name)) || null;
"""
IS_ANOTHER = "return performance.timeOrigin !== args[0] && document.readyState === 'complete'"
MAIN = "return document.querySelector('main').innerText.replace(/\\s+/g, ' ')"
IN_CHARGE = "return Boolean(navigator.serviceWorker.controller)"
KEPT = """
for (const name of await caches.keys()) {
  const address = name.split("#")[0];
  if (name.includes("#") && address.includes(args[0]) && (await (await caches.open(name)).match(address))) return true;
}
"""
CHOICES = """
return [...document.querySelectorAll("#question input[type=radio][name=choice]")].map((one) => [one.value, one.checked])
"""


class Visitor:
    """Somebody at a browser: `engine` is the browser, and it may be another one after it was killed."""

    def __init__(self, engine, base):
        self.engine, self.base = engine, base

    def go(self, path):
        self.engine.open(self.base + path)

    def path(self):
        return self.engine.run("return location.pathname")

    def main(self):
        return self.engine.run(MAIN)

    def see(self, words):
        self.engine.wait("return document.querySelector('main')?.innerText.includes(args[0])", words)
        return self.main()

    def find(self, name):
        found = self.engine.wait(NAMED, name)
        return found[ELEMENT]

    def offers(self, name):
        return bool(self.engine.run(NAMED, name))

    def wait_to_send(self):
        self.find(TRY)

    def send(self):
        with contextlib.suppress(Refused):
            if button := self.engine.run(NAMED, TRY):
                self.engine.click(button[ELEMENT])

    def touch(self, name):
        self.engine.click(self.find(name))

    def press(self, name):
        self.leave_by(self.find(name))

    def leave_by(self, element):
        began = self.engine.run("return performance.timeOrigin")
        self.engine.click(element)
        self.engine.wait(IS_ANOTHER, began)

    def finish_part(self):
        while self.offers("Siguiente"):
            self.touch("Siguiente")
        self.press("Saltar esta escena" if self.offers("Saltar esta escena") else "Terminé")

    def write(self, name, text):
        self.engine.say("ElementSendKeys", id=self.engine.element(f"main [name={name}]"), text=text)

    def mark(self, selector):
        self.engine.click(self.engine.element(selector))

    def sign_in(self, code, pin, *, shared=False):
        self.go("/accounts/login/")
        self.write("login", code)
        self.write("password", pin)
        # It stands there as the device looks: ticked on a large screen.
        if self.engine.run("return document.querySelector('main [name=shared]').checked") != shared:
            self.mark("main [name=shared]")
        self.leave_by(self.engine.element("main form [type=submit], main form button:not([type])"))

    def change_person(self):
        menu = "const menu = document.querySelector('.more'); return menu.open || !menu.checkVisibility()"
        if not self.engine.run(menu):
            self.mark(".more > summary")
        self.press("Cambiar de persona")

    def wait_for_copy(self, part):
        self.engine.wait(KEPT, part)
        if not self.engine.run(IN_CHARGE):
            self.go(self.path())
        self.engine.wait(IN_CHARGE)

    def choices(self):
        return dict(self.engine.run(CHOICES))

    def choose(self, value):
        self.mark(f'#question input[name=choice][value="{value}"]')
