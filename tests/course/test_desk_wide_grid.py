"""The grid of a big group: filters, the way from a cell to its reason, activity, and what a page weighs."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from course.groups.activity import WEEKS, activity_by_learner
from course.models import Enrolment
from modules.models import LessonRead, ModulePage
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_course,
    finish_lessons,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_module,
    make_trainer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def group(client):
    make_course(modules=2, lessons=2, questions=1)
    trainer = make_trainer()
    client.force_login(trainer)
    cohort = make_cohort(trainers=[trainer])
    ayampuc, zaragoza = make_clinic("Ayampuc"), make_clinic("Zaragoza")
    finish_course(make_learner("DONA22", "Ana", "Ajú", role="apoyo", clinic=ayampuc, cohort=cohort))
    make_learner("GUAR22", "Beto", "Batz", role="apoyo", clinic=zaragoza, cohort=cohort)
    stuck = make_learner("STUC22", "Carla", "Coj", role="clinica", clinic=ayampuc, cohort=cohort)
    for _ in range(2):
        attempt_quiz(stuck, ModulePage.objects.order_by("path").last().quiz, right=False)
    make_learner("NONE22", "Delia", "Díaz", role="", clinic=None, cohort=cohort)
    return cohort


def page_of(client, cohort, name="desk_cohort", **query):
    return client.get(reverse(name, args=[cohort.pk]), query)


def codes(answer):
    return [row.learner.username for row, _activity in answer.context["lines"]]


def test_clinic_role_and_state_narrow_the_grid_together_and_its_files_too(client, group):
    ayampuc = str(group.learners.get(username="DONA22").clinic_id)
    assert codes(page_of(client, group, centro=ayampuc)) == ["DONA22", "STUC22"]
    assert codes(page_of(client, group, puesto="apoyo")) == ["DONA22", "GUAR22"]
    assert codes(page_of(client, group, centro=ayampuc, puesto="apoyo", estado="done")) == ["DONA22"]
    assert codes(page_of(client, group, centro=ayampuc, puesto="apoyo", estado="todo")) == []
    assert codes(page_of(client, group, centro="sin", puesto="sin")) == ["NONE22"]
    assert len(codes(page_of(client, group, centro="<b>", puesto="99"))) == 4
    exported = page_of(client, group, "desk_cohort_csv", centro=ayampuc, puesto="clinica").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(exported, newline="")))
    assert [row["Código de usuario"] for row in rows] == ["STUC22"]


def test_the_choices_say_how_many_people_each_has_and_keep_the_state(client, group):
    page = page_of(client, group, puesto="apoyo", estado="done").content.decode()
    assert '<option value="apoyo" selected>Guardianía, limpieza, mantenimiento, piloto (2)</option>' in page
    assert '<option value="sin">Sin centro de salud (1)</option>' in page
    assert '<input type="hidden" name="estado" value="done">' in page
    assert "Se muestran 1 de 4 personas · Finalizado · Guardianía, limpieza, mantenimiento, piloto." in page


def test_a_cell_leads_to_its_module_on_the_page_of_the_person_who_reads_why(client, group):
    stuck = group.learners.get(username="STUC22")
    page = page_of(client, group).content.decode()
    assert f'href="personas/{stuck.pk}/#m2">Necesita ayuda</a>' in page
    assert f'href="personas/{stuck.pk}/#m1"' not in page
    person = client.get(f"{reverse('desk_cohort', args=[group.pk])}personas/{stuck.pk}/").content.decode()
    section = person.split('id="m2"')[1].split("</li>")[0]
    assert "Cuestionario enviado 2 veces, todavía sin aprobar." in section


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


def test_the_files_say_steps_and_the_day_of_the_last_one(client, group):
    learner = group.learners.get(username="GUAR22")
    then = timezone.now() - timedelta(days=3)
    finish_lessons(learner, ModulePage.objects.order_by("path").first(), now=then)
    exported = page_of(client, group, "desk_cohort_csv", estado="current").content.decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(exported, newline="")))
    assert (row["Pasos en 8 semanas"], row["Último paso"]) == ("2", f"{timezone.localdate(then):%Y-%m-%d}")


@pytest.mark.nightly
def test_350_people_and_130_modules_cost_the_queries_of_three_and_weigh_less_than_300_kb(client):
    course = make_course(modules=3, lessons=1, questions=1)
    trainer = make_trainer()
    client.force_login(trainer)
    cohort = make_cohort(trainers=[trainer])
    add_people(cohort, 3)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            answer = page_of(client, cohort)
        return len(asked), answer

    queries()  # The site's addresses and the outline of the course are kept after the first page.
    few, _answer = queries()
    for number in range(4, 131):
        make_module(course, number, lessons=1, quiz=False)
    add_people(cohort, 350)
    queries()
    many, answer = queries()
    assert (len(answer.context["grid"].columns), answer.context["grid"].people) == (130, 353)
    assert many == few
    assert len(answer.content) < 300_000
    assert answer.context["page"].paginator.num_pages > 1
    last = page_of(client, cohort, pagina=answer.context["page"].paginator.num_pages)
    assert codes(last)[-1] == max(cohort.learners.values_list("username", flat=True))


def test_350_people_and_eight_modules_weigh_less_than_300_kb(client):
    make_course(modules=8, lessons=1, questions=1)
    trainer = make_trainer()
    client.force_login(trainer)
    cohort = make_cohort(trainers=[trainer])
    add_people(cohort, 350)
    answer = page_of(client, cohort)
    assert len(answer.context["lines"]) >= 100
    assert len(answer.content) < 300_000


def add_people(cohort, count):
    """Enrol people of a clinic each who read the lessons of the first modules some time ago."""
    User = get_user_model()
    first = User.objects.count()
    people = [
        User(
            username=f"CODE{number:04}",
            first_name=f"María Fernanda {number:04}",
            last_name=f"López de León {number:04}",
            sort_key=f"lopez {number:04}",
            clinic=make_clinic(f"Centro de Salud de San José {number % 40}"),
        )
        for number in range(first, first + count)
    ]
    User.objects.bulk_create(people)
    Enrolment.objects.bulk_create(Enrolment(learner=person, cohort=cohort) for person in people)
    lessons = [
        lesson.translation_key for module in ModulePage.objects.all() for lesson in module.get_children().specific()
    ]
    LessonRead.objects.bulk_create(
        LessonRead(learner=person, lesson_key=key, read_at=timezone.now() - timedelta(days=place % 60))
        for person in people
        for place, key in enumerate(lessons)
    )
