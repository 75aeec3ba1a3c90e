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
        for tips in self.page.locator(".role-tips").all():
            assert self.role not in tips.locator("dt").all_inner_texts()
            if tips.locator(".tip-own").count():
                assert self.role in tips.locator(".tip-role").first.inner_text()
                self.own_tips += 1
        if kind == "scenes":
            self.play()

    def play(self):
        assert self.page.evaluate(DEAD_ENDS) == []
        scenes = self.page.locator(".scene")
        assert scenes.first.locator(".scene-role").inner_text() == f"Su puesto {self.role}"
        if self.every_scene:
            for others in self.page.locator(".others > summary").all():
                self.hand.press(others)
        for place, scene in enumerate(scenes.all() if self.every_scene else [scenes.first]):
            for warning in scene.locator(".scene-warning > summary").all():
                self.hand.press(warning)
            self.play_on(scene, every_choice=self.every_scene and place == 0)

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
