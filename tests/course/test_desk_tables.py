import io
import random
import re
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from course.models import AuditEntry, Enrolment, Job, PaperSheet, Reminder, Session
from course.people.audit import audit_log
from course.plans.actions import agree_on_action
from course.roster.uploads import bring_list
from modules.models import Edition, ModulePage, TrainingRecord
from quizzes.attempts import taking as attempts
from quizzes.base.spreadsheets import escape_formula
from quizzes.models import LateAnswer, Medium, Quiz, Reason
from tests.certificates.factories import issue, issued_otherwise
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_course,
    finish_module,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_question,
    make_quiz,
)
from tests.test_access import ours

from .answers import rows

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PLACES = ["course/templates/desk", "quizzes/templates/quizzes/analysis"]
A_TABLE = re.compile(r'<table|class="rows"')
# {template with a table or rows: [(the page, the table as a file: with _xlsx and _csv)]}
GOES_OUT = {
    "archive.html": [("desk_archive", "desk_archive")],
    "audit.html": [("desk_audit", "desk_audit"), ("desk_all_audit", "desk_all_audit")],
    "jobs/certificates.html": [("desk_job", "desk_left_out")],
    "calls.html": [("desk_cohorts", "desk_calls")],
    "candidates.html": [("desk_cohort_certificates", "desk_cohort_certificates")],
    "cards.html": [("desk_cards", "desk_cards")],
    "cohort.html": [("desk_cohort", "desk_cohort")],
    "each_activity.html": [("desk_activities", "desk_activities")],
    "held.html": [("desk_held", "desk_held")],
    "marking.html": [("desk_marking", "desk_marking")],
    "sessions/session.html": [("desk_session", "desk_attendance")],
    "sessions/sessions.html": [("desk_sessions", "desk_sessions")],
    "paper/print_form.html": [("desk_paper", "desk_sheets")],
    "paper/quizzes.html": [("desk_papers", "desk_papers")],
    "person.html": [("desk_person", "desk_attempts")],
    "plans/plans.html": [("desk_plans", "desk_plans")],
    "pile.html": [("desk_pile", "desk_pile")],
    "reminders.html": [("desk_reminders", "desk_reminders")],
    "roster_plan.html": [("desk_roster_plan", "desk_roster_plan")],
    "summary.html": [("desk_summary", "desk_summary")],
    "training.html": [("desk_training", "desk_training")],
}
STAYS = {
    "find_certificates.html": "for who answers for areas; it goes out too: tests/course/test_desk_finding.py",
    "find_people.html": "the answer to a question, with what can be done at once; the people go out with their groups",
    "sessions/add_person.html": "accounts to choose one",
    "places.html": "for who answers for areas; it goes out too: tests/course/test_desk_groups.py",
    "refusals.html": "for administrators; it goes out too: tests/security/test_refusals.py",
    "quiz.html": "the analysis of a quiz goes out too: tests/course/test_analysis_pages.py",
    "question.html": "the options of a question go out too: tests/course/test_analysis_pages.py",
    "health.html": "how the site is, for whoever installed it; `status --json` says the same to programs",
    "group_form.html": "links to more about the group",
    "job_titles.html": "for administrators, who forget one; what was taught stands in the audit list",
    "hand_over.html": "what goes along with a group, and when it was handed over before",
    "leave.html": "links to more about a person",
    "begin_anew.html": "whom it affects, before it is done; afterwards the table of certificates goes out",
    "allow.html": "the history of one rule for one person; it prints with its page",
    "merge.html": "accounts with the same name, to choose one",
    "certificates.html": "earlier PDFs, to be fetched again; the audit list holds who asked for them",
    "mark_answer.html": "the marks of one answer: it prints with its page, and single answers are in no file",
    "sessions/sign_in_print.html": "a sheet to sign",
    "sessions/stage.html": "links to scenarios",
    "paper/entry.html": "the same sheets as print_form.html",
    "paper/asked_again.html": "a question to read to somebody",
    "survey/sheet_paper.html": "the sheet of the survey, before anybody wrote on it",
    "paper/print.html": "booklets and answer sheets",
    "grid_narrow.html": "the grid of cohort.html where the wide one has no room",
    "plans/figures.html": "a part of summary.html, and a sheet of its workbook",
    "summary_table.html": "a part of summary.html",
    "reports/report.html": "its workbook has many sheets, and CSV one: tests/course/reports/test_report.py",
    "reports/lines.html": "a part of reports/report.html",
    "reports/certificates.html": "it goes out row by row: tests/course/reports/test_registers.py",
    "survey/rounds.html": "where each wave is, to close it; what was counted goes out with the results",
    "survey/results.html": "its workbook has many sheets, and CSV one: tests/course/survey/test_result_pages.py",
    "survey/figure_table.html": "a part of survey/results.html",
    "reports/attendances.html": "it goes out row by row: tests/course/reports/test_registers.py",
    "plans/plan.html": "who is named to keep this plan, one or two; its actions go out as a table",
}


