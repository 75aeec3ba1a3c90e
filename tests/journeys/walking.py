"""A walk through the whole course: do what the page asks, then press the one button that leads on."""

import re

from playwright.sync_api import expect

from .hands import POINTER
from .learner import answer, follow, press
from .looking import Looks

# About 170 pages with eight modules of five lessons; twice that means going in circles.
LONGEST_WALK = 400
QUESTIONS = {"single", "multiple", "gaps", "places"}
# Choices of a scene, all of them, that lead neither on nor to an end, and moments without a choice.
DEAD_ENDS = """() => {
  const ends = (choice) => choice.querySelector(".choices, .path-end");
  const chooses = (moment) => moment.querySelectorAll(":scope > .choice").length > 1;
  const choices = [...document.querySelectorAll(".scene .choices > details")].filter((choice) => !ends(choice));
  const moments = [...document.querySelectorAll(".scene .choices")].filter((moment) => !chooses(moment));
  return [...choices, ...moments].map((place) => place.textContent.slice(0, 120));
}"""
HOME, CERTIFICATE, WOVEN, SURVEY = "/es/", "/es/certificado/", "/es/tejido/…/", "/es/encuesta/"


class Walk:
    """One learner's way through the course, and what was met on it.

    `role` is the label of the learner's role. With `every_scene` all choices of the own scene are opened, and one way
    through each other; else one way through the own. `closely` is what the first page of each kind is checked with.
    """

    def __init__(self, page, course, role, *, hand=POINTER, every_scene=False, closely=None):
        self.page = page
        self.course = course
        self.role = role
        self.hand = hand
        self.every_scene = every_scene
        self.looks = Looks(closely)
        self.lessons = []
        self.answered = 0
        self.surveys = 0
        self.woven = []
        self.minutes_left = []
        self.own_tips = 0
        self.played = set()
        self.position = 0

    def go_on(self):
        follow(self.page.locator("main .button:visible"), self.hand)

    def walk(self):
        for _ in range(LONGEST_WALK):
            kind = self.looks.at(self.page)
            if kind == CERTIFICATE:
                return
            if kind == HOME and not self.page.locator(".takes-gives").count():
                self.look_at_progress()
            elif kind in ("lesson", "scenes"):
                self.read(kind)
            elif kind in QUESTIONS:
                answer(self.page, self.course["answers"], self.hand)
                self.answered += 1
            elif kind == SURVEY:
                self.pass_survey()
            elif kind == WOVEN:
                self.go_on_from_woven()
                continue
            self.go_on()
        raise AssertionError(f"The course never ended: {self.page.url}")

    def look_at_progress(self):
        woven, modules = re.findall(r"\d+", self.page.locator("svg.weave").get_attribute("aria-label"))
        assert int(modules) == self.course["modules"]
        self.woven.append(int(woven))
        said = self.page.inner_text("main").partition("cuando tenga un momento")[0]
        hours, minutes = (re.search(rf"(\d+) {unit}", said) for unit in ("hora", "minuto"))
        self.minutes_left.append(60 * int(hours[1] if hours else 0) + int(minutes[1] if minutes else 0))

    def go_on_from_woven(self):
        expect(self.page.locator("main .state-done", has_text="Finalizado")).to_be_visible()
        expect(self.page.locator(".cloth")).to_be_visible()
        expect(self.page.locator(".tomorrow p")).not_to_be_empty()
        self.go_on()
        if path_of(self.page.url) == "/es/tejido/":
            expect(self.page.locator(".acts > li")).to_have_count(self.course["modules"])
            self.looks.at(self.page)
            self.go_on()
        if path_of(self.page.url) == SURVEY:
            self.looks.at(self.page)
            self.pass_survey()
            self.go_on()
        there = self.page.url
        press(self.page, "Mi curso", self.hand)
        assert self.page.locator("main .button").get_attribute("href") == path_of(there)

    def pass_survey(self):
        self.surveys += 1
        if self.surveys == 1:
            for question in self.page.locator(".survey fieldset").all()[:3]:
                self.hand.mark(question.locator("input").first)
            press(self.page, "Enviar mis respuestas", self.hand)
        else:
            press(self.page, "No contestar y seguir", self.hand)
        self.looks.at(self.page)
        assert "Gracias. Ya pasó por esta página." in self.page.inner_text("main")

    def read(self, kind):
        self.lessons.append(path_of(self.page.url))
        if kind == "scenes":
            self.play()
            for onward in self.page.locator(".path-end:visible a.button").all():
                self.hand.press(onward)
        while not self.page.locator("[form=terminar].button:visible").count():
            self.look_at_card()
            self.hand.press(self.page.locator(".card-nav a.button:visible"))
        tags = self.page.locator(".card:visible .tag").all_inner_texts()
        if tags:
            assert self.role in self.page.locator(".card:visible").inner_text()
            assert self.role not in self.page.locator(".card:visible dt").all_inner_texts()
            self.own_tips += 1

    def look_at_card(self):
        if self.page.locator("#aviso:visible").count():
            return
        position = int(self.page.locator(".bar:visible").get_attribute("value"))
        assert position > self.position or position == 1, f"The bar stands still at {position}: {self.page.url}"
        self.position = position
        answers = self.page.locator(".check-card:visible .choice > summary")
        if answers.count():
            self.hand.press(answers.first)
            expect(self.page.locator(".reply:visible")).to_have_count(1)

    def play(self):
        assert self.page.evaluate(DEAD_ENDS) == []
        self.position = 1
        there = self.page.url
        self.pass_warning()
        scene = self.page.locator(".scene").first
        expect(scene.locator(".scene-role")).to_have_count(0)
        self.play_scene(scene, every_choice=self.every_scene)
        if self.every_scene:
            self.page.goto(f"{there}?todas")
            self.pass_warning()
            for other in self.page.locator(".scene").all()[1:]:
                self.hand.press(self.page.locator(".skips a:visible, .path-end:visible a.button"))
                self.play_scene(other, every_choice=False)
            self.page.goto(there)
            self.pass_warning()
            self.play_scene(self.page.locator(".scene").first, every_choice=False)

    def pass_warning(self):
        if self.page.locator("#aviso:visible").count():
            self.hand.press(self.page.locator("#aviso .card-nav a.button"))

    def play_scene(self, scene, *, every_choice):
        for warning in scene.locator(".scene-warning:not([open]) > summary").all():
            self.hand.press(warning)
        self.play_on(scene, every_choice=every_choice)

    def play_on(self, around, *, every_choice):
        choices = around.locator(".choices").first.locator("xpath=./details")
        assert choices.count() > 1
        words = tuple(choices.locator("xpath=./summary").all_inner_texts())
        is_new = words not in self.played
        self.played.add(words)
        for choice in choices.all() if every_choice and is_new else [choices.first]:
            self.hand.press(choice.locator("xpath=./summary"))
            if choice.locator(".choices").count():
                self.play_on(choice, every_choice=every_choice)
            else:
                expect(choice.locator(".path-end")).to_be_visible()
            if every_choice:
                self.hand.press(choice.locator("xpath=./summary"))


def path_of(url):
    return "/" + url.split("/", 3)[3]
