"""The summary by clinic, health area and role: figures of all groups that one may open, and no ranking."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from course.models import Area, AuditEntry, Cohort, User
from modules.models import ModulePage
from modules.progress.deriving import progress_by_learner
from modules.progress.finishing import learners_who_began, learners_who_finished
from quizzes.models import Attempt
from tests.factories import (
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
def trainer(client):
    """A trainer of two groups with five people in two clinics of one area, one without a clinic and one who left."""
    make_course(modules=2, lessons=1, questions=1)
    trainer = make_trainer()
    client.force_login(trainer)
    area = Area.objects.create(name="Área de Guatemala Norte")
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
    return trainer


def summary(client, **query):
    return client.get(reverse("desk_summary"), query).context["summary"]


def lines_of(lines):
    return [
        (line.name, tuple(line.total), {role: tuple(share) for role, share in line.by_role.items()}) for line in lines
    ]


def test_each_person_of_the_groups_is_counted_once_at_the_clinic_and_by_role(client, trainer):
    found = summary(client)
    assert lines_of(found.clinics) == [
        ("Ayampuc", (1, 1, 1), {"recepcion": (1, 1, 1)}),
        ("Zaragoza", (1, 2, 3), {"apoyo": (1, 1, 2), "clinica": (0, 1, 1)}),
        ("Sin centro de salud", (0, 0, 1), {"": (0, 0, 1)}),
    ]
    assert [(line.name, tuple(line.total)) for line in found.areas] == [
        ("Área de Guatemala Norte", (2, 3, 4)),
        ("Sin área de salud", (0, 0, 1)),
    ]


def test_the_page_says_every_figure_of_how_many_and_names_each_role(client, trainer):
    page = client.get(reverse("desk_summary")).content.decode()
    assert "Finalizaron 2/5 personas, empezaron 3/5." in page
    assert page.count("Guardianía, limpieza, mantenimiento, piloto") == 3
    assert "<td>1/2</td>" in page
    assert "nadie en los grupos" in page
    assert "Otro" not in page
    assert "%" not in page.split("<main")[1].split("</main")[0]


def test_clinics_stand_in_the_order_of_names_whoever_finished_more(client, trainer):
    make_learner("MIXCO2", clinic=make_clinic("Mixco"), cohort=Cohort.objects.get(name="Tarde"))
    page = client.get(reverse("desk_summary")).content.decode()
    # One of one finished, none of one, one of two: neither the best nor the worst comes first.
    places = [page.index(f'<th scope="row">{name}') for name in ("Ayampuc", "Mixco", "Zaragoza")]
    assert places == sorted(places)


def test_one_area_can_be_picked_and_the_files_hold_what_the_page_holds(client, trainer):
    area = str(Area.objects.get().key)
    assert [line.name for line in summary(client, area=area).clinics] == ["Ayampuc", "Zaragoza"]
    assert len(summary(client, area="<b>").clinics) == 3
    exported = client.get(reverse("desk_summary_csv"), {"area": area}).content
    assert exported.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(exported.decode("utf-8-sig"), newline="")))
    assert rows == [
        ["Centro de salud", "Área de salud", "Puesto", "Personas", "Empezaron", "Finalizaron"],
        ["Ayampuc", "Área de Guatemala Norte", "Recepción, archivo, caja", "1", "1", "1"],
        ["Zaragoza", "Área de Guatemala Norte", "Medicina, enfermería, psicología, trabajo social", "1", "1", "0"],
        ["Zaragoza", "Área de Guatemala Norte", "Guardianía, limpieza, mantenimiento, piloto", "2", "1", "1"],
    ]
    workbook = load_workbook(io.BytesIO(client.get(reverse("desk_summary_xlsx")).content))
    assert workbook.sheetnames == ["Centros de salud", "Áreas de salud", "Puestos", "Planes de los centros"]
    assert AuditEntry.objects.filter(action="summary_exported", by=trainer).count() == 2


def test_of_too_many_people_the_first_area_is_shown(client, trainer, monkeypatch):
    make_learner(
        "SOUTH2",
        clinic=make_clinic("Sur", area=Area.objects.create(name="Área Sur")),
        cohort=Cohort.objects.get(name="Tarde"),
    )
    assert len(summary(client).clinics) == 4
    monkeypatch.setattr("course.groups.summary.MOST_AT_ONCE", 4)
    found = summary(client)
    assert (found.area, [line.name for line in found.clinics]) == (found.areas_to_pick[0][0], ["Ayampuc", "Zaragoza"])
    assert "Sur" in [line.name for line in summary(client, area=found.areas_to_pick[1][0]).clinics]


def test_who_began_and_finished_is_what_the_grid_says(client, trainer):
    module = ModulePage.objects.order_by("path").last()
    failed = make_learner("FAILED")
    finish_lessons(failed, module)
    attempt_quiz(failed, module.quiz, right=False)
    waiting = make_learner("WAITING")
    finish_course(waiting)
    Attempt.objects.filter(learner=waiting, quiz_key=module.quiz.translation_key).update(grade=None, passed=None)
    progress = progress_by_learner(User.objects.all())
    everyone = list(progress)
    assert learners_who_finished(everyone) == {pk for pk, one in progress.items() if one.finished}
    assert learners_who_began(everyone) == {
        pk for pk, one in progress.items() if any(module.last_activity for module in one.modules)
    }
    finished = learners_who_finished(everyone)
    assert finished
    make_module(module.get_parent().specific, 3)
    assert learners_who_finished(everyone) == finished


@pytest.mark.nightly
def test_forty_clinics_cost_as_many_queries_as_two(client, trainer):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("desk_summary"))
        return len(asked)

    queries()  # The site's addresses and the outline of the course are kept after the first page.
    few = queries()
    cohort = make_cohort("Grande", trainers=[trainer])
    for number in range(40):
        area = (
            Area.objects.create(name=f"Área {number % 5}")
            if number < 5
            else Area.objects.get(name=f"Área {number % 5}")
        )
        make_learner(f"MORE{number:02}", clinic=make_clinic(f"Centro {number}", area=area), cohort=cohort)
    assert queries() == few
