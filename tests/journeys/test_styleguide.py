"""The style guide in a browser: what it shows is accessible in light and dark and keeps the CSP."""

import pytest

from .conftest import DESK, PHONE, axe_violations, sideways, sign_in

pytestmark = pytest.mark.nightly


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_component_is_accessible_quiet_and_fits(site, open_browser, size, dark):
    page = open_browser(size, dark=dark)
    sign_in(page, "editora", "cuatro-volcanes-y-un-lago")
    assert page.goto("/es/styleguide/").status == 200
    assert axe_violations(page) == []
    assert sideways(page) == 0
    assert page.complaints == []


def test_it_shows_a_scene_open_and_closed_and_a_button_under_the_pointer(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "editora", "cuatro-volcanes-y-un-lago")
    page.goto("/es/styleguide/")
    assert page.locator("#lesson details.choice[open]").count() >= 1
    assert page.locator("#lesson details.choice:not([open])").count() >= 1
    backgrounds = [
        page.locator(f"#controls .button{state}").first.evaluate("e => getComputedStyle(e).backgroundColor")
        for state in ("", ".is-hover")
    ]
    assert backgrounds[0] != backgrounds[1]
