"""Who began the course is written down once, with the post and the places of then, and goes with nobody's account."""

from datetime import timedelta

import pytest

from course.models import Area, Attendance, Session
from course.people.leaving import archive_person, delete_person
from course.people.merging import merge_accounts
from course.worker.recording import record_missing
from modules.models import Beginning, ModulePage
from modules.progress.anew import begin_anew, counts_from
from modules.progress.beginnings import record_beginnings
from tests.factories import (
    NOW,
    attempt_quiz,
    enrol,
    finish_course,
    finish_lessons,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_question,
    make_quiz,
    make_trainer,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def group():
    make_course(modules=1, lessons=2, questions=1)
    return make_cohort("Mañana", trainers=[make_trainer()])


def first_module():
    return ModulePage.objects.get()


def test_the_first_thing_done_is_the_beginning_with_post_and_places_of_then(group):
    ana = make_learner(role="apoyo", job_title="Guardián I", clinic=make_clinic("Ayampuc"), cohort=group)
    make_learner("EVA222", cohort=group)
    attempt_quiz(ana, first_module().quiz, right=False, now=NOW - 3 * DAY)
    finish_lessons(ana, first_module(), now=NOW)
    assert (record_beginnings(now=NOW), record_beginnings(now=NOW)) == (1, 0)
    ana.role, ana.clinic = "jefatura", make_clinic("Otro")
    ana.save()
    assert record_beginnings(now=NOW) == 0
    beginning = Beginning.objects.get()
    told = (beginning.learner, beginning.role, beginning.job_title, beginning.clinic, beginning.cohort)
    assert told == (ana, "apoyo", "Guardián I", "Ayampuc", "Mañana")
    assert (beginning.began_at, beginning.counts_from) == (NOW - 3 * DAY, None)


def test_a_quiz_that_is_no_part_of_the_course_begins_nothing(group):
    ana = make_learner(cohort=group)
    attempt_quiz(ana, make_quiz("practica", [make_question("P-Q1")]), right=False, now=NOW - DAY)
    assert record_beginnings(now=NOW) == 0
    attempt_quiz(ana, first_module().quiz, right=False, now=NOW)
    assert record_beginnings(now=NOW) == 1
    assert Beginning.objects.get().began_at == NOW


def test_what_is_written_down_long_after_is_of_the_day_on_which_it_was(group):
    """Who is in the archive or elsewhere by now began where it was."""
    later, trainer = NOW + 90 * DAY, group.trainers.get()
    group.clinic = make_clinic("Ayampuc", area=Area.objects.create(name="Norte"))
    group.save()
    ana = make_learner(role="apoyo", clinic=group.clinic, cohort=group)
    finish_course(ana, now=NOW)
    Beginning.objects.all().delete()
    eva, luz, sol = (make_learner(f"EVA22{number}", role="apoyo", cohort=group) for number in (2, 3, 4))
    for one in (eva, luz, sol):
        attempt_quiz(one, first_module().quiz, right=False, now=NOW)
    group.enrolments.exclude(learner=sol).update(enrolled_at=NOW - DAY)
    group.enrolments.filter(learner=sol).update(enrolled_at=later - DAY)
    for one in (ana, eva):
        archive_person(one, group, by=trainer, now=later - DAY)
    elsewhere = make_cohort("Tarde", clinic=make_clinic("Mixco"), trainers=[trainer])
    for one in (ana, luz):
        one.role, one.clinic = "jefatura", elsewhere.clinic
        one.save()
    group.enrolments.filter(learner=luz).update(left_at=later - DAY)
    enrol(luz, elsewhere)
    elsewhere.enrolments.update(enrolled_at=later - DAY)
    assert record_beginnings(now=later) == 4
    told = Beginning.objects.values_list("role", "clinic", "area", "cohort")
    # Of what was finished the record tells, of who was in the group the group, of anybody else today.
    assert told.get(learner=ana) == ("apoyo", "Ayampuc", "Norte", "Mañana")
    assert told.get(learner=eva) == ("apoyo", "Ayampuc", "Norte", "Mañana")
    assert told.get(learner=luz) == ("jefatura", "Ayampuc", "Norte", "Mañana")
    assert told.get(learner=sol) == ("apoyo", "", "", "Mañana")


def test_who_finishes_has_a_beginning_at_once_and_everybody_else_in_the_night(group):
    ana, eva = make_learner(cohort=group), make_learner("EVA222", cohort=group)
    finish_course(ana, now=NOW)
    finish_lessons(eva, first_module(), now=NOW)
    assert [one.learner for one in Beginning.objects.all()] == [ana]
    record_missing(now=NOW)
    assert {one.learner for one in Beginning.objects.all()} == {ana, eva}


def test_whoever_attended_a_session_has_begun_whatever_it_counts_for(group):
    ana = make_learner(cohort=group)
    module = first_module()
    session = Session.objects.create(
        cohort=group,
        made_by=group.trainers.get(),
        modules=[str(module.translation_key)],
        counts_for=[],
        held_on=(NOW - 3 * DAY).date(),
    )
    assert record_beginnings(now=NOW) == 0
    Attendance.objects.create(session=session, learner=ana, how="tapped", noted_at=NOW)
    assert record_beginnings(now=NOW) == 1
    # It is dated with the day of the session, whenever it was noted.
    assert Beginning.objects.get().began_at.date() == session.held_on


def test_whoever_begins_anew_begins_once_more_with_the_first_thing_done_since(group):
    ana = make_learner(cohort=group)
    finish_course(ana, now=NOW - 90 * DAY)
    since = (NOW - 9 * DAY).date()
    begin_anew([ana], [first_module().translation_key], since=since, name="2027", now=NOW - 9 * DAY)
    assert record_beginnings(now=NOW) == 0
    finish_lessons(ana, first_module(), now=NOW - 2 * DAY)
    assert (record_beginnings(now=NOW), record_beginnings(now=NOW)) == (1, 0)
    first, again = Beginning.objects.order_by("began_at")
    assert (first.began_at, first.counts_from) == (NOW - 90 * DAY, None)
    assert (again.began_at, again.counts_from) == (NOW - 2 * DAY, counts_from(since))


def test_of_two_accounts_of_one_person_the_earlier_beginning_stays(group):
    ana, other = make_learner(cohort=group), make_learner("ANA235", cohort=group)
    finish_lessons(ana, first_module(), now=NOW)
    finish_lessons(other, first_module(), now=NOW - 5 * DAY)
    record_beginnings(now=NOW)
    merge_accounts(ana, other, by=group.trainers.get(), cohort=group, now=NOW)
    assert [(one.learner, one.began_at) for one in Beginning.objects.all()] == [(ana, NOW - 5 * DAY)]


def test_of_a_deleted_account_the_month_stays_and_no_name(group):
    ana = make_learner(role="apoyo", job_title="Guardián I", clinic=make_clinic("Ayampuc"), cohort=group)
    finish_lessons(ana, first_module(), now=NOW)
    record_beginnings(now=NOW)
    delete_person(ana, by=group.trainers.get(), cohort=group, now=NOW)
    left = Beginning.objects.get()
    assert (left.learner, left.job_title, left.clinic, left.cohort_key, left.role) == (None, "", "", None, "")
    assert (left.began_at.month, left.began_at.day) == (11, 1)
    assert record_beginnings(now=NOW) == 0
