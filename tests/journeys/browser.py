"""Chromium, the screens it has, how long it may take, and how people sign in with it."""

import os

from playwright.sync_api import expect

from .hands import POINTER

# Chromium as it is without windows of its own: see docs/decisions/0019-headless-chromium.md.
CHROMIUM = os.environ.get("CHROMIUM", "chromium-headless-shell")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
PASSWORD = "cuatro-volcanes-y-un-lago"
# Colours are the same on each screen. What both decide together is on one page, looked at whole: the style guide.
LIGHT_AND_DARK = [(PHONE, False), (DESK, True)]

# How long a page, a button or a sentence may take to come, in milliseconds: much, for machines with other things to do.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def sign_in(page, code, pin, hand=POINTER, *, shared=False):
    page.goto("/accounts/login/")
    hand.write(page.locator("input[name=login]"), code)
    hand.write(page.locator("input[name=password]"), pin)
    if shared:
        hand.mark(page.locator("input[name=shared]"))
    button = page.locator("main form [type=submit], main form button:not([type])").first
    hand.reach(button)
    with page.expect_navigation():
        hand.press(button)