def test_every_table_of_the_desk_goes_out_or_says_why_not():
    found = {
        str(path.relative_to(folder))
        for folder in (Path(settings.BASE_DIR) / place for place in PLACES)
        for path in folder.rglob("*.html")
        if A_TABLE.search(path.read_text())
    }
    assert found == set(GOES_OUT) | set(STAYS)


@pytest.fixture
def world(client, course, trainer):
    learner = make_learner("ANA234", "=Ana", "Coj de la Cruz")
    clinic = make_clinic("=Centro")
    cohort = make_cohort("Grupo", trainers=[trainer], learners=[learner], clinic=clinic)
    client.force_login(trainer)
    agreed = {"point": None, "post": "Ventanilla", "agreed_on": NOW.date(), "due_on": NOW.date()}
    agree_on_action(clinic, words="Bajar la voz", **agreed, by=trainer, now=NOW)
    left = make_learner("EVA222", "=Eva", "Tum", cohort=cohort)
    Enrolment.objects.filter(learner__username="EVA222").update(left_at=NOW)
    quiz = ModulePage.objects.get().quiz
    for _time in range(2):
        attempt = attempt_quiz(learner, quiz, right=False)
    LateAnswer.objects.create(
        attempt=attempt, question="x", client="p", number=9, response="a", given_at=NOW, reason=Reason.UNREADABLE
    )
    answer_in_words(learner)
    sheet = attempts.start_attempt(learner, quiz, language="es", now=NOW, chance=random.Random(1), medium=Medium.PAPER)
    PaperSheet.objects.create(code="34679ACD", attempt=sheet, cohort=cohort, printed_by=trainer)
    job = Job.objects.create(
        **{"kind": "certificates", "cohort": cohort, "requested_by": trainer, "language": "es", "finished_at": NOW},
        result={"certificates": [], "left_out": [{"name": "=Ana", "reason": "…"}]},
    )
    staff = [["Nombres", "Apellidos"], ["Luz", "Paz"], ["=Ana", "Coj de la Cruz"]]
    session = Session.objects.create(cohort=cohort, place="=Salón", made_by=trainer)
    Reminder.objects.create(learner=learner, cohort=cohort, sent_at=NOW)
    audit_log("pin_given", by=trainer, cohort=cohort, subject="=Ana", now=NOW)
    record = {"edition": Edition.objects.get(), "finished_at": timezone.now(), "cohort_key": cohort.key}
    TrainingRecord.objects.create(learner=left, job_title="=Guardia", **record)
    return {
        "cohort_pk": cohort.pk,
        "learner_pk": learner.pk,
        "job_id": job.pk,
        "upload_id": bring_list(cohort, staff, name="lista", by=trainer, now=timezone.now()).pk,
        "session_pk": session.pk,
        "quiz_key": quiz.translation_key,
    }


def answer_in_words(learner):
    quiz = Quiz.objects.filter(identifier="casos").first() or make_quiz(
        "casos", [make_question("C-Q1", kind="open", choices=[])]
    )
    attempt = attempts.start_attempt(learner, quiz, language="es", now=NOW, chance=random.Random(1))
    key = attempt.snapshot["questions"][0]["key"]
    attempts.save_answer(attempt, key, "Buenos días", client="p", number=1, given_at=NOW, now=NOW)
    attempts.submit_attempt(attempt, now=NOW)


def address_of(name, world):
    if name.startswith("desk_pile"):
        world = {**world, "quiz_key": Quiz.objects.get(identifier="casos").translation_key}
    [parameters] = [one.parameters for one in ours() if one.name == name]
    return reverse(name, kwargs={parameter: world[parameter] for parameter in parameters})


