from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course.cleanup import repair_training_records
from course.models import Area, Attendance, Session
from course.people.leaving import archive_person, delete_person
from course.people.merging import merge_accounts
from modules.models import LessonRead, ModulePage, ModuleStart, Registration, TrainingRecord
from modules.progress.deriving import progress_of
from modules.progress.events import CannotRestart, restart_course, start_of_day
from modules.progress.states import State
from modules.progress.training_record import record_starts, revoke_unsupported_records
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


def test_start_is_first_activity_with_workplace_of_that_day(group):
    ana = make_learner(role="apoyo", job_title="Guardián I", clinic=make_clinic("Ayampuc"), cohort=group)
    make_learner("EVA222", cohort=group)
    attempt_quiz(ana, first_module().quiz, right=False, now=NOW - 3 * DAY)
    finish_lessons(ana, first_module(), now=NOW)
    assert (record_starts(now=NOW), record_starts(now=NOW)) == (1, 0)
    ana.role, ana.clinic = "jefatura", make_clinic("Otro")
    ana.save()
    assert record_starts(now=NOW) == 0
    start = ModuleStart.objects.get()
    workplace = (start.learner, start.role, start.job_title, start.clinic, start.cohort)
    assert workplace == (ana, "apoyo", "Guardián I", "Ayampuc", "Mañana")
    assert (start.started_at, start.counts_from) == (NOW - 3 * DAY, None)


def test_quiz_outside_the_course_is_no_start(group):
    ana = make_learner(cohort=group)
    attempt_quiz(ana, make_quiz("practica", [make_question("P-Q1")]), right=False, now=NOW - DAY)
    assert record_starts(now=NOW) == 0
    attempt_quiz(ana, first_module().quiz, right=False, now=NOW)
    assert record_starts(now=NOW) == 1
    assert ModuleStart.objects.get().started_at == NOW


def test_late_recorded_start_has_workplace_of_its_day(group):
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
    assert record_starts(now=later) == 4
    starts = ModuleStart.objects.values_list("role", "clinic", "area", "cohort")
    assert starts.get(learner=ana) == ("apoyo", "Ayampuc", "Norte", "Mañana")
    assert starts.get(learner=eva) == ("apoyo", "Ayampuc", "Norte", "Mañana")
    assert starts.get(learner=luz) == ("jefatura", "Ayampuc", "Norte", "Mañana")
    assert starts.get(learner=sol) == ("apoyo", "", "", "Mañana")


def test_start_is_recorded_when_finishing_or_at_night(group):
    ana, eva = make_learner(cohort=group), make_learner("EVA222", cohort=group)
    finish_course(ana, now=NOW)
    finish_lessons(eva, first_module(), now=NOW)
    assert [one.learner for one in ModuleStart.objects.all()] == [ana]
    repair_training_records(now=NOW)
    assert {one.learner for one in ModuleStart.objects.all()} == {ana, eva}


def test_attended_session_is_a_start_on_its_day(group):
    ana = make_learner(cohort=group)
    module = first_module()
    session = Session.objects.create(
        cohort=group,
        made_by=group.trainers.get(),
        modules=[str(module.translation_key)],
        counts_for=[],
        held_on=(NOW - 3 * DAY).date(),
    )
    assert record_starts(now=NOW) == 0
    Attendance.objects.create(session=session, learner=ana, how="tapped", noted_at=NOW)
    assert record_starts(now=NOW) == 1
    assert ModuleStart.objects.get().started_at.date() == session.held_on


def test_restart_has_its_own_start(group):
    ana = make_learner(cohort=group)
    finish_course(ana, now=NOW - 90 * DAY)
    since = (NOW - 9 * DAY).date()
    restart_course([ana], [first_module().translation_key], since=since, name="2027", now=NOW - 9 * DAY)
    assert record_starts(now=NOW) == 0
    finish_lessons(ana, first_module(), now=NOW - 2 * DAY)
    assert (record_starts(now=NOW), record_starts(now=NOW)) == (1, 0)
    first, again = ModuleStart.objects.order_by("started_at")
    assert (first.started_at, first.counts_from) == (NOW - 90 * DAY, None)
    assert (again.started_at, again.counts_from) == (NOW - 2 * DAY, start_of_day(since))


