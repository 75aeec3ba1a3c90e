import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from modules.models import LessonPage, LessonRead, StructureStamp
from modules.progress.deriving import (
    progress_by_learner,
    progress_of,
    step_after,
)
from modules.progress.facts import mark_lesson_read
from modules.progress.help_rules import HelpRule
from modules.progress.outline import course_outline
from modules.progress.states import NextStep, State
from quizzes.attempts.taking import save_answer, start_attempt
from quizzes.identity import stable_key
from quizzes.models import Question
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_course,
    finish_lessons,
    finish_module,
    make_cohort,
    make_course,
    make_learner,
    make_lesson,
    pass_quiz,
)

from .factories import read

pytestmark = pytest.mark.django_db


def modules_of(course):
    return [page.specific for page in course.get_children()]


def states_of(learner, now=NOW):
    return [module.state for module in progress_of(learner, now=now).modules]


def test_a_module_is_finished_when_its_lessons_are_read_and_its_quiz_is_passed():
    first, _second = modules_of(make_course())
    learner = make_learner()
    assert states_of(learner) == [State.NOT_STARTED, State.NOT_STARTED]

    finish_lessons(learner, first)
    assert states_of(learner) == [State.IN_PROGRESS, State.NOT_STARTED]

    attempt_quiz(learner, first.quiz, right=True)
    assert states_of(learner) == [State.FINISHED, State.NOT_STARTED]


def test_a_lesson_leads_to_the_one_behind_it_and_the_last_to_what_is_open():
    (module,), learner = modules_of(make_course(modules=1, lessons=3)), make_learner()
    first, second, third = module.get_children().specific()
    outline = course_outline()[0]
    assert step_after(learner, second, outline) == NextStep("Lección 3", outline.lessons[2].url, "es")
    assert step_after(learner, third, outline).label == first.title
    in_english = replace(outline, lessons=[replace(one, language="en") for one in outline.lessons])
    assert step_after(learner, second, in_english).language == "en"


def test_a_group_has_its_own_rule_of_who_needs_help():
    done, begun, quiet, _untouched = modules_of(make_course(modules=4))
    learner = make_learner()
    finish_module(learner, done, now=NOW - timedelta(days=99))
    finish_lessons(learner, begun, now=NOW - timedelta(days=3))
    finish_lessons(learner, quiet, now=NOW - timedelta(days=9))
    usual = progress_of(learner, now=NOW)
    assert [module.state for module in usual.modules] == [
        State.FINISHED,
        State.IN_PROGRESS,
        State.IN_PROGRESS,
        State.NOT_STARTED,
    ]
    # Nobody is quiet in a module while they do another.
    assert usual.by_rule(HelpRule(quiet_days=7), now=NOW) == usual
    stricter = usual.by_rule(HelpRule(quiet_days=3), now=NOW)
    assert [module.state for module in stricter.modules] == [
        State.FINISHED,
        State.NEEDS_HELP,
        State.NEEDS_HELP,
        State.NOT_STARTED,
    ]
    assert [module.help_reason for module in stricter.modules] == ["", *["Empezado, y 3 días sin actividad."] * 2, ""]
    assert stricter.by_rule(HelpRule(), now=NOW) == usual
    attempt_quiz(learner, begun.quiz, right=False, now=NOW)
    once = progress_of(learner, now=NOW).by_rule(HelpRule(tries=1), now=NOW).modules[1]
    assert (once.state, once.help_reason) == (State.NEEDS_HELP, "Cuestionario enviado 1 vez, todavía sin aprobar.")


def test_a_lesson_is_read_by_its_page_or_by_its_place_in_the_outline():
    make_course(modules=1, lessons=2)
    learner, (first, second) = make_learner(), course_outline()[0].lessons
    mark_lesson_read(learner, first, now=NOW)
    mark_lesson_read(learner, LessonPage.objects.get(translation_key=second.key), now=NOW)
    assert set(LessonRead.objects.values_list("lesson_key", flat=True)) == {first.key, second.key}