@pytest.mark.parametrize("page, name", [pair for pairs in GOES_OUT.values() for pair in pairs])
def test_a_table_goes_out_as_xlsx_and_as_csv_with_nothing_that_is_taken_for_a_formula(client, world, page, name):
    shown = client.get(address_of(page, world)).text
    files = {}
    for ending in ("xlsx", "csv"):
        address = address_of(f"{name}_{ending}", world)
        assert re.search(rf'href="{re.escape(address)}\??" download', shown)
        before = AuditEntry.objects.count()
        files[ending] = client.get(address)
        assert AuditEntry.objects.count() > before
        assert re.search(rf'filename="[a-z0-9-]+-\d{{4}}-\d\d-\d\d\.{ending}"$', files[ending]["Content-Disposition"])
        assert files[ending]["Cache-Control"] == "private, no-store"
    assert files["csv"].content.startswith(b"\xef\xbb\xbf")
    lines = rows(files["csv"])
    assert len(lines) > 1
    assert not [cell for line in lines for cell in line if cell.startswith("=")]
    sheet = load_workbook(io.BytesIO(files["xlsx"].content)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == lines[0]
    # The second file tells of the first, in the audit list.
    assert sheet.max_row == len(lines) - (page in ("desk_audit", "desk_all_audit"))
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def lines_of(client, name, world):
    return rows(client.get(address_of(f"{name}_csv", world)))[1:]


def test_the_tables_say_what_their_pages_say(noon, client, world):
    today = f"{timezone.localdate():%Y-%m-%d}"
    name = ["Coj de la Cruz", "'=Ana", "ANA234"]
    assert lines_of(client, "desk_cards", world) == [[*name, "Ya eligió el suyo"]]
    assert lines_of(client, "desk_cohort_certificates", world) == [[*name, "", "Aún no", "", "", "0", "1"]]
    assert lines_of(client, "desk_left_out", world) == [["'=Ana", "…"]]
    assert lines_of(client, "desk_archive", world)[0][:3] == ["Tum", "'=Eva", "EVA222"]
    assert lines_of(client, "desk_attendance", world)[0][4:] == ["Ausente", "", "", "No cuenta como lectura"]
    assert lines_of(client, "desk_sessions", world) == [[today, "'=Salón", "", "No cuenta como lectura", "60", "", ""]]
    assert lines_of(client, "desk_sheets", world) == [[*name, "34679ACD", today, "", "Por ingresar", "", ""]]
    assert lines_of(client, "desk_papers", world) == [["1", "Cuestionario m1", "1", "0"]]
    assert [row[3:] for row in lines_of(client, "desk_pile", world)] == [["2026-11-25 09:00", "1", "0", "", ""]]
    assert [row[6] for row in lines_of(client, "desk_held", world)] == ["No se pudo leer"]
    (reminder,) = lines_of(client, "desk_reminders", world)
    assert reminder[:4] == [*name, "Grupo"]
    assert reminder[5:] == ["El sitio, automáticamente", "Enviado el 25 de noviembre de 2026."]
    assert sorted([row[3:] for row in lines_of(client, "desk_attempts", world) if row[0] == "Módulo 1"]) == [
        ["En pantalla", "0.0", "1", "0.0%", "Por repasar", ""],
        ["En pantalla", "0.0", "1", "0.0%", "Por repasar", "Sí"],
        ["En papel", "", "", "", "En curso", ""],
    ]
    assert [row[:4] for row in lines_of(client, "desk_roster_plan", world)] == [
        ["2", "Persona nueva", "Paz", "Luz"],
        ["3", "Problema", "Coj de la Cruz", "'=Ana"],
    ]


def test_what_is_counted_or_a_time_is_no_text_in_any_workbook(client, world):
    formats = defaultdict(set)
    for name in [name for pairs in GOES_OUT.values() for _page, name in pairs]:
        for sheet in load_workbook(io.BytesIO(client.get(address_of(f"{name}_xlsx", world)).content)).worksheets:
            for cell in [cell for row in sheet.iter_rows(min_row=2) for cell in row]:
                is_text = isinstance(cell.value, str)
                assert not (is_text and LOOKS_COUNTED.fullmatch(cell.value)), (name, cell.coordinate, cell.value)
                formats[type(cell.value).__name__].add(cell.number_format)
    assert formats["datetime"] == {"dd/mm/yyyy", "dd/mm/yyyy hh:mm"}
    assert "0.0%" in formats["float"] | formats["int"]


# A moment or a day, n of N, a percentage, a number: all but a code of letters and digits.
LOOKS_COUNTED = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}/\d{1,2}/\d{4}.*|\d+ de \d+|\d+/\d+|\d+([.,]\d+)? ?%?")


