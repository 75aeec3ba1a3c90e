"""«Each activity»: every lesson and quiz of a group, terse enough for 350 people and 130 activities on one page."""

import csv
import io
import random
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from benchmarks.big_site.steps import Result, plan_steps
from course.groups.each_activity import ActivityRow, cell_of, pages_by_weight
from course.groups.grid import row_of
from course.models import AuditEntry, Enrolment, Session
from course.sessions.attendance import keep_attendance
from modules.models import LessonRead, ModulePage
from modules.progress.facts import mark_lesson_read
from modules.progress.help_rules import USUAL_HELP_RULE
from modules.progress.outline import course_outline
from quizzes.models import Attempt
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_course,
    finish_module,
    make_cohort,
    make_course,
    make_learner,
    make_lesson,
    make_module,
    make_trainer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(client):
    make_course(modules=2, lessons=3, questions=1)
    trainer = make_trainer()
    client.force_login(trainer)
    cohort = make_cohort(trainers=[trainer])
    finish_course(make_learner("DONA22", "Ana", "Ajú", cohort=cohort))
    begun = make_learner("BEGU22", "Beto", "Batz", role="apoyo", cohort=cohort)
    first, second = ModulePage.objects.order_by("path")
    finish_module(begun, first, now=timezone.now())
    for lesson in (1, 3):
        mark_lesson_read(begun, second.get_children().get(slug=str(lesson)).specific, now=timezone.now())
    attempt_quiz(begun, second.quiz, right=False, now=timezone.now())
    stuck = make_learner("STUC22", "Carla", "Coj", cohort=cohort)
    for _ in range(2):
        attempt_quiz(stuck, first.quiz, right=False)
    return cohort


def page_of(client, cohort, name="desk_activities", **query):
    return client.get(reverse(name, args=[cohort.pk]), query)


def cells(answer, code):
    line = next(line for line in answer.context["lines"] if line.row.learner.username == code)
    return [(cell.marks, cell.words) for cell in line.cells]


def test_each_lesson_and_quiz_has_its_mark_and_each_module_its_words(client, group):
    answer = page_of(client, group)
    assert cells(answer, "DONA22") == [("||| ✓", "Finalizado")] * 2
    assert cells(answer, "BEGU22") == [("||| ✓", "Finalizado"), ("|·| ×", "En curso, 2 de 3, por repasar")]
    assert cells(answer, "STUC22") == [
        ("··· ×", "Necesita ayuda, 0 de 3, por repasar"),
        ("··· ·", "No iniciado"),
    ]
    assert [heading.marks for heading in answer.context["headings"]] == ["123 C", "123 C"]
    assert '<td data-a="|·| ×">En curso, 2 de 3, por repasar</td>' in answer.content.decode()


def test_what_waits_is_open_or_counts_by_a_session_has_marks_of_its_own(client, group):
    waiting = group.learners.get(username="DONA22")
    first, second = course_outline()
    Attempt.objects.filter(learner=waiting, quiz_key=first.quiz_key).update(grade=None, passed=None)
    Attempt.objects.filter(learner=waiting, quiz_key=second.quiz_key).update(grade=None, passed=None, submitted_at=None)
    answer = page_of(client, group)
    assert [marks for marks, _words in cells(answer, "DONA22")] == ["||| …", "||| ~"]
    module = ModulePage.objects.order_by("path").first()
    stuck = group.learners.get(username="STUC22")
    keys = [str(module.translation_key)]
    session = Session.objects.create(
        cohort=group, held_on=NOW.date(), modules=keys, counts_for=keys, made_by=group.trainers.get()
    )
    keep_attendance(session, {stuck.pk}, shown=set(), by=group.trainers.get(), now=NOW)
    assert cells(page_of(client, group), "STUC22")[0] == (
        "+++ ×",
        "Necesita ayuda, lecciones por sesión, por repasar",
    )


def test_a_state_that_needs_help_leads_to_why_and_the_page_narrows_as_the_grid_does(client, group):
    stuck = group.learners.get(username="STUC22")
    page = page_of(client, group).content.decode()
    link = f'<td data-a="··· ×" class="h"><a href="../personas/{stuck.pk}/#m1">'
    assert link in page
    address = urljoin(reverse("desk_activities", args=[group.pk]), f"../personas/{stuck.pk}/")
    assert address == reverse("desk_person", args=[group.pk, stuck.pk])
    narrowed = page_of(client, group, puesto="apoyo", orden="estado")
    assert [line.row.learner.username for line in narrowed.context["lines"]] == ["BEGU22"]
    assert f'href="/es/grupos/{group.pk}/?puesto=apoyo&amp;orden=estado"' in narrowed.content.decode()


