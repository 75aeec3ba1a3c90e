import re

from playwright.sync_api import expect

from tests.course.roster.factories import MESSY

from .browser import DESK, PASSWORD, PHONE, sign_in
from .learner import choose_own_pin, follow, press
from .looking import looks_right
from .printed import codes_on, words_on


def bring_list(page):
    press(page, "Mis grupos")
    press(page, "San Pedro Ayampuc, mañana")
    press(page, "Agregar personas")
    looks_right(page)
    page.set_input_files("input[type=file]", MESSY)
    press(page, "Ver qué va a pasar")
    assert "Todavía no se ha escrito nada." in page.inner_text("main")
    assert "La misma persona que en la fila 5" in page.inner_text("main")
    looks_right(page)
    press(page, "Confirmar")
    assert "La lista ya está" in page.inner_text("main")


def make_cards(page, site):
    press(page, "Imprimir las tarjetas")
    looks_right(page)
    press(page, "Hacer las tarjetas de quienes están marcados")
    site.manage("db_worker", "--backend", "background", "--batch", "--queue-name", "*", "--no-startup-delay")
    fetch = page.get_by_role("link", name="Descargar las tarjetas (PDF)")
    expect(fetch).to_be_visible()
    page.wait_for_load_state()
    looks_right(page)
    return page.request.get(fetch.get_attribute("href")).body()


def read_first_sheet(pdf, folder):
    first = ["-f", "1", "-l", "1"]
    printed = re.findall(r"([A-Z]{3}\d{3})\n[^\n]+\n(\d{3} \d{3})", words_on(pdf, *first, "-raw"))
    return codes_on(pdf, folder / "cards", *first, resolution=150), dict(printed)


def test_a_list_goes_in_cards_come_out_and_the_qr_opens_sign_in(site, open_browser, tmp_path):
    desk = open_browser(DESK)
    sign_in(desk, "facilitadora", PASSWORD)
    bring_list(desk)
    addresses, printed = read_first_sheet(make_cards(desk, site), tmp_path)
    assert len(addresses) == len(printed) == 8
    assert desk.complaints == []

    phone = open_browser(PHONE)
    phone.goto(addresses[0])
    code = phone.input_value("input[name=login]")
    assert addresses[0] == f"{site.url}/accounts/login/?c={code}"
    looks_right(phone)
    phone.fill("input[name=password]", printed[code])
    follow(phone.locator("main form .button").first)
    choose_own_pin(phone)
    assert phone.url.endswith("/es/") or "puesto" in phone.url
    assert phone.complaints == []

    again = open_browser(PHONE, javascript=False)
    sign_in(again, code, printed[code])
    assert "no corresponden" in again.inner_text("main")
    sign_in(again, code, "739182")
    assert "/accounts/login/" not in again.url


def test_cells_are_pasted_on_a_phone_without_javascript_and_a_new_pin_takes_two_taps(site, open_browser):
    page = open_browser(PHONE, javascript=False, language="en")
    sign_in(page, "facilitadora", PASSWORD)
    page.goto("/en/grupos/")
    press(page, "Los Encinos, tarde")
    press(page, "Add people")
    page.fill("textarea", "Quién\tDe quién\nWendolyn\tToj Us\n")
    press(page, "See what will happen")
    assert "The headings of the columns were not recognised." in page.inner_text("main")
    page.select_option("select[name=column-0]", "given")
    page.select_option("select[name=column-1]", "surnames")
    page.fill("input[name=first]", "2")
    press(page, "Read the list so")
    assert "1 person is new, 0 change, 0 stay as they are." in page.inner_text("main")
    assert page.locator("main").bounding_box()["width"] <= 360
    press(page, "Confirm")
    press(page, "Print the cards")
    press(page, "Make the cards of whoever is ticked")
    expect(page.get_by_text("The cards are being made.")).to_be_visible()
    site.manage("db_worker", "--backend", "background", "--batch", "--queue-name", "*", "--no-startup-delay")
    expect(page.get_by_role("link", name="Fetch the cards (PDF)")).to_be_visible()
    page.wait_for_load_state()

    press(page, "Los Encinos, tarde")
    press(page, "Toj Us, Wendolyn")
    press(page, "New PIN")
    press(page, "Give a new PIN")
    code, pin = (text.replace(" ", "") for text in page.locator(".big-code").all_inner_texts())
    learner = open_browser(PHONE)
    sign_in(learner, code, pin)
    choose_own_pin(learner)
    assert "/accounts/login/" not in learner.url
