import json
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from .browser import DESK, PHONE
from .conftest import ROOT
from .learner import answer, follow, press
from .looking import looks_right
from .printed import codes_on, words_on
from .trainer import PASSWORD, Trainer, words

PIN = "739182"
CLINIC = "Centro de Salud de San Pedro Ayampuc"

# What a person of the group needs beside the quiz of the first module to finish the course. That way is walked by
# others, `test_whole_path.py`; and of a sheet of paper, what whoever filled it in rightly crossed.
FINISH_THE_REST = """
import json
from django.utils import timezone
from course.demo.people import read_lessons, take_quiz
from course.paper.lettering import on_sheet
from course.models import PaperSheet, User
from modules.progress.outline import course_outline
from quizzes.kinds import get_kind
import random

now, outline, group = timezone.now(), course_outline(), {group!r}
def of(surname):
    return User.objects.get(enrolments__cohort__name=group, last_name__startswith=surname)
for surname in {by_quiz!r} + {besides!r}:
    for module in outline:
        read_lessons(of(surname), module.lessons, now=now)
        if surname in {besides!r} or module != outline[0]:
            take_quiz(of(surname), module.quiz_key, now=now, chance=random.Random(1), right=True)

def crossed(question):
    item, way = question.item, question.way
    if way in ("letter", "letters"):
        return "".join(letter for letter, option in question.options if option["right"])
    if way == "gaps":
        right = get_kind(item).right_response(item)
        return "".join(letter for gap in question.gaps for letter, said in gap.options if said["key"] == right[gap.key])
    if way == "places":
        return "".join(str(option["place"]) for option in item["options"])
    keys = {{match["key"]: letter for letter, match in question.matches}}
    return "".join(keys[option["match"]] for option in item["options"])
sheet = PaperSheet.objects.get(cohort__name=group)
print(json.dumps([crossed(question) for question in on_sheet(sheet.attempt.snapshot)]))
"""


@dataclass(frozen=True)
class Way:
    language: str
    name: str
    size: dict[str, Any]
    second: str

    @property
    def locale(self):
        return {"es": "es-GT", "en": "en-US"}[self.language]


WAYS = [
    Way("es", "desk", DESK, "Tuyuc"),
    Way("en", "phone", PHONE, "Sisimit"),
]
LISTS = {
    "es": (
        "cp1252",
        """MINISTERIO DE SALUD PÚBLICA;;;;
Personal del turno;;;;
;;;;
No.;PRIMER APELLIDO;SEGUNDO APELLIDO;NOMBRES;Puesto funcional
1;DE LA CRUZ;{second};ROSA MARÍA;Recepcionista
2;Núñez;{second};Juan José;Guardián
3;Ñáñez;{second};Beatriz;Enfermera profesional
4;López;{second};Irma;Personal de limpieza
;;;;
5;O'Connor;{second};Patrick;Psicólogo
6;PÉREZ-GÓMEZ;{second};MARCO TULIO;MÉDICO
7;Ñañez;{second};beatriz;Enf. profesional
8;Ajú;{second};Édgar;Piloto
9;Ixcot;{second};Luz Marina;Laboratorista
No.;PRIMER APELLIDO;SEGUNDO APELLIDO;NOMBRES;Puesto funcional
10;Ochoa;{second};Karla;Directora
11;Morales;{second};;Enfermero
12;Tzoc;{second};Manuela;Aux. de enfermería
13;Güitz;{second};Raúl;Bodega de farmacia
14;Us;{second};Tomás;Trabajador social
Total: 14 personas;;;;
""",
    ),
    "en": (
        "utf-8-sig",
        """Staff of the health centre,,,,
,,,,
No.,Surname,Second surname,Given names,Position
1,DE LA CRUZ,{second},ROSA MARÍA,front desk
2,Núñez,{second},Juan José,Guard
3,Ñáñez,{second},Beatriz,Nurse
4,López,{second},Irma,Cleaner
,,,,
5,O'Connor,{second},Patrick,Psychologist
6,PÉREZ-GÓMEZ,{second},MARCO TULIO,Physician
7,Ñañez,{second},beatriz,nurse
8,Ajú,{second},Édgar,Driver
9,Ixcot,{second},Luz Marina,Lab
10,Ochoa,{second},Karla,Manager
11,Morales,{second},,Nurse
12,Tzoc,{second},Manuela,nurse
13,Güitz,{second},Raúl,Pharmacy
14,Us,{second},Tomás,Social worker
""",
    ),
}


@pytest.fixture(scope="module")
def worker(site):
    process = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=site.environment)
    yield process
    process.terminate()
    process.wait(20)


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, id=f"{way.language}, {way.name}", marks=pytest.mark.nightly if way.language == "en" else [])
        for way in WAYS
    ],
)
def test_a_trainer_leads_a_group_from_the_list_to_the_delivery(site, course, worker, open_browser, tmp_path, way):
    page = open_browser(way.size, language=way.locale)
    trainer = Trainer(page, way.language, f"Turno {way.second}")
    trainer.sign_in()
    trainer.make_group(CLINIC)
    code = bring_people_in(trainer, site, open_browser, tmp_path, way)
    meet(trainer, course, code, way)
    typed = give_out_on_paper(trainer, site, tmp_path, way)
    trainer.type_sheet(typed)
    trainer.sees(trainer.say("Every sheet is entered."))
    trainer.look()
    look_at_the_grid(trainer, way)
    take_certificates(trainer, way)
    assert page.complaints == []


