import hashlib
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from course.models import Role

from .browser import DESK, PHONE, sign_in
from .conftest import axe_violations, sideways
from .hands import KEYBOARD, POINTER
from .learner import choose_own_pin, choose_role, follow, make_newcomer
from .looking import check_with_axe, check_with_tab
from .printed import codes_on, words_on
from .walking import Walk

ASKED = 10
NAME = "Rosa Ñandú Ixmatá de la Cruz"


@dataclass(frozen=True)
class Way:
    name: str
    code: str
    role: Role
    post: str  # As a list registered it: it is printed under the name.
    size: dict[str, Any]
    javascript: bool = True
    dark: bool = False
    large: bool = False
    hand: Any = POINTER
    closely: Any = None


WAYS = [
    Way(
        "keyboard alone",
        "ROS222",
        Role.MANAGEMENT,
        "Dirección",
        DESK,
        hand=KEYBOARD,
        closely=check_with_tab,
    ),
    Way("phone without JavaScript", "ROS333", Role.FRONT_DESK, "Recepción, archivo y caja", PHONE, javascript=False),
    Way("dark phone", "ROS444", Role.SUPPORT, "Guardianía", PHONE, dark=True, closely=check_with_axe),
    Way("mouse", "ROS555", Role.CLINICAL, "Personal clínico", DESK, closely=check_with_axe),
    Way("phone with very large letters", "ROS666", Role.LAB_PHARMACY, "Laboratorio y farmacia", PHONE, large=True),
]


# A minute and more each: in a push the one that asks the most of a page.
@pytest.mark.parametrize(
    "way",
    [
        pytest.param(
            way,
            id=f"{way.role.value}, {way.name}",
            marks=[] if way.name == "phone without JavaScript" else pytest.mark.nightly,
        )
        for way in WAYS
    ],
)
def test_a_newcomer_of_each_role_goes_from_the_card_to_the_certificate(site, course, open_browser, tmp_path, way):
    code, pin = make_newcomer(site, way.code, post=way.post)
    page = open_browser(way.size, javascript=way.javascript, dark=way.dark)
    walk = Walk(page, course, str(way.role.label), hand=way.hand, every_scene=not way.javascript, closely=way.closely)

    sign_in(page, code.lower(), pin, way.hand)
    walk.looks.at(page)
    choose_own_pin(page, hand=way.hand)
    walk.looks.at(page)
    choose_role(page, way.role.value, way.hand)
    expect(page.get_by_role("heading", name="Rosa Ñandú, le damos la bienvenida")).to_be_visible()
    if way.large:
        choose_very_large_letters(page, way.hand)

    walk.walk()

    assert walk.lessons == course["lessons"]
    assert walk.answered == ASKED * course["modules"]
    # After the first lesson and after the last module.
    assert walk.surveys == 2
    assert walk.own_tips > 0
    assert {"single", "lesson", "scenes"} < walk.looks.kinds
    assert walk.woven == list(range(1, course["modules"] + 1))
    assert walk.minutes_left == sorted(walk.minutes_left, reverse=True)
    assert walk.minutes_left[-1] == 0

    way.hand.write(page.locator("input[name=given_names]"), "Rosa Ñandú")
    walk.go_on()
    walk.looks.at(page)
    assert walk.looks.complaints == []
    assert page.complaints == []
    pdf = download_twice(page)
    words = words_on(pdf, "-layout")
    assert NAME in words
    assert f"{way.post} · Centro de Salud" in words
    assert "libre de estigma" not in words.casefold()

    anyone = open_browser(PHONE, javascript=way.javascript)
    [address] = codes_on(pdf, tmp_path / "paper", resolution=150)
    assert address.startswith(f"{site.url}/v/")
    anyone.goto(address)
    shown = anyone.inner_text("main")
    for field in (NAME, way.post, "Trato digno", "Centro de Salud de San Pedro Ayampuc", "Válido"):
        assert field in shown
    if way.javascript:
        assert axe_violations(anyone) == []
    assert sideways(anyone) == 0
    assert anyone.complaints == []


def choose_very_large_letters(page, hand):
    page.goto("/es/comodidad/")
    hand.mark(page.locator("main input[name=size][value='150']"))
    follow(page.locator("main .button"), hand)
    page.goto("/es/")
    assert "size-150" in page.locator("html").get_attribute("class")


def download_twice(page):
    address = page.locator("main a.button", has_text="PDF").get_attribute("href")
    pdf, again = (page.request.get(address).body() for _ in range(2))
    assert hashlib.sha256(pdf).digest() == hashlib.sha256(again).digest()
    return pdf
