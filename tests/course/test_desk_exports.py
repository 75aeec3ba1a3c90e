"""What a trainer hands on: the spreadsheet as Excel and as CSV."""

import csv
import io
from datetime import date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from certificates.issuing.issue import issue_certificate
from course.models import Role
from modules.models import ModulePage
from quizzes.wording.cells import without_formula
from tests.certificates.factories import issued_otherwise
from tests.factories import (
    NOW,
    finish_course,
    finish_module,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_trainer,
)

pytestmark = pytest.mark.django_db

HEADINGS = [
    "Apellidos",
    "Nombres",
    "Código de usuario",
    "Puesto",
    "Centro de salud",
    "Curso",
    "Módulos finalizados",
    "Módulos en total",
    "1. Módulo de prueba 1",
    "2. Módulo de prueba 2",
    "Por qué necesita ayuda",
    "Certificado",
    "Fecha de emisión",
]


@pytest.fixture
def group():
    make_course(modules=2, lessons=1)
    clinic = make_clinic("Centro de Salud de Ñeñá")
    cohort = make_cohort("Ñandú / Día 1", trainers=[make_trainer(is_staff=True)], clinic=clinic)
    done = make_learner("ANA234", "Ana Lucía", "Coj de la Cruz", role="recepcion", clinic=clinic, cohort=cohort)
    begun = make_learner("BEA234", "=HYPERLINK(1)", "@Núñez", role="apoyo", clinic=None, cohort=cohort)
    finish_course(done)
    finish_module(begun, ModulePage.objects.order_by("path")[0])
    issue(done)
    return cohort


def issue(learner):
    return issue_certificate(
        learner, printed_name=str(learner), role=learner.role, clinic=str(learner.clinic or ""), now=NOW
    )


def signed_in(client, cohort):
    client.force_login(cohort.trainers.get())
    return client


def rows_of_csv(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_csv_holds_the_table_in_words_for_excel(noon, client, group):
    answer = signed_in(client, group).get(reverse("desk_cohort_csv", args=[group.pk]))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    day = f"{timezone.localdate():%Y-%m-%d}"
    assert answer["Content-Disposition"] == f'attachment; filename="grupo-nandu-dia-1-{day}.csv"'
    assert [row[: len(HEADINGS)] for row in rows_of_csv(answer)] == [
        HEADINGS,
        [
            "Coj de la Cruz",
            "Ana Lucía",
            "ANA234",
            str(Role.FRONT_DESK.label),
            "Centro de Salud de Ñeñá",
            "Finalizado",
            "2",
            "2",
            "Finalizado",
            "Finalizado",
            "",
            "Emitido",
            "2026-11-25",
        ],
        [
            "'@Núñez",
            "'=HYPERLINK(1)",
            "BEA234",
            str(Role.SUPPORT.label),
            "",
            "En curso",
            "1",
            "2",
            "Finalizado",
            "No iniciado",
            "",
            "Aún no",
            "",
        ],
    ]


def test_the_workbook_holds_the_same_table_with_real_dates_and_no_formula(client, group):
    signed_in(client, group)
    answer = client.get(reverse("desk_cohort_xlsx", args=[group.pk]))
    assert answer["Content-Disposition"].endswith('.xlsx"')
    workbook = load_workbook(io.BytesIO(answer.content))
    sheet, summary = workbook.worksheets
    assert (sheet.title, summary.title) == ("Ñandú  Día 1", "Resumen")
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("B2", "$1:$1", "A1:P3")
    written = [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
    as_csv = rows_of_csv(client.get(reverse("desk_cohort_csv", args=[group.pk])))
    dates = HEADINGS.index("Fecha de emisión")
    assert [[str(value) for value in row[:dates]] for row in written] == [row[:dates] for row in as_csv]
    # What is counted with is a number.
    assert written[1][HEADINGS.index("Módulos finalizados") :][:2] == [2, 2]
    assert written[1][dates] == datetime(2026, 11, 25)
    assert sheet["M2"].number_format == "dd/mm/yyyy"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert all(sheet.column_dimensions[letter].width >= 9 for letter in "ABCDEFGHIJKLMNO")
    assert [row[:3] for row in summary.iter_rows(values_only=True)][3:7] == [
        ("En una frase", "1 de 2 finalizó; nadie necesita ayuda.", None),
        ("1. Módulo de prueba 1", 2, 2),
        ("2. Módulo de prueba 2", 1, 2),
        ("Certificados vigentes", 1, 2),
    ]
    assert summary["C5"].number_format == '"de "0'


def test_an_export_is_sorted_and_filtered_as_the_page_was(client, group):
    answer = signed_in(client, group).get(reverse("desk_cohort_csv", args=[group.pk]) + "?estado=done&orden=centro")
    assert [row[2] for row in rows_of_csv(answer)] == ["Código de usuario", "ANA234"]


def test_an_export_speaks_english_when_the_page_does(client, group):
    signed_in(client, group)
    with translation.override("en"):
        answer = client.get(reverse("desk_cohort_csv", args=[group.pk]))
    assert rows_of_csv(answer)[1][5:10] == ["Finished", "2", "2", "Finished", "Finished"]


def test_an_empty_group_exports_its_headings_only(client):
    cohort = make_cohort(trainers=[make_trainer(is_staff=True)])
    signed_in(client, cohort)
    assert len(rows_of_csv(client.get(reverse("desk_cohort_csv", args=[cohort.pk])))) == 1
    assert client.get(reverse("desk_cohort_xlsx", args=[cohort.pk])).status_code == 200


def test_a_group_with_a_strange_name_still_makes_a_workbook(client):
    cohort = make_cohort(
        "[]:*?/\\\x07'", trainers=[make_trainer(is_staff=True)], learners=[make_learner(first_name="A\x0bna")]
    )
    answer = signed_in(client, cohort).get(reverse("desk_cohort_xlsx", args=[cohort.pk]))
    assert load_workbook(io.BytesIO(answer.content)).sheetnames == ["Grupo", "Resumen"]


@pytest.mark.parametrize("text", ["=1+1", "+502", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_what_looks_like_a_formula_is_made_plain_text(text):
    assert without_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Coj", "a=b", "2 de 3", "O'Higgins", " "])
def test_other_text_stays_as_it_is(text):
    assert without_formula(text) == text


def test_dates_of_certificates_are_those_of_guatemala(client, group):
    certificate = group.learners.get(username="ANA234").certificates.get()
    issued_otherwise([certificate], issued_at=datetime(2026, 11, 26, 3, tzinfo=NOW.tzinfo))
    sheet = load_workbook(
        io.BytesIO(signed_in(client, group).get(reverse("desk_cohort_xlsx", args=[group.pk])).content)
    ).worksheets[0]
    assert sheet["M2"].value.date() == date(2026, 11, 25)