def test_the_files_hold_a_column_in_words_for_each_activity(client, group):
    text = page_of(client, group, "desk_activities_csv", puesto="apoyo").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row == {
        "Apellidos": "Batz",
        "Nombres": "Beto",
        "Código de usuario": "BEGU22",
        "Puesto": "Guardianía, limpieza, mantenimiento, piloto",
        "Centro de salud": "",
        "Curso": "En curso",
        "1.1 Lección 1": "Leída",
        "1.2 Lección 2": "Leída",
        "1.3 Lección 3": "Leída",
        "1. Cuestionario": "Aprobado",
        "2.1 Lección 1": "Leída",
        "2.2 Lección 2": "Sin leer",
        "2.3 Lección 3": "Leída",
        "2. Cuestionario": "Por repasar",
    }
    workbook = load_workbook(io.BytesIO(page_of(client, group, "desk_activities_xlsx").content))
    assert [sheet.max_row for sheet in workbook] == [4]
    kept = AuditEntry.objects.filter(action="table_exported").order_by("pk").values_list("people", flat=True)
    assert list(kept) == [1, 3]


@pytest.mark.nightly
def test_350_people_and_130_activities_stand_on_one_page_of_less_than_300_kb(client):
    course = make_course(modules=1, lessons=2, questions=1)
    trainer = make_trainer()
    client.force_login(trainer)
    cohort = make_cohort(trainers=[trainer])
    add_people(cohort, 3)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            answer = page_of(client, cohort)
        return len(asked), answer

    queries()  # The site's addresses and the outline of the course are kept after the first page.
    few, answer = queries()
    assert activities() == 3
    for number in range(3, 13):
        make_lesson(ModulePage.objects.get(), number)
    for number in range(2, 11):
        make_module(course, number, lessons=12, questions=1)
    add_people(cohort, 347)
    queries()
    many, answer = queries()
    assert (activities(), len(answer.context["lines"]), answer.context["grid"].people) == (130, 350, 350)
    assert many == few
    assert len(answer.content) < 300_000


def test_what_would_weigh_more_goes_to_another_page_and_nobody_is_lost(group):
    learner = group.learners.first()
    row = row_of(learner, rule=USUAL_HELP_RULE, now=NOW)
    line = ActivityRow(row, [cell_of(module, module.outline) for module in row.progress.modules] * 100)
    lines = [line] * 60
    pages = pages_by_weight(lines)
    assert len(pages) > 1
    assert [line for page in pages for line in page] == lines
    assert pages_by_weight([]) == [[]]


def activities():
    return sum(len(outline.lessons) + bool(outline.quiz_key) for outline in course_outline())


def add_people(cohort, count):
    """Enrol people who did what people of the demo crowd do."""
    User = get_user_model()
    first = User.objects.count()
    people = User.objects.bulk_create(
        User(
            username=f"CODE{number:04}",
            first_name=f"María Fernanda {number:04}",
            last_name=f"López de León {number:04}",
            sort_key=f"lopez {number:04}",
        )
        for number in range(first, first + count)
    )
    Enrolment.objects.bulk_create(Enrolment(learner=person, cohort=cohort) for person in people)
    now, outline, reads, attempts = timezone.now(), course_outline(), [], []
    for number, person in enumerate(people):
        steps = plan_steps(outline, chance=random.Random(number))
        reads += [LessonRead(learner=person, lesson_key=key, read_at=now - ago) for key, ago in steps.reads]
        for sitting in steps.sittings:
            graded = sitting.result in (Result.PASSED, Result.FAILED)
            passed = sitting.result is Result.PASSED if graded else None
            sent = None if sitting.result is Result.OPEN else now - sitting.ago + timedelta(minutes=12)
            attempt = Attempt(learner=person, quiz_key=sitting.quiz_key, paper={}, started_at=now - sitting.ago)
            attempt.submitted_at, attempt.passed, attempt.grade = sent, passed, 100 * passed if graded else None
            attempts.append(attempt)
    LessonRead.objects.bulk_create(reads)
    Attempt.objects.bulk_create(attempts)
