"""The two ways to use a page: a pointer, which is a mouse or a finger, and the keyboard alone."""

LONGEST_WAY = 250

FOCUSED = """target => {
  const now = document.activeElement;
  const style = getComputedStyle(now);
  const box = now.getBoundingClientRect();
  return {
    nowhere: now === document.body,
    there: now === target || (target.type === "radio" && now.type === "radio" && now.name === target.name),
    skips: now.getAttribute("href") === "#contenido" && document.querySelector("main").contains(target),
    inside: now.closest("main") !== null,
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
      && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    what: now.outerHTML.slice(0, 120),
  };
}"""

# What Tab must stop at on a page, and what of it has been focused since the page came.
STOPS = """() => {
  const groups = new Set();
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter(
    (stop) => stop.checkVisibility({ visibilityProperty: true }) && !stop.disabled && stop.type !== "hidden"
      && stop.getAttribute("tabindex") !== "-1" && !stop.closest("dialog:not([open])")
      && !(stop.type === "radio" && (groups.has(stop.name) || !groups.add(stop.name))),
  );
}"""


class Pointer:
    """A mouse, or the finger on a telephone."""

    def reach(self, control):
        pass

    def press(self, control):
        control.click()

    def mark(self, box):
        # Not `check()`, which looks for the box again after the click: an answer that is refused at once takes it away.
        if not box.is_checked():
            box.click()

    def pick(self, select, value):
        select.select_option(value)

    def write(self, box, text):
        box.fill(text)


class Keyboard:
    """Tab, Enter, Space, the arrows and the letters. The focus has to be seen wherever it stops."""

    def reach(self, control):
        page, target = control.page, control.element_handle()
        now = target.evaluate(FOCUSED)
        for _ in range(LONGEST_WAY):
            if now["there"]:
                return
            page.keyboard.press("Enter" if now["skips"] and not now["inside"] else "Tab")
            now = target.evaluate(FOCUSED)
            # `main` is where the link past the menu leads to, and no control.
            assert now["seen"] or now["nowhere"] or now["what"].startswith("<main"), f"no focus seen: {now['what']}"
        raise AssertionError(f"Tab never came to {control} on {page.url}")

    def press(self, control):
        self.reach(control)
        control.page.keyboard.press("Enter")

    def mark(self, box):
        self.reach(box)
        if box.is_checked():
            return
        keys = box.page.keyboard
        keys.press("Space")
        for _ in range(24):
            if box.is_checked():
                return
            keys.press("ArrowDown")
        raise AssertionError("The arrows never came to that answer.")

    def pick(self, select, value):
        self.reach(select)
        for _ in range(12):
            if select.input_value() == value:
                return
            select.page.keyboard.press("ArrowDown")
        raise AssertionError("The arrows never came to that place.")

    def write(self, box, text):
        self.reach(box)
        box.page.keyboard.press("ControlOrMeta+A")
        box.page.keyboard.type(text)


POINTER = Pointer()
KEYBOARD = Keyboard()


# Notes what had the focus at each press of a key, and which of it lay wholly behind something else or off the screen.
WATCH = """stops => {
  const shares = [.04, .25, .5, .75, .96];
  const inside = (from, to, share, edge) => Math.max(from, 0) + (Math.min(to, edge) - Math.max(from, 0)) * share;
  const isSeen = (now) => [...now.getClientRects()].some((box) => shares.some((down) => shares.some((across) => {
    const x = inside(box.left, box.right, across, innerWidth), y = inside(box.top, box.bottom, down, innerHeight);
    const hit = x >= box.left && y >= box.top ? document.elementFromPoint(x, y) : null;
    return hit && [now, ...now.labels ?? []].some((one) => one.contains(hit));
  })));
  const reached = new Set(), hidden = new Set();
  const look = () => {
    const now = document.activeElement;
    if (now === document.body) return;
    reached.add(now);
    if (!isSeen(now)) hidden.add(now.outerHTML.slice(0, 120));
  };
  addEventListener("keydown", look, true);
  const isSame = (one, stop) => one === stop || one.type === "radio" && one.name === stop.name;
  const isMissed = (stop) => ![...reached].some((one) => isSame(one, stop));
  window.lookBack = () => {
    look();
    return { missed: stops.filter(isMissed).map((stop) => stop.outerHTML.slice(0, 120)), hidden: [...hidden] };
  };
  const stays = (element) => ["sticky", "fixed"].includes(getComputedStyle(element).position);
  return {
    // A date is three fields, and a calendar.
    presses: stops.length + 3 * document.querySelectorAll("[type=date], [type=time]").length + 4,
    staying: [...document.querySelectorAll("body *")].some(stays),
  };
}"""


def go_round(page):
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0); getSelection().removeAllRanges()")
    seen = page.evaluate(f"({WATCH})(({STOPS})())")
    for held in ([], ["Shift"]) if seen["staying"] else ([],):
        for key in held:
            page.keyboard.down(key)
        # Held down, as a person in a hurry does: half the messages to the browser.
        for _ in range(seen["presses"]):
            page.keyboard.down("Tab")
        for key in ("Tab", *held):
            page.keyboard.up(key)
    return page.evaluate("lookBack()")
