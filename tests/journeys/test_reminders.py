import email
import re
from email.policy import default

import pytest
from playwright.sync_api import expect

from .browser import DESK, PASSWORD, PHONE, sign_in
from .conftest import axe_violations, sideways
from .learner import choose_own_pin, choose_role, follow, make_newcomer, press

pytestmark = pytest.mark.nightly


NAME = "Ixmatá de la Cruz, Rosa Ñandú"
DUE = """
from datetime import timedelta
from django.utils import timezone
from course.models import Enrolment, User
person = User.objects.get(username="RES222")
Enrolment.objects.filter(learner=person).update(enrolled_at=timezone.now() - timedelta(days=90))
"""


def looks_right(page):
    assert axe_violations(page) == []
    assert sideways(page) == 0


def write_own_address(page, code, pin):
    sign_in(page, code, pin)
    choose_own_pin(page)
    choose_role(page, "apoyo")
    page.goto("/accounts/cuenta/")
    follow(page.locator("a[href$='/cuenta/correo/']"))
    looks_right(page)
    page.fill("input[name=email]", f"{code.lower()}@ejemplo.gt")
    press(page, "Guardar")
    expect(page.get_by_text(f"{code.lower()}@ejemplo.gt")).to_be_visible()
    looks_right(page)


def letters(site):
    site.manage("db_worker", "--backend", "background", "--batch", "--queue-name", "*", "--no-startup-delay")
    texts = [path.read_text() for path in sorted(site.mail.iterdir())]
    parts = [part.strip() for text in texts for part in text.split("-" * 79) if part.strip()]
    return [email.message_from_string(part, policy=default) for part in parts]


def confirm_own_address(site, reader):
    (letter,) = [one for one in letters(site) if one["To"] == "res222@ejemplo.gt"]
    assert letter["Subject"] == "Confirme su correo electrónico"
    reader.goto(re.search(r"https?://\S+", letter.get_content().partition("botón")[2])[0])
    assert "Rosa" not in reader.content()
    looks_right(reader)
    press(reader, "Sí, pueden llegar")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("confirmado")
    looks_right(reader)


def test_a_letter_goes_out_says_little_and_its_reader_stops_them(site, open_browser):
    phone = open_browser(PHONE)
    write_own_address(phone, *make_newcomer(site, "RES222"))
    confirm_own_address(site, open_browser(PHONE))
    site.shell(DUE)

    desk = open_browser(DESK)
    sign_in(desk, "facilitadora", PASSWORD)
    desk.goto("/es/grupos/a-quien-llamar/correos/")
    desk.get_by_text("Lo que dice el correo").click()
    expect(desk.get_by_text("Su curso está abierto.")).to_be_visible()
    looks_right(desk)
    press(desk, "Enviar a quienes están marcados")
    expect(desk.get_by_role("status")).to_contain_text("en camino")

    _asked, letter = [one for one in letters(site) if one["To"] == "res222@ejemplo.gt"]
    assert (letter["Subject"], letter["From"].split(" <")[0]) == ("Recordatorio de su curso", "Trato digno")
    address = letter["List-Unsubscribe"].strip("<>")
    assert address in letter.get_content()
    desk.reload()
    expect(desk.get_by_role("row", name=NAME).first).to_contain_text("Enviado el")

    visitor = open_browser(PHONE, javascript=False)
    visitor.goto(address)
    assert "Rosa" not in visitor.content()
    press(visitor, "No me envíen más")
    expect(visitor.get_by_role("status")).to_contain_text("Ya no recibirá recordatorios.")
    phone.goto(address)
    looks_right(phone)

    desk.reload()
    desk.get_by_text("No reciben uno ahora").click()
    expect(desk.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("No quiere correos")
    looks_right(desk)
    press(visitor, "Quiero recibirlos otra vez")
    expect(visitor.get_by_role("status")).to_contain_text("Volverá a recibir recordatorios")
    assert [page.complaints for page in (phone, desk, visitor)] == [[], [], []]
