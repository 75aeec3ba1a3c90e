import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from .browser import DESK, PASSWORD, PHONE, sign_in
from .learner import follow, press
from .looking import looks_right
from .printed import codes_on

pytestmark = pytest.mark.nightly


def open_group(page):
    sign_in(page, "facilitadora", PASSWORD)
    press(page, "Mis grupos")
    press(page, "San Pedro Ayampuc, mañana")


def letters_of(form):
    boxes = form.locator("input:not([type=hidden])").all()
    return ["A" if box.get_attribute("size") == "2" else "-" for box in boxes]


def code_in(address):
    return address.rstrip("/").rpartition("/")[2]


def test_a_quiz_goes_out_on_paper_and_comes_back_by_keyboard(site, open_browser, tmp_path):
    page = open_browser(DESK)
    open_group(page)
    press(page, "En papel")
    looks_right(page)
    follow(page.get_by_role("link", name=re.compile("^Imprimir")).last)
    press(page, "Hacer las hojas")
    looks_right(page)
    press(page, "PDF, carta")
    site.manage("db_worker", "--backend", "background", "--batch", "--queue-name", "*", "--no-startup-delay")
    fetch = page.get_by_role("link", name="Descargar el PDF")
    expect(fetch).to_be_visible()
    looks_right(page)
    scanned = codes_on(page.request.get(fetch.get_attribute("href")).body(), tmp_path / "print")
    assert scanned
    page.goto(scanned[1])
    assert page.locator(".sheet-form").count() == len(scanned)
    code = next(code for code in map(code_in, scanned[1:]) if letters_of(page.locator(f"#hoja-{code}"))[0] == "A")
    letters = letters_of(page.locator(f"#hoja-{code}"))
    page.goto(next(address for address in scanned if code_in(address) == code))
    expect(page.locator(f"#hoja-{code} [name=r1]")).to_be_focused()
    page.keyboard.type("Z")
    expect(page.locator(f"#hoja-{code} [name=r2]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"#hoja-{code} [name=r2]")).to_be_focused()
    for letter in letters[1:]:
        page.keyboard.type(letter)
        page.keyboard.press("Enter")
    expect(page.locator(f"#hoja-{code}")).to_contain_text("no hay «Z»")
    expect(page.locator(f"#hoja-{code} [name=r1][aria-invalid=true]")).to_be_focused()
    looks_right(page)
    page.keyboard.press("Control+A")
    page.keyboard.type(letters[0])
    for _box in letters[1:]:
        page.keyboard.press("Enter")
    expect(page.locator(".saved-line")).to_be_visible()
    expect(page.locator(".lead")).to_contain_text(f"1/{len(scanned)}")
    expect(page.locator(".sheet-form [name=r1]:focus")).to_have_count(1)
    # One Enter too many, however late it comes, skips no question of the next sheet.
    page.keyboard.press("Enter")
    expect(page.locator(".sheet-form [name=r1]:focus")).to_have_count(1)
    assert all(box.input_value() == "" for box in page.locator(".sheet-form [name^=r]").all())
    assert [complaint for complaint in page.complaints if "422" not in complaint] == []

    plain = open_browser(PHONE, javascript=False)
    sign_in(plain, "facilitadora", PASSWORD)
    plain.goto(scanned[0])
    form = plain.locator(f"#hoja-{code_in(scanned[0])}")
    for box, letter in zip(form.locator("input:not([type=hidden])").all(), letters_of(form), strict=True):
        box.fill(letter)
    follow(form.get_by_role("button"))
    assert "la hoja está guardada y enviada" in plain.inner_text("main")
    assert f"2/{len(scanned)}" in plain.inner_text("main")
    plain.goto(scanned[0])
    assert "ya está ingresada" in plain.inner_text("main")


def test_a_session_takes_attendance_counts_hands_and_passes_the_device(site, open_browser):
    page = open_browser(DESK)
    open_group(page)
    press(page, "Sesiones")
    looks_right(page)
    page.fill("[name=place]", "Salón comunal")
    page.locator("[name=modules]").first.check()
    press(page, "Guardar la sesión")
    for name in ("Coj de la Cruz, Ana Lucía", "Ixcot Pérez, Luz Marina"):
        page.get_by_label(name).check()
    press(page, "Guardar la asistencia")
    assert "2/" in page.locator(".lead").inner_text()
    looks_right(page)
    session = page.url
    press(page, "Abrir y mostrar el QR")
    looks_right(page)
    [address] = [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))]

    phone = open_browser(PHONE)
    sign_in(phone, "ANA234", "482913")
    phone.goto(address)
    looks_right(phone)
    press(phone, "Sí, anotar que estoy aquí")
    assert "Su asistencia quedó anotada" in phone.inner_text("main")
    looks_right(phone)

    page.goto(f"{session}grupal/")
    follow(page.locator("#scenes ~ .rows a").first)
    for box in page.locator(".stage-ask input").all():
        box.fill("5")
    press(page, "Mostrar qué sigue")
    assert "el conteo se guarda" in page.inner_text("main")
    looks_right(page)

    page.goto(f"{session}grupal/")
    press(page, "Empezar")
    assert page.locator("h1").inner_text() == "Ana Lucía Coj de la Cruz"
    looks_right(page)
    press(page, "Soy Ana Lucía")
    page.fill("input[name=password]", "482913")
    follow(page.locator("main form .button").first)
    press(page, "Cambiar de persona")
    press(page, "No está: la siguiente persona")
    assert page.locator("h1").inner_text() == "Luz Marina Ixcot Pérez"
    assert "Ana" not in page.inner_text("body")
    page.go_back()
    assert "Ana" not in page.inner_text("body")
    page.goto(session)
    assert "login" in page.url
    assert page.complaints == []
