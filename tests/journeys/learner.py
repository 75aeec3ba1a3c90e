"""What a learner does in the browser, page after page, as any person would: links, boxes, buttons."""

import json

RIGHT_ANSWERS = """
import json, random
from quizzes.kinds import KINDS
from quizzes.models import Question
answers = {}
for question in Question.objects.filter(live=True):
    kind = KINDS[question.kind]
    item = kind.freeze(question, random.Random(1))
    answers[item["key"]] = {"kind": question.kind, "right": kind.right_response(item) if kind.scored else None}
print(json.dumps(answers))
"""

NEW_LEARNER = """
from django.utils import timezone
from datetime import timedelta
from course.models import Cohort, Enrolment, User
from course.account.pins import keep_starting_pin
user = User.objects.create(username={code!r}, first_name="Rosa Ñandú", last_name="Ixmatá de la Cruz",
    clinic=Cohort.objects.earliest("pk").clinic)
Enrolment.objects.create(learner=user, cohort=Cohort.objects.earliest("pk"))
keep_starting_pin(user, {pin!r}, expires_at=timezone.now() + timedelta(days=9))
"""


def right_answers(site):
    return json.loads(site.shell(RIGHT_ANSWERS))


def make_newcomer(site, code, pin="271828"):
    site.shell(NEW_LEARNER.format(code=code, pin=pin))
    return code, pin


def press(page, name):
    """Press the button or follow the link of that name and wait for the page that comes."""
    control = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first
    with page.expect_navigation():
        control.click()


def choose_own_pin(page, pin="739182"):
    page.fill("input[name=new]", pin)
    page.fill("input[name=again]", pin)
    press(page, "Guardar y seguir")


def choose_role(page, role):
    page.check(f"input[name=role][value={role}]")
    press(page, "Guardar y seguir")


def answer(page, known):
    """Answer the question on the page rightly."""
    key = page.locator("#question input[name=question]").get_attribute("value")
    kind, right = known[key]["kind"], known[key]["right"]
    if kind in ("single", "true_false"):
        page.check(f'input[name=choice][value="{right}"]')
    elif kind == "multiple":
        for choice in right:
            page.check(f'input[name=choice][value="{choice}"]')
    elif kind == "matching":
        for option, match in right.items():
            page.select_option(f'select[name="match-{option}"]', match)
    elif kind == "ordering":
        for option, place in right.items():
            page.select_option(f'select[name="place-{option}"]', str(place))


def read_lesson(page):
    press(page, "Terminé: continuar")


def take_quiz(page, known):
    """From the entry page of a quiz to its result."""
    press(page, "Comenzar intento")
    while page.locator("#question").count():
        answer(page, known)
        page.locator("#question .actions button.button").click()
        page.wait_for_load_state("load")
    press(page, "Enviar todo y terminar")


def finish_course(page, known):
    """Go on with *Continuar* until the course says that it is finished; return how many pages that took."""
    for step in range(60):
        if page.url.endswith("/es/"):
            if page.get_by_role("link", name="Obtener mi certificado").count():
                return step
            press(page, "Continuar")
        elif page.get_by_role("button", name="Terminé: continuar").count():
            read_lesson(page)
        elif page.get_by_role("button", name="Comenzar intento").count():
            take_quiz(page, known)
            assert page.get_by_text("Aprobado").first.is_visible()
            press(page, "Continuar")
        elif page.url.endswith("/certificado/"):
            return step
        else:
            raise AssertionError(f"No way on from {page.url}: {page.inner_text('main')[:300]}")
    raise AssertionError("The course never ended.")
