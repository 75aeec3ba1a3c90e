import re

import pytest
from playwright.sync_api import expect

from .browser import PHONE, sign_in
from .conftest import axe_violations, sideways
from .learner import finish_part, make_ready

SMALL = PHONE | {"viewport": {"width": 360, "height": 640}}
# Cards that need no scrolling, the directory with its telephones and the sheets aside.
FITS = """() => {
  const card = [...document.querySelectorAll(".card")].find((card) => card.checkVisibility());
  const [body, nav] = [".card-body", ".card-nav"].map((part) => card.querySelector(part));
  return body.lastElementChild.getBoundingClientRect().bottom <= nav.getBoundingClientRect().top + 1;
}"""


def position(page):
    return int(page.locator(".bar:visible").get_attribute("value"))


def go_on(page):
    page.locator(".card-nav a.button:visible").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_the_bar_moves_at_every_tap_from_the_scene_to_the_questions(site, course, open_browser, javascript):
    page = open_browser(SMALL, javascript=javascript)
    sign_in(page, *make_ready(site, "TAR234" if javascript else "TAR342"))
    page.goto("/es/m1/")
    button = page.locator("main .button")
    assert button.bounding_box()["y"] + button.bounding_box()["height"] < 560
    page.goto("/es/m1/5/")
    assert position(page) == 1
    last, fits = 1, []
    finish_part(page)
    for lesson in course["lessons"][1:5]:
        page.goto(lesson)
        while page.locator(".card-nav a.button:visible").count():
            assert position(page) > last
            last = position(page)
            fits.append(page.evaluate(FITS))
            go_on(page)
        assert sideways(page) == 0
        last, steps = position(page), int(page.locator(".bar:visible").get_attribute("max"))
        finish_part(page)
    assert steps == last + 10
    assert fits.count(False) <= 2
    assert page.complaints == []


def test_back_leads_to_the_card_before_and_the_text_about_it_back_to_the_card(site, open_browser):
    page = open_browser(SMALL)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m1/2/")
    go_on(page)
    go_on(page)
    expect(page.locator("#c3")).to_be_focused()
    page.go_back()
    expect(page.locator("#c2")).to_be_visible()
    page.locator(".card-nav .back-one:visible").click()
    expect(page.locator("#c1")).to_be_visible()
    for _card in range(4):
        go_on(page)
    page.locator(".about-line a:visible").click()
    expect(page.get_by_role("heading", name="Sobre este texto")).to_be_visible()
    page.get_by_role("link", name="Volver a la lección").click()
    expect(page.locator("#c5")).to_be_visible()
    page.goto("/es/m1/2/#todo")
    assert page.locator(".card:visible").count() == page.locator(".card").count() > 5
    expect(page.get_by_role("button", name="Terminé esta parte")).to_be_visible()
    page.get_by_role("link", name="Leer por tarjetas").click()
    expect(page.locator("#c2")).to_be_hidden()
    assert page.complaints == []


def test_a_check_answers_at_once_and_the_question_stays(site, open_browser):
    page = open_browser(SMALL, javascript=False)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m1/2/#c2")
    answers = page.locator("#c2 .choice")
    answers.nth(0).locator("summary").click()
    answers.nth(1).locator("summary").click()
    expect(page.locator("#c2 .reply:visible")).to_have_count(1)
    for part in (page.locator("#c2 .ask-line"), answers.nth(0), answers.nth(1)):
        expect(part).to_be_visible()


def test_without_has_all_cards_stand_below_each_other(site, open_browser):
    page = open_browser(SMALL)
    sign_in(page, "ANA234", "482913")

    def without_has(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("selector(:has(*))", "selector(:unknown(*))"))

    page.context.route(re.compile(r"/site\.[^/]*css"), without_has)
    page.goto("/es/m1/2/")
    assert page.locator(".card:visible").count() == page.locator(".card").count() > 5
    go_on_from_first = page.locator("#c1 .card-nav a.button")
    go_on_from_first.click()
    expect(page.locator("#c2")).to_be_in_viewport()


@pytest.mark.nightly
@pytest.mark.parametrize("size", [SMALL, PHONE | {"viewport": {"width": 320, "height": 568}}], ids=["360", "320"])
@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
def test_every_card_of_the_course_is_accessible_and_most_need_no_scrolling(site, course, open_browser, size, dark):
    page = open_browser(size, dark=dark)
    sign_in(page, "ANA234", "482913")
    violations, wide, fits, kinds = [], [], [], set()
    for lesson in course["lessons"]:
        page.goto(f"{lesson}#c1")
        while True:
            kind = page.locator(".card:visible .card-body > *:not(.place)").last.get_attribute("class")
            if kind not in kinds:
                violations += axe_violations(page)
                kinds.add(kind)
            if sideways(page):
                wide.append(page.url)
            onward = page.locator(".card-nav a.button:visible")
            if not onward.count():
                break
            fits.append(page.evaluate(FITS))
            onward.click()
    assert (violations, wide) == ([], [])
    if size is SMALL:
        assert fits.count(True) / len(fits) >= 0.95