def test_merging_accounts_keeps_earlier_start(group):
    ana, other = make_learner(cohort=group), make_learner("ANA235", cohort=group)
    finish_lessons(ana, first_module(), now=NOW)
    finish_lessons(other, first_module(), now=NOW - 5 * DAY)
    record_starts(now=NOW)
    merge_accounts(ana, other, by=group.trainers.get(), cohort=group, now=NOW)
    assert [(one.learner, one.started_at) for one in ModuleStart.objects.all()] == [(ana, NOW - 5 * DAY)]


def test_deleted_account_leaves_month_of_start_only(group):
    ana = make_learner(role="apoyo", job_title="Guardián I", clinic=make_clinic("Ayampuc"), cohort=group)
    finish_lessons(ana, first_module(), now=NOW)
    record_starts(now=NOW)
    delete_person(ana, by=group.trainers.get(), cohort=group, now=NOW)
    left = ModuleStart.objects.get()
    assert (left.learner, left.job_title, left.clinic, left.cohort_key, left.role) == (None, "", "", None, "")
    assert (left.started_at.month, left.started_at.day) == (11, 1)
    assert record_starts(now=NOW) == 0


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


def test_restarted_modules_repeat_and_others_remain_finished(ana, modules):
    first, _second = modules
    trainer, earlier = make_trainer(), records()
    assert restart_course([ana], keys(first), since=TODAY, name="Repaso 2027", by=trainer, now=NOW) == [ana]
    progress = progress_of(ana, now=NOW)
    assert states_of(ana) == [State.NOT_STARTED, State.FINISHED]
    assert (progress.finished, progress.is_restart, progress.previously_finished_at) == (False, True, BEFORE)
    assert [(module.previously_finished_at, module.is_carried) for module in progress.modules] == [
        (BEFORE, False),
        (None, True),
    ]
    today = progress.registration
    assert (today.name, today.restarted_by, today.counts_from) == ("Repaso 2027", trainer, start_of_day(TODAY))
    assert [len(module.lessons_read) for module in progress.modules] == [0, 1]
    finish_module(ana, first, now=NOW)
    assert progress_of(ana, now=NOW).finished_at == NOW
    assert records()[: len(earlier)] == earlier
    added = records()[len(earlier) :]
    assert [(row["module_key"], row["finished_at"]) for row in added] == [(first.translation_key, NOW), (None, NOW)]
    assert {row["registration_id"] for row in added} == {today.pk}
    assert LessonRead.objects.filter(learner=ana).count() == 3


def test_same_restart_twice_is_one_and_other_modules_replace_it(ana, modules):
    first, second = modules
    for restarted in ([first, second], [second, first]):
        restart_course([ana], keys(*restarted), since=TODAY, name="Repaso", now=NOW)
        assert Registration.objects.count() == 2
    assert restart_course([ana], keys(first), since=TODAY, name="Repaso", now=NOW) == [ana]
    assert states_of(ana) == [State.NOT_STARTED, State.FINISHED]
    restart_course([ana], keys(first, second), since=BEFORE.date() - timedelta(days=1), name="Repaso", now=NOW)
    assert progress_of(ana, now=NOW).finished_at == BEFORE
    assert Registration.objects.current().count() == 1


def test_restart_skips_learners_without_earlier_activity(ana, modules):
    never, since = make_learner("EVA234"), make_learner("SOL234")
    finish_lessons(since, modules[0], now=NOW)
    assert restart_course([never, since, ana], keys(*modules), since=TODAY, name="Repaso", now=NOW) == [ana]
    assert restart_course([], keys(*modules), since=TODAY, name="Repaso", now=NOW) == []
    with pytest.raises(CannotRestart, match="todavía no llega"):
        restart_course([ana], keys(*modules), since=TODAY + timedelta(days=1), name="Repaso", now=NOW)