def test_a_passed_quiz_alone_does_not_finish_a_module():
    first, _second = modules_of(make_course())
    learner = make_learner()
    attempt_quiz(learner, first.quiz)
    assert states_of(learner)[0] is State.IN_PROGRESS


def test_a_module_without_a_quiz_is_finished_by_reading():
    (module,) = modules_of(make_course(modules=1, quiz=False))
    learner = make_learner()
    finish_lessons(learner, module)
    assert progress_of(learner, now=NOW).finished


def test_a_module_with_nothing_to_do_is_never_finished():
    make_course(modules=1, lessons=0, quiz=False)
    learner = make_learner()
    progress = progress_of(learner, now=NOW)
    assert not progress.finished
    assert progress.next_step[:2] == ("Módulo de prueba 1", "/es/m1/")


def test_the_course_is_finished_when_every_module_is():
    make_course()
    learner = make_learner()
    finish_course(learner)
    progress = progress_of(learner, now=NOW)
    assert (progress.finished, progress.done_count, progress.total) == (True, 2, 2)
    assert (progress.next_step, progress.minutes_left) == (None, 0)


def test_a_course_without_modules_is_not_finished():
    make_course(modules=0)
    progress = progress_of(make_learner(), now=NOW)
    assert (progress.finished, progress.next_step, progress.total) == (False, None, 0)


def test_without_a_course_there_is_no_progress_and_no_error():
    assert progress_of(make_learner(), now=NOW).modules == []


def test_the_next_step_is_the_first_unread_lesson_then_the_quiz_then_the_next_module():
    first, second = modules_of(make_course())
    one, two = (page.specific for page in first.get_children())
    learner = make_learner()

    def label():
        return progress_of(learner, now=NOW).next_step.label

    read(learner, two)
    assert progress_of(learner, now=NOW).next_step[:2] == ("Lección 1", "/es/m1/1/")
    read(learner, one)
    assert progress_of(learner, now=NOW).next_step[:2] == ("Cuestionario m1", "/es/cuestionario/m1/")
    attempt_quiz(learner, first.quiz)
    assert progress_of(learner, now=NOW).next_step.url == "/es/m2/"
    finish_module(learner, second)
    assert progress_of(learner, now=NOW).next_step is None


def test_the_minutes_left_are_those_of_unread_lessons_and_half_a_minute_a_question():
    (first,) = modules_of(make_course(modules=1, questions=9))
    learner = make_learner()
    assert progress_of(learner, now=NOW).minutes_left == 2 + 2 + 5
    read(learner, first.get_children().first())
    assert progress_of(learner, now=NOW).minutes_left == 2 + 5
    finish_lessons(learner, first)
    assert progress_of(learner, now=NOW).minutes_left == 5
    pass_quiz(learner, first.quiz)
    assert progress_of(learner, now=NOW).minutes_left == 0


def test_what_is_not_finished_takes_a_minute_at_least():
    make_course(modules=2, lessons=0, quiz=False)
    progress = progress_of(make_learner(), now=NOW)
    assert [module.minutes_left for module in progress.modules] == [1, 1]


def test_a_question_in_draft_takes_no_time():
    make_course(modules=1, lessons=0, questions=10)
    learner = make_learner()
    assert progress_of(learner, now=NOW).minutes_left == 5
    Question.objects.update(live=False)
    StructureStamp.renew()
    assert progress_of(learner, now=NOW).minutes_left == 1


# *Continuar* is always right


def step_of(learner):
    step = progress_of(learner, now=NOW).next_step
    return step and step.url


def begin_quiz(learner, quiz):
    return start_attempt(learner, quiz, language="es", now=NOW, chance=random.Random(1))


def test_an_attempt_in_course_comes_first_in_its_module():
    first, _second = modules_of(make_course())
    learner = make_learner()
    begin_quiz(learner, first.quiz)
    assert progress_of(learner, now=NOW).next_step[:2] == ("Cuestionario m1", "/es/cuestionario/m1/seguir/")


