import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from course.desk.words import rule_words, summary_words
from course.groups.activity import WEEKS, activity_by_learner
from course.groups.calling import next_steps
from course.groups.each_activity import ActivityRow, cell_of, pages_by_weight
from course.groups.grid import cohort_grid, row_of, rows_woven
from course.models import Area, AuditEntry, Clinic, Cohort, Enrolment, Session, User
from course.people.cohorts import help_rule, learners_of, with_leaver_counts
from course.people.identifiers import set_optional_fields
from course.sessions.attendance import keep_attendance
from modules.models import LessonRead, ModulePage
from modules.progress.deriving import get_finished_learners, get_started_learners, progress_by_learner
from modules.progress.events import mark_lesson_read
from modules.progress.outline import course_outline
from modules.progress.states import USUAL_HELP_RULE, State
from modules.weave import CELLS
from quizzes.models import Attempt
from tests.factories import (
    NOW,
    attempt_quiz,
    enrol,
    finish_course,
    finish_lessons,
    finish_module,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_module,
    make_trainer,
)

from .answers import column, row_headings, rows

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
NORTH, SUPPORT = "Área de Guatemala Norte", "Guardianía, limpieza, mantenimiento, piloto"


@pytest.fixture
def group(trainer):
    make_course(modules=2, lessons=2)
    first, second = ModulePage.objects.order_by("path")
    ayampuc, zaragoza = make_clinic("Ayampuc"), make_clinic("Zaragoza")
    cohort = make_cohort(trainers=[trainer])
    done = make_learner("DONA22", "Ana", "de la Cruz", role="apoyo", clinic=zaragoza, cohort=cohort)
    begun = make_learner("BEGU22", "Bea", "Núñez", role="apoyo", clinic=ayampuc, cohort=cohort)
    stuck = make_learner("STUC22", "Carlos", "Nunez", role="clinica", clinic=zaragoza, cohort=cohort)
    make_learner("TODO22", "Delia", "Álvarez", role="", clinic=None, cohort=cohort)
    finish_course(done)
    finish_module(begun, first)
    for _ in range(2):
        attempt_quiz(stuck, second.quiz, right=False)
    return cohort


@pytest.fixture
def stuck(group):
    return group.learners.get(username="STUC22")


def grid_of(cohort, now=NOW, **how):
    return cohort_grid(learners_of(cohort), rule=help_rule(cohort), now=now, **how)


def codes(grid):
    return [row.learner.username for row in grid.rows]


def page_of(desk, cohort, name="desk_cohort", **query):
    return desk.get(reverse(name, args=[cohort.pk]), query)


def test_each_person_stands_in_one_of_the_four_states_in_every_module(group):
    grid = grid_of(group)
    assert {row.learner.username: (row.state, [m.state for m in row.progress.modules]) for row in grid.rows} == {
        "TODO22": (State.NOT_STARTED, [State.NOT_STARTED, State.NOT_STARTED]),
        "DONA22": (State.FINISHED, [State.FINISHED, State.FINISHED]),
        "STUC22": (State.NEEDS_HELP, [State.NOT_STARTED, State.NEEDS_HELP]),
        "BEGU22": (State.IN_PROGRESS, [State.FINISHED, State.NOT_STARTED]),
    }
    assert [(column.outline.number, column.done) for column in grid.columns] == [(1, 2), (2, 1)]
    assert (grid.people, grid.done, grid.needing_help) == (4, 1, 1)
    assert summary_words(grid) == "1 de 4 finalizó; 1 necesita ayuda."


def test_a_motif_is_complete_only_when_everyone_finished_its_module():
    assert [rows_woven(done, 3) for done in range(4)] == [0, 3, 7, CELLS]
    assert rows_woven(349, 350) == CELLS - 1
    assert rows_woven(0, 0) == 0


