import io
from datetime import date, timedelta

import pytest
from openpyxl import Workbook

from .browser import DESK, PASSWORD, PHONE, sign_in
from .conftest import well
from .learner import follow, press
from .year import first_month, months_later

pytestmark = pytest.mark.nightly


PIN = "482913"
CENTRE, POST = "Centro de Salud de San Pedro Ayampuc", "Puesto de Salud Los Encinos"
GROUP, OTHER_GROUP = "Los Cerezos", "El Jocotal"
DPI = "2547 89631 0101"
WHO = """
from django.utils import timezone
from course.models import User
now = timezone.now()
vilma = User.objects.get(last_name="Sicán Ñoj")
"""
TAKES_THE_COURSE = (
    WHO
    + """
from course.demo.people import ALL, DemoLearner, take_course
take_course(DemoLearner(vilma.username, vilma.first_name, vilma.last_name, vilma.role, modules=ALL), vilma, now=now)
vilma.set_password({pin!r})
vilma.must_choose_pin = False
vilma.save()
print(vilma.username)
"""
)
BEGINS = """
from django.utils import timezone
from course.models import User
from course.demo.people import read_lessons
from modules.progress.outline import course_outline
tomas = User.objects.get(last_name="Us Toj")
read_lessons(tomas, course_outline("es")[0].lessons[:1], now=timezone.now())
"""
TAKES_IT_AGAIN = (
    WHO
    + """
import random
from course.demo.people import read_lessons, take_quiz
from modules.progress.outline import course_outline
module = course_outline("es")[0]
read_lessons(vilma, module.lessons, now=now)
take_quiz(vilma, module.quiz_key, now=now, chance=random.Random(1), right=True)
"""
)
THE_NIGHT = """
from django.utils import timezone
from course.cleanup import repair_training_records
repair_training_records(now=timezone.now())
"""
# The rows of the report's first table, and what they say before anything was done.
FIGURES = ("finished", "began", "median", "issued", "renewed", "revoked", "sessions", "turnout")
BEFORE = {"median": "0", "renewed": "0", "revoked": "0"}
ACCOUNTS = """
from course.models import PersonIdentifier, User
print(User.objects.filter(last_name="Sicán Ñoj").count(), PersonIdentifier.objects.filter(ends_with="01").count())
"""


def messy_workbook():
    book = Workbook()
    cover = book.active
    cover.title = "Portada"
    cover["B2"] = "MINISTERIO DE SALUD PÚBLICA"
    cover["B3"] = "Personal que recibe la capacitación"
    sheet = book.create_sheet("PERSONAL")
    sheet["A1"] = "LISTADO DE PERSONAL"
    sheet.merge_cells("A1:I1")
    sheet.append([])
    headings = ["No.", "Primer Nombre", "Segundo Nombre", "Primer Apellido", "Segundo Apellido", "DPI"]
    sheet.append([*headings, "Cargo que desempeña", "Servicio", "Firma"])
    sheet.append([1, "VILMA", "LUCÍA", "SICÁN", "ÑOJ", DPI, "Enfermera Profesional", "C/S San Pedro Ayampuc"])
    sheet.append([2, "TOMÁS", None, "US", "TOJ", None, "Guardián de turno"])
    sheet.append([3, "ANA", "DEL CARMEN", "DE LA CRUZ", "PÉREZ", None, "Encargado de vectores", "Los Encinos"])
    sheet.merge_cells("H4:H5")
    sheet.append([None, "TOTAL", None, 3])
    return saved(book)


def other_workbook():
    book = Workbook()
    sheet = book.active
    sheet.append(["Apellidos y nombres", "Puesto"])
    sheet.append(["SICAN ÑOJ, VILMA L.", "Enfermera"])
    sheet.append(["XOL CAAL, MARCOS", "Piloto"])
    return saved(book)


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def make_group(page, name, clinic):
    press(page, "Mis grupos")
    press(page, "Grupo nuevo")
    page.get_by_label("Nombre del grupo").fill(name)
    page.locator("[name=clinic]").select_option(label=clinic)
    press(page, "Guardar")


def bring(page, content):
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("input[type=file]", {"name": "personal.xlsx", "mimeType": mime, "buffer": content})
    press(page, "Ver qué va a pasar")


def reported(page, month, until=None):
    last = date(*months_later(until or month, 1), 1) - timedelta(days=1)
    page.goto(f"/es/grupos/informe/?desde={date(*month, 1)}&hasta={last}")
    well(page)
    cells = [row.locator("td").first.inner_text() for row in page.locator("table.totals tbody tr").all()]
    return dict(zip(FIGURES, cells, strict=True))


