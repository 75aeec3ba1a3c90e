"""A PIN is looked at before it is sent, and hidden when it is."""

import pytest

from .conftest import PHONE

pytestmark = pytest.mark.nightly


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