def test_who_needs_help_goes_by_the_rules_of_the_group_on_every_page(desk, group, trainer, stuck):
    other = make_cohort("Otro grupo", trainers=[trainer], tries_before_help=3, quiet_days_before_help=30_000)
    enrol(stuck, other)
    make_cohort("Ñandú", trainers=[trainer])
    make_cohort("Grupo ajeno", trainers=[make_trainer("otra")])
    assert (grid_of(group).needing_help, grid_of(other).needing_help) == (1, 0)
    page = desk.get(reverse("desk_cohorts")).text
    names = re.findall(r"<h3><a[^>]*>([^<]*)", page[page.index('id="groups"') :])
    assert set(names) == {"Grupo de la mañana", "Ñandú", "Otro grupo"}
    for summary in (
        "1 de 4 finalizó; 1 necesita ayuda.",
        "0 de 1 finalizaron; nadie necesita ayuda.",
        "Todavía no hay nadie inscrito en este grupo.",
    ):
        assert summary in page
    person = {cohort: desk.get(reverse("desk_person", args=[cohort.pk, stuck.pk])).text for cohort in (group, other)}
    assert ["todavía sin aprobar." in person[cohort] for cohort in (group, other)] == [True, False]
    Cohort.objects.filter(pk=group.pk).update(tries_before_help=20, quiet_days_before_help=1)
    group.refresh_from_db()
    quiet = grid_of(group, now=NOW + timedelta(days=1))
    assert {row.learner.username: [reason for _module, reason in row.reasons] for row in quiet.rows if row.reasons} == {
        "STUC22": ["Empezado, y 1 día sin actividad."]
    }
    words = "20 intentos de un cuestionario enviados sin aprobar, o un módulo empezado y 1 día sin actividad"
    assert words in page_of(desk, group).text


def test_only_who_is_in_the_group_today_is_shown_and_who_left_is_counted(desk, group):
    group.enrolments.filter(learner__username__in=["DONA22", "BEGU22"]).update(left_at=NOW)
    enrol(group.learners.get(username="BEGU22"), group)
    assert codes(grid_of(group)) == ["TODO22", "STUC22", "BEGU22"]
    assert with_leaver_counts(Cohort.objects.all()).get().left == 1
    group.enrolments.update(left_at=NOW)
    page = page_of(desk, group).text
    assert "Traiga la lista del personal" in page
    assert "Ya no están en el grupo: 4 personas." in page
    assert "<table" not in page


def test_the_sentence_of_a_group_agrees_in_number():
    make_course(modules=1, lessons=1)
    cohort = make_cohort()
    for code in ("ANA234", "BEA234", "CAR234"):
        make_learner(code, cohort=cohort)
    learners = list(learners_of(cohort))
    finish_course(learners[0])
    for learner in learners[1:]:
        finish_lessons(learner, ModulePage.objects.get())
    assert summary_words(grid_of(cohort, now=NOW + timedelta(days=30))) == "1 de 3 finalizó; 2 necesitan ayuda."
    for learner in learners[1:]:
        finish_course(learner)
    assert summary_words(grid_of(cohort)) == "3 de 3 finalizaron."


def test_a_course_without_modules_has_nobody_started():
    make_course(modules=0)
    grid = grid_of(make_cohort(learners=[make_learner()]))
    assert (grid.columns, [row.state for row in grid.rows], grid.done) == ([], [State.NOT_STARTED], 0)


