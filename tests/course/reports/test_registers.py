import csv
import io
import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.models import Certificate
from course.desk.reports import register_views
from course.models import ADMINISTRATORS, Area, Attendance, AuditEntry, Cohort, Enrolment, Session, User
from course.people.leaving import delete_person
from course.sessions.attendance import keep_attendance
from course.sessions.counting import attendance_of, counted_attendance
from tests.certificates.factories import issue, issued_otherwise, make_graduate, make_small_course
from tests.factories import make_clinic, make_cohort, make_learner, make_staff, make_trainer

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HOME = ZoneInfo("America/Guatemala")


@pytest.fixture(scope="module")
def site(filled_once):
    make_small_course()
    north, south = Area.objects.create(name="Norte"), Area.objects.create(name="Sur")
    trainer, other = make_trainer(), make_trainer("otra")
    lead, admin = make_staff("jefa", is_staff=True), make_staff("admina", ADMINISTRATORS)
    north.leads.add(lead)
    ayampuc, mixco = make_clinic("Ayampuc", area=north), make_clinic("Mixco", area=south)
    group = make_cohort("Mañana", clinic=ayampuc, trainers=[trainer])
    ajeno = make_cohort("Ajeno", clinic=mixco, trainers=[other])
    now = timezone.now()
    for code, surname in (("ANA222", "Ajú"), ("BEA222", "Batz"), ("EVA222", "Cuc"), ("LUZ222", "Díaz")):
        issue(make_graduate(code, last_name=surname, clinic=ayampuc, cohort=group), clinic="Ayampuc", now=now)
    issue(make_graduate("PAZ222", last_name="Estrada", clinic=mixco, cohort=ajeno), clinic="Mixco", now=now)
    correct_certificate(of("BEA222"), printed_name="Ana Lucía Batz Coj", by=admin, reason="Mal escrito", now=now)
    revoke_certificate(of("EVA222"), reason="Se perdió.", by=admin, now=now)
    issued_otherwise([of("LUZ222")], expires_on=timezone.localdate(now) + timedelta(days=30))
    for day, place in ((date(2026, 3, 1), "=Salón"), (date(2026, 3, 8), "Patio")):
        session = Session.objects.create(cohort=group, held_on=day, place=place, minutes=90, made_by=trainer)
        keep_attendance(session, {of("ANA222").learner_id}, shown=set(), by=trainer, now=now)
    return trainer


def of(code):
    return Certificate.objects.filter(learner__username=code).latest("pk")


def client_of(who):
    client = Client()
    client.force_login(User.objects.get(username=who))
    return client


def rows_of(who, name, ending="csv", ano="", **asked):
    answer = client_of(who).get(reverse(f"{name}_{ending}"), {"ano": ano, **asked})
    assert answer.status_code == 200, answer.url
    assert answer["Cache-Control"] == "private, no-store"
    content = b"".join(answer.streaming_content)
    if ending == "xlsx":
        return load_workbook(io.BytesIO(content))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def states(who, **asked):
    return sorted((row[1].split()[-1], row[6]) for row in rows_of(who, "desk_certificates", **asked)[1:])


OWN = [("Ajú", "Válido"), ("Batz", "Reemplazado"), ("Coj", "Válido"), ("Cuc", "Anulado"), ("Díaz", "Vence pronto")]


def test_each_reads_the_certificates_of_the_own_people_and_how_they_stand(site):
    assert states("facilitadora") == OWN
    assert states("jefa") == OWN
    assert states("otra") == [("Estrada", "Válido")]
    assert states("admina") == sorted([*OWN, ("Estrada", "Válido")])
    ajeno = Cohort.objects.get(name="Ajeno")
    for forged in ({"grupo": ajeno.key}, {"centro": ajeno.clinic.key}, {"area": ajeno.clinic.area.key}):
        assert client_of("facilitadora").get(reverse("desk_certificates"), forged).status_code == 422
        assert client_of("facilitadora").get(reverse("desk_certificates_csv"), forged).status_code == 302


def test_the_register_is_narrowed_by_state_group_place_and_year(site):
    year, group = timezone.localdate().year, Cohort.objects.get(name="Mañana")
    for state, names in (
        ("valido", ["Ajú", "Coj", "Díaz", "Estrada"]), ("vence-pronto", ["Díaz"]), ("vencido", []),
        ("anulado", ["Cuc"]), ("reemplazado", ["Batz"]),
    ):  # fmt: skip
        assert [name for name, _state in states("admina", estado=state)] == names
    for narrowed in ({"grupo": group.key}, {"centro": group.clinic.key}, {"area": group.clinic.area.key}):
        assert states("admina", ano=year, **narrowed) == OWN
    assert states("admina", ano=year - 1) == []


