import random
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.issuing.eligibility import is_eligible
from course.groups.activity import activity_by_learner
from course.groups.calling import CallReason, call_list
from course.groups.grid import cohort_grid
from course.models import Attendance, Session, User
from course.paper.entering import enter_sheet
from course.paper.lettering import on_sheet
from course.paper.sheets import hand_out
from course.people.cohorts import help_rule, learners_of
from course.reports.attendances import attendance_lines
from course.sessions.attendance import attend as attend_by_qr
from course.sessions.attendance import keep_attendance, open_door, save_session
from course.sessions.modules import counting_words
from modules.models import LessonRead, ModulePage, TrainingRecord
from modules.progress.deriving import get_finished_learners, get_started_learners, progress_of
from modules.progress.states import State
from modules.progress.training_record import record_finished
from quizzes.models import Quiz
from tests.factories import NOW, finish_lessons, make_cohort, make_course, make_learner, make_trainer, pass_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(trainer, ana):
    make_course(modules=2, lessons=2, questions=1)
    return make_cohort(trainers=[trainer], learners=[ana])


def page_of(number):
    return ModulePage.objects.get(number=number)


def key_of(number):
    return str(page_of(number).translation_key)


def let_attendance_count(number, counts=True):
    page = page_of(number)
    page.attendance_counts = counts
    page.save_revision().publish()


def hold(group, *numbers, counts_for, day=None, attends=True, **fields):
    session = Session.objects.create(
        cohort=group,
        held_on=day or NOW.date(),
        modules=[key_of(number) for number in numbers],
        counts_for=[key_of(number) for number in counts_for],
        made_by=group.trainers.get(),
        **fields,
    )
    if attends:
        ticked = set(group.learners.values_list("pk", flat=True))
        keep_attendance(session, ticked, shown=set(), by=group.trainers.get(), now=NOW)
    return session


def enter_right(group, quiz, learner, *, now=NOW):
    by = group.trainers.get()
    [sheet] = hand_out(quiz, [learner], cohort=group, by=by, now=now, chance=random.Random(1)).sheets
    typed = {
        question.number: next(letter for letter, option in question.options if option["right"])
        for question in on_sheet(sheet.attempt.snapshot)
    }
    return enter_sheet(sheet, typed, by=by, now=now)


def test_eight_sessions_and_eight_quizzes_on_paper_are_eight_of_eight():
    make_course(modules=8, lessons=1, questions=1)
    group = make_cohort(trainers=[make_trainer()], learners=[make_learner()])
    ana = group.learners.get()
    for number in range(1, 9):
        hold(group, number, counts_for=[number])
        assert enter_right(group, page_of(number).quiz, ana).passed
    grid = cohort_grid(learners_of(group), rule=help_rule(group), now=NOW)
    assert [(row.progress.done_count, row.progress.total, row.state) for row in grid.rows] == [(8, 8, State.FINISHED)]
    record_finished([ana], now=NOW)
    assert TrainingRecord.objects.valid().of_the_course().filter(learner=ana).count() == 1
    assert not LessonRead.objects.exists()


def test_the_form_asks_of_each_module_and_what_the_module_says_stands_ready(desk, group):
    let_attendance_count(2)
    page = reverse("desk_sessions", args=[group.pk])
    ready = re.findall(r'name="counts" value="([^"]+)"[^>]*?( checked)', desk.get(page).text)
    assert [key for key, _checked in ready] == [key_of(2)]
    form = {"held_on": "2026-11-25", "minutes": "60", "modules": [key_of(1), key_of(2)], "counts": [key_of(1)]}
    made = desk.post(page, form)
    assert Session.objects.get().counts_for == [key_of(1)]
    assert "Cuenta como leídas las lecciones del módulo 1" in desk.get(made.url).text
    other = desk.post(page, form | {"modules": [key_of(2)]})
    assert Session.objects.exclude(pk=made.url.split("/")[-2]).get().counts_for == []
    assert "No cuenta como lectura" in desk.get(other.url).text
    listed = desk.get(page).text
    rows = desk.get(reverse("desk_sessions_csv", args=[group.pk])).text
    for words in ("Cuenta como leídas las lecciones del módulo 1", "No cuenta como lectura"):
        assert (listed.count(words), rows.count(words)) == (1, 1)


