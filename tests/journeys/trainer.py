"""What a trainer does at the desk in the browser, in Spanish or in English: each step named as the trainer would."""

import re

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from .browser import PASSWORD, sign_in
from .learner import follow, press
from .looking import looks_right


def words(msgid, language, **values):
    with translation.override(language):
        return gettext(msgid) % values


class Trainer:
    """A trainer with a group, who reads the buttons in one language and looks at each page that comes."""

    def __init__(self, page, language, group):
        self.page = page
        self.language = language
        self.group = group

    def say(self, msgid, **values):
        return words(msgid, self.language, **values)

    def press(self, msgid):
        press(self.page, self.say(msgid))
        self.look()

    def look(self):
        looks_right(self.page, self.language)

    def sees(self, text):
        expect(self.page.locator("main")).to_contain_text(text)

    def fetch(self, msgid):
        link = self.page.get_by_role("link", name=self.say(msgid)).first
        return self.page.request.get(link.get_attribute("href")).body()

    def sign_in(self):
        sign_in(self.page, "facilitadora", PASSWORD)
        press(self.page, self.say("My groups"))

    def go_to_group(self):
        press(self.page, self.group)

    def make_group(self, clinic):
        self.press("New group")
        self.page.get_by_label(self.say("Name of the group")).fill(self.group)
        self.page.locator("[name=clinic]").select_option(label=clinic)
        self.press("Save")
        self.sees(self.say("The group is made. Bring in its people now."))

    def bring_list(self, name, content):
        file = {"name": name, "mimeType": "text/csv", "buffer": content}
        self.page.set_input_files("input[type=file]", file)
        self.press("See what will happen")
        self.sees(self.say("Nothing has been written yet."))
        # Names stand in boxes, where they can be mended.
        written = self.page.locator("main input").evaluate_all("all => all.map((one) => one.value)")
        plan = "\n".join([self.page.inner_text("main"), *written])
        self.press("Confirm")
        self.sees(self.say("The list is in"))
        return plan

    def make_cards(self):
        self.press("Print the cards")
        press(self.page, self.say("Make the cards of whoever is ticked"))
        expect(self.page.get_by_role("link", name=self.say("Fetch the cards (PDF)"))).to_be_visible(timeout=60_000)
        self.look()
        return self.fetch("Fetch the cards (PDF)")

    def hold_session(self, place, *people):
        self.press("Sessions")
        self.page.locator("[name=place]").fill(place)
        self.page.locator("[name=modules]").first.check()
        self.press("Save the session")
        for person in people:
            self.page.get_by_label(person).check()
        self.press("Save the attendance")

    def count_hands(self, hands):
        self.page.locator("#scenes ~ .rows a").first.click()
        for box in self.page.locator(".stage-ask input").all():
            box.fill(str(hands))
        self.press("Show what follows")

    def hand_out(self, person):
        self.press("On paper")
        follow(self.page.get_by_role("link", name=re.compile(f"^{self.say('Print')}")).first)
        self.look()
        self.press("Tick nobody")
        self.page.get_by_label(person).check()
        self.press("Make the sheets")
        press(self.page, self.say("letter paper"))
        expect(self.page.get_by_role("link", name=self.say("Fetch the PDF"))).to_be_visible(timeout=60_000)
        self.look()
        return self.fetch("Fetch the PDF")

    def type_sheet(self, typed):
        for letters in typed:
            self.page.keyboard.type(letters)
            self.page.keyboard.press("Enter")

    def make_certificates(self):
        self.press("Certificates of the group")
        press(self.page, self.say("Make the certificates"))
        link = self.page.get_by_role("link", name=self.say("Fetch the certificates (PDF)"))
        expect(link).to_be_visible(timeout=60_000)
        self.look()
        return self.fetch("List to sign (PDF)"), self.fetch("Fetch the certificates (PDF)")