def test_the_page_says_each_state_in_words_the_rule_and_the_weave(desk, group):
    page = page_of(desk, group).text
    for words in ("No iniciado", "En curso", "Necesita ayuda", "Finalizado", rule_words(help_rule(group)), "2/4"):
        assert words in page
    label = "Tejido del grupo, módulo 1: lo finalizaron 2 de 4 personas; módulo 2: lo finalizaron 1 de 4 personas"
    for drawn in (f'aria-label="{label}"', 'class="c-marigold"', 'class="unwoven"'):
        assert drawn in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        # «de la Cruz» under D, ñ after n, and who has no clinic comes last.
        ({}, ["TODO22", "DONA22", "STUC22", "BEGU22"]),
        ({"orden": "centro"}, ["BEGU22", "DONA22", "STUC22", "TODO22"]),
        ({"orden": "estado"}, ["STUC22", "BEGU22", "TODO22", "DONA22"]),
        ({"centro": "Zaragoza"}, ["DONA22", "STUC22"]),
        ({"puesto": "apoyo", "orden": "centro"}, ["BEGU22", "DONA22"]),
        ({"centro": "Zaragoza", "puesto": "apoyo", "estado": "done"}, ["DONA22"]),
        ({"centro": "Zaragoza", "puesto": "apoyo", "estado": "todo"}, []),
        ({"centro": "sin", "puesto": "sin"}, ["TODO22"]),
        ({"orden": "<b>", "estado": "x", "centro": "<b>", "puesto": "99"}, ["TODO22", "DONA22", "STUC22", "BEGU22"]),
    ],
)
def test_clinic_role_and_state_narrow_the_grid_together_and_its_files_too(desk, group, query, found):
    if query.get("centro") == "Zaragoza":
        query = query | {"centro": group.learners.get(username="DONA22").clinic_id}
    names = {person.username: person.surnames_first for person in group.learners.all()}
    answer = page_of(desk, group, **query)
    assert row_headings(answer)[: len(found) + 1] == [names[code] for code in found] + ["Finalizaron, de todo el grupo"]
    assert "1/4" in answer.text
    assert "<b>" not in answer.text
    assert column(page_of(desk, group, "desk_cohort_csv", **query), "Código de usuario") == found


def test_the_choices_say_how_many_people_each_has_and_keep_the_state(desk, group):
    page = page_of(desk, group, puesto="apoyo", estado="done").text
    for shown in (
        '<option value="apoyo" selected>Guardianía, limpieza, mantenimiento, piloto (2)</option>',
        '<option value="sin">Sin centro de salud (1)</option>',
        '<input type="hidden" name="estado" value="done">',
        "Se muestran 1 de 4 personas · Finalizado · Guardianía, limpieza, mantenimiento, piloto.",
        'href="?puesto=apoyo&amp;estado=help"',
    ):
        assert shown in page


def test_a_cell_leads_to_its_module_on_the_page_of_the_person_who_reads_why(desk, group, stuck):
    page = page_of(desk, group).text
    assert f'href="personas/{stuck.pk}/#m2">Necesita ayuda</a>' in page
    assert f'href="personas/{stuck.pk}/#m1"' not in page
    person = desk.get(f"{reverse('desk_cohort', args=[group.pk])}personas/{stuck.pk}/").text
    assert "Cuestionario enviado 2 veces, todavía sin aprobar." in person.split('id="m2"')[1].split("</li>")[0]


def test_activity_counts_lessons_and_attempts_by_week_and_says_it_in_words():
    make_course(modules=1, lessons=2, questions=1)
    learner, quiet = make_learner(), make_learner("BEA234")
    module = ModulePage.objects.get()
    finish_lessons(learner, module, now=NOW - timedelta(weeks=2, hours=1))
    attempt_quiz(learner, module.quiz, now=NOW - timedelta(days=3, hours=1))
    finish_lessons(quiet, module, now=NOW - timedelta(weeks=WEEKS, hours=1))
    activity = activity_by_learner([learner, quiet], now=NOW)
    assert activity[learner.pk].weeks == (0, 0, 0, 0, 0, 2, 0, 1)
    assert activity[learner.pk].words == "3 pasos en 8 semanas, el último hace 3 días"
    assert 'd="M20 8v-8h3V8zM28 8v-4h3V8z"' in activity[learner.pk].spark
    assert (activity[quiet.pk].words, activity[quiet.pk].spark) == ("Ningún paso en 8 semanas", "")


def test_the_files_say_steps_and_the_day_of_the_last_one(desk, group):
    then = timezone.now() - timedelta(days=3)
    finish_lessons(group.learners.get(username="TODO22"), ModulePage.objects.order_by("path").first(), now=then)
    file = page_of(desk, group, "desk_cohort_csv", centro="sin")
    assert column(file, "Pasos en 8 semanas") == ["2"]
    assert column(file, "Último paso") == [f"{timezone.localdate(then):%Y-%m-%d}"]