def test_who_signs_in_reads_what_the_session_counts_for(client, group):
    session = hold(group, 1, 2, counts_for=[1, 2], attends=False)
    words = "Cuenta como leídas las lecciones de los módulos 1, 2"
    assert counting_words(session) == words
    open_door(session, now=timezone.now())
    scanned = reverse("attend_session", args=[session.token])
    client.force_login(group.learners.get())
    assert words in client.get(scanned).text
    assert words in client.post(scanned).text
    client.force_login(group.trainers.get())
    for name in ("desk_session", "desk_wall", "desk_attendance_csv"):
        assert words in client.get(reverse(name, args=[group.pk, session.pk])).text


def test_what_is_unpublished_stays_in_the_session_whatever_else_is_changed(desk, group):
    session = hold(group, 1, 2, counts_for=[1, 2])
    ana, hidden = group.learners.get(), page_of(2)
    hidden.unpublish()
    page = reverse("desk_session_change", args=[group.pk, session.pk])
    assert "1 módulo de esta sesión no está publicado ahora. Queda como está." in desk.get(page).text
    form = {"held_on": "2026-11-25", "minutes": "60", "modules": [key_of(1)], "counts": [key_of(1)]}
    desk.post(page, form | {"place": "Patio"})
    session.refresh_from_db()
    assert (session.place, session.modules) == ("Patio", [key_of(1), key_of(2)])
    assert session.counts_for == [key_of(1), key_of(2)]
    mark = re.search(r'name="confirmado" value="(\w+)"', desk.post(page, form | {"counts": []}).text)[1]
    desk.post(page, form | {"counts": [], "confirmado": mark})
    session.refresh_from_db()
    assert session.counts_for == [key_of(2)]
    assert counting_words(session) == "Cuenta como leídas las lecciones de 1 módulo que no está publicado"
    page_of(2).save_revision().publish()
    assert [len(module.unread_lessons) for module in progress_of(ana, now=NOW).modules] == [2, 0]
    assert counting_words(session) == "Cuenta como leídas las lecciones del módulo 2"


def test_the_register_says_what_a_session_counted_for_while_its_modules_are_unpublished(group):
    session = hold(group, 1, 2, counts_for=[1, 2])
    page_of(1).unpublish()
    words = "Cuenta como leídas las lecciones del módulo 2 y las de 1 módulo que no está publicado"
    assert counting_words(session) == words
    Session.objects.update(counts_for=[key_of(1)])
    session.refresh_from_db()
    [line] = attendance_lines(session.attendances.all())
    assert (line.modules, line.counts_for) == ("1. Módulo de prueba 1; 2. Módulo de prueba 2", "1. Módulo de prueba 1")
    assert counting_words(session) == "Cuenta como leídas las lecciones de 1 módulo que no está publicado"
    # Of one that no edition holds its title stands nowhere any more.
    unknown = str(uuid4())
    Session.objects.update(modules=[key_of(2), unknown], counts_for=[unknown])
    [line] = attendance_lines(Attendance.objects.all())
    gone = "un módulo sin publicar"
    assert (line.modules, line.counts_for) == (f"2. Módulo de prueba 2; {gone}", gone)