def test_an_attempt_in_course_waits_for_the_modules_before_it():
    _first, second = modules_of(make_course())
    learner = make_learner()
    begin_quiz(learner, second.quiz)
    assert step_of(learner) == "/es/m1/"


def test_another_attempt_at_a_quiz_that_is_passed_is_nothing_to_go_on_with():
    first, _second = modules_of(make_course())
    learner = make_learner()
    finish_module(learner, first)
    begin_quiz(learner, first.quiz)
    assert step_of(learner) == "/es/m2/"


def test_who_jumped_ahead_goes_on_with_the_first_thing_left_out():
    first, second = modules_of(make_course())
    learner = make_learner()
    finish_module(learner, second)
    read(learner, first.get_children().first())
    assert step_of(learner) == "/es/m1/2/"


def test_a_quiz_failed_twice_is_still_the_next_step():
    first, _second = modules_of(make_course())
    learner = make_learner()
    finish_lessons(learner, first)
    for _try in range(2):
        attempt_quiz(learner, first.quiz, right=False)
    assert step_of(learner) == "/es/cuestionario/m1/"


def test_a_module_that_is_withdrawn_is_no_step_and_comes_back():
    first, _second = modules_of(make_course())
    learner = make_learner()
    first.unpublish()
    assert step_of(learner) == "/es/m2/"
    first.save_revision().publish()
    assert step_of(learner) == "/es/m1/"


def test_a_lesson_added_later_is_asked_of_who_begins_and_not_of_who_has_begun():
    first, _second = modules_of(make_course())
    learner, newcomer = make_learner(), make_learner(code="NEW234")
    finish_course(learner)
    make_lesson(first, 3)
    assert step_of(learner) is None
    finish_lessons(newcomer, first)
    assert len(progress_of(newcomer, now=NOW).modules[0].lessons_read) == 3
    assert len(progress_of(learner, now=NOW).modules[0].outline.lessons) == 2


def test_a_module_with_nothing_to_do_yet_holds_nobody_up():
    first, second = modules_of(make_course())
    learner = make_learner()
    finish_lessons(learner, first)
    first.quiz.unpublish()
    assert step_of(learner) == "/es/m2/"
    finish_module(learner, second)
    assert step_of(learner) == "/es/m1/"


def test_an_attempt_at_a_quiz_that_was_withdrawn_is_no_step():
    first, _second = modules_of(make_course())
    learner = make_learner()
    begin_quiz(learner, first.quiz)
    first.quiz.unpublish()
    assert step_of(learner) == "/es/m1/1/"


def test_going_on_lands_at_the_first_unanswered_question(client):
    first, _second = modules_of(make_course())
    learner = make_learner(cohort=make_cohort())
    client.force_login(learner)
    address = "/es/cuestionario/m1/seguir/"
    assert client.get(address).url == "/es/cuestionario/m1/"
    attempt = begin_quiz(learner, first.quiz)
    assert client.get(address).url == f"/es/cuestionario/intento/{attempt.pk}/1/"
    item = attempt.paper["questions"][0]
    choice = Question.objects.get(translation_key=item["key"]).choices.first()
    save_answer(attempt, item["key"], str(choice.translation_key), client="test", number=1, given_at=NOW, now=NOW)
    assert client.get(address).url == f"/es/cuestionario/intento/{attempt.pk}/2/"


def test_two_attempts_without_passing_need_help_and_say_so():
    first, _second = modules_of(make_course())
    learner = make_learner()
    attempt_quiz(learner, first.quiz, right=False)
    assert states_of(learner)[0] is State.IN_PROGRESS
    attempt_quiz(learner, first.quiz, right=False)
    module = progress_of(learner, now=NOW).modules[0]
    assert module.state is State.NEEDS_HELP
    assert module.help_reason == "Cuestionario enviado 2 veces, todavía sin aprobar."


