"""Who began the course, once, with the post and the places of then; and beginning it anew."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course.cleanup import record_missing
from course.models import Area, Attendance, Session
from course.people.leaving import archive_person, delete_person
from course.people.merging import merge_accounts
from modules.models import LessonRead, ModulePage, ModuleStart, Registration, TrainingRecord
from modules.progress.deriving import has_read, progress_of
from modules.progress.events import CannotBeginAnew, begin_anew, counts_from
from modules.progress.states import State
from modules.progress.training_record import annul_what_fails, record_beginnings
from quizzes.attempts.rules import may_start
from tests.factories import (
    NOW,
    attempt_quiz,
    enrol,
    finish_course,
    finish_lessons,
    finish_module,
    is_unfinished,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_lesson,
    make_module,
    make_question,
    make_quiz,
    make_trainer,
)
from tests.races import at_once

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
    beginning = ModuleStart.objects.get()
    told = (beginning.learner, beginning.role, beginning.job_title, beginning.clinic, beginning.cohort)
    assert told == (ana, "apoyo", "Guardián I", "Ayampuc", "Mañana")
    assert (beginning.began_at, beginning.counts_from) == (NOW - 3 * DAY, None)


def test_a_quiz_that_is_no_part_of_the_course_begins_nothing(group):
    ana = make_learner(cohort=group)
    attempt_quiz(ana, make_quiz("practica", [make_question("P-Q1")]), right=False, now=NOW - DAY)
    assert record_beginnings(now=NOW) == 0
    attempt_quiz(ana, first_module().quiz, right=False, now=NOW)
    assert record_beginnings(now=NOW) == 1
    assert ModuleStart.objects.get().began_at == NOW


def test_what_is_written_down_long_after_is_of_the_day_on_which_it_was(group):
    """Who is in the archive or elsewhere by now began where it was."""
    later, trainer = NOW + 90 * DAY, group.trainers.get()
    group.clinic = make_clinic("Ayampuc", area=Area.objects.create(name="Norte"))
    group.save()
    ana = make_learner(role="apoyo", clinic=group.clinic, cohort=group)
    finish_course(ana, now=NOW)
    ModuleStart.objects.all().delete()
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
    told = ModuleStart.objects.values_list("role", "clinic", "area", "cohort")
    # Of what was finished the record tells, of who was in the group the group, of anybody else today.
    assert told.get(learner=ana) == ("apoyo", "Ayampuc", "Norte", "Mañana")
    assert told.get(learner=eva) == ("apoyo", "Ayampuc", "Norte", "Mañana")
    assert told.get(learner=luz) == ("jefatura", "Ayampuc", "Norte", "Mañana")
    assert told.get(learner=sol) == ("apoyo", "", "", "Mañana")


def test_who_finishes_has_a_beginning_at_once_and_everybody_else_in_the_night(group):
    ana, eva = make_learner(cohort=group), make_learner("EVA222", cohort=group)
    finish_course(ana, now=NOW)
    finish_lessons(eva, first_module(), now=NOW)
    assert [one.learner for one in ModuleStart.objects.all()] == [ana]
    record_missing(now=NOW)
    assert {one.learner for one in ModuleStart.objects.all()} == {ana, eva}


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
    assert ModuleStart.objects.get().began_at.date() == session.held_on


def test_whoever_begins_anew_begins_once_more_with_the_first_thing_done_since(group):
    ana = make_learner(cohort=group)
    finish_course(ana, now=NOW - 90 * DAY)
    since = (NOW - 9 * DAY).date()
    begin_anew([ana], [first_module().translation_key], since=since, name="2027", now=NOW - 9 * DAY)
    assert record_beginnings(now=NOW) == 0
    finish_lessons(ana, first_module(), now=NOW - 2 * DAY)
    assert (record_beginnings(now=NOW), record_beginnings(now=NOW)) == (1, 0)
    first, again = ModuleStart.objects.order_by("began_at")
    assert (first.began_at, first.counts_from) == (NOW - 90 * DAY, None)
    assert (again.began_at, again.counts_from) == (NOW - 2 * DAY, counts_from(since))


def test_of_two_accounts_of_one_person_the_earlier_beginning_stays(group):
    ana, other = make_learner(cohort=group), make_learner("ANA235", cohort=group)
    finish_lessons(ana, first_module(), now=NOW)
    finish_lessons(other, first_module(), now=NOW - 5 * DAY)
    record_beginnings(now=NOW)
    merge_accounts(ana, other, by=group.trainers.get(), cohort=group, now=NOW)
    assert [(one.learner, one.began_at) for one in ModuleStart.objects.all()] == [(ana, NOW - 5 * DAY)]


def test_of_a_deleted_account_the_month_stays_and_no_name(group):
    ana = make_learner(role="apoyo", job_title="Guardián I", clinic=make_clinic("Ayampuc"), cohort=group)
    finish_lessons(ana, first_module(), now=NOW)
    record_beginnings(now=NOW)
    delete_person(ana, by=group.trainers.get(), cohort=group, now=NOW)
    left = ModuleStart.objects.get()
    assert (left.learner, left.job_title, left.clinic, left.cohort_key, left.role) == (None, "", "", None, "")
    assert (left.began_at.month, left.began_at.day) == (11, 1)
    assert record_beginnings(now=NOW) == 0


BEFORE = NOW - timedelta(days=300)
TODAY = timezone.localdate(NOW)


def modules_of(course):
    return [page.specific for page in course.get_children()]


def keys(*modules):
    return [module.translation_key for module in modules]


def states_of(learner):
    return [module.state for module in progress_of(learner, now=NOW).modules]


def records():
    return list(TrainingRecord.objects.order_by("pk").values())


@pytest.fixture
def ana():
    return make_learner()


@pytest.fixture
def modules(ana):
    course = make_course(modules=2, lessons=1, questions=1)
    finish_course(ana, now=BEFORE)
    return modules_of(course)


def test_what_counts_again_is_done_again_and_the_rest_counts_on(ana, modules):
    first, second = modules
    trainer, kept = make_trainer(), records()
    assert begin_anew([ana], keys(first), since=TODAY, name="Repaso 2027", by=trainer, now=NOW) == [ana]
    progress = progress_of(ana, now=NOW)
    assert states_of(ana) == [State.NOT_STARTED, State.FINISHED]
    assert (progress.finished, progress.begins_anew, progress.finished_before) == (False, True, BEFORE)
    assert [(module.finished_before, module.is_carried) for module in progress.modules] == [
        (BEFORE, False),
        (None, True),
    ]
    today = progress.registration
    assert (today.name, today.begun_by, today.counts_from) == ("Repaso 2027", trainer, counts_from(TODAY))
    assert not has_read(ana, first.get_children().specific().get())
    assert has_read(ana, second.get_children().specific().get())
    finish_module(ana, first, now=NOW)
    assert progress_of(ana, now=NOW).finished_at == NOW
    # Of the module that counts on there is the one row of then; all others stand as they were.
    assert records()[: len(kept)] == kept
    added = records()[len(kept) :]
    assert [(row["module_key"], row["finished_at"]) for row in added] == [(first.translation_key, NOW), (None, NOW)]
    assert {row["registration_id"] for row in added} == {today.pk}
    assert LessonRead.objects.filter(learner=ana).count() == 3


def test_twice_is_once_and_other_modules_take_it_back(ana, modules):
    first, second = modules
    for modules_again in ([first, second], [second, first]):
        begun = begin_anew([ana], keys(*modules_again), since=TODAY, name="Repaso", now=NOW)
        assert Registration.objects.count() == 2, begun
    assert begin_anew([ana], keys(first), since=TODAY, name="Repaso", now=NOW) == [ana]
    assert states_of(ana) == [State.NOT_STARTED, State.FINISHED]
    # From a day before everything on, nothing is asked for again.
    begin_anew([ana], keys(first, second), since=BEFORE.date() - timedelta(days=1), name="Repaso", now=NOW)
    assert progress_of(ana, now=NOW).finished_at == BEFORE
    assert Registration.objects.current().count() == 1


def test_who_never_began_or_began_since_is_left_alone(ana, modules):
    never, since = make_learner("EVA234"), make_learner("SOL234")
    finish_lessons(since, modules[0], now=NOW)
    assert begin_anew([never, since, ana], keys(*modules), since=TODAY, name="Repaso", now=NOW) == [ana]
    assert begin_anew([], keys(*modules), since=TODAY, name="Repaso", now=NOW) == []
    with pytest.raises(CannotBeginAnew, match="todavía no llega"):
        begin_anew([ana], keys(*modules), since=TODAY + timedelta(days=1), name="Repaso", now=NOW)


def test_what_was_done_since_the_day_counts_and_is_recorded(ana, modules):
    first, second = modules
    finish_module(ana, first, now=NOW - timedelta(days=2))
    begin_anew([ana], keys(first), since=TODAY - timedelta(days=3), name="Repaso", now=NOW)
    # The lesson was read once, long before: its second reading was no fact before anything was begun anew.
    assert states_of(ana) == [State.IN_PROGRESS, State.FINISHED]
    finish_lessons(ana, first, now=NOW)
    assert progress_of(ana, now=NOW).finished
    assert second.translation_key not in set(
        TrainingRecord.objects.filter(registration__counts_from__isnull=False).values_list("module_key", flat=True)
    )


def test_it_takes_the_edition_in_force_and_a_module_that_counts_on_is_not_asked_for_more(ana, modules):
    first, second = modules
    make_lesson(second, 2)
    make_module(second.get_parent(), 3, lessons=1, questions=1)
    assert progress_of(ana, now=NOW).total == 2
    begin_anew([ana], keys(first), since=TODAY, name="Repaso", now=NOW)
    assert states_of(ana) == [State.NOT_STARTED, State.FINISHED, State.NOT_STARTED]


def test_nobody_was_quiet_before_beginning_anew(ana, modules):
    eva = make_learner("EVA234")
    finish_lessons(eva, modules[0], now=BEFORE)
    assert states_of(eva)[0] is State.NEEDS_HELP
    begin_anew([ana, eva], keys(modules[1]), since=TODAY, name="Repaso", now=NOW)
    assert states_of(eva) == [State.IN_PROGRESS, State.NOT_STARTED]


def test_a_quiz_that_counts_again_says_so_and_may_be_taken_again(client, ana, modules):
    first, second = modules
    make_cohort(learners=[ana])
    first.quiz.attempts_allowed = 1
    first.quiz.save()
    assert not may_start(ana, first.quiz, now=NOW)
    begin_anew([ana], keys(first), since=TODAY, name="Repaso", now=NOW)
    assert may_start(ana, first.quiz, now=NOW)
    client.force_login(ana)
    entry = client.get(reverse("quiz_entry", args=[first.quiz.identifier])).text
    assert "cuenta lo que envíe desde el 25 de noviembre de 2026" in entry
    assert "Nota que cuenta" not in entry
    assert "cuenta lo que envíe desde" not in client.get(reverse("quiz_entry", args=[second.quiz.identifier])).text
    listed = client.get(reverse("my_quizzes")).text
    assert (listed.count("Aprobado"), listed.count("No iniciado")) == (1, 1)
    old = ana.attempts.get(quiz_key=first.quiz.translation_key)
    assert "hay que aprobar el cuestionario una vez más" in client.get(reverse("attempt_result", args=[old.pk])).text
    attempt = attempt_quiz(ana, first.quiz, now=NOW)
    assert "una vez más" not in client.get(reverse("attempt_result", args=[attempt.pk])).text


def test_a_corrected_mark_of_before_ends_what_rests_on_it_and_nothing_else(ana, modules):
    first, second = modules
    begin_anew([ana], keys(first), since=TODAY, name="Repaso", now=NOW)
    finish_module(ana, first, now=NOW)
    ana.attempts.filter(quiz_key=second.quiz.translation_key).update(passed=False, grade=0)
    annulled = annul_what_fails(ana, why="Se corrigió la nota.", by=None, now=NOW, falls=is_unfinished)
    whole, anew = Registration.objects.order_by("pk")
    assert [(one.registration, one.module_key) for one in annulled] == [
        (whole, second.translation_key),
        (whole, None),
        (anew, None),
    ]
    assert states_of(ana) == [State.FINISHED, State.IN_PROGRESS]
    # A worse attempt of after the beginning ends nothing of before it.
    TrainingRecord.objects.update(annulled_at=None, annulled_reason="")
    ana.attempts.update(counting_attempt="last", passed=True, grade=100)
    begin_anew([ana], keys(first, second), since=TODAY + timedelta(days=1), name="Repaso", now=NOW + timedelta(days=1))
    attempt_quiz(ana, first.quiz, right=False, now=NOW + timedelta(days=1))
    assert not TrainingRecord.objects.exclude(annulled_at=None).exists()


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_two_who_begin_anew_at_once_do_it_once():
    """While the person goes on: what is done in between is lost to nobody."""
    (module,), ana = modules_of(make_course(modules=1, lessons=1, questions=1)), make_learner()
    finish_course(ana, now=BEFORE)

    def begin():
        return len(begin_anew([ana], keys(module), since=TODAY, name="Repaso", now=NOW))

    results = at_once(begin, begin, lambda: finish_lessons(ana, module))
    assert sorted(results, key=str) == [0, 1, None]
    assert Registration.objects.count() == 2
    finish_module(ana, module, now=NOW)
    assert progress_of(ana, now=NOW).finished