def test_changing_what_a_session_counts_for_tells_whom_before_and_after(desk, group, ana):
    session = hold(group, 1, counts_for=[1])
    pass_quiz(ana, Quiz.objects.get(identifier="m1"))
    record_finished([ana], now=NOW)
    page = reverse("desk_session_change", args=[group.pk, session.pk])
    form = {"held_on": "2026-11-25", "minutes": "60", "modules": session.modules}
    asked = desk.post(page, form).text
    lost = "Faltan 2 lecciones del módulo 1 (1): Ana Lucía Coj de la Cruz."
    assert ("Todavía no se ha guardado nada" in asked, lost in asked) == (True, True)
    session.refresh_from_db()
    assert (session.counts_for, progress_of(ana, now=NOW).done_count) == ([key_of(1)], 1)
    mark = re.search(r'name="confirmado" value="(\w+)"', asked)[1]
    told = desk.post(page, form | {"confirmado": mark}, follow=True).text
    assert (lost in told, "con esto deja de estar terminado: 1." in told) == (True, True)
    session.refresh_from_db()
    assert (session.counts_for, progress_of(ana, now=NOW).done_count) == ([], 0)
    asked = desk.post(page, form | {"counts": session.modules}).text
    assert "Módulo 1 finalizado (1): Ana Lucía Coj de la Cruz." in asked
    mark = re.search(r'name="confirmado" value="(\w+)"', asked)[1]
    desk.post(page, form | {"counts": session.modules, "confirmado": mark})
    assert progress_of(ana, now=NOW).done_count == 1


def test_whoever_keeps_attendance_is_told_what_changed_for_whom(desk, group):
    ana, eva = group.learners.get(), make_learner("EVA222", "Eva", "Tum", cohort=group)
    pass_quiz(ana, Quiz.objects.get(identifier="m1"))
    page = reverse("desk_session", args=[group.pk, hold(group, 1, counts_for=[1], attends=False).pk])
    both = {"persona": [ana.pk, eva.pk]}
    told = desk.post(page, both, follow=True).text
    assert "Módulo 1 finalizado (1): Ana Lucía Coj de la Cruz." in told
    assert "Falta el cuestionario del módulo 1 (1): Eva Tum." in told
    assert "Módulo 1 finalizado" not in desk.post(page, both | {"estaba": [ana.pk, eva.pk]}, follow=True).text
    told = desk.post(page, {"estaba": [ana.pk, eva.pk]}, follow=True).text
    assert "Faltan 2 lecciones del módulo 1 (1): Ana Lucía Coj de la Cruz." in told
    assert "Faltan 2 lecciones y el cuestionario del módulo 1 (1): Eva Tum." in told


def test_attending_is_activity_everywhere_whatever_it_counts_for(client, group):
    ana, now = group.learners.get(), NOW + timedelta(days=40, hours=4)

    def grid_of():
        return cohort_grid(learners_of(group), rule=help_rule(group), now=now)

    assert [one.kind for one in call_list({group: grid_of()}, by=None, now=now).due] == [CallReason.NOT_BEGUN]
    session = hold(group, counts_for=[], day=(now - timedelta(days=3)).date(), attends=False)
    keep_attendance(session, {ana.pk}, shown=set(), by=group.trainers.get(), now=now)
    grid = grid_of()
    assert [row.state for row in grid.rows] == [State.IN_PROGRESS]
    assert call_list({group: grid}, by=None, now=now).due == []
    assert grid.rows[0].progress.has_started
    assert get_started_learners([ana.pk]) == {ana.pk}
    assert (activity_by_learner([ana], now=now)[ana.pk].words) == "1 paso en 8 semanas, el último hace 3 días"
    # Three weeks after the session, and whenever that was noted, they are quiet.
    later = now + timedelta(days=18)
    grid = cohort_grid(learners_of(group), rule=help_rule(group), now=later)
    assert [(one.kind, one.amount) for one in call_list({group: grid}, by=None, now=later).due] == [
        (CallReason.QUIET, 21)
    ]
    client.force_login(ana)
    assert "le damos la bienvenida" not in client.get(reverse("my_course")).text