def test_activity_since_the_day_counts_and_is_recorded(ana, modules):
    first, second = modules
    finish_module(ana, first, now=NOW - timedelta(days=2))
    restart_course([ana], keys(first), since=TODAY - timedelta(days=3), name="Repaso", now=NOW)
    # The lesson was read before; reading it again before the restart stored nothing.
    assert states_of(ana) == [State.IN_PROGRESS, State.FINISHED]
    finish_lessons(ana, first, now=NOW)
    assert progress_of(ana, now=NOW).finished
    assert second.translation_key not in set(
        TrainingRecord.objects.filter(registration__counts_from__isnull=False).values_list("module_key", flat=True)
    )


def test_restart_takes_current_edition_without_reopening_carried_module(ana, modules):
    first, second = modules
    make_lesson(second, 2)
    make_module(second.get_parent(), 3, lessons=1, questions=1)
    assert progress_of(ana, now=NOW).total == 2
    restart_course([ana], keys(first), since=TODAY, name="Repaso", now=NOW)
    assert states_of(ana) == [State.NOT_STARTED, State.FINISHED, State.NOT_STARTED]


def test_quiet_days_count_from_restart(ana, modules):
    eva = make_learner("EVA234")
    finish_lessons(eva, modules[0], now=BEFORE)
    assert states_of(eva)[0] is State.NEEDS_HELP
    restart_course([ana, eva], keys(modules[1]), since=TODAY, name="Repaso", now=NOW)
    assert states_of(eva) == [State.IN_PROGRESS, State.NOT_STARTED]


def test_quiz_of_restarted_module_may_be_taken_again(client, ana, modules):
    first, second = modules
    make_cohort(learners=[ana])
    first.quiz.attempts_allowed = 1
    first.quiz.save()
    assert not may_start(ana, first.quiz, now=NOW)
    restart_course([ana], keys(first), since=TODAY, name="Repaso", now=NOW)
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


def test_corrected_grade_revokes_only_records_that_depend_on_it(ana, modules):
    first, second = modules
    restart_course([ana], keys(first), since=TODAY, name="Repaso", now=NOW)
    finish_module(ana, first, now=NOW)
    ana.attempts.filter(quiz_key=second.quiz.translation_key).update(passed=False, grade=0)
    revoked = revoke_unsupported_records(
        ana, reason="Se corrigió la nota.", by=None, now=NOW, is_unsupported=is_unfinished
    )
    before, after = Registration.objects.order_by("pk")
    assert [(one.registration, one.module_key) for one in revoked] == [
        (before, second.translation_key),
        (before, None),
        (after, None),
    ]
    assert states_of(ana) == [State.FINISHED, State.IN_PROGRESS]
    # A worse attempt after the restart revokes nothing from before.
    TrainingRecord.objects.update(revoked_at=None, revoked_reason="")
    ana.attempts.update(counting_attempt="last", passed=True, grade=100)
    restart_course(
        [ana], keys(first, second), since=TODAY + timedelta(days=1), name="Repaso", now=NOW + timedelta(days=1)
    )
    attempt_quiz(ana, first.quiz, right=False, now=NOW + timedelta(days=1))
    assert not TrainingRecord.objects.exclude(revoked_at=None).exists()


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_concurrent_restarts_make_one():
    (module,), ana = modules_of(make_course(modules=1, lessons=1, questions=1)), make_learner()
    finish_course(ana, now=BEFORE)

    def restart():
        return len(restart_course([ana], keys(module), since=TODAY, name="Repaso", now=NOW))

    assert sorted(at_once(restart, restart, lambda: finish_lessons(ana, module)), key=str) == [0, 1, None]
    assert Registration.objects.count() == 2
    finish_module(ana, module, now=NOW)
    assert progress_of(ana, now=NOW).finished
