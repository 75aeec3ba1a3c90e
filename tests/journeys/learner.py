"""What a learner does in the browser, page after page, as any person would: links, boxes, buttons."""

import json
import re

from .hands import POINTER

COURSE = """
import json, random
from modules.progress.outline import course_outline
from quizzes.kinds import KINDS
from quizzes.models import Question
answers = {}
outline = course_outline()
quizzes = [module.quiz_key for module in outline]
for question in Question.objects.filter(live=True, entries__quiz__translation_key__in=quizzes):
    kind = KINDS[question.kind]
    item = kind.freeze(question, random.Random(1))
    answers[item["key"]] = {"kind": question.kind, "right": kind.right_response(item) if kind.scored else None}
lessons = [lesson.url for module in outline for lesson in module.lessons]
print(json.dumps({"answers": answers, "lessons": lessons, "modules": len(outline)}))
"""

NEW_LEARNER = """
from django.utils import timezone
from datetime import timedelta
from course.models import Cohort, Enrolment, User
from course.people.pins import keep_starting_pin
user = User.objects.create(username={code!r}, first_name="Rosa Ñandú", last_name="Ixmatá de la Cruz",
    clinic=Cohort.objects.earliest("pk").clinic)
Enrolment.objects.create(learner=user, cohort=Cohort.objects.earliest("pk"))
keep_starting_pin(user, {pin!r}, expires_at=timezone.now() + timedelta(days=9))
"""

# Somebody who was here before: with an own PIN and a job.
READY = """
from course.models import Cohort, Enrolment, User
user = User(username={code!r}, first_name="Rosa Ñandú", last_name="Ixmatá de la Cruz", role="apoyo",
    clinic=Cohort.objects.earliest("pk").clinic)
user.set_password({pin!r})
user.save()
Enrolment.objects.create(learner=user, cohort=Cohort.objects.earliest("pk"))
"""


def ask_course(site):
    return json.loads(site.shell(COURSE))


def make_newcomer(site, code, pin="271828", post=""):
    site.shell(NEW_LEARNER.format(code=code, pin=pin))
    if post:
        site.shell(f"from course.models import User; User.objects.filter(username={code!r}).update(job_title={post!r})")
    return code, pin


def make_ready(site, code, pin="739182"):
    site.shell(READY.format(code=code, pin=pin))
    return code, pin


def follow(control, hand=POINTER):
    # On the way there the keys may jump to the content, which counts as a navigation of its own.
    hand.reach(control)
    with control.page.expect_navigation():
        hand.press(control)


def press(page, name, hand=POINTER):
    control = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first
    # Opened for nothing the menu would cover what a script has yet to put there.
    menu = page.locator(".more:not([open])")
    if menu.locator("~ * :is(a, button)").filter(has_text=name).count() and not control.count():
        hand.press(menu.locator("> summary"))
    follow(control, hand)


def choose_own_pin(page, pin="739182", hand=POINTER):
    hand.write(page.locator("input[name=new]"), pin)
    hand.write(page.locator("input[name=again]"), pin)
    press(page, "Guardar y seguir", hand)


def choose_role(page, role, hand=POINTER):
    follow(page.locator(f"button[name=role][value={role}]"), hand)


def read_opening(page, hand=POINTER):
    press(page, "Empezar", hand)
    finish_part(page, hand)


def finish_part(page, hand=POINTER):
    """Go through the cards of a lesson, or past its scene unless it was begun, and say that it is done."""
    done = page.locator(":is(.card-nav, .skips, .path-end) [form=terminar]:visible")
    onward = page.locator(".card-nav a.button:visible, .scene .choice:not([open]) > summary:visible")
    while not done.count():
        hand.press(onward.first)
    follow(done.first, hand)


def come_to_one_answer(page):
    while not page.locator("#question input[type=radio]").count():
        press(page, "Siguiente")


def number_of_question(page):
    return int(re.search(r"Pregunta (\d+) de", page.inner_text("main"))[1])


def answer(page, answers, hand=POINTER):
    key = page.locator("#question input[name=question]").get_attribute("value")
    kind, right = answers[key]["kind"], answers[key]["right"]
    if kind in ("single", "true_false"):
        hand.mark(page.locator(f'input[name=choice][value="{right}"]'))
    elif kind in ("multiple", "places"):
        for choice in right:
            hand.mark(page.locator(f'input[name=choice][value="{choice}"]'))
    elif kind == "gaps":
        for gap, given in right.items():
            field = page.locator(f'[name="gap-{gap}"]')
            (hand.write if field.evaluate("field => field.tagName") == "INPUT" else hand.pick)(field, given)
    elif kind == "matching":
        for option, match in right.items():
            hand.pick(page.locator(f'select[name="match-{option}"]'), match)
    elif kind == "ordering":
        for option, place in right.items():
            hand.pick(page.locator(f'select[name="place-{option}"]'), str(place))
    elif kind == "reflection":
        hand.write(page.locator("#question textarea"), "Para mí.")
