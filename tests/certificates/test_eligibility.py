"""Eligible is who finished the course; before, it is said what is missing, by name."""

import pytest

from certificates.batches.candidates import candidates_among
from certificates.issuing.eligibility import NotEligible, finished_training, is_eligible, missing_in
from certificates.models import Certificate
from modules.models import ModulePage, TrainingRecord
from modules.progress.deriving import progress_of
from modules.progress.records import annul_what_fails
from modules.progress.structure import course_structure
from tests.factories import (
    NOW,
    finish_lessons,
    finish_module,
    is_unfinished,
    make_learner,
    make_trainer,
    pass_quiz,
)

from .factories import issue, make_graduate, make_small_course

pytestmark = pytest.mark.django_db


def told(learner):
    missing = missing_in(progress_of(learner))
    return [(part.module.title, [lesson.title for lesson in part.lessons], part.quiz) for part in missing]


def test_what_is_missing_is_said_by_module_lesson_and_quiz():
    make_small_course(modules=3, lessons=2)
    first, second, _third = ModulePage.objects.order_by("number")
    ana = make_learner()
    finish_module(ana, first)
    finish_lessons(ana, second)
    assert told(ana) == [
        ("Módulo de prueba 2", [], True),
        ("Módulo de prueba 3", ["Lección 1", "Lección 2"], True),
    ]
    assert not is_eligible(ana)
    with pytest.raises(NotEligible):
        finished_training(ana, now=NOW)


def test_quizzes_alone_are_not_enough():
    make_small_course()
    ana = make_learner()
    pass_quiz(ana, ModulePage.objects.get().quiz)
    assert told(ana) == [("Módulo de prueba 1", ["Lección 1"], False)]
    assert not is_eligible(ana)


def test_whoever_finished_is_eligible():
    make_small_course(modules=2)
    ana = make_graduate()
    assert is_eligible(ana)
    assert missing_in(progress_of(ana)) == []
    assert finished_training(ana, now=NOW).record_key == TrainingRecord.objects.get(module_key=None).key


def test_without_modules_nobody_is_eligible():
    make_small_course(modules=0)
    assert not is_eligible(make_learner())


@pytest.mark.postgres
@pytest.mark.parametrize(("people", "modules"), [(1, 1), (3, 2)])
def test_who_may_have_one_of_many_is_found_in_constant_queries(people, modules, django_assert_num_queries):
    make_small_course(modules=modules)
    graduates = [make_graduate(f"P{n}") for n in range(people)]
    beginner = make_learner("Q1")
    course_structure()
    with django_assert_num_queries(10):
        found = candidates_among([beginner, *graduates], now=NOW)
    assert [one.learner for one in found if one.may_be_issued] == graduates


def test_no_certificate_rests_on_a_record_that_was_annulled():
    make_small_course()
    ana, trainer = make_graduate(), make_trainer()
    ana.lessons_read.all().delete()
    annul_what_fails(ana, why="Firmó otra persona.", by=trainer, now=NOW, falls=is_unfinished)
    for by in (ana, trainer):
        with pytest.raises(NotEligible):
            issue(ana, by=by)
    assert not Certificate.objects.exists()
