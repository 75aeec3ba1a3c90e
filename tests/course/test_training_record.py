import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from course.cleanup import repair_training_records
from course.desk import training_views
from course.models import ADMINISTRATORS, Area, AuditEntry, Enrolment, Session
from course.own_data.personal_data import collect_personal_data
from course.people.leaving import delete_person
from course.reports.figures import report_of
from course.reports.periods import Period
from course.reports.scope import Scope
from course.sessions.attendance import keep_attendance
from modules.models import Edition, ModulePage, ModuleStart, TrainingRecord
from modules.progress.training_record import record_finished, revoke_unsupported_records
from tests.factories import (
    NOW,
    finish_course,
    finish_lessons,
    finish_module,
    is_unfinished,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_staff,
    make_trainer,
    pass_quiz,
)

pytestmark = pytest.mark.django_db
HOME = ZoneInfo("America/Guatemala")


def at(day, hour=12):
    return datetime(2026, *day, hour, tzinfo=HOME)


@pytest.fixture
def trainer(client):
    make_course(modules=2, lessons=1, questions=1)
    trainer = make_trainer()
    client.force_login(trainer)
    clinic = make_clinic("Ayampuc", area=Area.objects.create(name="Norte"))
    morning, other = make_cohort("Mañana", trainers=[trainer]), make_cohort("Ajeno", trainers=[make_trainer("otra")])
    ana = make_learner(role="apoyo", clinic=clinic, job_title="Guardián I", cohort=morning)
    finish_course(ana, now=at((3, 10), hour=23))
    ana.role, ana.job_title, ana.clinic = "jefatura", "Jefe de seguridad", make_clinic("Otro")
    ana.save()
    eva = make_learner("EVA222", "Eva", "=Tum", cohort=morning)
    finish_module(eva, ModulePage.objects.get(number=1), now=at((5, 20)))
    luz = make_learner("LUZ567", "Luz", "Ixcot", cohort=morning)
    finish_course(luz, now=at((6, 1)))
    Enrolment.objects.filter(learner=luz).update(left_at=at((6, 2)))
    finish_course(make_learner("OTHER2", "Otra", "Persona", cohort=other), now=at((6, 3)))
    return trainer


