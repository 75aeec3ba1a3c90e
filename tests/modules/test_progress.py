import csv
import io
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates.issuing.eligibility import is_eligible, missing_items
from modules.models import LessonPage, LessonRead, ModulePage, StructureStamp
from modules.progress.deriving import get_step_after, progress_by_learner, progress_of
from modules.progress.editions import edition_in_force
from modules.progress.events import mark_lesson_read
from modules.progress.following import take_along
from modules.progress.outline import course_outline, get_course_structure
from modules.progress.states import HelpRule, NextStep, State
from quizzes.attempts.grading import grade_manually
from quizzes.attempts.taking import save_answer, start_attempt, submit_attempt
from quizzes.models import CountingAttempt, Question
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_course,
    finish_lessons,
    finish_module,
    make_course,
    make_learner,
    make_lesson,
    make_module,
    make_question,
    make_quiz,
    make_trainer,
    pass_quiz,
)

from .factories import read

pytestmark = pytest.mark.django_db


def modules_of(course):
    return [page.specific for page in course.get_children()]


@pytest.fixture
def modules():
    return modules_of(make_course())


def pass_module(learner, module):
    pass_quiz(learner, module.quiz)


def states_of(learner, now=NOW):
    return [module.state for module in progress_of(learner, now=now).modules]


@pytest.mark.parametrize("does", [[finish_lessons, pass_module], [pass_module, finish_lessons]])
def test_module_is_finished_when_lessons_are_read_and_quiz_is_passed(learner, modules, does):
    first, _second = modules
    assert states_of(learner) == [State.NOT_STARTED, State.NOT_STARTED]
    for do, state in zip(does, (State.IN_PROGRESS, State.FINISHED), strict=True):
        do(learner, first)
        assert states_of(learner) == [state, State.NOT_STARTED]
    assert states_of(learner, now=NOW + timedelta(days=400)) == [State.FINISHED, State.NOT_STARTED]


def test_module_without_quiz_is_finished_by_reading(learner):
    assert progress_of(learner, now=NOW).modules == []
    course = make_course(modules=0)
    progress = progress_of(learner, now=NOW)
    assert (progress.finished, progress.next_step, progress.total) == (False, None, 0)
    finish_lessons(learner, make_module(course, 1, quiz=False))
    assert progress_of(learner, now=NOW).finished


def test_lesson_leads_to_next_lesson_and_last_lesson_to_open_step():
    (module,), learner = modules_of(make_course(modules=1, lessons=3)), make_learner()
    first, second, third = module.get_children().specific()
    outline = course_outline()[0]
    assert get_step_after(learner, second, outline) == NextStep("Lección 3", outline.lessons[2].url, "es")
    assert get_step_after(learner, third, outline).label == first.title
    in_english = replace(outline, lessons=[replace(one, language="en") for one in outline.lessons])
    assert get_step_after(learner, second, in_english).language == "en"


def test_group_has_its_own_help_rule():
    done, begun, quiet, _untouched = modules_of(make_course(modules=4))
    learner = make_learner()
    finish_module(learner, done, now=NOW - timedelta(days=99))
    finish_lessons(learner, begun, now=NOW - timedelta(days=3))
    finish_lessons(learner, quiet, now=NOW - timedelta(days=9))
    usual = progress_of(learner, now=NOW)
    assert states_of(learner) == [State.FINISHED, State.IN_PROGRESS, State.IN_PROGRESS, State.NOT_STARTED]
    assert usual.with_rule(HelpRule(quiet_days=7), now=NOW) == usual
    stricter = usual.with_rule(HelpRule(quiet_days=3), now=NOW)
    states = [module.state for module in stricter.modules]
    assert states == [State.FINISHED, State.NEEDS_HELP, State.NEEDS_HELP, State.NOT_STARTED]
    assert [module.help_reason for module in stricter.modules] == ["", *["Empezado, y 3 días sin actividad."] * 2, ""]
    assert stricter.with_rule(HelpRule(), now=NOW) == usual
    attempt_quiz(learner, begun.quiz, right=False, now=NOW)
    once = progress_of(learner, now=NOW).with_rule(HelpRule(attempts=1), now=NOW).modules[1]
    assert (once.state, once.help_reason) == (State.NEEDS_HELP, "Cuestionario enviado 1 vez, todavía sin aprobar.")


def test_lesson_is_marked_read_by_page_or_outline():
    make_course(modules=1, lessons=2)
    learner, (first, second) = make_learner(), course_outline()[0].lessons
    mark_lesson_read(learner, first, now=NOW)
    mark_lesson_read(learner, LessonPage.objects.get(translation_key=second.key), now=NOW)
    assert set(LessonRead.objects.values_list("lesson_key", flat=True)) == {first.key, second.key}