def test_a_sheet_is_activity_when_it_is_entered_and_not_when_it_is_printed(group):
    ana, now = group.learners.get(), NOW + timedelta(days=40)
    by, quiz = group.trainers.get(), Quiz.objects.get(identifier="m2")

    def why():
        grid = cohort_grid(learners_of(group), rule=help_rule(group), now=now)
        return grid.rows[0], [one.kind for one in call_list({group: grid}, by=None, now=now).due]

    hand_out(quiz, [ana], cohort=group, by=by, now=now, chance=random.Random(1))
    row, due = why()
    assert (row.state, due, get_started_learners([ana.pk])) == (State.NOT_STARTED, [CallReason.NOT_BEGUN], set())
    assert activity_by_learner([ana], now=now)[ana.pk].last is None
    finish_lessons(ana, page_of(1), now=now - timedelta(days=19))
    row, due = why()
    assert (row.progress.modules[0].help_reason, due) == ("Empezado, y 19 días sin actividad.", [CallReason.QUIET])
    enter_right(group, quiz, ana, now=now)
    row, due = why()
    assert ([module.help_reason for module in row.progress.modules], due) == (["", ""], [])
    assert activity_by_learner([ana], now=now)[ana.pk].last == now


def test_attending_by_the_qr_counts_as_ticking_does(group, ana):
    pass_quiz(ana, Quiz.objects.get(identifier="m1"))
    session = hold(group, 1, counts_for=[1], attends=False)
    open_door(session, now=NOW)
    attend_by_qr(session, ana, now=NOW)
    assert progress_of(ana, now=NOW).modules[0].state is State.FINISHED
    session.counts_for = []
    save_session(session, by=group.trainers.get(), now=NOW)
    assert progress_of(ana, now=NOW).modules[0].state is State.IN_PROGRESS
    assert Attendance.objects.count() == 1


@pytest.mark.parametrize("module_says", [True, False])
def test_a_session_counts_only_for_the_modules_that_it_says(group, module_says):
    for number in (1, 2):
        let_attendance_count(number, module_says)
    hold(group, 1, 2, counts_for=[1])
    first, second = progress_of(group.learners.get(), now=NOW).modules
    assert (first.state, first.attended_at, first.unread_lessons) == (State.IN_PROGRESS, NOW, [])
    assert (second.state, second.attended_at, len(second.unread_lessons)) == (State.IN_PROGRESS, None, 2)
    assert not LessonRead.objects.exists()


def test_the_quiz_still_counts_and_the_course_can_be_finished_so(group, ana):
    hold(group, 1, counts_for=[1])
    pass_quiz(ana, Quiz.objects.get(identifier="m1"))
    assert [step.state for step in progress_of(ana, now=NOW).modules] == [State.FINISHED, State.NOT_STARTED]
    everyone = list(User.objects.values_list("pk", flat=True))
    assert get_finished_learners(everyone) == set()
    assert get_started_learners(everyone) == {ana.pk}
    finish_lessons(ana, page_of(2))
    pass_quiz(ana, Quiz.objects.get(identifier="m2"))
    record_finished([ana], now=NOW)
    assert get_finished_learners(everyone) == {ana.pk}
    assert is_eligible(ana)


def test_an_attendance_taken_back_counts_no_more(group):
    session = hold(group, 1, counts_for=[1])
    keep_attendance(session, set(), shown={group.learners.get().pk}, by=group.trainers.get(), now=NOW)
    assert progress_of(group.learners.get(), now=NOW).modules[0].state is State.NOT_STARTED


def test_the_learner_and_the_trainer_read_that_it_counts(client, group, ana):
    session = hold(group, 1, counts_for=[1])
    client.force_login(ana)
    assert "Asistió a una sesión sobre este módulo" in client.get("/es/m1/").text
    client.force_login(group.trainers.get())
    assert "asistió a una sesión" in client.get(reverse("desk_person", args=[group.pk, ana.pk])).text
    shown = client.get(reverse("desk_session", args=[group.pk, session.pk])).text
    assert "Cuenta como leídas las lecciones del módulo 1" in shown
