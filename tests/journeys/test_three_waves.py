import csv
import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest

from .browser import DESK, PHONE, sign_in
from .conftest import well
from .learner import follow, press, read_opening
from .trainer import PASSWORD
from .year import first_month

pytestmark = pytest.mark.nightly


PIN = "739182"
CENTRE, AREA = "Centro de Salud de Chinautla", "Área de Salud Guatemala Nororiente"
THANKS = "Gracias. Ya pasó por esta página."
# Twelve people: one answers on a telephone, one declines on a computer, ten on paper; one of these heads the centre.
SETTING = """
from course.models import Area, CentreHead, Clinic, Cohort, Enrolment, User
area = Area.objects.create(name={area!r})
area.leads.add(User.objects.get(username="facilitadora"))
centre = Clinic.objects.create(name={centre!r}, area=area)
cohort = Cohort.objects.create(name="Los Cerezos", clinic=centre)
cohort.trainers.add(User.objects.get(username="facilitadora"))
for number in range(12):
    person = User(username=f"ENC{{number + 222}}", first_name="Rosa", last_name=f"Ixmatá {{chr(65 + number)}}",
        role="jefatura" if number == 2 else "apoyo", clinic=centre)
    person.set_password({pin!r})
    person.save()
    Enrolment.objects.create(learner=person, cohort=cohort)
CentreHead.objects.create(clinic=centre, person=User.objects.get(username="ENC224"))
"""
TAKES_THE_COURSE = """
from django.utils import timezone
from course.demo.people import ALL, DemoLearner, take_course
from course.models import User
rosa = User.objects.get(username="ENC222")
take_course(DemoLearner("ENC222", "", "", "apoyo", modules=ALL), rosa, now=timezone.now())
"""
# Two other centres of the country, so that nobody can tell which one a group of answers is.
OTHERS = """
from django.utils import timezone
from course.demo.people import make_survey
from course.models import Clinic, User
for name in ("Centro de Salud de Chuarrancho", "Centro de Salud de San José Pinula"):
    Clinic.objects.filter(name="Centro de Salud de Palencia").update(name=name)
    make_survey(User.objects.get(username="admin"), now=timezone.now())
"""
ENVELOPES = "from course.models import SurveyEnvelope; print(SurveyEnvelope.objects.count())"


def named(page, words, about):
    return page.get_by_role("link", name=re.compile(rf"^{re.escape(words)}\s*:\s*{re.escape(about)}$"))


def answer(page, *, which):
    for question in page.locator(".survey fieldset").all():
        options = question.locator("label")
        options.nth(min(which, options.count() - 1)).click()
    press(page, "Enviar mis respuestas")
    assert THANKS in page.inner_text("main")


def key_in_ten_sheets(page, wave, figure):
    page.goto("/es/grupos/encuesta/")
    follow(named(page, "En papel", CENTRE))
    follow(named(page, "Digitar hojas", wave))
    page.locator("input[name=hojas]").fill("10")
    press(page, "Seguir")
    page.locator("select[name=collected_by]").select_option(index=2)
    page.get_by_label("Todas las personas de la lista recibieron una").check()
    for number in range(1, 11):
        for box in page.locator(f"input[id^='h{number}-']").all():
            lines = int(
                "".join(filter(str.isdigit, page.locator(f"label[for='{box.get_attribute('id')}'] small").inner_text()))
            )
            is_about_oneself = box.get_attribute("id").endswith("-Q")
            box.fill(f"{1 + number % 2}2" if is_about_oneself else figure * lines)
    press(page, "Cerrar con llave 10 hojas")
    assert "10 hojas quedaron cerradas con llave." in page.inner_text("main")


def close(page, wave, people):
    page.goto("/es/grupos/encuesta/")
    follow(named(page, "Cerrar la ronda", f"{CENTRE}, {wave}"))
    assert "Es definitivo" in page.inner_text("main")
    press(page, "Cerrar la ronda")
    assert f"se contaron juntas las respuestas de {people} personas" in page.inner_text("main")


def test_a_centre_measures_itself_and_keeps_its_plan(year, open_later):
    january = date(*first_month(), 5)
    year.go_to(*january.timetuple()[:3])
    year.shell(SETTING.format(area=AREA, centre=CENTRE, pin=PIN))
    trainer = open_later(DESK)
    sign_in(trainer, "facilitadora", PASSWORD)
    before_the_course(trainer, open_later, year)
    year.shell(TAKES_THE_COURSE)
    after_the_course(trainer, open_later, year)
    make_plan(open_later)

    year.go_to(*(january + timedelta(days=31)).timetuple()[:3])
    trainer = open_later(PHONE)
    sign_in(trainer, "facilitadora", PASSWORD)
    review_on_the_desk(trainer)

    year.go_to(*(january + timedelta(days=95)).timetuple()[:3])
    trainer = open_later(DESK)
    sign_in(trainer, "facilitadora", PASSWORD)
    three_months_later(trainer, open_later, year)
    results_of_three_waves(trainer)
    review_by_the_head(open_later)
    year.shell(OTHERS)
    data_for_research(open_later)


