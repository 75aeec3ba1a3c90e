"""From the printed card through every lesson and every question to the printed certificate, once for each role.

Each of the five roles goes its own way, so that all eight modules are walked with a mouse, with a finger, without
JavaScript, with the keyboard alone and with very large letters. On each page `looking.py` looks at what has to hold.
"""

import hashlib
import io
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from course.models import Role

from .conftest import DESK, PHONE, axe_violations, sideways, sign_in
from .hands import KEYBOARD, POINTER
from .learner import ask_course, choose_own_pin, choose_role, follow, make_newcomer
from .looking import check_with_axe, check_with_tab
from .walking import Walk

# Six questions for everyone and four of one's own.
ASKED = 10
NAME = "Rosa Ñandú Ixmatá de la Cruz"


@dataclass(frozen=True)
class Way:
    """A role, and how its learner goes through the course."""

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
    # Chosen instead of the role alone.
    job: str = ""


WAYS = [
    Way(
        "keyboard alone",
        "ROS222",
        Role.MANAGEMENT,
        "Dirección",
        DESK,
        hand=KEYBOARD,
        closely=check_with_tab,
        job="direccion",
    ),
    Way("phone without JavaScript", "ROS333", Role.FRONT_DESK, "Recepción, archivo y caja", PHONE, javascript=False),
    Way("dark phone", "ROS444", Role.SUPPORT, "Guardianía", PHONE, dark=True, closely=check_with_axe, job="guardiania"),
    Way("mouse", "ROS555", Role.CLINICAL, "Personal clínico", DESK, closely=check_with_axe),
    Way("phone with very large letters", "ROS666", Role.LAB_PHARMACY, "Laboratorio y farmacia", PHONE, large=True),
]


@pytest.fixture(scope="module")
def course(site):
    return ask_course(site)


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
    choose_role(page, way.job or way.role.value, way.hand)
    expect(page.get_by_role("heading", name="Rosa Ñandú, le damos la bienvenida")).to_be_visible()
    if way.large:
        choose_very_large_letters(page, way.hand)

    walk.walk()

    assert walk.lessons == course["lessons"]
    assert walk.answered == ASKED * course["modules"]
    # Before the first module and after the last.
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
    words = words_in(pdf, tmp_path)
    assert NAME in words
    assert f"{way.post} · Centro de Salud" in words
    assert "libre de estigma" not in words.casefold()

    anyone = open_browser(PHONE, javascript=way.javascript)
    address = qr_in(pdf, tmp_path)
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
    """Return the certificate; the same one comes each time."""
    address = page.locator("main a.button", has_text="PDF").get_attribute("href")
    pdf, again = (page.request.get(address).body() for _ in range(2))
    assert hashlib.sha256(pdf).digest() == hashlib.sha256(again).digest()
    return pdf


def words_in(pdf, folder):
    (folder / "certificate.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", folder / "certificate.pdf", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def qr_in(pdf, folder):
    """Return the address that a telephone reads from the printed page."""
    (folder / "page.pdf").write_bytes(pdf)
    picture = subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", folder / "page.pdf"], capture_output=True, check=True
    ).stdout
    return zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))[0].text


@pytest.mark.nightly
def test_the_serial_is_forgiven_spaces_and_lower_case(site, open_browser):
    code = site.shell("from certificates.models import Certificate; print(Certificate.objects.earliest('pk').serial)")
    serial = code.strip()
    page = open_browser(PHONE)
    page.goto("/v/")
    page.locator("main input[type=text], main input:not([type=hidden])").first.fill(
        f" {serial[:4].lower()} {serial[4:8].lower()}-{serial[8:].lower()} "
    )
    follow(page.locator("main form button").first)
    assert page.url.endswith(f"/v/{serial}/")
    assert "Válido" in page.inner_text("main")
    page.goto(f"/v/{serial[:-1]}{'A' if serial[-1] != 'A' else 'B'}/")
    assert "Válido" not in page.inner_text("main")