def rows_of(client, ending="csv", **asked):
    answer = client.get(reverse(f"desk_training_{ending}"), asked)
    assert answer.status_code == 200
    if ending == "xlsx":
        return [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def names(rows):
    return [row[1] for row in rows[1:]]


YEAR = {"desde": "2026-01-01", "hasta": "2026-12-31"}


def test_record_has_workplace_of_that_day(client, trainer):
    headings, ana, luz = rows_of(client, "xlsx", **YEAR)
    assert headings == [
        "Apellidos", "Nombres", "Código de usuario", "Qué", "Edición", "Fecha", "Mes", "Puesto",
        "Cargo", "Centro de salud", "Área de salud", "Grupo", "Anulado el", "Anulado por", "Motivo de la anulación",
    ]  # fmt: skip
    assert ana == [
        "Coj de la Cruz", "Ana Lucía", "ANA234", "Todo el curso", "Edición 1", datetime(2026, 3, 10), "2026-03",
        "Guardianía, limpieza, mantenimiento, piloto", "Guardián I", "Ayampuc", "Norte", "Mañana", None, None, None,
    ]  # fmt: skip
    assert luz[2] == "LUZ567"
    entry = AuditEntry.objects.get(action="table_exported")
    assert (entry.by, entry.subject, entry.people) == (trainer, "Registro de capacitación", 2)
    assert names(rows_of(client, desde="2026-03-10", hasta="2026-03-10")) == ["Ana Lucía"]
    assert names(rows_of(client, desde="2026-03-11", hasta="2026-12-31")) == ["Luz"]
    assert [(row[0], row[3]) for row in rows_of(client, modulos="si", **YEAR)[1:]] == [
        ("Coj de la Cruz", "1. Módulo de prueba 1"), ("Coj de la Cruz", "2. Módulo de prueba 2"),
        ("Coj de la Cruz", "Todo el curso"), ("'=Tum", "1. Módulo de prueba 1"), ("Ixcot", "1. Módulo de prueba 1"),
        ("Ixcot", "2. Módulo de prueba 2"), ("Ixcot", "Todo el curso"),
    ]  # fmt: skip


def test_trainer_reads_only_records_of_own_groups(client, trainer):
    assert "OTHER2" not in str(rows_of(client, modulos="si", **YEAR))
    other = make_learner("NEW222", "Nueva", "Paz", cohort=make_cohort("Otro", trainers=[make_trainer("tercera")]))
    finish_course(other, now=at((7, 1)))
    assert "Nueva" not in names(rows_of(client, **YEAR))
    Enrolment.objects.create(learner=other, cohort=trainer.cohorts_trained.get(), enrolled_at=NOW)
    assert "Nueva" in names(rows_of(client, **YEAR))
    admin = Client()
    admin.force_login(make_staff("admina", ADMINISTRATORS))
    assert set(names(rows_of(admin, **YEAR))) == {"Ana Lucía", "Luz", "Otra", "Nueva"}


def test_page_filters_by_days_and_reports_errors(client, trainer, monkeypatch):
    page = client.get(reverse("desk_training"), YEAR).text
    for words in ("Coj de la Cruz, Ana Lucía", "Guardián I", "Norte", "10 de marzo de 2026", "2 filas."):
        assert words in page
    assert "2. Módulo de prueba 2" not in page
    for wrong in ({"desde": "2026-03-02", "hasta": "2026-03-01"}, {"desde": "ayer", "hasta": ""}):
        assert client.get(reverse("desk_training"), wrong).status_code == 422
        assert client.get(reverse("desk_training_csv"), wrong).status_code == 302
    monkeypatch.setattr(training_views, "MOST_ROWS", 1)
    page = client.get(reverse("desk_training"), YEAR).text
    assert ("elija menos días" in page, reverse("desk_training_csv") in page) == (True, False)
    assert client.get(reverse("desk_training_csv"), YEAR).status_code == 302


def revoke_and_finish_again(ana, trainer):
    ana.lessons_read.all().delete()
    revoked = revoke_unsupported_records(
        ana, reason="Firmó otra persona.", by=trainer, now=at((9, 1)), is_unsupported=is_unfinished
    )
    assert len(revoked) == 3
    finish_course(ana, now=at((9, 2)))


def test_revoked_record_shows_actor_and_reason(client, trainer):
    group, ana = trainer.cohorts_trained.get(), TrainingRecord.objects.filter(learner__username="ANA234")[0].learner
    revoke_and_finish_again(ana, trainer)
    page = client.get(reverse("desk_person", args=[group.pk, ana.pk])).text
    section = page[page.index('id="training"') :]
    assert section.count("Anulado el 1 de septiembre de 2026 por Marta Ajú Ñáñez. Motivo: Firmó otra persona.") == 3
    for words in ("Todo el curso", "2 de septiembre de 2026", "Guardián I", "Jefe de seguridad", "Ayampuc"):
        assert words in section
    book = load_workbook(io.BytesIO(client.get(reverse("desk_person_file", args=[group.pk, ana.pk])).content))
    rows = list(book["Registro de capacitación"].iter_rows(values_only=True))
    assert [row[-1] for row in rows[1:]] == ["Firmó otra persona."] * 3 + [None] * 3
    assert ("Cargo", "Jefe de seguridad") in list(book["Persona"].iter_rows(values_only=True))
    kept = {table["name"]: table["rows"] for table in collect_personal_data(ana, hidden_before=None, now=NOW)["tables"]}
    assert {row["revoked_reason"] for row in kept["TrainingRecord"]} == {"", "Firmó otra persona."}
    assert kept["TrainingRecord"][0]["module_key"] == "Módulo de prueba 1"
    assert kept["TrainingRecord"][0]["role"] == "Guardianía, limpieza, mantenimiento, piloto"
    assert kept["Registration"][0]["edition"] == "Edición 1"


def test_deleted_account_leaves_anonymous_record_by_month(client, trainer):
    ana = TrainingRecord.objects.filter(learner__username="ANA234")[0].learner
    delete_person(ana, by=trainer, cohort=trainer.cohorts_trained.get(), now=NOW)
    # So few people share its group that not even that says whose it was.
    assert names(rows_of(client, **YEAR)) == ["Luz"]
    admin = Client()
    admin.force_login(make_staff("admina", ADMINISTRATORS))
    _headings, row = rows_of(admin, "xlsx", desde="2026-03-05", hasta="2026-03-31")
    assert row[:7] == [None, None, None, "Todo el curso", "Edición 1", None, "2026-03"]
    assert row[7:] == [None] * 8
    page = admin.get(reverse("desk_training"), {"desde": "2026-03-05", "hasta": "2026-03-31"}).text
    assert ("ya no tiene cuenta" in page, "marzo de 2026" in page, "10 de marzo" in page) == (True, True, False)


def test_missing_records_are_written_at_night(trainer):
    late, old = make_learner("LATE22"), make_learner("OLD222")
    for person, when in ((late, NOW), (old, NOW - timedelta(days=90))):
        for module in ModulePage.objects.all():
            finish_lessons(person, module, now=when)
            pass_quiz(person, module.quiz, now=when)
    unfinished = TrainingRecord.objects.filter(learner__in=[late, old])
    unfinished.delete()
    Edition.objects.update(current_from=NOW - timedelta(days=100))
    assert repair_training_records(now=NOW) == 3
    assert repair_training_records(now=NOW) == 0
    assert {record.learner for record in unfinished} == {late}
    assert record_finished([late, old], now=NOW) == 3
    assert {record.finished_at for record in unfinished.filter(learner=old)} == {NOW - timedelta(days=90)}
    # From before the current edition, as if nothing had been published.
    unfinished.filter(learner=old).delete()
    old.registrations.all().delete()
    Edition.objects.update(current_from=NOW)
    assert repair_training_records(now=NOW) == 3


def attend_late(person, group, *, day, now):
    keys = [str(ModulePage.objects.get().translation_key)]
    session = Session.objects.create(
        cohort=group, held_on=day, made_by=group.trainers.get(), modules=keys, counts_for=keys
    )
    keep_attendance(session, {person.pk}, shown=set(), by=group.trainers.get(), now=now)


@pytest.mark.parametrize("moved", [True, False])
def test_record_by_late_attendance_has_group_of_session(course, moved):
    north, south = (Area.objects.create(name=name) for name in ("Norte", "Sur"))
    first = make_cohort("Uno", trainers=[make_trainer()], clinic=make_clinic("Ayampuc", area=north))
    other = make_cohort("Dos", trainers=[make_trainer("otra")], clinic=make_clinic("Mixco", area=south))
    came, left = NOW - timedelta(days=90), NOW - timedelta(days=60)
    ana = make_learner(role="apoyo", clinic=other.clinic)
    Enrolment.objects.create(learner=ana, cohort=first, enrolled_at=came, left_at=left)
    if moved:
        Enrolment.objects.create(learner=ana, cohort=other, enrolled_at=left)
    pass_quiz(ana, ModulePage.objects.get().quiz, now=left)
    attend_late(ana, first, day=timezone.localdate(left), now=NOW)
    fields = ("finished_at", "role", "cohort", "cohort_key", "clinic", "clinic_key", "area")
    places = ("Uno", first.key, "Ayampuc", first.clinic.key, "Norte")
    assert set(TrainingRecord.objects.values_list(*fields)) == {(NOW, "apoyo", *places)}
    assert set(ModuleStart.objects.values_list(*fields[1:])) == {("apoyo", *places)}
    day = timezone.localdate(NOW)
    for group, finished in ((first, 1), (other, 0)):
        assert report_of(Scope(group.trainers.get()), Period(day, day), today=day).total.finished == finished


def test_record_of_group_member_has_own_workplace(course):
    trainer, own = make_trainer(), make_clinic("Puesto")
    first, second = (make_cohort(name, trainers=[trainer], clinic=make_clinic(f"de {name}")) for name in ("Uno", "Dos"))
    ana, eva, luz = (make_learner(code, clinic=own) for code in ("ANA234", "EVA222", "LUZ567"))
    before = NOW - timedelta(days=9)
    for person, group, since in ((ana, first, before), (ana, second, NOW), (eva, second, before), (luz, first, NOW)):
        Enrolment.objects.create(learner=person, cohort=group, enrolled_at=since)
    for person in (ana, eva, luz):
        pass_quiz(person, ModulePage.objects.get().quiz, now=before)
        attend_late(person, first, day=timezone.localdate(NOW) - timedelta(days=5), now=NOW)
    Session.objects.latest("pk").attendances.create(learner=eva, how="tapped", noted_at=NOW)
    record_finished([eva], now=NOW)
    whole = TrainingRecord.objects.of_the_course().order_by("learner__username")
    found = list(whole.values_list("learner__username", "cohort", "clinic"))
    assert found == [("ANA234", "Uno", "Puesto"), ("EVA222", "Dos", "Puesto"), ("LUZ567", "Uno", "Puesto")]
    # What was finished by the quiz, after the session, is of the day of the quiz.
    rosa = make_learner("ROSA22", clinic=own)
    Enrolment.objects.create(learner=rosa, cohort=first, enrolled_at=before, left_at=NOW)
    attend_late(rosa, first, day=timezone.localdate(before), now=NOW)
    pass_quiz(rosa, ModulePage.objects.get().quiz, now=NOW + timedelta(hours=1))
    record_finished([rosa], now=NOW + timedelta(hours=1))
    assert set(TrainingRecord.objects.filter(learner=rosa).values_list("cohort", "clinic")) == {("", "Puesto")}
