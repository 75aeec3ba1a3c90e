import random
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from course.models import Enrolment
from modules.models import Edition, LessonPage, ModulePage, Registration, TrainingRecord
from modules.progress.deriving import progress_of
from modules.progress.differences import difference_between, titles_of_today
from modules.progress.editions import edition_in_force
from modules.progress.events import mark_lesson_read
from modules.progress.following import changing_much, follow_course, take_along
from modules.progress.outline import get_course_structure
from modules.progress.states import State
from modules.progress.training_record import record_finished
from quizzes.attempts.taking import start_attempt
from quizzes.models import CountingAttempt, QuizDraw
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
    make_module,
    make_quiz,
    pass_quiz,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course(modules=2, lessons=2, questions=1)


def modules():
    return list(ModulePage.objects.live().order_by("path"))


def in_force():
    return edition_in_force(get_course_structure())


def asked(learner):
    outlines = [module.outline for module in progress_of(learner, now=NOW).modules]
    return [(outline.number, len(outline.lessons), bool(outline.quiz_key)) for outline in outlines]


def taken(learner):
    return Registration.objects.current().get(learner=learner).edition.number


def test_a_course_that_nobody_has_begun_has_one_edition(course):
    make_module(course, 3)
    make_lesson(modules()[0], 3)
    edition = Edition.objects.get()
    assert (edition.number, str(edition)) == (1, "Edición 1")
    assert [(module["number"], len(module["lessons"])) for module in edition.contents] == [(1, 3), (2, 2), (3, 2)]
    assert {module["pass_mark"] for module in edition.contents} == {80}


def test_a_new_module_is_asked_of_who_begins_and_of_nobody_else(course):
    finished, middle, enrolled = make_learner("FIN234"), make_learner("MID234"), make_learner("ENR234")
    make_cohort(learners=[enrolled])
    Enrolment.objects.update(enrolled_at=timezone.now())
    finish_course(finished)
    finish_lessons(middle, modules()[0])
    make_module(course, 3)
    newcomer = make_learner("NEW234")
    assert [taken(one) for one in (finished, middle, enrolled)] == [1, 1, 1]
    assert not Registration.objects.filter(learner=newcomer).exists()
    assert [len(asked(one)) for one in (finished, middle, enrolled, newcomer)] == [2, 2, 2, 3]
    assert progress_of(finished, now=NOW).finished
    finish_course(middle)
    finish_course(newcomer)
    assert [taken(middle), taken(newcomer)] == [1, 2]
    records = TrainingRecord.objects.of_the_course().order_by("pk")
    assert list(records.values_list("learner__username", "edition__number")) == [
        ("FIN234", 1),
        ("MID234", 1),
        ("NEW234", 2),
    ]


def test_those_in_the_middle_are_taken_along_when_somebody_says_so_and_the_finished_never(course):
    finished, middle, done = make_learner("FIN234"), make_learner("MID234"), make_learner("DON234")
    finish_course(finished)
    for module in modules():
        finish_lessons(done, module)
        pass_quiz(done, module.quiz)
    # What is finished without being on record yet is finished all the same.
    TrainingRecord.objects.filter(learner=done).delete()
    finish_module(middle, modules()[0])
    make_module(course, 3)
    assert take_along(in_force(), now=NOW) == 1
    assert [taken(one) for one in (finished, done, middle)] == [1, 1, 2]
    assert [len(asked(one)) for one in (finished, done, middle)] == [2, 2, 3]
    first = progress_of(middle, now=NOW).modules[0]
    assert (first.state, first.recorded_at) == (State.FINISHED, NOW)
    assert take_along(in_force(), now=NOW) == 0


def test_words_order_and_a_draft_make_no_edition(course):
    finish_course(make_learner())
    first, second = modules()
    first.title, first.summary = "Otro título", "Otra frase"
    first.save_revision().publish()
    second.refresh_from_db()
    second.move(first, pos="left")
    lesson = LessonPage.objects.first()
    lesson.title = "Otra lección"
    lesson.save_revision()
    course.refresh_from_db()
    course.add_child(instance=ModulePage(title="Borrador", slug="m9", number=9, live=False))
    assert Edition.objects.count() == 1


def test_what_is_not_published_any_more_is_asked_of_nobody_and_counts_for_who_did_it(course):
    did, middle = make_learner("DID234"), make_learner("MID234")
    first, second = modules()
    finish_module(did, second)
    finish_module(middle, first)
    second.unpublish()
    assert [asked(one) for one in (did, middle)] == [[(1, 2, True)]] * 2
    assert progress_of(middle, now=NOW).finished
    assert not progress_of(did, now=NOW).finished
    finish_module(did, first)
    assert TrainingRecord.objects.valid().filter(learner=did).count() == 3
    assert progress_of(did, now=NOW).recorded_modules == {first.translation_key, second.translation_key}


def test_a_lesson_that_moves_or_goes_leaves_what_was_read(course):
    ana = make_learner()
    first, second = modules()
    moving, going = first.get_children().specific()
    mark_lesson_read(ana, moving, now=NOW)
    moving.slug = "9"
    moving.save_revision().publish()
    moving.move(second, pos="last-child")
    going = LessonPage.objects.get(pk=going.pk)
    assert asked(ana) == [(1, 2, True), (2, 2, True)]
    assert progress_of(ana, now=NOW).modules[0].lessons_read == {moving.translation_key}
    going.delete()
    assert asked(ana) == [(1, 1, True), (2, 2, True)]
    assert asked(make_learner("NEW234")) == [(1, 0, True), (2, 3, True)]


