"""Every kind of screen in a browser: axe, console, weight, width; in light and dark, Spanish and English."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import DESK, LIGHT_AND_DARK, PHONE, axe_violations, sideways, sign_in
from .learner import follow

PUBLIC = ["/accounts/login/", "/es/", "/es/directorio/", "/es/glosario/", "/v/", "/es/no-existe/"]
LEARNER = [
    "/es/",
    "/es/m1/",
    "/es/m1/1/",
    "/es/m1/5/",
    "/es/m2/4/",
    "/es/cuestionario/",
    "/es/cuestionario/m1/",
    "/accounts/cuenta/",
]
TRAINER = [
    "/es/grupos/",
    "/es/grupos/1/",
    "/es/grupos/1/actividades/",
    "/es/grupos/1/lista/",
    "/es/grupos/1/tarjetas/",
    "/es/grupos/1/datos/",
    "/es/grupos/resumen/",
    "/es/grupos/por-calificar/",
    "/es/grupos/por-revisar/",
    "/es/analisis/",
    "/es/cuestionario/practica/analisis/",
]
MISSING = "/es/no-existe/"
STAFF_PASSWORD = "cuatro-volcanes-y-un-lago"


@pytest.mark.nightly
@pytest.mark.parametrize(("size", "dark"), LIGHT_AND_DARK, ids=["light phone", "dark desk"])
@pytest.mark.parametrize(
    ("who", "secret", "paths"),
    [(None, None, PUBLIC), ("ANA234", "482913", LEARNER), ("facilitadora", STAFF_PASSWORD, TRAINER)],
    ids=["visitor", "learner", "trainer"],
)
def test_a_screen_is_accessible_and_quiet_and_fits(site, open_browser, who, secret, paths, size, dark):
    page = open_browser(size, dark=dark)
    if who:
        sign_in(page, who, secret)
    for path in paths:
        response = page.goto(path)
        assert response.status == (404 if path == MISSING else 200), path
        assert axe_violations(page) == [], path
        assert sideways(page) == 0, path
    assert [text for text in page.complaints if "404" not in text] == []


def test_the_first_visit_to_a_lesson_is_light(site, open_browser):
    page = open_browser(PHONE)
    sign_in(page, "ANA234", "482913")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto("/es/m1/1/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) <= 50 * 1024
    assert len(sizes) <= 6


@pytest.mark.nightly
def test_a_lesson_is_done_with_the_keyboard_alone(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m1/1/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#contenido"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Terminé: continuar":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline != "0px"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/es/m1/2/")


@pytest.mark.nightly
def test_the_interface_is_english_for_who_wants_it(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m1/1/")
    follow(page.get_by_role("button", name="English"))
    assert page.url.endswith("/en/m1/1/")
    expect(page.get_by_role("button", name="I am done: continue")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("main h1").get_attribute("lang") is None
    page.goto("/en/")
    # Who has not begun is welcomed.
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("My course|welcome"))
