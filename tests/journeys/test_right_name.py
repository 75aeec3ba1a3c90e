import pytest

from .browser import DESK, PASSWORD, PHONE, sign_in
from .conftest import axe_violations, sideways
from .learner import make_ready, press

pytestmark = pytest.mark.nightly


FINISH = """
import random
from django.utils import timezone
from course.demo.people import read_lessons, take_quiz
from course.models import User
from modules.progress.outline import course_outline
from modules.progress.training_record import record_finished
person, now = User.objects.get(username={code!r}), timezone.now()
for module in course_outline():
    read_lessons(person, module.lessons, now=now)
    take_quiz(person, module.quiz_key, now=now, chance=random.Random(1), right=True)
record_finished([person], now=now)
"""


def look_at(page):
    assert axe_violations(page) == []
    assert sideways(page) == 0


def accept(desk, words):
    desk.goto("/es/grupos/")
    press(desk, "Datos por confirmar")
    look_at(desk)
    desk.locator(".correction", has_text=words).get_by_role("button", name="Aceptar").first.click()
    return desk.inner_text("main [role=status]")


def test_a_surname_is_asked_for_accepted_and_printed_and_a_stranger_asks_for_the_post(site, open_browser):
    code, pin = make_ready(site, "NOM234")
    site.shell(FINISH.format(code=code))
    phone = open_browser(PHONE)
    sign_in(phone, code, pin)
    phone.goto("/es/certificado/")
    phone.get_by_label("Apellidos", exact=True).fill("Ixmatá Tzoc")
    press(phone, "Hacer mi certificado")
    assert "Pendiente de su facilitador/a" in phone.inner_text("main")
    assert "Ixmatá Tzoc" in phone.inner_text("main .notice .printed")
    assert phone.inner_text(".paper-name") == "Rosa Ñandú Ixmatá de la Cruz"
    look_at(phone)

    desk = open_browser(DESK)
    sign_in(desk, "facilitadora", PASSWORD)
    assert accept(desk, "Ixmatá Tzoc") == "Aceptado. Así queda registrada la persona."

    phone.goto("/es/certificado/")
    assert phone.get_by_label("Apellidos", exact=True).input_value() == "Ixmatá Tzoc"
    press(phone, "Hacer mi certificado")
    assert phone.inner_text(".paper-name") == "Rosa Ñandú Ixmatá Tzoc"
    look_at(phone)
    verified = phone.get_attribute("a[href^='/v/']", "href")

    stranger = open_browser(PHONE)
    stranger.goto(verified)
    press(stranger, "pedir una corrección")
    look_at(stranger)
    stranger.get_by_label("El puesto, como debe ser").fill("Farmacia")
    press(stranger, "Pedir la corrección")
    assert "La corrección quedó pedida" in stranger.inner_text("main h1")
    look_at(stranger)

    assert accept(desk, "Farmacia").startswith("Aceptado. El certificado quedó corregido: entregue el papel nuevo")
    stranger.goto(verified)
    press(stranger, "Ver el certificado")
    assert "Farmacia" in stranger.inner_text("main")
    phone.goto("/es/certificado/")
    assert "Farmacia" in phone.inner_text(".paper")
    assert "datos corregidos el" in phone.inner_text(".paper")