def test_the_narrow_grid_stands_by_state_with_what_to_do_beside_the_name(desk, group, trainer, stuck):
    steps = next_steps(grid_of(group).rows, rule=help_rule(group), now=NOW)
    stands = [
        (state.value, [(step.row.learner.username, step.why, step.page) for step in those]) for state, those in steps
    ]
    assert stands == [
        ("help", [("STUC22", "2 intentos sin aprobar el módulo 2", "")]),
        ("current", [("BEGU22", "", "")]),
        ("todo", [("TODO22", "", "")]),
        ("done", [("DONA22", "Todavía sin certificado", "issue")]),
    ]
    set_optional_fields("", "Para avisarle.", by=trainer, now=NOW)
    assert "tel:" not in page_of(desk, group).text
    type(stuck).objects.filter(pk=stuck.pk).update(phone="+50255551234")
    text = page_of(desk, group).text
    assert 'href="tel:+50255551234"' in text
    assert 'href="https://wa.me/50255551234?text=' in text


def cells(answer, surname):
    line = re.search(rf'<th scope="row"><a[^>]*>{surname},.*?</tr>', answer.text)[0]
    return re.findall(r'<td data-a="([^"]*)"[^>]*>(?:<a[^>]*>)?([^<]*)', line)


def read_last_lesson_and_fail(learner):
    second = ModulePage.objects.get(number=2)
    mark_lesson_read(learner, second.get_children().last().specific, now=NOW)
    attempt_quiz(learner, second.quiz, right=False)


def test_each_lesson_and_quiz_has_its_mark_and_each_module_its_words(desk, group, stuck):
    read_last_lesson_and_fail(group.learners.get(username="BEGU22"))
    Cohort.objects.update(quiet_days_before_help=30_000)
    answer = page_of(desk, group, "desk_activities")
    assert cells(answer, "de la Cruz") == [("|| ✓", "Finalizado")] * 2
    assert cells(answer, "Núñez") == [("|| ✓", "Finalizado"), ("·| ×", "En curso, 1 de 2, por repasar")]
    assert cells(answer, "Nunez") == [("·· ·", "No iniciado"), ("·· ×", "Necesita ayuda, 0 de 2, por repasar")]
    assert answer.text.count('<th scope="col" data-a="12 C">') == 2
    assert f'<td data-a="·· ×" class="h"><a href="../personas/{stuck.pk}/#m2">' in answer.text
    narrowed = page_of(desk, group, "desk_activities", puesto="clinica", orden="estado")
    assert row_headings(narrowed)[0] == "Nunez, Carlos"
    assert f'href="/es/grupos/{group.pk}/?puesto=clinica&amp;orden=estado"' in narrowed.text


def test_what_waits_is_open_or_counts_by_a_session_has_marks_of_its_own(desk, group, trainer, stuck):
    waiting = group.learners.get(username="DONA22")
    first, second = course_outline()
    Attempt.objects.filter(learner=waiting, quiz_key=first.quiz_key).update(grade=None, passed=None)
    Attempt.objects.filter(learner=waiting, quiz_key=second.quiz_key).update(grade=None, passed=None, submitted_at=None)
    answer = page_of(desk, group, "desk_activities")
    assert [marks for marks, _words in cells(answer, "de la Cruz")] == ["|| …", "|| ~"]
    keys = [str(ModulePage.objects.get(number=2).translation_key)]
    session = Session.objects.create(cohort=group, held_on=NOW.date(), modules=keys, counts_for=keys, made_by=trainer)
    keep_attendance(session, {stuck.pk}, shown=set(), by=trainer, now=NOW)
    assert cells(page_of(desk, group, "desk_activities"), "Nunez")[1] == (
        "++ ×",
        "Necesita ayuda, lecciones por sesión, por repasar",
    )


