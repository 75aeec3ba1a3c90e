"""What was achieved stays while the course goes on; its certificate ends, it is taken again, and renewed."""

import pytest

from .conftest import DESK, PHONE, axe_violations, sideways, sign_in
from .learner import ask_course, press

pytestmark = pytest.mark.nightly


PASSWORD, PIN = "cuatro-volcanes-y-un-lago", "482913"
GROUP, FINISHED, COLLEAGUE = "Los Cerezos", "VIL264", "WAL264"
PEOPLE = """
from datetime import timedelta
from django.utils import timezone
from course.demo.people import ALL, DemoLearner, make_learner, take_course
from course.models import Cohort, Role, User
from course.people.grouping import let_in, make_group
"""
WHO_FINISHED = """
now, trainer = timezone.now(), User.objects.get(username="facilitadora")
then = now - timedelta(days=400)
group = Cohort(name={group!r}, clinic=Cohort.objects.earliest("pk").clinic, opens_on=then.date())
make_group(group, trainers=[trainer], by=trainer, now=now)
who = DemoLearner({code!r}, "Vilma", "Sicán Ñoj", Role.CLINICAL, modules=ALL)
learner = make_learner(who, group, now=now)
learner.set_password({pin!r})
learner.save()
let_in(group, [learner], by=trainer, now=then)
take_course(who, learner, now=then)
"""
NEW_COLLEAGUE = """
group, trainer = Cohort.objects.get(name={group!r}), User.objects.get(username="facilitadora")
learner = make_learner(DemoLearner({code!r}, "Walter", "Tum Paz", Role.SUPPORT), group, now=timezone.now())
learner.set_password({pin!r})
learner.save()
let_in(group, [learner], by=trainer, now=timezone.now())
"""
NEW_MODULE = """
from modules.models import CoursePage, LessonPage, ModulePage
course = CoursePage.objects.get(locale__language_code="es")
module = ModulePage(title="Lo que aprendimos", slug="m99", number=99, locale=course.locale)
course.add_child(instance=module)
body = [("text", "<p>Una lección más.</p>")]
module.add_child(instance=LessonPage(title="Una lección más", slug="1", locale=course.locale, body=body))
"""
NO_MODULE = """
from modules.models import ModulePage
ModulePage.objects.filter(slug="m99").first().delete()
"""
A_YEAR_LATER = """
from datetime import timedelta
from django.utils import timezone
from certificates.models import Certificate
from tests.certificates.factories import issued_otherwise
yesterday = timezone.localdate() - timedelta(days=1)
issued_otherwise(Certificate.objects.filter(learner__username={code!r}), expires_on=yesterday)
"""
# All of the first module but its last lesson.
NEARLY_AGAIN = """
import random
from course.demo.people import read_lessons, take_quiz
from modules.progress.outline import course_outline
learner, module, now = User.objects.get(username={code!r}), course_outline("es")[0], timezone.now()
read_lessons(learner, module.lessons[:-1], now=now)
take_quiz(learner, module.quiz_key, now=now, chance=random.Random(1), right=True)
"""


def prepare(site, what, **names):
    return site.shell((PEOPLE + what).format(**names))


def well(page):
    assert axe_violations(page) == []
    assert sideways(page) == 0
    return page.inner_text("main")


def test_what_was_achieved_stays_and_is_renewed(site, open_browser):
    modules = ask_course(site)["modules"]
    prepare(site, WHO_FINISHED, group=GROUP, code=FINISHED, pin=PIN)
    learner = open_browser(PHONE)
    sign_in(learner, FINISHED, PIN)
    press(learner, "Obtener mi certificado")
    press(learner, "Hacer mi certificado")
    first = learner.locator(".printed strong").inner_text()
    site.shell(NEW_MODULE)
    try:
        the_course_goes_on(site, open_browser, learner, modules)
        begin_anew(site, open_browser, learner)
        renew(site, learner, first)
    finally:
        site.shell(NO_MODULE)


def the_course_goes_on(site, open_browser, learner, modules):
    """Who had finished has finished; who comes now has a module more."""
    learner.goto("/es/")
    mine = well(learner)
    assert f"Usted finalizó los {modules} módulos del curso." in mine
    assert "Nuevo en el curso" in mine
    press(learner, "Lo que aprendimos")
    assert "No se le pide; puede leerlo." in well(learner)
    prepare(site, NEW_COLLEAGUE, group=GROUP, code=COLLEAGUE, pin=PIN)
    colleague = open_browser(PHONE)
    sign_in(colleague, COLLEAGUE, PIN)
    assert f"Ver los {modules + 1} módulos" in colleague.inner_text("main")
    assert "Nuevo en el curso" not in colleague.inner_text("main")
    assert colleague.complaints == []


def begin_anew(site, open_browser, learner):
    """The certificate ends; the trainer is told, and begins anew with the first module."""
    site.shell(A_YEAR_LATER.format(code=FINISHED))
    learner.goto("/es/")
    assert "Su certificado valió hasta el" in well(learner)
    trainer = open_browser(DESK)
    sign_in(trainer, "facilitadora", PASSWORD)
    press(trainer, "Mis grupos")
    press(trainer, GROUP)
    grid = well(trainer)
    assert "Certificados por vencer (1)" in grid
    assert "Sicán Ñoj, Vilma: vencido, valió hasta el" in grid
    press(trainer, "Empezar de nuevo con el grupo")
    for box in trainer.locator("input[name=modules]").all()[1:]:
        box.uncheck()
    press(trainer, "Ver a quién afecta")
    assert "1 persona lleva el curso de nuevo. De ellas, 1 lo había terminado." in well(trainer)
    assert "1 persona queda como está" in trainer.inner_text("main")
    press(trainer, "Empezar de nuevo con 1 persona")
    assert "0 de 2 finalizaron esta vez; 1 terminó antes" in well(trainer)
    assert trainer.complaints == []


def renew(site, learner, first):
    """What counts again is done again, and the new certificate takes the place of the old one."""
    prepare(site, NEARLY_AGAIN, code=FINISHED)
    learner.goto("/es/")
    mine = well(learner)
    assert "Usted lleva el curso de nuevo desde el" in mine
    assert "se repite" in mine
    assert "Cuenta como antes" in mine
    learner.goto("/es/certificado/")
    assert "lo que falta para renovarlo" in well(learner)
    learner.goto("/es/")
    for _last_lesson_and_new_one in range(2):
        press(learner, "Continuar:")
        # A module begins with its own page.
        if learner.locator("body.module").count():
            press(learner, "Empezar:")
        press(learner, "Terminé: continuar")
        learner.goto("/es/")
    assert "ya puede obtener el nuevo" in well(learner)
    press(learner, "Obtener mi certificado")
    press(learner, "Hacer mi certificado")
    assert learner.locator(".printed strong").inner_text() != first
    learner.goto(f"/v/{first}/")
    assert "Reemplazado" in learner.inner_text("main .standing")
    assert learner.complaints == []
