"""What must never leave the page: scenario choices and reflections."""

import pytest
from playwright.sync_api import expect

from .conftest import DESK, PHONE, sign_in
from .learner import press

pytestmark = pytest.mark.journey


def test_a_scenario_is_played_without_a_request(site, open_browser):
    page = open_browser(PHONE)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m1/5/")
    page.wait_for_load_state("networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    options = page.locator("main details[name] > summary")
    for number in range(options.count()):
        if options.nth(number).is_visible():
            options.nth(number).click()
    expect(page.locator("main details[name][open]")).not_to_have_count(0)
    page.wait_for_timeout(500)
    assert asked == []
    assert page.complaints == []


def test_the_scene_of_the_own_role_comes_first(site, open_browser):
    page = open_browser(DESK, javascript=False)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m1/5/")
    assert "El apodo" in page.locator("main h2, main h3").first.inner_text()


def test_a_reflection_is_never_sent(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m2/2/")
    box = page.locator("main textarea").first
    assert box.get_attribute("name") is None
    assert box.get_attribute("autocomplete") == "off"
    bodies = []
    page.on("request", lambda request: bodies.append(request.post_data or ""))
    box.fill("un secreto que no sale de aquí")
    press(page, "Terminé: continuar")
    assert any(bodies)
    assert not [body for body in bodies if "secreto" in body]


def test_the_titles_and_addresses_of_pages_say_nothing_of_the_subject(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "ANA234", "482913")
    for path in ("/es/", "/es/m1/", "/es/m1/1/", "/es/m2/4/", "/es/cuestionario/m2/", "/es/directorio/"):
        page.goto(path)
        title = page.title().casefold()
        assert "trato digno" in title
        assert not [word for word in ("sexual", "estigma", "vih", "explotación") if word in title]
