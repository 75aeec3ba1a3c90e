import json

import pytest

from .browser import PASSWORD, sign_in
from .conftest import sideways
from .hands import go_round
from .test_reach import DESK_PAGES, NARROW

pytestmark = pytest.mark.nightly


DESK = {"viewport": {"width": 1280, "height": 800}}
CODE, PIN = "TOM264", "271828"
# A group of its own, whose one person is amid all of it; papers are changed where the course's have no such question.
SOMEBODY = """
import json, random
from django.urls import reverse
from django.utils import timezone, translation
from course.demo.people import DemoLearner, make_learner, read_lessons, take_quiz
from course.models import Cohort, Role, Session, User
from course.paper.sheets import hand_out
from course.people.enrolment import create_cohort, enrol_and_log
from course.sessions.attendance import begin_session
from modules.progress.outline import course_outline
from quizzes.attempts.responses import CHECK_CLIENT, IncomingAnswer
from quizzes.attempts.taking import save_answers, start_attempt
from quizzes.kinds import get_kind
from quizzes.models import Attempt, Quiz

translation.activate("es")
now, chance, trainer = timezone.now(), random.Random(1), User.objects.get(username="facilitadora")
group = Cohort(name="Los Tejedores", clinic=Cohort.objects.earliest("pk").clinic, opens_on=timezone.localdate())
create_cohort(group, trainers=[trainer], by=trainer, now=now)
learner = make_learner(DemoLearner({code!r}, "Tomasa", "Ajú Tzul", Role.CLINICAL), group, now=now)
learner.set_password({pin!r})
learner.save()
enrol_and_log(group, [learner], by=trainer, now=now)
session = begin_session(Session(cohort=group, place="Salón comunal", made_by=trainer), by=trainer, now=now)
first, second, third, fourth = course_outline()[:4]
for module in (first, second):
    read_lessons(learner, module.lessons, now=now)
take_quiz(learner, first.quiz_key, now=now, chance=chance, right=True)
result = Attempt.objects.get(learner=learner)

def begin(quiz_key):
    return start_attempt(learner, Quiz.objects.get(translation_key=quiz_key, locale__language_code="es"),
        language="es", now=now, chance=chance)

told = begin(second.quiz_key)
told.snapshot["rules"]["feedback_time"] = "now"
told.save()
missed = next(item for item in told.snapshot["questions"] if get_kind(item).scored)
given = IncomingAnswer(missed["key"], "", client=CHECK_CLIENT, number=1, given_at=now)
assert save_answers(told.pk, [given], learner=learner, now=now).current
each, whole = begin(third.quiz_key), begin(Quiz.objects.get(identifier="practica").translation_key)
whole.snapshot["rules"]["layout"] = "all"
whole.save()
on_paper = Quiz.objects.get(translation_key=fourth.quiz_key, locale__language_code="es")
[sheet] = hand_out(on_paper, [learner], cohort=group, by=trainer, now=now, chance=chance).sheets
print(json.dumps({{
    "learner": [
        reverse("attempt_question", args=[each.pk, 1]),
        reverse("attempt_summary", args=[each.pk]),
        reverse("attempt_question", args=[whole.pk, 1]),
        reverse("attempt_question", args=[told.pk, 1 + told.snapshot["questions"].index(missed)]),
        reverse("attempt_result", args=[result.pk]),
        reverse("attempt_answers", args=[result.pk]),
        reverse("woven", args=[first.number]),
    ],
    "trainer": [
        reverse("desk_person", args=[group.pk, learner.pk]),
        reverse("desk_session", args=[group.pk, session.pk]),
        reverse("desk_stage", args=[group.pk, session.pk]),
        reverse("desk_paper", args=[group.pk, on_paper.translation_key]),
        reverse("desk_entry", args=[group.pk, on_paper.translation_key]),
    ],
}}))
"""
VISITOR = ["/accounts/login/", "/accounts/grupo/"]
LEARNER = [
    "/es/",
    "/es/m1/",
    "/es/m2/",
    "/es/m1/1/",
    "/es/m5/1/",
    "/es/m1/5/",
    "/es/cuestionario/",
    "/es/cuestionario/m1/",
    "/en/practicar/m1/",
    "/es/directorio/",
    "/accounts/cuenta/",
]
TRAINER = ["/es/grupos/", "/es/grupos/1/", "/es/grupos/1/actividades/"]
COVER = """() => {
  const bar = document.body.appendChild(document.createElement("div"));
  Object.assign(bar.style, { position: "fixed", inset: "auto 0 0", height: "7rem", background: "navy" });
}"""
PUT_AWAY = "() => { document.querySelector('[name=login]').style.cssText = 'position: absolute; left: -99rem'; }"


@pytest.fixture(scope="module")
def own_pages(site):
    return json.loads(site.shell(SOMEBODY.format(code=CODE, pin=PIN)))


def out_of_sight(page, paths):
    found = {}
    for path in paths:
        assert page.goto(path).status == 200, path
        if page.viewport_size["width"] < 400:
            page.evaluate("document.documentElement.classList.add('size-150')")
        found[path] = go_round(page) | {"sideways": sideways(page)}
    return {path: how for path, how in found.items() if any(how.values())}


@pytest.mark.parametrize("size", [NARROW, DESK], ids=["narrow", "desk"])
def test_what_a_learner_comes_to_with_tab_is_seen(open_browser, own_pages, size):
    page = open_browser(size)
    assert out_of_sight(page, VISITOR) == {}
    sign_in(page, CODE, PIN)
    assert out_of_sight(page, [*LEARNER, *own_pages["learner"]]) == {}


@pytest.mark.parametrize(("size", "paths"), [(NARROW, TRAINER), (DESK, DESK_PAGES)], ids=["narrow", "desk"])
def test_what_a_trainer_comes_to_with_tab_is_seen(open_browser, own_pages, size, paths):
    page = open_browser(size)
    sign_in(page, "facilitadora", PASSWORD)
    assert out_of_sight(page, [*paths, *own_pages["trainer"]]) == {}


@pytest.mark.parametrize("spoil", [COVER, PUT_AWAY], ids=["a bar", "off the screen"])
def test_what_is_covered_or_off_the_screen_is_told(open_browser, spoil):
    page = open_browser(DESK)
    page.goto("/accounts/login/")
    page.evaluate(spoil)
    assert go_round(page)["hidden"] != []