def test_empty_module_is_never_finished():
    make_course(modules=1, lessons=0, quiz=False)
    progress = progress_of(make_learner(), now=NOW)
    assert not progress.finished
    assert progress.next_step[:2] == ("Módulo de prueba 1", "/es/m1/")
    assert progress.minutes_left == 1


def test_course_is_finished_when_every_module_is():
    make_course()
    learner = make_learner()
    finish_course(learner)
    progress = progress_of(learner, now=NOW)
    assert (progress.finished, progress.done_count, progress.total) == (True, 2, 2)
    assert (progress.next_step, progress.minutes_left) == (None, 0)


def test_next_step_is_first_unread_lesson_then_quiz_then_next_module(learner, modules):
    first, second = modules
    one, two = (page.specific for page in first.get_children())

    read(learner, two)
    assert progress_of(learner, now=NOW).next_step[:2] == ("Lección 1", "/es/m1/1/")
    read(learner, one)
    assert progress_of(learner, now=NOW).next_step[:2] == ("Cuestionario m1", "/es/cuestionario/m1/")
    attempt_quiz(learner, first.quiz)
    assert progress_of(learner, now=NOW).next_step.url == "/es/m2/"
    finish_module(learner, second)
    assert progress_of(learner, now=NOW).next_step is None


def test_minutes_left_count_unread_lessons_and_half_a_minute_per_question():
    (first,) = modules_of(make_course(modules=1, questions=9))
    learner = make_learner()
    assert progress_of(learner, now=NOW).minutes_left == 2 + 2 + 5
    read(learner, first.get_children().first())
    assert progress_of(learner, now=NOW).minutes_left == 2 + 5
    finish_lessons(learner, first)
    assert progress_of(learner, now=NOW).minutes_left == 5
    pass_quiz(learner, first.quiz)
    assert progress_of(learner, now=NOW).minutes_left == 0


def test_draft_question_takes_no_minutes():
    make_course(modules=1, lessons=0, questions=10)
    learner = make_learner()
    assert progress_of(learner, now=NOW).minutes_left == 5
    Question.objects.update(live=False)
    StructureStamp.renew()
    assert progress_of(learner, now=NOW).minutes_left == 1


def step_of(learner):
    step = progress_of(learner, now=NOW).next_step
    return step and step.url


def begin_quiz(learner, quiz):
    return start_attempt(learner, quiz, language="es", now=NOW, chance=random.Random(1))


def test_later_lesson_is_required_of_new_learners_only():
    first, _second = modules_of(make_course())
    learner, newcomer = make_learner(), make_learner(code="NEW234")
    finish_course(learner)
    make_lesson(first, 3)
    assert step_of(learner) is None
    finish_lessons(newcomer, first)
    assert len(progress_of(newcomer, now=NOW).modules[0].lessons_read) == 3
    assert len(progress_of(learner, now=NOW).modules[0].outline.lessons) == 2


STEPS = {
    "an attempt under way comes first in its module": (
        lambda who, m1, m2: begin_quiz(who, m1.quiz),
        "/cuestionario/m1/seguir/",
    ),
    "an attempt waits for the modules before it": (lambda who, m1, m2: begin_quiz(who, m2.quiz), "/m1/"),
    "another attempt at what is passed is no step": (
        lambda who, m1, m2: (finish_module(who, m1), begin_quiz(who, m1.quiz)),
        "/m2/",
    ),
    "an attempt at what was withdrawn is no step": (
        lambda who, m1, m2: (begin_quiz(who, m1.quiz), m1.quiz.unpublish()),
        "/m1/1/",
    ),
    "who jumped ahead goes on with what was left out": (
        lambda who, m1, m2: (finish_module(who, m2), read(who, m1.get_children().first())),
        "/m1/2/",
    ),
    "a quiz failed twice": (
        lambda who, m1, m2: (finish_lessons(who, m1), *(attempt_quiz(who, m1.quiz, right=False) for _try in range(2))),
        "/cuestionario/m1/",
    ),
    "a module that is withdrawn is no step": (lambda who, m1, m2: m1.unpublish(), "/m2/1/"),
    "and comes back": (lambda who, m1, m2: (m1.unpublish(), m1.save_revision().publish()), "/m1/1/"),
    "what has nothing to do yet holds nobody up": (
        lambda who, m1, m2: (finish_lessons(who, m1), m1.quiz.unpublish()),
        "/m2/",
    ),
    "until nothing else is left": (
        lambda who, m1, m2: (finish_lessons(who, m1), m1.quiz.unpublish(), finish_module(who, m2)),
        "/m1/",
    ),
}