def test_a_year_of_a_group(year, open_later):
    january = first_month()
    march, july, december, after = (months_later(january, number) for number in (2, 6, 11, 12))
    year.go_to(*january, 5)
    trainer = open_later(DESK)
    sign_in(trainer, "facilitadora", PASSWORD)
    bring_the_workbook(trainer)
    hold_a_session(trainer)
    year.shell(BEGINS)
    code = year.shell(TAKES_THE_COURSE.format(pin=PIN)).strip()
    first = certificate_of(open_later, code)
    year.shell(THE_NIGHT)

    year.go_to(*march, 3)
    trainer = open_later(PHONE)
    sign_in(trainer, "facilitadora", PASSWORD)
    of_january = reported(trainer, january)
    assert of_january == BEFORE | {"finished": "1/18", "began": "2", "issued": "1", "sessions": "1", "turnout": "2/3"}
    change_clinic_and_archive(trainer)

    year.go_to(*july, 10)
    trainer = open_later(DESK)
    sign_in(trainer, "facilitadora", PASSWORD)
    assert reported(trainer, january) == of_january
    come_back_in_another_list(trainer, code)
    assert year.shell(ACCOUNTS).split() == ["1", "1"]

    year.go_to(*december, 10)
    trainer = open_later(DESK)
    sign_in(trainer, "facilitadora", PASSWORD)
    refresh(trainer)
    year.shell(TAKES_IT_AGAIN)
    assert certificate_of(open_later, code) != first
    trainer.goto(f"/v/{first}/")
    assert trainer.inner_text("main .status") == "Reemplazado"
    year.shell(THE_NIGHT)

    year.go_to(*after, 3)
    trainer = open_later(PHONE)
    sign_in(trainer, "facilitadora", PASSWORD)
    press(trainer, "Mis grupos")
    press(trainer, "Informe")
    assert "Finalizaron" in well(trainer)
    of_december = reported(trainer, december)
    assert (of_december["finished"], of_december["issued"], of_december["renewed"]) == ("1/19", "1", "1")
    assert reported(trainer, january) == of_january
    whole_year = reported(trainer, january, until=december)
    # One person, twice: of certificates both count.
    assert (whole_year["finished"], whole_year["issued"], whole_year["renewed"]) == ("1/19 veces: 2", "2", "1")


def bring_the_workbook(page):
    make_group(page, GROUP, CENTRE)
    bring(page, messy_workbook())
    plan = well(page)
    assert "hoja «PERSONAL»" in plan
    assert "No se usan: «No.», «Firma»." in plan
    assert "1 fila no se leyó como persona" in plan
    press(page, "Confirmar")
    assert "La lista ya está" in well(page)
    press(page, GROUP)
    grid = well(page)
    for name in ("Sicán Ñoj, Vilma Lucía", "Us Toj, Tomás", "de la Cruz Pérez, Ana del Carmen"):
        assert name in grid


def hold_a_session(page):
    press(page, "Sesiones")
    page.locator("[name=place]").fill("Patio")
    page.locator("[name=modules]").first.check()
    press(page, "Guardar la sesión")
    for person in ("Sicán Ñoj", "Us Toj"):
        page.get_by_label(person).check()
    press(page, "Guardar la asistencia")
    well(page)


def certificate_of(open_later, code):
    learner = open_later(PHONE)
    sign_in(learner, code, PIN)
    learner.goto("/es/certificado/")
    press(learner, "Hacer mi certificado")
    well(learner)
    return learner.locator(".printed strong").first.inner_text()


def change_clinic_and_archive(page):
    press(page, "Mis grupos")
    press(page, GROUP)
    press(page, "Sicán Ñoj, Vilma Lucía")
    well(page)
    press(page, "Cambiar nombre, puesto, centro")
    page.locator("[name=clinic]").select_option(label=POST)
    press(page, "Guardar")
    # Her certificate says where she worked: the page asks whether that was a mistake.
    assert CENTRE in well(page)
    press(page, "Sicán Ñoj, Vilma Lucía")
    press(page, "Trasladar, archivar, unir")
    press(page, "Archivar a esta persona")
    assert "quedó en el archivo" in well(page)


def come_back_in_another_list(page, code):
    make_group(page, OTHER_GROUP, POST)
    bring(page, other_workbook())
    plan = well(page)
    assert "¿es la misma persona?" in plan
    assert code in plan
    page.get_by_label("Sí, es la misma").first.check()
    press(page, "Guardar cambios")
    press(page, "Confirmar")
    assert "La lista ya está" in well(page)


def refresh(page):
    press(page, "Mis grupos")
    press(page, OTHER_GROUP)
    press(page, "Certificados")
    follow(page.locator("a[href$='/de-nuevo/']").first)
    for box in page.locator("input[name=modules]").all()[1:]:
        box.uncheck()
    press(page, "Ver a quién afecta")
    press(page, "Empezar de nuevo con 1 persona")
    well(page)