def before_the_course(trainer, open_later, year):
    rosa = open_later(PHONE, javascript=False)
    sign_in(rosa, "ENC222", PIN)
    read_opening(rosa)
    answer(rosa, which=1)
    press(rosa, "Seguir con el curso")
    assert re.search(r"/es/m1/\d/$", rosa.url)
    other = open_later(DESK)
    sign_in(other, "ENC223", PIN)
    read_opening(other)
    well(other)
    press(other, "No contestar y seguir")
    assert THANKS in well(other)
    key_in_ten_sheets(trainer, "Antes del curso", "2")
    assert int(year.shell(ENVELOPES)) >= 12
    close(trainer, "Antes del curso", 11)
    assert year.shell(ENVELOPES).strip() == "0"


def after_the_course(trainer, open_later, year):
    rosa = open_later(PHONE, javascript=False)
    sign_in(rosa, "ENC222", PIN)
    press(rosa, "Hay una encuesta anónima")
    answer(rosa, which=3)
    press(rosa, "Seguir con el curso")
    assert rosa.url.endswith("/es/certificado/")
    key_in_ten_sheets(trainer, "Al terminar", "3")
    close(trainer, "Al terminar", 11)
    well(trainer)


def make_plan(open_later):
    head = open_later(PHONE)
    sign_in(head, "ENC224", PIN)
    press(head, "Plan de mi centro")
    press(head, "Agregar una acción")
    head.locator("select[name=point]").select_option(index=1)
    head.locator("input[name=post]").fill("Seguridad")
    well(head)
    press(head, "Ponerla en el plan")
    press(head, "Agregar una acción")
    head.locator("textarea[name=words]").fill("Una tarde hasta las ocho, dos jueves al mes; avisar al 5512-3456")
    head.locator("input[name=post]").fill("Dirección")
    press(head, "Ponerla en el plan")
    assert head.locator(".error-summary").is_visible()
    head.complaints.clear()
    head.locator("textarea[name=words]").fill("Una tarde hasta las ocho, dos jueves al mes")
    press(head, "Ponerla en el plan")
    plan = well(head)
    assert "Una tarde hasta las ocho" in plan
    assert "Seguridad" in plan


def review_on_the_desk(trainer):
    trainer.goto("/es/grupos/")
    assert "Planes que toca revisar" in well(trainer)
    follow(named(trainer, "Anotar la revisión", CENTRE))
    note_review(trainer)


def note_review(page):
    fields = page.locator(".plan-part")
    fields.nth(0).locator("input[type=radio]").nth(0).check()
    if fields.count() > 1:
        fields.nth(1).locator("input[type=radio]").nth(1).check()
        fields.nth(1).locator("input[type=checkbox]").first.check()
    well(page)
    press(page, "Guardar la revisión")
    well(page)


def three_months_later(trainer, open_later, year):
    rosa = open_later(PHONE, javascript=False)
    sign_in(rosa, "ENC222", PIN)
    rosa.goto("/es/")
    press(rosa, "Hay una encuesta anónima")
    answer(rosa, which=2)
    key_in_ten_sheets(trainer, "A los tres meses", "3")
    close(trainer, "A los tres meses", 11)
    assert year.shell(ENVELOPES).strip() == "0"


def results_of_three_waves(trainer):
    press(trainer, "Resultados")
    trainer.locator("select[name=centro]").select_option(label=CENTRE)
    press(trainer, "Mostrar")
    page = well(trainer).replace("\xa0", " ")
    assert "Preferiría no brindar servicios" in page
    assert "90 % o más" in page
    assert "10 % o menos" in page
    assert trainer.locator("svg[role=img]").count() >= 9


def review_by_the_head(open_later):
    head = open_later(PHONE)
    sign_in(head, "ENC224", PIN)
    press(head, "Plan de mi centro")
    press(head, "Revisar el plan")
    note_review(head)
    assert "Lo logrado" in well(head)


def data_for_research(open_later):
    admin = open_later(DESK)
    sign_in(admin, "admin", PASSWORD)
    admin.goto("/es/grupos/encuesta/datos/")
    well(admin)
    with admin.expect_download() as download:
        admin.get_by_role("button", name="Hacer el archivo").click()
    with zipfile.ZipFile(download.value.path()) as package:
        names = package.namelist()
        described = json.loads(package.read(next(name for name in names if name.endswith("datapackage.json"))))
        rows = list(
            csv.DictReader(
                io.StringIO(package.read(next(n for n in names if n.endswith("data.csv"))).decode("utf-8-sig"))
            )
        )
        words = b" ".join(package.read(name) for name in names).decode(errors="ignore")
    assert {resource["name"] for resource in described["resources"]} >= {"data", "blocks"}
    people = {}
    for row in rows:
        key = row["lot"], row["wave"], row["item"]
        people[key] = people.get(key, 0) + int(row["count"])
        assert int(row["n"]) >= 10
    assert all(people[row["lot"], row["wave"], row["item"]] == int(row["n"]) for row in rows)
    assert {wave for _lot, wave, _item in people} == {"pre", "post", "seg"}
    for place in (CENTRE, AREA, "Palencia", "Ixmatá"):
        assert place not in words