@pytest.mark.parametrize(("happens", "step"), STEPS.values(), ids=STEPS)
def test_next_step_after(learner, modules, happens, step):
    happens(learner, *modules)
    assert step_of(learner) == f"/es{step}"


def test_continuing_a_quiz_opens_first_unanswered_question(learner, learner_client, modules):
    first, _second = modules
    address = "/es/cuestionario/m1/seguir/"
    assert learner_client.get(address).url == "/es/cuestionario/m1/"
    attempt = begin_quiz(learner, first.quiz)
    assert learner_client.get(address).url == f"/es/cuestionario/intento/{attempt.pk}/1/"
    item = attempt.snapshot["questions"][0]
    choice = Question.objects.get(translation_key=item["key"]).choices.first()
    save_answer(attempt, item["key"], str(choice.translation_key), client="test", number=1, given_at=NOW, now=NOW)
    assert learner_client.get(address).url == f"/es/cuestionario/intento/{attempt.pk}/2/"


def test_two_failed_attempts_need_help_until_third_passes(learner, modules):
    first, _second = modules
    attempt_quiz(learner, first.quiz, right=False)
    assert states_of(learner)[0] is State.IN_PROGRESS
    attempt_quiz(learner, first.quiz, right=False)
    module = progress_of(learner, now=NOW).modules[0]
    assert (module.state, module.help_reason) == (
        State.NEEDS_HELP,
        "Cuestionario enviado 2 veces, todavía sin aprobar.",
    )
    attempt_quiz(learner, first.quiz)
    module = progress_of(learner, now=NOW).modules[0]
    assert (module.state, module.help_reason) == (State.IN_PROGRESS, "")


@pytest.mark.parametrize(
    ("days", "state", "reason"),
    [
        (13, State.IN_PROGRESS, ""),
        (14, State.NEEDS_HELP, "Empezado, y 14 días sin actividad."),
        (40, State.NEEDS_HELP, "Empezado, y 40 días sin actividad."),
    ],
)
def test_fourteen_days_without_activity_need_help(learner, modules, days, state, reason):
    first, _second = modules
    read(learner, first.get_children().first(), days_ago=days)
    module, untouched = progress_of(learner, now=NOW).modules
    assert (module.state, module.help_reason) == (state, reason)
    assert untouched.state is State.NOT_STARTED


def test_second_reading_stores_nothing(learner, modules):
    first, _second = modules
    lesson = first.get_children().first().specific
    mark_lesson_read(learner, lesson, now=NOW)
    mark_lesson_read(learner, lesson, now=NOW + timedelta(days=3))
    assert [fact.read_at for fact in LessonRead.objects.all()] == [NOW]


def test_unpublished_lesson_does_not_count():
    (module,) = modules_of(make_course(modules=1))
    added = make_lesson(module, 3)
    learner = make_learner()
    pass_quiz(learner, module.quiz)
    for lesson in module.get_children().specific()[:2]:
        mark_lesson_read(learner, lesson, now=NOW)
    assert not progress_of(learner, now=NOW).finished
    added.unpublish()
    assert progress_of(learner, now=NOW).finished


@pytest.mark.nightly
def test_progress_of_300_learners_takes_as_many_queries_as_of_3():
    (module,) = modules_of(make_course(modules=1, lessons=1, questions=1))
    people = [make_learner(f"PER{number}") for number in range(300)]
    for person in people[::2]:
        finish_module(person, module)
    course_outline()
    counts = []
    for some in (people[:3], people):
        with CaptureQueriesContext(connection) as queries:
            assert len(progress_by_learner(some, now=NOW)) == len(some)
        counts.append(len(queries))
    assert counts[0] == counts[1]


PENDING, NOT_YET = "Pendiente de calificar", "Por repasar"


@pytest.fixture
def module(learner):
    learner.cohorts.get().trainers.add(make_trainer())
    make_course(modules=2, lessons=1, quiz=False)
    module = ModulePage.objects.get(number=1)
    module.quiz = make_quiz("casos", [make_question("C-1", kind="open", choices=[])])
    module.save_revision().publish()
    return module


def write(learner, quiz, *, now=NOW):
    attempt = start_attempt(learner, quiz, language="es", now=now, chance=random.Random(1))
    key = attempt.snapshot["questions"][0]["key"]
    save_answer(attempt, key, "La saludo.", client="phone", number=1, given_at=now, now=now)
    return submit_attempt(attempt, now=now)


