"""The grid of a group: who stands where, in which order, in a constant number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from course.desk.words import rule_words, summary_words
from course.groups.grid import Order, cohort_grid
from course.groups.next_steps import next_steps
from course.groups.weaving import rows_woven
from course.models import Cohort
from course.people.asked import ask
from course.people.cohorts import counting_who_left, help_rule, learners_of
from modules.models import ModulePage
from modules.progress.states import State
from modules.weave import CELLS
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

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def group():
    """Four people in the four states, in two clinics, whose surnames a naive sort would put in another order."""
    make_course(modules=2, lessons=2)
    first, second = ModulePage.objects.order_by("path")
    ayampuc, zaragoza = make_clinic("Ayampuc"), make_clinic("Zaragoza")
    cohort = make_cohort(trainers=[make_trainer(is_staff=True)])
    done = make_learner("DONA22", "Ana", "de la Cruz", clinic=zaragoza, cohort=cohort)
    begun = make_learner("BEGU22", "Bea", "Núñez", clinic=ayampuc, cohort=cohort)
    stuck = make_learner("STUC22", "Carlos", "Nunez", clinic=zaragoza, cohort=cohort)
    make_learner("TODO22", "Delia", "Álvarez", clinic=None, cohort=cohort)
    finish_course(done)
    finish_module(begun, first)
    for _ in range(2):
        attempt_quiz(stuck, second.quiz, right=False)
    return cohort


def grid_of(cohort, now=NOW, **how):
    return cohort_grid(learners_of(cohort), rule=help_rule(cohort), now=now, **how)


def codes(grid):
    return [row.learner.username for row in grid.rows]


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


def test_people_stand_in_spanish_order_or_by_clinic_or_by_state(group):
    # «de la Cruz» under D, ñ after n, and who has no clinic comes last.
    assert codes(grid_of(group)) == ["TODO22", "DONA22", "STUC22", "BEGU22"]
    assert codes(grid_of(group, order=Order.CLINIC)) == ["BEGU22", "DONA22", "STUC22", "TODO22"]
    assert codes(grid_of(group, order=Order.STATE)) == ["STUC22", "BEGU22", "TODO22", "DONA22"]


def test_a_state_picks_the_rows_and_leaves_the_figures_of_the_group(group):
    grid = grid_of(group, only=State.NEEDS_HELP)
    assert codes(grid) == ["STUC22"]
    assert (grid.people, grid.done, [column.done for column in grid.columns]) == (4, 1, [2, 1])


def test_a_motif_is_complete_only_when_everyone_finished_its_module():
    assert [rows_woven(done, 3) for done in range(4)] == [0, 3, 7, CELLS]
    assert rows_woven(349, 350) == CELLS - 1
    assert rows_woven(0, 0) == 0


def test_the_weave_of_a_group_says_its_figures(group):
    weave = grid_of(group).weave
    label = "Tejido del grupo, módulo 1: lo finalizaron 2 de 4 personas; módulo 2: lo finalizaron 1 de 4 personas"
    assert f'aria-label="{label}"' in weave
    assert 'class="c-marigold"' in weave
    assert 'class="unwoven"' in weave


def test_a_module_begun_and_left_for_fourteen_days_needs_help():
    make_course(modules=1, lessons=2)
    cohort = make_cohort(learners=[make_learner()])
    finish_lessons(learners_of(cohort)[0], ModulePage.objects.get())
    assert grid_of(cohort, now=NOW + timedelta(days=13)).needing_help == 0
    assert grid_of(cohort, now=NOW + timedelta(days=14)).needing_help == 1


def test_who_needs_help_goes_by_the_rules_of_the_group_on_every_page(client, group):
    """Three tries instead of two: nobody needs help. One day without activity: whoever began does."""
    trainer = group.trainers.get()
    client.force_login(trainer)
    other = make_cohort("Otro grupo", trainers=[trainer], tries_before_help=3, quiet_days_before_help=30_000)
    enrol(group.learners.get(username="STUC22"), other)
    assert (grid_of(group).needing_help, grid_of(other).needing_help) == (1, 0)
    said = {cohort.name: summary for cohort, _grid, summary, _rules in client.get("/es/grupos/").context["groups"]}
    assert said["Grupo de la mañana"] == "1 de 4 finalizó; 1 necesita ayuda."
    assert said["Otro grupo"] == "0 de 1 finalizaron; nadie necesita ayuda."
    stuck = group.learners.get(username="STUC22")
    person = {cohort: client.get(reverse("desk_person", args=[cohort.pk, stuck.pk])) for cohort in (group, other)}
    assert [person[cohort].context["report"].row.state for cohort in (group, other)] == [
        State.NEEDS_HELP,
        State.IN_PROGRESS,
    ]
    Cohort.objects.filter(pk=group.pk).update(tries_before_help=20, quiet_days_before_help=1)
    group.refresh_from_db()
    quiet = grid_of(group, now=NOW + timedelta(days=1))
    assert [(row.learner.username, [reason for _module, reason in row.reasons]) for row in quiet.rows] == [
        ("TODO22", []),
        ("DONA22", []),
        ("STUC22", ["Empezado, y 1 día sin actividad."]),
        ("BEGU22", []),
    ]
    page = client.get(reverse("desk_cohort", args=[group.pk])).content.decode()
    words = "20 intentos de un cuestionario enviados sin aprobar, o un módulo empezado y 1 día sin actividad"
    assert words in page


def test_only_who_is_in_the_group_today_is_shown_and_who_left_is_counted(group):
    group.enrolments.filter(learner__username__in=["DONA22", "BEGU22"]).update(left_at=NOW)
    came_back = group.learners.get(username="BEGU22")
    enrol(came_back, group)
    assert codes(grid_of(group)) == ["TODO22", "STUC22", "BEGU22"]
    assert counting_who_left(Cohort.objects.all()).get().left == 1


def test_the_sentence_of_a_group_agrees_in_number():
    make_course(modules=1, lessons=1)
    cohort = make_cohort()
    assert summary_words(grid_of(cohort)) == "Todavía no hay nadie inscrito en este grupo."
    for code in ("ANA234", "BEA234", "CAR234"):
        make_learner(code, cohort=cohort)
    assert summary_words(grid_of(cohort)) == "0 de 3 finalizaron; nadie necesita ayuda."
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


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def add_people(cohort, numbers):
    """Enrol people of as many clinics, of whom a third has not tried the first quiz, passed it, or not passed it."""
    first = ModulePage.objects.order_by("path").first()
    for number in numbers:
        clinic = make_clinic(f"Centro {number}")
        learner = make_learner(f"CODE{number:02}", last_name=f"López {number}", clinic=clinic, cohort=cohort)
        finish_lessons(learner, first)
        if number % 3:
            attempt_quiz(learner, first.quiz, right=number % 3 == 1)


def test_the_number_of_queries_does_not_grow_with_groups_people_and_modules(client):
    course = make_course(modules=2, lessons=2, questions=1)
    trainer = make_trainer(is_staff=True)
    cohort = make_cohort(trainers=[trainer])
    add_people(cohort, range(3))
    addresses = [reverse("desk_cohorts"), reverse("desk_person", args=[cohort.pk, cohort.learners.first().pk])]
    names = ["desk_cohort", "desk_cohort_xlsx", "desk_cohort_csv"]
    addresses += [reverse(name, args=[cohort.pk]) for name in names]
    client.force_login(trainer)
    small = {address: queries_of(client, address) for address in addresses}
    for number in range(3, 9):
        make_module(course, number, lessons=2, questions=1)
    add_people(cohort, range(3, 40))
    make_cohort("Otro grupo", trainers=[trainer], learners=cohort.learners.all())
    assert {address: queries_of(client, address) for address in addresses} == small
    # Session, person, two for the menu, group, people, three for the course, three facts, edition, certificates, three
    # for the activity, and who handed the group over.
    assert small[reverse("desk_cohort", args=[cohort.pk])] <= 17


def test_the_page_says_each_state_in_words_and_the_rule_beside_it(client, group):
    client.force_login(group.trainers.get())
    page = client.get(reverse("desk_cohort", args=[group.pk])).content.decode()
    for words in ("No iniciado", "En curso", "Necesita ayuda", "Finalizado"):
        assert words in page
    assert rule_words(help_rule(group)) in page
    assert "2 intentos" in page
    assert "de la Cruz, Ana" in page
    # Four people and how many finished, in the wide table and in the narrow one.
    assert page.count('scope="row"') == 10
    assert "2/4" in page


def test_the_address_sorts_and_filters_without_javascript(client, group):
    client.force_login(group.trainers.get())
    address = reverse("desk_cohort", args=[group.pk])
    answer = client.get(f"{address}?orden=centro&estado=done")
    assert codes(answer.context["grid"]) == ["DONA22"]
    assert 'href="?orden=centro&amp;estado=help"' in answer.content.decode()
    assert "Se muestran 1 de 4 personas · Finalizado." in answer.content.decode()


def test_an_address_that_was_mistyped_shows_the_whole_group_by_surname(client, group):
    client.force_login(group.trainers.get())
    answer = client.get(reverse("desk_cohort", args=[group.pk]) + "?orden=<b>&estado=x")
    assert codes(answer.context["grid"]) == ["TODO22", "DONA22", "STUC22", "BEGU22"]
    assert "<b>" not in answer.content.decode()


def test_the_list_of_groups_says_each_one_in_a_sentence(client, group):
    client.force_login(group.trainers.get())
    make_cohort("Ñandú", trainers=[group.trainers.get()])
    make_cohort("Grupo ajeno", trainers=[make_trainer("otra", is_staff=True)])
    page = client.get(reverse("desk_cohorts"))
    assert [(cohort.name, summary) for cohort, _grid, summary, _rules in page.context["groups"]] == [
        ("Grupo de la mañana", "1 de 4 finalizó; 1 necesita ayuda."),
        ("Ñandú", "Todavía no hay nadie inscrito en este grupo."),
    ]


def test_an_empty_group_says_so_and_counts_who_left(client, group):
    group.enrolments.update(left_at=NOW)
    client.force_login(group.trainers.get())
    page = client.get(reverse("desk_cohort", args=[group.pk])).content.decode()
    assert "Traiga la lista del personal" in page
    assert "Ya no están en el grupo: 4 personas." in page
    assert "<table" not in page


def test_the_narrow_grid_stands_by_state_with_what_to_do_beside_the_name(client, group):
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
    page, stuck = reverse("desk_cohort", args=[group.pk]), group.learners.get(username="STUC22")
    client.force_login(group.trainers.get())
    ask("", "Para avisarle.", by=group.trainers.get(), now=NOW)
    assert "tel:" not in client.get(page).content.decode()
    type(stuck).objects.filter(pk=stuck.pk).update(phone="+50255551234")
    text = client.get(page).content.decode()
    assert 'href="tel:+50255551234"' in text
    assert 'href="https://wa.me/50255551234?text=' in text