def test_the_files_hold_a_column_in_words_for_each_activity(desk, group):
    read_last_lesson_and_fail(group.learners.get(username="BEGU22"))
    headings, row = rows(page_of(desk, group, "desk_activities_csv", centro=Clinic.objects.get(name="Ayampuc").pk))
    assert dict(zip(headings[6:], row[6:], strict=True)) == {
        "1.1 Lección 1": "Leída",
        "1.2 Lección 2": "Leída",
        "1. Cuestionario": "Aprobado",
        "2.1 Lección 1": "Sin leer",
        "2.2 Lección 2": "Leída",
        "2. Cuestionario": "Por repasar",
    }
    workbook = load_workbook(io.BytesIO(page_of(desk, group, "desk_activities_xlsx").content))
    assert [sheet.max_row for sheet in workbook] == [5]
    kept = AuditEntry.objects.filter(action="table_exported").order_by("pk").values_list("people", flat=True)
    assert list(kept) == [1, 4]


def test_what_would_weigh_more_goes_to_another_page_and_nobody_is_lost(group):
    row = row_of(group.learners.first(), rule=USUAL_HELP_RULE, now=NOW)
    line = ActivityRow(row, [cell_of(module, module.outline) for module in row.progress.modules] * 100)
    lines = [line] * 60
    pages = pages_by_weight(lines)
    assert len(pages) > 1
    assert [line for page in pages for line in page] == lines
    assert pages_by_weight([]) == [[]]


def test_the_people_of_a_big_group_take_as_many_queries_as_three_and_come_in_pages(client, course, trainer):
    cohort = make_cohort(trainers=[trainer])
    client.force_login(trainer)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            answer = page_of(client, cohort)
        return len(asked), answer

    add_people(cohort, 3)
    queries()  # The site's addresses and the outline of the course are kept after the first page.
    few, _answer = queries()
    add_people(cohort, 297)
    many, first = queries()
    assert many == few
    assert "0 de 300" in first.text
    last = page_of(client, cohort, pagina=max([int(number) for number in re.findall(r"pagina=(\d+)", first.text)]))
    assert "López de León 0001, María" in first.text
    assert "López de León 0300, María" not in first.text
    assert "López de León 0300, María" in last.text


def add_people(cohort, count):
    first = cohort.enrolments.count() + 1
    people = [
        User(
            username=f"CODE{number:04}",
            first_name="María",
            last_name=f"López de León {number:04}",
            sort_key=f"lopez {number:04}",
            clinic=make_clinic(f"Centro de Salud de San José {number % 40}"),
        )
        for number in range(first, first + count)
    ]
    User.objects.bulk_create(people)
    Enrolment.objects.bulk_create(Enrolment(learner=person, cohort=cohort) for person in people)
    key = ModulePage.objects.get().get_children().specific().get().translation_key
    LessonRead.objects.bulk_create(
        LessonRead(learner=person, lesson_key=key, read_at=timezone.now() - timedelta(days=place % 60))
        for place, person in enumerate(people)
    )


@pytest.fixture
def groups(client, trainer):
    make_course(modules=2, lessons=1, questions=1)
    client.force_login(trainer)
    area = Area.objects.create(name=NORTH)
    ayampuc, zaragoza = make_clinic("Ayampuc", area=area), make_clinic("Zaragoza", area=area)
    morning = make_cohort(trainers=[trainer])
    afternoon = make_cohort("Tarde", trainers=[trainer])
    guard = make_learner("GUARD2", role="apoyo", clinic=zaragoza, cohort=morning)
    finish_course(guard)
    enrol(guard, afternoon)
    make_learner("CLEAN2", role="apoyo", clinic=zaragoza, cohort=morning)
    begun = make_learner("NURSE2", role="clinica", clinic=zaragoza, cohort=afternoon)
    finish_module(begun, ModulePage.objects.order_by("path").first())
    finish_course(make_learner("DESK22", role="recepcion", clinic=ayampuc, cohort=afternoon))
    make_learner("NOWHERE", role="", clinic=None, cohort=morning)
    left = make_learner("LEFT22", role="jefatura", clinic=ayampuc, cohort=morning)
    left.enrolments.update(left_at=left.date_joined)
    make_cohort("Ajeno", trainers=[make_trainer("otra")], learners=[make_learner("OTHER2", clinic=make_clinic("Otro"))])
    return morning, afternoon