def grade(attempt, fraction):
    key, given = attempt.snapshot["questions"][0]["key"], {"comment": "", "reason": "", "now": NOW}
    grade_manually(attempt, key, fraction=fraction, seen=0, by=make_trainer(f"marca{attempt.pk}"), **given)


def first_module_of(learner, now=NOW):
    return progress_of(learner, now=now).modules[0]


def test_module_with_pending_quiz_is_pending_and_never_needs_help(learner, module):
    write(learner, module.quiz)
    assert first_module_of(learner).state is State.IN_PROGRESS
    assert first_module_of(learner).available_step.url == "/es/m1/1/"
    finish_lessons(learner, module)
    later = NOW + timedelta(days=60)
    assert (first_module_of(learner, later).state, first_module_of(learner, later).help_reason) == (State.PENDING, "")


@pytest.mark.parametrize(("fraction", "state"), [(1, State.FINISHED), (0, State.IN_PROGRESS)])
def test_manual_grade_decides_state(learner, module, fraction, state):
    finish_lessons(learner, module)
    grade(write(learner, module.quiz), fraction)
    assert first_module_of(learner).state is state


def test_pending_attempts_do_not_count_as_failed(learner, module):
    finish_lessons(learner, module)
    first, second = (write(learner, module.quiz, now=NOW + timedelta(hours=n)) for n in (0, 1))
    grade(first, 0)
    assert first_module_of(learner).state is State.PENDING
    grade(second, 0)
    assert first_module_of(learner).help_reason == "Cuestionario enviado 2 veces, todavía sin aprobar."


def test_pending_second_attempt_changes_nothing_where_first_counts(learner, module):
    module.quiz.counting_attempt = CountingAttempt.FIRST
    module.quiz.save()
    take_along(edition_in_force(get_course_structure()), now=NOW)
    finish_lessons(learner, module)
    first, _second = (write(learner, module.quiz, now=NOW + timedelta(hours=n)) for n in (0, 1))
    grade(first, 0)
    assert (first_module_of(learner).state, first_module_of(learner).quiz.failed) == (State.IN_PROGRESS, 1)


def test_learner_continues_with_next_module_while_quiz_is_pending(learner, module):
    finish_lessons(learner, module)
    write(learner, module.quiz)
    progress = progress_of(learner, now=NOW)
    assert progress.next_step.url == "/es/m2/"
    assert progress.modules[0].minutes_left == 1
    finish_lessons(learner, ModulePage.objects.get(number=2))
    assert progress_of(learner, now=NOW).next_step.url == "/es/m1/"


def test_pending_quiz_delays_certificate(learner_client, learner, module):
    finish_lessons(learner, module)
    finish_lessons(learner, ModulePage.objects.get(number=2))
    attempt = write(learner, module.quiz)
    assert not is_eligible(learner)
    assert [(part.lessons, part.quiz, part.pending) for part in missing_items(progress_of(learner))] == [
        ([], True, True)
    ]
    page = learner_client.get(reverse("my_certificate")).text
    assert PENDING in page
    assert "Aprobar:" not in page
    grade(attempt, 1)
    assert is_eligible(learner)


@pytest.mark.parametrize("where", ["/es/", "/es/m1/", "/es/cuestionario/casos/", "result"])
def test_learner_pages_show_pending(learner_client, learner, module, where):
    finish_lessons(learner, module)
    attempt = write(learner, module.quiz)
    page = learner_client.get(reverse("attempt_result", args=[attempt.pk]) if where == "result" else where).text
    assert PENDING in page
    assert NOT_YET not in page


def test_trainer_pages_and_csv_show_pending(client, learner, module):
    finish_lessons(learner, module)
    finish_lessons(learner, ModulePage.objects.get(number=2))
    cohort = learner.cohorts.get()
    client.force_login(cohort.trainers.get())
    grid = reverse("desk_cohort", args=[cohort.pk])
    assert PENDING not in client.get(grid).text
    write(learner, module.quiz)
    for page in (grid, f"{grid}?estado=pending", reverse("desk_person", args=[cohort.pk, learner.pk])):
        shown = client.get(page).text
        assert PENDING in shown
        assert learner.surnames_first in shown
        assert NOT_YET not in shown
    file = client.get(reverse("desk_cohort_csv", args=[cohort.pk])).content.decode("utf-8-sig")
    _headings, row = csv.reader(io.StringIO(file))
    assert row[5:10] == [PENDING, "1", "2", PENDING, "Finalizado"]
