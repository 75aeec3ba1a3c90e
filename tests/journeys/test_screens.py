import pytest

from .browser import DESK, LIGHT_AND_DARK, PASSWORD, PHONE, sign_in
from .conftest import axe_violations, sideways

pytestmark = pytest.mark.nightly

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


@pytest.mark.parametrize(("size", "dark"), LIGHT_AND_DARK, ids=["light phone", "dark desk"])
@pytest.mark.parametrize(
    ("who", "secret", "paths"),
    [(None, None, PUBLIC), ("ANA234", "482913", LEARNER), ("facilitadora", PASSWORD, TRAINER)],
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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_component_is_accessible_quiet_and_fits(site, open_browser, size, dark):
    page = open_browser(size, dark=dark)
    sign_in(page, "editora", PASSWORD)
    assert page.goto("/es/styleguide/").status == 200
    assert axe_violations(page) == []
    assert sideways(page) == 0
    assert page.complaints == []


def test_it_shows_a_scene_open_and_closed_and_a_button_under_the_pointer(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "editora", PASSWORD)
    page.goto("/es/styleguide/")
    assert page.locator("#lesson details.choice[open]").count() >= 1
    assert page.locator("#lesson details.choice:not([open])").count() >= 1
    button = page.locator("#controls .button").first
    before = button.evaluate("e => getComputedStyle(e).backgroundColor")
    button.hover()
    assert button.evaluate("e => getComputedStyle(e).backgroundColor") != before


def test_a_pin_is_shown_on_demand_and_sent_hidden(site, open_browser):
    page = open_browser(PHONE)
    page.goto("/accounts/login/")
    field, button = page.locator("input[name=password]"), page.get_by_role("button", name="Mostrar PIN")
    field.fill("739182")
    button.click()
    assert field.get_attribute("type") == "text"
    page.get_by_role("button", name="Ocultar PIN").click()
    assert field.get_attribute("type") == "password"
    button.click()
    page.evaluate("document.querySelector('main form').addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_role("button", name="Ingresar").click()
    assert field.get_attribute("type") == "password"

    page = open_browser(PHONE, javascript=False)
    page.goto("/accounts/login/")
    assert page.get_by_role("button", name="Mostrar PIN").count() == 0