def test_where_all_of_an_edition_is_gone_what_is_published_is_asked(course):
    ana = make_learner()
    finish_module(ana, modules()[0])
    for module in modules():
        Page.objects.get(pk=module.pk).specific.unpublish()
    course.refresh_from_db()
    make_module(course, 7)
    assert asked(ana) == [(7, 2, True)]
    assert not progress_of(ana, now=NOW).finished


def test_a_quiz_passed_before_another_took_its_place_has_been_passed(course):
    passed, failed = make_learner("PAS234"), make_learner("FAI234")
    module = modules()[0]
    former = module.quiz
    pass_quiz(passed, former)
    attempt_quiz(failed, former, right=False)
    module.quiz = make_quiz("otro", questions=1)
    module.save_revision().publish()
    assert progress_of(passed, now=NOW).modules[0].quiz_passed
    assert not progress_of(failed, now=NOW).modules[0].quiz_passed
    pass_quiz(failed, modules()[0].quiz)
    assert progress_of(failed, now=NOW).modules[0].quiz_passed
    module = modules()[0]
    module.quiz = None
    module.save_revision().publish()
    assert asked(failed)[0] == (1, 2, False)


def test_the_pass_rule_is_that_of_the_edition_that_one_takes(course):
    ana, newcomer = make_learner(), make_learner("NEW234")
    quiz = modules()[0].quiz
    mark_lesson_read(ana, LessonPage.objects.first(), now=NOW)
    quiz.pass_mark, quiz.counting_attempt = 95, CountingAttempt.LAST
    quiz.save()

    def rule(learner):
        attempt = start_attempt(learner, quiz, language="es", now=NOW, chance=random.Random(1))
        return attempt.snapshot["pass_mark"], attempt.counting_attempt, attempt.snapshot["rules"]["counting_attempt"]

    assert rule(ana) == (80, "best", "best")
    assert rule(newcomer) == (95, "last", "last")
    assert [edition.contents[0]["pass_mark"] for edition in Edition.objects.all()] == [80, 95]


def test_a_quiz_that_asks_by_job_from_now_on_makes_an_edition_that_says_so(course):
    ana, bea = make_learner(), make_learner("BEA234")
    finish_module(ana, modules()[0])
    quiz = modules()[0].quiz
    quiz.draws = by_job(quiz)
    quiz.save()
    followed = follow_course(now=NOW)
    assert (followed.before.number, followed.edition.number, followed.edition.contents[0]["pools"]) == (
        1,
        2,
        [["core", 6], ["own", 4]],
    )
    assert [taken(ana), progress_of(ana, now=NOW).modules[0].quiz_passed] == [1, True]
    mark_lesson_read(bea, LessonPage.objects.first(), now=NOW)

    def told(before, after):
        return difference_between(before.contents, after.contents, titles_of_today()).changed

    (said,) = told(followed.before, followed.edition)
    assert said.startswith("Módulo 1, «")
    assert said.endswith(
        f"el cuestionario «{quiz.title}» hace 6 preguntas para todo el personal y 4 del puesto de cada quien"
    )
    for pools, words in (
        ([["core", 6]], "hace 6 de las preguntas para todo el personal"),
        ([["own", 4]], "hace 4 preguntas del puesto de cada quien"),
        ([], "ya no pregunta según el puesto"),
    ):
        after = Edition(contents=[followed.edition.contents[0] | {"pools": pools}, followed.edition.contents[1]])
        assert told(followed.edition, after)[0].endswith(words)


def by_job(quiz):
    return [QuizDraw(locale=quiz.locale, pool=pool, count=count) for pool, count in (("core", 6), ("own", 4))]


def test_much_that_is_changed_together_makes_one_edition(course):
    finish_module(make_learner(), modules()[0])
    with changing_much() as waiting:
        course.refresh_from_db()
        make_module(course, 3)
        make_module(course, 4)
        assert Edition.objects.count() == 1
    assert (waiting.followed.before.number, waiting.followed.edition.number) == (1, 2)
    assert len(in_force().contents) == 4
    with changing_much() as waiting:
        modules()[0].save_revision().publish()
    assert waiting.followed is None
    assert follow_course(now=NOW) is None


def test_a_record_is_written_once_and_dated_with_the_last_fact(course):
    ana = make_learner()
    finish_module(ana, modules()[0], now=NOW - timedelta(days=9))
    finish_module(ana, modules()[1], now=NOW - timedelta(days=2))
    rows = TrainingRecord.objects.order_by("finished_at", "pk")
    assert [(row.module_key, NOW - row.finished_at) for row in rows] == [
        (modules()[0].translation_key, timedelta(days=9)),
        (modules()[1].translation_key, timedelta(days=2)),
        (None, timedelta(days=2)),
    ]
    before = list(rows.values())
    pass_quiz(ana, modules()[0].quiz, now=NOW)
    assert record_finished([ana], now=NOW) == 0
    assert list(rows.values()) == before