def lines_of(client, **query):
    lines = re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', client.get(reverse("desk_summary"), query).text)
    return [(name, *re.findall(r"<td>(\d+/\d+)</td>", cells)[:2]) for name, cells in lines]


def names_of(client, **query):
    return [name for name, *_figures in lines_of(client, **query)]


def test_each_person_of_the_groups_is_counted_once_at_the_clinic_and_by_role(client, groups):
    assert lines_of(client)[-5:] == [
        (NORTH, "2/4", "3/4"),
        ("Sin área de salud", "0/1", "0/1"),
        ("Ayampuc", "1/1", "1/1"),
        ("Zaragoza", "1/3", "2/3"),
        ("Sin centro de salud", "0/1", "0/1"),
    ]
    page = client.get(reverse("desk_summary")).text
    assert "Finalizaron 2/5 personas, empezaron 3/5." in page
    assert (SUPPORT, "1/2", "1/2") in lines_of(client)
    assert page.count(SUPPORT) == 3
    assert "nadie en los grupos" in page
    assert "%" not in page.split("<main")[1].split("</main")[0]


def test_clinics_stand_in_the_order_of_names_whoever_finished_more(client, groups):
    make_learner("MIXCO2", clinic=make_clinic("Mixco"), cohort=groups[1])
    # One of one finished, none of one, one of two: neither the best nor the worst comes first.
    assert names_of(client)[-4:] == ["Ayampuc", "Mixco", "Zaragoza", "Sin centro de salud"]


def test_one_area_can_be_picked_and_the_files_hold_what_the_page_holds(client, groups, trainer):
    area = str(Area.objects.get().key)
    assert names_of(client, area=area)[-3:] == [NORTH, "Ayampuc", "Zaragoza"]
    assert names_of(client, area="<b>") == names_of(client)
    assert rows(client.get(reverse("desk_summary_csv"), {"area": area})) == [
        ["Centro de salud", "Área de salud", "Puesto", "Personas", "Empezaron", "Finalizaron"],
        ["Ayampuc", NORTH, "Recepción, archivo, caja", "1", "1", "1"],
        ["Zaragoza", NORTH, "Medicina, enfermería, psicología, trabajo social", "1", "1", "0"],
        ["Zaragoza", NORTH, SUPPORT, "2", "1", "1"],
    ]
    workbook = load_workbook(io.BytesIO(client.get(reverse("desk_summary_xlsx")).content))
    assert workbook.sheetnames == ["Centros de salud", "Áreas de salud", "Puestos", "Planes de los centros"]
    assert AuditEntry.objects.filter(action="summary_exported", by=trainer).count() == 2


def test_of_too_many_people_the_first_area_is_shown(client, groups, monkeypatch):
    south = Area.objects.create(name="Área Sur")
    make_learner("SOUTH2", clinic=make_clinic("Sur", area=south), cohort=groups[1])
    assert names_of(client)[-4:] == ["Ayampuc", "Sur", "Zaragoza", "Sin centro de salud"]
    monkeypatch.setattr("course.groups.summary.MOST_AT_ONCE", 4)
    assert names_of(client)[-3:] == [NORTH, "Ayampuc", "Zaragoza"]
    assert names_of(client, area=str(south.key))[-1] == "Sur"


def test_who_began_and_finished_is_what_the_grid_says(groups):
    module = ModulePage.objects.order_by("path").last()
    failed = make_learner("FAILED")
    finish_lessons(failed, module)
    attempt_quiz(failed, module.quiz, right=False)
    waiting = make_learner("WAITING")
    finish_course(waiting)
    Attempt.objects.filter(learner=waiting, quiz_key=module.quiz.translation_key).update(grade=None, passed=None)
    progress = progress_by_learner(User.objects.all())
    everyone = list(progress)
    assert get_finished_learners(everyone) == {pk for pk, one in progress.items() if one.finished}
    assert get_started_learners(everyone) == {
        pk for pk, one in progress.items() if any(module.last_activity for module in one.modules)
    }
    finished = get_finished_learners(everyone)
    assert finished
    make_module(module.get_parent().specific, 3)
    assert get_finished_learners(everyone) == finished