def test_passing_at_the_third_try_ends_the_need_for_help():
    first, _second = modules_of(make_course())
    learner = make_learner()
    for right in (False, False, True):
        attempt_quiz(learner, first.quiz, right=right)
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
def test_a_fortnight_without_activity_needs_help(days, state, reason):
    first, _second = modules_of(make_course())
    learner = make_learner()
    read(learner, first.get_children().first(), days_ago=days)
    module, untouched = progress_of(learner, now=NOW).modules
    assert (module.state, module.help_reason) == (state, reason)
    assert untouched.state is State.NOT_STARTED


def test_a_finished_module_never_needs_help():
    make_course(modules=1)
    learner = make_learner()
    finish_course(learner)
    assert states_of(learner, now=NOW + timedelta(days=400)) == [State.FINISHED]


def test_states_have_their_words_and_styles():
    words = [(state.value, str(state.label)) for state in State]
    assert words == [
        ("todo", "No iniciado"),
        ("current", "En curso"),
        ("help", "Necesita ayuda"),
        ("pending", "Pendiente de calificar"),
        ("done", "Finalizado"),
    ]


def test_reading_twice_is_reading_once_and_the_first_time_stays():
    first, _second = modules_of(make_course())
    lesson = first.get_children().first().specific
    learner = make_learner()
    mark_lesson_read(learner, lesson, now=NOW)
    mark_lesson_read(learner, lesson, now=NOW + timedelta(days=3))
    assert [fact.read_at for fact in LessonRead.objects.all()] == [NOW]


def test_a_lesson_that_was_taken_out_does_not_count():
    (module,) = modules_of(make_course(modules=1))
    added = make_lesson(module, 3)
    learner = make_learner()
    pass_quiz(learner, module.quiz)
    for lesson in module.get_children().specific()[:2]:
        mark_lesson_read(learner, lesson, now=NOW)
    assert not progress_of(learner, now=NOW).finished
    added.unpublish()
    assert progress_of(learner, now=NOW).finished


def test_an_unpublished_module_does_not_count():
    _first, second = modules_of(make_course())
    second.unpublish()
    assert [outline.key for outline in course_outline()] == [stable_key("M1")]


def test_a_quiz_that_is_a_draft_again_finishes_nobody_and_takes_nothing_back():
    (module,) = modules_of(make_course(modules=1))
    ana, bea = make_learner("ANA234"), make_learner("BEA342")
    finish_module(ana, module)
    finish_lessons(bea, module)
    module.quiz.unpublish()
    progress = progress_by_learner([ana, bea], now=NOW)
    assert progress[ana.pk].finished
    assert not progress[bea.pk].finished
    assert progress[bea.pk].next_step[:2] == ("Módulo de prueba 1", "/es/m1/")


def test_the_outline_names_every_module_and_lesson_with_its_address():
    make_course(modules=1)
    (module,) = course_outline()
    assert (module.key, module.number, module.title, module.minutes, module.url) == (
        stable_key("M1"),
        1,
        "Módulo de prueba 1",
        15,
        "/es/m1/",
    )
    assert (module.quiz_key, module.quiz_identifier, module.quiz_url) == (
        stable_key("quiz:M1"),
        "m1",
        "/es/cuestionario/m1/",
    )
    assert [(lesson.key, lesson.number, lesson.title, lesson.minutes, lesson.url) for lesson in module.lessons] == [
        (stable_key("M1-L1"), 1, "Lección 1", 2, "/es/m1/1/"),
        (stable_key("M1-L2"), 2, "Lección 2", 2, "/es/m1/2/"),
    ]


@pytest.mark.nightly
def test_progress_of_three_hundred_people_takes_as_many_queries_as_of_three():
    (module,) = modules_of(make_course(modules=1, lessons=1, questions=1))
    people = [make_learner(f"PER{number}") for number in range(300)]
    for person in people[::2]:
        finish_module(person, module)
    course_outline()
    counts = []
    for some in (people[:3], people):
        with CaptureQueriesContext(connection) as asked:
            assert len(progress_by_learner(some, now=NOW)) == len(some)
        counts.append(len(asked))
    assert counts[0] == counts[1]
