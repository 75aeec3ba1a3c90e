"""A quiz that waits for a marker is neither passed nor failed, on every screen that says how far a person is."""

import csv
import io
import random
from datetime import timedelta

import pytest
from django.urls import reverse

from certificates.issuing.eligibility import is_eligible, missing_in
from modules.models import ModulePage
from modules.progress.deriving import progress_of
from modules.progress.editions import edition_in_force
from modules.progress.following import take_along
from modules.progress.states import State
from modules.progress.structure import course_structure
from quizzes.attempts.marking import mark_answer
from quizzes.attempts.taking import save_answer, start_attempt, submit_attempt
from quizzes.models import CountingAttempt
from tests.factories import (
    NOW,
    finish_lessons,
    make_cohort,
    make_course,
    make_learner,
    make_question,
    make_quiz,
    make_trainer,
)

pytestmark = pytest.mark.django_db
PENDING, NOT_YET = "Pendiente de calificar", "Por repasar"


@pytest.fixture
def module():
    make_course(modules=2, lessons=1, quiz=False)
    module = ModulePage.objects.get(number=1)
    module.quiz = make_quiz("casos", [make_question("C-1", kind="open", choices=[])])
    module.save_revision().publish()
    return module


@pytest.fixture
def learner(module):
    return make_learner(cohort=make_cohort(trainers=[make_trainer()]))


def write(learner, quiz, *, now=NOW):
    attempt = start_attempt(learner, quiz, language="es", now=now, chance=random.Random(1))
    key = attempt.paper["questions"][0]["key"]
    save_answer(attempt, key, "La saludo.", client="phone", number=1, given_at=now, now=now)
    return submit_attempt(attempt, now=now)


def mark(attempt, fraction):
    key, given = attempt.paper["questions"][0]["key"], {"comment": "", "reason": "", "now": NOW}
    mark_answer(attempt, key, fraction=fraction, seen=0, by=make_trainer(f"marca{attempt.pk}"), **given)


def standing(learner, now=NOW):
    return progress_of(learner, now=now).modules[0]


def test_a_module_whose_quiz_only_waits_for_its_mark_says_so_and_never_needs_help(learner, module):
    write(learner, module.quiz)
    assert standing(learner).state is State.IN_PROGRESS
    assert standing(learner).step_to_take.url == "/es/m1/1/"
    finish_lessons(learner, module)
    later = NOW + timedelta(days=60)
    assert (standing(learner, later).state, standing(learner, later).help_reason) == (State.PENDING, "")


@pytest.mark.parametrize(("fraction", "state"), [(1, State.FINISHED), (0, State.IN_PROGRESS)])
def test_the_mark_decides(learner, module, fraction, state):
    finish_lessons(learner, module)
    mark(write(learner, module.quiz), fraction)
    assert standing(learner).state is state


def test_attempts_that_wait_are_not_counted_as_tries_that_failed(learner, module):
    finish_lessons(learner, module)
    first, second = (write(learner, module.quiz, now=NOW + timedelta(hours=n)) for n in (0, 1))
    mark(first, 0)
    assert standing(learner).state is State.PENDING
    mark(second, 0)
    assert standing(learner).help_reason == "Cuestionario enviado 2 veces, todavía sin aprobar."


def test_where_the_first_counts_a_second_that_waits_changes_nothing(learner, module):
    module.quiz.counting_attempt = CountingAttempt.FIRST
    module.quiz.save()
    take_along(edition_in_force(course_structure()), now=NOW)
    finish_lessons(learner, module)
    first, _second = (write(learner, module.quiz, now=NOW + timedelta(hours=n)) for n in (0, 1))
    mark(first, 0)
    assert (standing(learner).state, standing(learner).quiz.failed) == (State.IN_PROGRESS, 1)


def test_the_person_goes_on_with_the_next_module_meanwhile(learner, module):
    finish_lessons(learner, module)
    write(learner, module.quiz)
    progress = progress_of(learner, now=NOW)
    assert progress.next_step.url == "/es/m2/"
    assert progress.modules[0].minutes_left == 1
    finish_lessons(learner, ModulePage.objects.get(number=2))
    assert progress_of(learner, now=NOW).next_step.url == "/es/m1/"


def test_no_certificate_yet_and_nothing_to_do_about_it(client, learner, module):
    finish_lessons(learner, module)
    finish_lessons(learner, ModulePage.objects.get(number=2))
    attempt = write(learner, module.quiz)
    assert not is_eligible(learner)
    assert [(part.lessons, part.quiz, part.pending) for part in missing_in(progress_of(learner))] == [([], True, True)]
    client.force_login(learner)
    page = client.get(reverse("my_certificate")).content.decode()
    assert PENDING in page
    assert "Aprobar:" not in page
    mark(attempt, 1)
    assert is_eligible(learner)


@pytest.mark.parametrize("where", ["/es/", "/es/m1/", "/es/cuestionario/casos/", "result"])
def test_the_learners_screens_say_it(client, learner, module, where):
    finish_lessons(learner, module)
    attempt = write(learner, module.quiz)
    client.force_login(learner)
    page = client.get(reverse("attempt_result", args=[attempt.pk]) if where == "result" else where).content.decode()
    assert PENDING in page
    assert NOT_YET not in page


def test_the_trainers_screens_and_files_say_it(client, learner, module):
    finish_lessons(learner, module)
    finish_lessons(learner, ModulePage.objects.get(number=2))
    cohort = learner.cohorts.get()
    client.force_login(cohort.trainers.get())
    grid = reverse("desk_cohort", args=[cohort.pk])
    assert PENDING not in client.get(grid).content.decode()
    write(learner, module.quiz)
    for page in (grid, f"{grid}?estado=pending", reverse("desk_person", args=[cohort.pk, learner.pk])):
        shown = client.get(page).content.decode()
        assert PENDING in shown
        assert learner.surnames_first in shown
        assert NOT_YET not in shown
    file = client.get(reverse("desk_cohort_csv", args=[cohort.pk])).content.decode("utf-8-sig")
    _headings, row = csv.reader(io.StringIO(file))
    assert row[5:10] == [PENDING, "1", "2", PENDING, "Finalizado"]