def test_the_rows_are_what_was_printed_whatever_is_changed_later(site):
    ana = User.objects.get(username="ANA222")
    ana.last_name, ana.clinic = "Otro", make_clinic("Otro")
    ana.save()
    headings, *rows = rows_of("facilitadora", "desk_certificates", "xlsx").worksheets[0].iter_rows(values_only=True)
    assert headings == (
        "Código", "Nombre", "Puesto", "Horas", "Emitido el", "Vale hasta", "Estado", "Centro de salud", "Grupo",
        "Área de salud", "Edición",
    )  # fmt: skip
    (row,) = (row for row in rows if "Ajú" in row[1])
    assert row[0] == of("ANA222").grouped_serial
    assert isinstance(row[3], int | float)
    assert row[4].date() == of("ANA222").issue_day
    assert row[7:] == ("Ayampuc", "Mañana", "Norte", "Edición 1")
    assert AuditEntry.objects.get(action="table_exported").people == 5
    delete_person(
        ana, by=User.objects.get(username="admina"), cohort=Cohort.objects.get(name="Mañana"), now=timezone.now()
    )
    assert ("Ajú", "Válido") in states("admina")
    assert ("Ajú", "Válido") in states("jefa")


def test_the_page_comes_in_parts_and_a_workbook_that_is_too_long_is_refused(site, monkeypatch):
    monkeypatch.setattr(register_views, "SHOWN", 2)
    client = client_of("facilitadora")
    page = client.get(reverse("desk_certificates")).text
    for words in ("5 filas.", "Página 1 de 3", f'value="{timezone.localdate().year}" selected'):
        assert words in page
    monkeypatch.setattr(register_views, "MOST_ROWS", 1)
    for name in ("desk_certificates", "desk_attendances"):
        page = client.get(reverse(name), {"ano": ""}).text
        assert "Excel admite hasta 1 filas" in page
        assert client.get(reverse(f"{name}_xlsx"), {"ano": ""}).status_code == 302
        assert len(rows_of("facilitadora", name)) > 2


def test_attendance_says_where_what_for_and_how_and_adds_up(site):
    headings, *rows = rows_of("facilitadora", "desk_attendances")
    assert headings == [
        "Fecha", "Grupo", "Centro de salud", "Área de salud", "Lugar", "Duración en minutos", "Módulos", "Cuenta para",
        "Apellidos", "Nombres", "Código de usuario", "Cómo",
    ]  # fmt: skip
    assert [row[:5] for row in rows] == [
        ["2026-03-08", "Mañana", "Ayampuc", "Norte", "Patio"],
        ["2026-03-01", "Mañana", "Ayampuc", "Norte", "'=Salón"],
    ]
    noted = "Marcada por el facilitador o la facilitadora"
    assert rows[0][5:] == ["90", "", "Nada", "Ajú", "Ana Lucía", "ANA222", noted]
    book = rows_of("jefa", "desk_attendances", "xlsx", ano=2026)
    assert book.worksheets[0]["A2"].value == datetime(2026, 3, 8)
    sums = dict(book["Sumas"].iter_rows(min_row=2, values_only=True))
    assert (sums["Sesiones"], sums["Duración en minutos"], sums["Asistieron"]) == (2, 180, 2)
    assert sums["Horas de todas las personas que vinieron"] == 3
    assert rows_of("otra", "desk_attendances") == [headings]
    assert rows_of("admina", "desk_attendances", ano=2025) == [headings]
    assert "Aquí nadie asistió" in client_of("otra").get(reverse("desk_attendances"), {"ano": ""}).text


def test_a_session_to_come_is_not_summed_and_one_without_list_leaves_attendance_alone(site):
    today, group = timezone.localdate(), Cohort.objects.get(name="Mañana")
    for day in (date(2026, 3, 15), today + timedelta(days=1)):
        Session.objects.create(cohort=group, held_on=day, minutes=60, made_by=site)
    sums = dict(rows_of("jefa", "desk_attendances", "xlsx")["Sumas"].iter_rows(min_row=2, values_only=True))
    assert [sums[name] for name in ("Sesiones", "Duración en minutos", "Sin lista", "Asistieron")] == [3, 240, 1, 2]
    page = client_of("jefa").get(reverse("desk_attendances"), {"ano": ""}).text
    assert ("3 sesiones, 240 minutos" in page, "Sin lista: 1." in page) == (True, True)


def test_attendance_is_counted_in_the_database_as_everywhere_else(site):
    chance, trainer = random.Random(7), User.objects.get(username="facilitadora")
    people = [make_learner(f"R{number:02}") for number in range(8)]
    groups = [make_cohort(f"R{number}") for number in range(2)]
    moments = [datetime(2026, 5, day, hour, 30, tzinfo=HOME) for day in range(1, 6) for hour in (0, 23)]
    for _each in range(40):
        came, left = sorted(chance.sample(moments, 2))
        learner, group = chance.choice(people), chance.choice(groups)
        if not Enrolment.objects.filter(learner=learner, cohort=group, left_at=None).exists():
            Enrolment.objects.create(
                learner=learner, cohort=group, enrolled_at=came, left_at=chance.choice([None, left, left])
            )
    for day in range(1, 6):
        for group in groups:
            session = Session.objects.create(cohort=group, held_on=date(2026, 5, day), made_by=trainer)
            for learner in chance.sample(people, chance.randint(0, 6)):
                Attendance.objects.create(session=session, learner=learner, how="tapped")
    sessions = Session.objects.filter(cohort__in=groups)
    assert counted_attendance(sessions) == attendance_of(sessions)
    assert len(set(counted_attendance(sessions).values())) > 5