def bring_people_in(trainer, site, open_browser, folder, way):
    encoding, text = LISTS[way.language]
    plan = trainer.bring_list("lista.csv", text.format(second=way.second).encode(encoding))
    assert f"de la Cruz {way.second}" in plan
    trainer.sees(re.compile("^.*12 ", re.DOTALL))
    cards = trainer.make_cards()
    printed = re.findall(r"([A-Z]{3}\d{3})\n[^\n]+\n(\d{3} \d{3})\n([^\n]+)\n", words_on(cards, "-raw"))
    addresses = codes_on(cards, folder / "cards", resolution=150)
    assert addresses == [f"{site.url}/accounts/login/?c={code}" for code, _pin, _name in printed]
    assert len(printed) == 12
    [(code, pin)] = [(code, pin) for code, pin, name in printed if name.startswith("Rosa María")]

    phone = open_browser(PHONE, language=way.locale)
    phone.goto(next(address for address in addresses if address.endswith(code)))
    assert phone.input_value("input[name=login]") == code
    looks_right(phone, way.language)
    phone.fill("input[name=password]", pin)
    follow(phone.locator("main form .button"))
    looks_right(phone, way.language)
    for box in ("new", "again"):
        phone.fill(f"input[name={box}]", PIN)
    follow(phone.locator("main form .button"))
    expect(phone.get_by_role("heading", name="Rosa María")).to_be_visible()
    looks_right(phone, way.language)
    assert phone.complaints == []
    return code


def meet(trainer, course, code, way):
    page = trainer.page
    trainer.go_to_group()
    trainer.hold_session("Salón comunal", f"de la Cruz {way.second}, Rosa María", f"Ajú {way.second}, Édgar")
    trainer.sees("2/12")
    trainer.press("Group session")
    trainer.count_hands(5)
    trainer.press("Back to the group session")
    trainer.press("Begin")
    expect(page.locator("h1")).to_have_text(f"Édgar Ajú {way.second}")
    trainer.press("Is not here: the next")
    expect(page.locator("h1")).to_have_text(f"Rosa María de la Cruz {way.second}")
    assert "Édgar" not in page.inner_text("body")
    press(page, trainer.say("I am %(name)s", name="Rosa María"))
    assert page.input_value("input[name=login]") == code
    page.fill("input[name=password]", PIN)
    follow(page.locator("main form .button"))
    take_quiz(page, course, way)
    trainer.press("Change person")
    expect(page.get_by_role("heading", name=trainer.say("Everybody had a turn"))).to_be_visible()
    assert "Rosa" not in page.inner_text("body")
    press(page, trainer.say("End the round"))
    looks_right(page, way.language)
    page.fill("input[name=login]", "facilitadora")
    page.fill("input[name=password]", PASSWORD)
    follow(page.locator("main form .button"))
    trainer.sees("2/12")


def take_quiz(page, course, way):
    looks_right(page, way.language)
    follow(page.locator("main .button"))
    while page.locator("#question").count():
        answer(page, course["answers"])
        follow(page.locator("main .button:visible"))
    looks_right(page, way.language)
    follow(page.locator("main .button"))
    expect(page.locator("main .state-done")).to_be_visible()
    looks_right(page)


def give_out_on_paper(trainer, site, folder, way):
    trainer.go_to_group()
    pdf = trainer.hand_out(f"López {way.second}, Irma")
    # A page is empty where the next thing begins on a sheet of its own.
    written = [printed for printed in words_on(pdf).split("\f") if printed.strip()]
    assert all(f"Irma López {way.second}" in printed for printed in written)
    [address] = codes_on(pdf, folder / "sheets")
    besides = {"by_quiz": ["de la Cruz", "López"], "besides": ["Núñez", "Ñáñez"]}
    typed = json.loads(site.shell(FINISH_THE_REST.format(group=trainer.group, **besides)))
    trainer.page.goto(address)
    trainer.look()
    assert trainer.page.evaluate("document.activeElement.name") == "r1"
    return typed


def look_at_the_grid(trainer, way):
    page = trainer.page
    for person, on_paper in ((f"de la Cruz {way.second}, Rosa María", False), (f"López {way.second}, Irma", True)):
        trainer.go_to_group()
        first, way_in = (0, "th a") if way.size == PHONE else (1, "td a.state-done")
        row = page.locator("main tbody tr:visible", has_text=person)
        expect(row.locator(".state-done").nth(first)).to_have_text(trainer.say("Finished"))
        trainer.look()
        follow(row.locator(way_in).first)
        trainer.look()
        first = page.locator("#attempts ~ .table-scroll tbody tr").first
        said = {"es": "papel", "en": "paper"}[way.language]
        assert (said in first.inner_text()) is on_paper


def take_certificates(trainer, way):
    trainer.go_to_group()
    to_sign, certificates = (
        [" ".join(page.split()) for page in words_on(pdf, "-raw").rstrip("\f").split("\f")]
        for pdf in trainer.make_certificates()
    )
    names = [
        f"{name} {way.second}" for name in ("Rosa María de la Cruz", "Irma López", "Juan José Núñez", "Beatriz Ñáñez")
    ]
    [to_sign] = to_sign
    assert words("Delivery of certificates", way.language) in to_sign
    places = [to_sign.index(name) for name in names]
    assert places == sorted(places)
    assert [next(name for name in names if name in page) for page in certificates] == names