def test_a_file_is_narrowed_as_its_page_is(client, world):
    address = address_of("desk_roster_plan", world)
    assert f'{address[:-1]}.csv?ver=problemas"' in client.get(f"{address}?ver=problemas&pagina=1").text
    assert len(client.get(f"{address[:-1]}.csv?ver=problemas").content.splitlines()) == 2


@pytest.fixture
def group(client, trainer):
    make_course(modules=2, lessons=1)
    clinic = make_clinic("Centro de Salud de Ñeñá")
    cohort = make_cohort("Ñandú / Día 1", trainers=[trainer], clinic=clinic)
    done = make_learner("ANA234", "Ana Lucía", "Coj de la Cruz", role="recepcion", clinic=clinic, cohort=cohort)
    begun = make_learner("BEA234", "=HYPERLINK(1)", "@Núñez", role="apoyo", clinic=None, cohort=cohort)
    finish_course(done)
    finish_module(begun, ModulePage.objects.order_by("path")[0])
    issue(done)
    client.force_login(trainer)
    return cohort


def workbook_of(client, cohort):
    return load_workbook(io.BytesIO(client.get(reverse("desk_cohort_xlsx", args=[cohort.pk])).content))


def test_the_file_of_a_group_holds_its_table_in_words(client, group):
    answer = client.get(reverse("desk_cohort_csv", args=[group.pk]))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="grupo-nandu-dia-1-' in answer["Content-Disposition"]
    columns = {
        "Apellidos": ["Coj de la Cruz", "'@Núñez"],
        "Nombres": ["Ana Lucía", "'=HYPERLINK(1)"],
        "Código de usuario": ["ANA234", "BEA234"],
        "Puesto": ["Recepción, archivo, caja", "Guardianía, limpieza, mantenimiento, piloto"],
        "Centro de salud": ["Centro de Salud de Ñeñá", ""],
        "Curso": ["Finalizado", "En curso"],
        "Módulos finalizados": ["2", "1"],
        "Módulos en total": ["2", "2"],
        "1. Módulo de prueba 1": ["Finalizado", "Finalizado"],
        "2. Módulo de prueba 2": ["Finalizado", "No iniciado"],
        "Por qué necesita ayuda": ["", ""],
        "Certificado": ["Emitido", "Aún no"],
        "Fecha de emisión": ["2026-11-25", ""],
    }
    headings, *lines = rows(answer)
    assert headings[: len(columns)] == list(columns)
    assert [list(cells) for cells in zip(*lines, strict=True)][: len(columns)] == list(columns.values())


def test_the_workbook_of_a_group_holds_the_same_table_with_numbers_and_real_dates(client, group):
    # In Guatemala it is still the 25th.
    certificate = group.learners.get(username="ANA234").certificates.get()
    issued_otherwise([certificate], issued_at=datetime(2026, 11, 26, 3, tzinfo=NOW.tzinfo))
    sheet, summary = workbook_of(client, group).worksheets
    assert (sheet.title, summary.title) == ("Ñandú  Día 1", "Resumen")
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("B2", "$1:$1", "A1:P3")
    first = [cell.value for cell in sheet[2]]
    assert first[:3] + first[6:8] + first[12:13] == [
        "Coj de la Cruz",
        "Ana Lucía",
        "ANA234",
        2,
        2,
        datetime(2026, 11, 25),
    ]
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


@pytest.mark.parametrize("people", [0, 1])
def test_a_group_with_a_strange_name_or_without_people_still_makes_a_workbook(trainer_client, trainer, people):
    cohort = make_cohort("[]:*?/\\\x07'", trainers=[trainer], learners=[make_learner(first_name="A\x0bna")][:people])
    assert workbook_of(trainer_client, cohort).sheetnames == ["Grupo", "Resumen"]
    assert len(rows(trainer_client.get(reverse("desk_cohort_csv", args=[cohort.pk])))) == 1 + people


def test_what_looks_like_a_formula_is_made_plain_text_and_nothing_else_is():
    formulas = ["=1+1", "+502", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"]
    assert [escape_formula(text) for text in formulas] == [f"'{text}" for text in formulas]
    others = ["", "Coj", "a=b", "2 de 3", "O'Higgins", " "]
    assert [escape_formula(text) for text in others] == others
