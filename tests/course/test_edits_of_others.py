"""What somebody achieved stays, whatever others edit afterwards, and in whatever order."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from certificates.issuing.issue import certificate_of, issue_certificate
from certificates.models import Certificate
from course.models import Enrolment, Session
from course.people.merging import merge_accounts
from course.sessions.attendance import keep_attendance
from modules.models import LessonPage, LessonRead, ModulePage, Registration, TrainingRecord
from modules.progress.anew import begin_anew
from modules.progress.deriving import progress_of
from modules.progress.facts import mark_lesson_read
from modules.progress.reckoning import reckon_attempt
from modules.progress.records import record_finished
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
    make_trainer,
    pass_quiz,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def course():
    return make_course(modules=3, lessons=2, questions=1)


def module(number):
    return ModulePage.objects.get(number=number)


def publish(page, **fields):
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def finished(learner):
    """Return the numbers of the modules that somebody finished, and whether the whole."""
    progress = progress_of(learner, now=LATER)
    return [one.outline.number for one in progress.modules if one.is_finished], progress.finished


def two_accounts():
    kept, old, trainer = make_learner(), make_learner("OLD222"), make_trainer()
    make_cohort(trainers=[trainer], learners=[kept, old])
    return kept, old, trainer


def fail_quiz(learner, quiz, now=LATER):
    reckon_attempt(attempt_quiz(learner, quiz, right=False, now=now))


def test_a_failed_quiz_ends_nothing_that_was_finished_while_less_was_asked(course):
    ana = make_learner()
    first, second = module(1).get_children().specific()
    mark_lesson_read(ana, first, now=NOW)
    second.unpublish()
    pass_quiz(ana, module(1).quiz)
    record_finished([ana], now=NOW)
    assert finished(ana) == ([1], False)
    publish(LessonPage.objects.get(pk=second.pk))
    fail_quiz(ana, module(2).quiz)
    assert finished(ana) == ([1], False)
    fail_quiz(ana, module(1).quiz)
    assert finished(ana) == ([1], False)


def test_a_failed_quiz_ends_nothing_that_rests_on_a_quiz_of_before(course):
    ana, eva = make_learner(), make_learner("EVA222")
    former = module(1).quiz
    for person in (ana, eva):
        finish_lessons(person, module(1))
        attempt_quiz(person, former, right=False)
    publish(module(1), quiz=make_quiz("otro", questions=1))
    pass_quiz(ana, module(1).quiz)
    record_finished([ana], now=NOW)
    assert finished(ana) == ([1], False)
    publish(module(1), quiz=None)
    record_finished([eva], now=NOW)
    assert finished(eva) == ([1], False)
    publish(module(1), quiz=former)
    for person in (ana, eva):
        fail_quiz(person, module(2).quiz)
        assert finished(person) == ([1], False)
        fail_quiz(person, module(1).quiz, now=LATER)
        assert finished(person) == ([1], False)


def test_what_a_session_finished_stays_whatever_the_module_says(course):
    ana, trainer = make_learner(), make_trainer()
    group = make_cohort(trainers=[trainer], learners=[ana])
    keys = [str(module(1).translation_key)]
    session = Session.objects.create(cohort=group, held_on=NOW.date(), made_by=trainer, modules=keys, counts_for=keys)
    pass_quiz(ana, module(1).quiz)
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=NOW)
    publish(module(1), attendance_counts=True)
    assert finished(ana) == ([1], False)
    publish(module(1), attendance_counts=False)
    assert finished(ana) == ([1], False)
    fail_quiz(ana, module(2).quiz)
    assert finished(ana) == ([1], False)


def test_who_only_attended_a_session_that_counts_has_begun(course):
    ana, trainer = make_learner(), make_trainer()
    group = make_cohort(trainers=[trainer], learners=[ana])
    # Enrolled before there was a course.
    Enrolment.objects.update(enrolled_at=NOW - timedelta(days=900))
    keys = [str(module(1).translation_key)]
    session = Session.objects.create(cohort=group, held_on=NOW.date(), made_by=trainer, modules=keys, counts_for=keys)
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=NOW)
    make_module(Page.objects.get(pk=course.pk).specific, 4)
    assert Registration.objects.get(learner=ana).edition.number == 1


def test_who_finished_by_what_was_taken_away_bit_by_bit_has_finished(course):
    ana = make_learner()
    first, second = module(1).get_children().specific()
    mark_lesson_read(ana, first, now=NOW)
    pass_quiz(ana, module(1).quiz)
    finish_module(ana, module(2))
    second.unpublish()
    assert finished(ana) == ([1, 2], False)
    page = module(3)
    page.unpublish()
    assert finished(ana) == ([1, 2], True)
    publish(module(3))
    publish(LessonPage.objects.get(pk=second.pk))
    assert finished(ana) == ([1, 2], True)


def test_who_had_passed_the_quiz_that_takes_the_place_of_another_has_finished(course):
    ana = make_learner()
    other = make_quiz("otro", questions=1)
    former = module(3).quiz
    for number in (1, 2):
        finish_module(ana, module(number))
    finish_lessons(ana, module(3))
    pass_quiz(ana, other)
    publish(module(3), quiz=other)
    assert finished(ana) == ([1, 2, 3], True)
    publish(module(3), quiz=former)
    assert finished(ana) == ([1, 2, 3], True)


def test_a_module_that_holds_nothing_keeps_nobody_from_finishing(course):
    before, between = make_learner(), make_learner("BET222")
    publish(module(3), quiz=None)
    for number in (1, 2):
        finish_module(before, module(number))
    # Both lessons make place for another.
    for lesson in list(module(3).get_children().specific()):
        lesson.unpublish()
    finish_module(between, module(1))
    make_lesson(module(3), 3)
    finish_module(between, module(2))
    assert finished(before) == ([1, 2], True)
    assert not finished(between)[1]
    finish_module(between, module(3))
    assert finished(between) == ([1, 2, 3], True)


def test_two_accounts_of_which_one_takes_the_course_anew(course):
    kept, old, trainer = two_accounts()
    long_ago = NOW - timedelta(days=300)
    finish_course(old, now=long_ago)
    mark_lesson_read(kept, LessonPage.objects.first(), now=long_ago)
    begin_anew([kept], [module(1).translation_key], since=timezone.localdate(NOW), name="Repaso", now=NOW)
    finish_module(kept, module(1))
    before = set(TrainingRecord.objects.standing().values_list("key", "finished_at"))
    merge_accounts(kept, old, by=trainer, cohort=None, now=LATER)
    after = set(TrainingRecord.objects.standing().values_list("key", "finished_at"))
    assert before <= after
    assert finished(kept) == ([1, 2, 3], True)


def test_two_accounts_that_failed_a_quiz_that_was_not_asked_then(course):
    kept, old, trainer = two_accounts()
    quiz = module(1).quiz
    finish_lessons(kept, module(1))
    for person in (kept, old):
        attempt_quiz(person, quiz, right=False)
    publish(module(1), quiz=None)
    publish(module(1), quiz=quiz)
    assert finished(kept) == ([1], False)
    merge_accounts(kept, old, by=trainer, cohort=None, now=LATER)
    assert finished(kept) == ([1], False)


def test_two_accounts_of_which_the_other_read_a_lesson_before(course):
    kept, old, trainer = two_accounts()
    long_ago = NOW - timedelta(days=300)
    finish_module(kept, module(2), now=long_ago)
    finish_lessons(old, module(1), now=long_ago)
    begin_anew([kept], [module(1).translation_key], since=timezone.localdate(NOW), name="Repaso", now=NOW)
    finish_module(kept, module(1))
    before = set(TrainingRecord.objects.standing().values_list("key", flat=True))
    merge_accounts(kept, old, by=trainer, cohort=None, now=LATER)
    assert before <= set(TrainingRecord.objects.standing().values_list("key", flat=True))
    assert LessonRead.objects.filter(learner=kept).count() == 6


@pytest.mark.parametrize("is_first", [True, False])
def test_two_accounts_with_certificates_of_two_editions(course, is_first):
    kept, old, trainer = two_accounts()
    first, second = (kept, old) if is_first else (old, kept)

    def issue(person, now):
        return issue_certificate(person, printed_name="Ana Lucía Coj de la Cruz", role="", clinic="", now=now)

    finish_course(first, now=NOW - timedelta(days=1))
    of_first = issue(first, NOW)
    make_module(Page.objects.get(pk=course.pk).specific, 4)
    finish_course(second)
    of_second = issue(second, NOW + timedelta(minutes=1))
    merge_accounts(kept, old, by=trainer, cohort=None, now=LATER)
    # What was finished last goes on, and its certificate alone.
    assert issue(kept, LATER) == of_second
    assert Certificate.objects.get(pk=of_first.pk).replaced_at
    begin_anew([kept], [module(1).translation_key], since=timezone.localdate(LATER), name="Repaso", now=LATER)
    finish_module(kept, module(1), now=LATER)
    anew = issue(kept, LATER)
    assert certificate_of(kept) == anew
    assert anew.edition == 2


def test_a_module_that_comes_back_without_a_lesson_may_be_finished_by_that(course):
    ana = make_learner()
    first, second = module(1).get_children().specific()
    mark_lesson_read(ana, first, now=NOW)
    pass_quiz(ana, module(1).quiz)
    module(1).unpublish()
    second.unpublish()
    publish(module(1))
    assert finished(ana) == ([1], False)
    publish(LessonPage.objects.get(pk=second.pk))
    assert finished(ana) == ([1], False)


def test_a_lesson_that_comes_into_a_module_that_held_nothing_may_finish_it(course):
    ana = make_learner()
    finish_module(ana, module(1))
    moving = module(2).get_children().specific().first()
    mark_lesson_read(make_learner("EVA222"), moving, now=NOW)
    make_module(Page.objects.get(pk=course.pk).specific, 4, lessons=0, quiz=False)
    eva = make_learner("NEW222")
    mark_lesson_read(eva, moving, now=NOW)
    moving.slug = "9"
    moving.save_revision().publish()
    moving.move(module(4), pos="last-child")
    assert finished(eva) == ([4], False)
    make_lesson(module(4), 5)
    assert finished(eva) == ([4], False)
