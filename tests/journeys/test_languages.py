import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .browser import PHONE, sign_in
from .conftest import axe_violations, sideways
from .learner import answer, finish_part, follow, make_newcomer, make_ready, press
from .printed import words_on

pytestmark = pytest.mark.nightly


FINISH_OTHERS = """
import random
from django.utils import timezone
from course.demo.people import read_lessons, take_quiz
from course.models import User
from modules.progress.outline import course_outline
person, now = User.objects.get(username={code!r}), timezone.now()
for module in course_outline()[1:]:
    read_lessons(person, module.lessons, now=now)
    take_quiz(person, module.quiz_key, now=now, chance=random.Random(1), right=True)
"""
# What is credited of the first module: each once, whatever the language.
CREDITED = """
import json
from course.models import User
from modules.models import LessonRead
from quizzes.models import Attempt
person = User.objects.get(username={code!r})
reads = LessonRead.objects.filter(learner=person)
attempts = Attempt.objects.filter(learner=person)
print(json.dumps([reads.count(), reads.values("lesson_key").distinct().count(),
    [[one.language, one.submitted_at is not None] for one in attempts]]))
"""


def looks_right(page, language):
    assert page.locator("html").get_attribute("lang") == language
    assert axe_violations(page) == []
    assert sideways(page) == 0


def change_to(page, name):
    follow(page.locator("form.languages").get_by_role("button", name=name))


def go_on(page):
    if page.locator(".cards").count():
        finish_part(page)
    else:
        follow(page.locator("main .button:visible").first)


def take_quiz(page, course):
    while page.locator("#question").count():
        answer(page, course["answers"])
        go_on(page)
    go_on(page)


def test_in_english_from_the_card_to_the_certificate_and_who_verifies_it(site, course, open_browser):
    code, pin = make_newcomer(site, "ENG234", post="Enfermería")
    page = open_browser(PHONE, language="en")
    sign_in(page, code, pin)
    for box in ("new", "again"):
        page.fill(f"input[name={box}]", "739182")
    follow(page.locator("main form .button"))
    if page.locator("input[name=role]").count():
        page.locator("input[name=role][value=apoyo]").check()
        follow(page.locator("main form .button"))
    page.goto("/en/m1/")
    looks_right(page, "en")
    assert page.locator("main [lang]:not([lang=en])").count() == 0
    assert "you read it in" not in page.inner_text("main")
    page.goto("/en/m1/5/")
    for _lesson in range(5):
        looks_right(page, "en")
        assert page.locator("main h1").get_attribute("lang") is None
        go_on(page)
    assert urlsplit(page.url).path == "/en/cuestionario/m1/"
    go_on(page)
    looks_right(page, "en")
    take_quiz(page, course)
    site.shell(FINISH_OTHERS.format(code=code))
    page.goto("/en/certificado/")
    looks_right(page, "en")
    press(page, "Make my certificate")
    looks_right(page, "en")
    verified = page.get_attribute("a[href^='/v/']", "href")
    serial = verified.strip("/").rpartition("/")[2].replace("-", "")
    printed = words_on(page.request.get(f"/en/certificado/{serial}.pdf").body())
    assert "Rosa Ñandú Ixmatá de la Cruz" in printed
    assert re.search(r"\bCertificate\b", printed, re.IGNORECASE)

    stranger = open_browser(PHONE, language="en")
    stranger.goto(verified)
    assert stranger.inner_text("main .status") == "Valid"
    looks_right(stranger, "en")
    assert page.complaints == stranger.complaints == []


def test_who_changes_the_language_in_the_middle_goes_on_and_is_credited_once(site, course, open_browser):
    code, pin = make_ready(site, "DOS234")
    page = open_browser(PHONE)
    sign_in(page, code, pin)
    page.goto("/es/m1/5/")
    finish_part(page)
    assert urlsplit(page.url).path == "/es/m1/1/"
    spanish = page.inner_text("main h1")
    finish_part(page)
    page.goto(f"{page.url}#sobre")
    change_to(page, "English")
    assert urlsplit(page.url).path == "/en/m1/2/"
    looks_right(page, "en")
    page.goto("/en/m1/1/")
    assert page.inner_text("main h1") != spanish
    finish_part(page)
    page.goto(f"{page.url}#sobre")
    change_to(page, "Español")
    for _lesson in range(3):
        finish_part(page)
    assert urlsplit(page.url).path == "/es/cuestionario/m1/"

    go_on(page)
    assert "sus preguntas siguen así" not in page.inner_text("main")
    answer(page, course["answers"])
    go_on(page)
    there, question = urlsplit(page.url).path, page.inner_text("#question legend")
    change_to(page, "English")
    assert urlsplit(page.url).path == there.replace("/es/", "/en/")
    looks_right(page, "en")
    assert page.inner_text("#question legend") == question
    assert (
        "You started this quiz in Spanish: its questions stay in that language until you send it."
        in page.inner_text("main")
    )
    expect(page.locator("#question [data-question]")).to_have_attribute("lang", "es")
    take_quiz(page, course)
    looks_right(page, "en")
    change_to(page, "Español")
    looks_right(page, "es")
    reads, lessons, attempts = json.loads(site.shell(CREDITED.format(code=code)))
    assert (reads, lessons, attempts) == (5, 5, [["es", True]])
    assert page.complaints == []
