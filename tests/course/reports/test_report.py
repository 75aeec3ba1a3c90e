import csv
import io
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html
from openpyxl import load_workbook

from certificates.issuing.corrections import correct_certificate, revoke_certificate
from course.models import ADMINISTRATORS, Area, Attendance, AuditEntry, Clinic, Cohort, Enrolment, Session, User
from course.people.leaving import archive_person, delete_person
from course.people.merging import merge_accounts
from course.reports import figures
from course.reports.certificates import registered_certificates
from course.reports.figures import COUNTED, report_of
from course.reports.periods import LAST_MONTH, Period, month_of, named_period
from course.reports.scope import Scope
from course.sessions.attendance import keep_attendance
from modules.models import Edition, ModulePage, TrainingRecord
from modules.progress.training_record import revoke_unsupported_records
from tests.certificates.factories import begin_again, issue, make_small_course
from tests.factories import (
    finish_course,
    finish_lessons,
    is_unfinished,
    make_clinic,
    make_cohort,
    make_learner,
    make_staff,
    make_trainer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HOME = ZoneInfo("America/Guatemala")
FEBRUARY, MARCH, YEAR = month_of(date(2026, 2, 1)), month_of(date(2026, 3, 1)), Period.of_year(2026)


def at(month, day, hour=12, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=HOME)


@pytest.fixture(scope="module")
def site(filled_once):
    make_small_course()
    north, south = Area.objects.create(name="Norte"), Area.objects.create(name="Sur")
    trainer, other = make_trainer(), make_trainer("otra")
    lead, _admin = make_staff("jefa", is_staff=True), make_staff("admina", ADMINISTRATORS)
    north.leads.add(lead)
    ayampuc, mixco = make_clinic("Ayampuc", area=north), make_clinic("Mixco", area=south)
    group = make_cohort("Mañana", clinic=ayampuc, trainers=[trainer], opens_on=date(2026, 1, 1))
    ajeno = make_cohort("Ajeno", clinic=mixco, trainers=[other], opens_on=date(2026, 1, 1))
    ana = make_learner(role="apoyo", job_title="Guardián I", clinic=ayampuc, cohort=group)
    eva = make_learner("EVA222", "Eva", "Tum", role="clinica", job_title="guardian i", clinic=ayampuc, cohort=group)
    luz = make_learner("LUZ567", "Luz", "Ixcot", role="clinica", clinic=mixco, cohort=ajeno)
    make_learner("PAZ234", "Paz", "Coj", role="", clinic=None, cohort=group)
    for cohort in (group, ajeno):
        cohort.enrolments.update(enrolled_at=at(1, 10))
    finish_lessons(ana, ModulePage.objects.get(), now=at(2, 18))
    finish_course(ana, now=at(2, 28, 23, 59))
    finish_course(eva, now=at(3, 1, 0, 1))
    finish_course(luz, now=at(3, 5))
    issue(ana, now=at(3, 2), clinic="Ayampuc")
    session = Session.objects.create(cohort=group, held_on=date(2026, 2, 28), made_by=trainer)
    keep_attendance(session, {ana.pk, eva.pk}, shown=set(), by=trainer, now=at(2, 28))
    return trainer


def person(code):
    return User.objects.get(username=code)


def report(who, period, *, today=date(2026, 12, 31), **narrowed):
    return report_of(Scope(person(who), **narrowed), period, today=today)


def counts(figures, *names):
    return tuple(getattr(figures, name) for name in names)


def finished(lines):
    return {line.name: line.figures.finished for line in lines if line.figures.finished}


def test_the_last_minute_of_a_month_is_of_that_month_in_guatemala(site):
    february, march = report("facilitadora", FEBRUARY), report("facilitadora", MARCH)
    assert finished(february.clinics) == {"Ayampuc": 1}
    assert counts(february.total, "finished", "began", "people") == (1, 1, 3)
    assert counts(march.total, "finished", "began", "people") == (1, 1, 3)
    assert (february.total.median_days, march.total.median_days) == (10, 0)
    assert counts(march.total, "issued", "renewed", "revoked") == (1, 0, 0)
    assert counts(february.total, "sessions", "attended", "expected") == (1, 2, 3)
    assert report("facilitadora", YEAR).total.median_days == 5


def test_every_table_adds_up_to_the_whole(site):
    for who in ("facilitadora", "jefa", "admina"):
        for period in (FEBRUARY, MARCH, YEAR):
            found = report(who, period)
            for lines in (found.clinics, found.areas):
                assert [sum(getattr(line.figures, name) for line in lines) for name in COUNTED] == [
                    getattr(found.total, name) for name in COUNTED
                ]
            for name in [name for name in COUNTED if name not in ("sessions", "unlisted", "attended", "expected")]:
                assert sum(getattr(line.figures, name) for line in found.roles) == getattr(found.total, name), name
            for name in ("began", "finished", "issued", "renewed", "revoked"):
                assert sum(getattr(line.figures, name) for line in found.posts) == getattr(found.total, name), name
            for name in ("finished", "issued", "renewed", "revoked"):
                assert sum(getattr(line.figures, name) for line in found.editions) == getattr(found.total, name), name


def test_one_job_title_in_two_spellings_is_one_line_and_every_role_has_one(site):
    found = report("facilitadora", YEAR)
    assert [(line.name, line.figures.finished) for line in found.posts] == [("Guardián I", 2)]
    assert len(found.roles) == 6
    assert [line.name for line in report("admina", YEAR).areas] == ["Norte", "Sur", "Sin área de salud"]


def test_what_was_achieved_stays_after_moving_archiving_and_revoked_work_does_not(site):
    ana, trainer = person("ANA234"), person("facilitadora")
    before = report("facilitadora", FEBRUARY)
    ana.role, ana.job_title, ana.clinic = "jefatura", "Jefa", make_clinic("Otro", area=Area.objects.get(name="Sur"))
    ana.save()
    archive_person(ana, Cohort.objects.get(name="Mañana"), by=trainer, now=at(4, 1))
    after = report("facilitadora", FEBRUARY)
    for table in ("roles", "posts", "clinics", "areas", "editions"):
        assert finished(getattr(before, table)) == finished(getattr(after, table))
    assert after.total == before.total
    assert report("jefa", FEBRUARY).total.finished == 1
    eva = person("EVA222")
    eva.lessons_read.all().delete()
    revoke_unsupported_records(
        eva, reason="Firmó otra persona.", by=trainer, now=at(4, 2), is_unsupported=is_unfinished
    )
    assert report("facilitadora", MARCH).total.finished == 0


def test_a_correction_is_no_new_certificate_and_renewed_and_revoked_ones_stand_apart(site):
    ana, admin = person("ANA234"), person("admina")
    (certificate,) = ana.certificates.all()
    corrected = correct_certificate(
        certificate, printed_name="Ana Lucía Coj de León", by=admin, reason="Mal escrito", now=at(4, 3)
    )
    april = month_of(date(2026, 4, 1))
    assert report("admina", april).total.issued == 0
    revoke_certificate(corrected, reason="Se perdió.", by=admin, now=at(4, 30, 23, 59))
    assert counts(report("admina", april).total, "issued", "revoked") == (0, 1)
    assert counts(report("admina", MARCH).total, "issued", "revoked") == (1, 0)
    begin_again(ana, now=at(5, 1))
    finish_course(ana, now=at(5, 9))
    issue(ana, by=admin, now=at(5, 10), clinic="Ayampuc")
    may = report("facilitadora", month_of(date(2026, 5, 1)))
    assert counts(may.total, "finished", "issued", "renewed") == (1, 1, 0)
    begin_again(ana, now=at(7, 1))
    finish_course(ana, now=at(7, 9))
    issue(ana, by=admin, now=at(7, 10), clinic="Ayampuc")
    july = month_of(date(2026, 7, 1))
    assert counts(report("facilitadora", july).total, "finished", "issued", "renewed") == (1, 1, 1)
    assert counts(report("facilitadora", july).roles[3].figures, "finished", "renewed") == (1, 1)
    delete_person(ana, by=admin, cohort=Cohort.objects.get(name="Mañana"), now=at(8, 1))
    assert counts(report("admina", july).total, "finished", "issued", "renewed") == (1, 1, 1)
    assert counts(report("admina", month_of(date(2026, 5, 1))).total, "issued", "renewed") == (1, 0)


def test_one_that_was_revoked_and_made_again_is_two_as_in_the_register(site):
    ana, admin = person("ANA234"), person("admina")
    for day in (20, 25):
        revoke_certificate(ana.certificates.get(revoked_at=None), reason="Se perdió.", by=admin, now=at(3, day))
        issue(ana, by=admin, now=at(3, day, 13), clinic="Ayampuc")
    march, whole = report("admina", MARCH), Scope(admin)
    register = registered_certificates(whole, year=2026, state="", today=date(2026, 4, 1))
    assert (march.total.issued, register.count()) == (3, 3)
    assert (march.total.revoked, march.total.renewed) == (2, 0)
    for table in (march.roles, march.clinics, march.editions, march.posts):
        assert sum(line.figures.issued for line in table) == 3


def test_whoever_merges_two_accounts_renewed_nothing(site):
    eva, luz, admin = person("EVA222"), person("LUZ567"), person("admina")
    issue(eva, now=at(3, 6), clinic="Ayampuc")
    issue(luz, now=at(3, 8), clinic="Mixco")
    before = counts(report("admina", MARCH).total, "issued", "renewed")
    merge_accounts(eva, luz, by=admin, cohort=Cohort.objects.get(name="Mañana"), now=at(4, 1))
    assert before == counts(report("admina", MARCH).total, "issued", "renewed") == (3, 0)


def test_everybody_counts_once_in_the_groups_however_often_they_finish(site):
    ana, admin = person("ANA234"), person("admina")
    begin_again(ana, now=at(5, 1))
    ana.clinic, ana.role = Clinic.objects.get(name="Mixco"), "clinica"
    ana.save()
    finish_course(ana, now=at(5, 9))
    finish_course(make_learner("SOL222", "Sol", "Us", role="clinica", clinic=None), now=at(5, 10))
    whole = report("admina", YEAR)
    assert counts(whole.total, "finished", "finishers", "people") == (5, 4, 5)
    assert {line.name: counts(line.figures, "finished", "finishers", "people") for line in whole.clinics} == {
        "Ayampuc": (2, 1, 1),
        "Mixco": (2, 2, 2),
        "Sin centro de salud": (1, 1, 2),
    }
    text = ask("admina", desde="2026-01-01", hasta="2026-12-31").text
    assert '4/5 <small class="muted">veces: 5</small>' in text
    # Narrowed, a clinic has the figures of its line, and whoever went elsewhere is not counted there too.
    for line in whole.clinics[:2]:
        key = Clinic.objects.get(name=line.name).key
        assert counts(report("admina", YEAR, clinic=key).total, "finished", "people") == counts(
            line.figures, "finished", "people"
        )
    delete_person(ana, by=admin, cohort=Cohort.objects.get(name="Mañana"), now=at(6, 1))
    # Whose they were that are deleted is not known any more: each time counts as somebody, and never more than all.
    assert counts(report("admina", YEAR).total, "finished", "finishers", "people") == (5, 5, 6)
    text = ask("admina", desde="2026-01-01", hasta="2026-12-31").text
    assert "5/6" in text
    assert counts(report("admina", Period(date(2100, 1, 1), date(2100, 12, 31))).total, "people") == (0,)


def test_of_a_deleted_account_the_month_stays_counted(site):
    admin = person("admina")
    before = report("admina", FEBRUARY).total
    delete_person(person("ANA234"), by=admin, cohort=Cohort.objects.get(name="Mañana"), now=at(6, 1))
    after = report("admina", FEBRUARY)
    assert counts(after.total, "finished", "began") == counts(before, "finished", "began")
    assert finished(after.clinics) == {"Sin centro de salud": 1}
    assert report("admina", MARCH).total.issued == 1
    # It is known of which month, and of no day: it counts as of the first, so that periods side by side add up.
    halves = [Period(date(2026, 2, 1), date(2026, 2, 14)), Period(date(2026, 2, 15), date(2026, 2, 28))]
    assert [report("admina", half).total.finished for half in halves] == [1, 0]


def test_sessions_count_until_today_and_attendance_where_there_is_a_list(site):
    group = Cohort.objects.get(name="Mañana")
    for day in (date(2026, 2, 20), date(2026, 3, 10), date(2026, 12, 30)):
        Session.objects.create(cohort=group, held_on=day, made_by=site)
    names = ("sessions", "unlisted", "attended", "expected")
    assert counts(report("facilitadora", YEAR, today=date(2026, 3, 9)).total, *names) == (2, 1, 2, 3)
    assert counts(report("facilitadora", YEAR, today=date(2026, 3, 10)).total, *names) == (3, 2, 2, 3)
    assert counts(report("facilitadora", FEBRUARY, today=date(2026, 3, 10)).clinics[0].figures, *names) == (2, 1, 2, 3)
    page = ask("facilitadora", **WHOLE_YEAR | {"hasta": "2026-03-31"}).text
    assert ("sin lista: 2" in page, "<td>2/3</td>" in page) == (True, True)


def test_each_sees_the_own_groups_and_areas_and_what_is_narrowed_is_narrowed_inside(site):
    assert {who: finished(report(who, YEAR).clinics) for who in ("facilitadora", "otra", "jefa", "admina")} == {
        "facilitadora": {"Ayampuc": 2},
        "otra": {"Mixco": 1},
        "jefa": {"Ayampuc": 2},
        "admina": {"Ayampuc": 2, "Mixco": 1},
    }
    ajeno = Cohort.objects.get(name="Ajeno")
    for narrowed in ({"cohort": ajeno.key}, {"clinic": ajeno.clinic.key}, {"area": ajeno.clinic.area.key}):
        assert counts(report("facilitadora", YEAR, **narrowed).total, *COUNTED) == (0,) * len(COUNTED)
        assert report("admina", YEAR, **narrowed).total.finished == 1


def test_whoever_leads_two_areas_has_a_table_for_each_in_the_order_of_the_names(site):
    south = Area.objects.get(name="Sur")
    south.leads.add(person("jefa"))
    make_learner("ZOE222", clinic=make_clinic("Álamo", area=south), cohort=Cohort.objects.get(name="Ajeno"))
    tables = [(area, [line.name for line in lines]) for area, lines in report("jefa", YEAR).clinics_by_area]
    nowhere = ("Sin área de salud", ["Sin centro de salud"])
    assert tables == [("Norte", ["Ayampuc"]), ("Sur", ["Álamo", "Mixco"]), nowhere]
    page = ask("jefa", **WHOLE_YEAR).text
    assert page.index("<h3>Norte</h3>") < page.index("<h3>Sur</h3>") < page.index("<h3>Sin área de salud</h3>")
    assert "%" not in page.split("<main")[1].split("</main")[0]


def test_of_a_country_of_many_clinics_the_page_shows_those_of_the_area_that_is_chosen(site, monkeypatch):
    monkeypatch.setattr(figures, "MOST_CLINICS", 2)
    whole = ask("admina", **WHOLE_YEAR).text
    assert "Hay 3 centros de salud: escoja un área de salud arriba" in whole
    assert '<th scope="row">Mixco</th>' not in whole
    assert '<th scope="row">Sur</th>' in whole
    assert '<th scope="row">Mixco</th>' in ask("admina", **WHOLE_YEAR, area=Area.objects.get(name="Sur").key).text
    assert ",Mixco,Sur," in ask("admina", "_csv", **WHOLE_YEAR).getvalue().decode()
    monkeypatch.setattr(figures, "MOST_CLINICS", 3)
    assert '<th scope="row">Mixco</th>' in ask("admina", **WHOLE_YEAR).text


def ask(who, ending="", **asked):
    client = Client()
    client.force_login(person(who))
    return client.get(reverse(f"desk_report{ending}"), asked)


WHOLE_YEAR = {"desde": "2026-01-01", "hasta": "2026-12-31"}


def test_the_page_opens_with_last_month_and_keeps_its_period_in_the_address(site):
    today = timezone.localdate()
    for asked, period in (
        ({}, named_period(LAST_MONTH, today=today)),
        ({"periodo": "este-ano"}, Period(today.replace(month=1, day=1), today)),
    ):
        page = html.fromstring(ask("facilitadora", **asked).text)
        days = [page.xpath(f"//input[@name='{name}']/@value") for name in ("desde", "hasta")]
        assert days == [[period.since.isoformat()], [period.until.isoformat()]]
    page = ask("facilitadora", **WHOLE_YEAR).text
    for words in ("Del 1 de enero de 2026 al 31 de diciembre de 2026", "<td>2/3</td>", "Guardián I"):
        assert words in page
    assert "Mixco" not in page


def test_on_a_phone_each_figure_has_its_name_beside_it(site):
    page = ask("admina", **WHOLE_YEAR).text
    tables = re.findall(r'<table class="table stacked figures">(.*?)</table>', page, re.DOTALL)
    assert len(tables) == 7
    for table in tables:
        head, *rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        names = re.findall(r'<th scope="col">(.*?)</th>', head)[1:]
        assert {tuple(re.findall(r'<td data-label="(.*?)">', row)) for row in rows} == {tuple(names)}


def test_days_that_make_no_sense_are_refused_in_words_and_kept(site):
    wrong = ask("facilitadora", desde="2026-03-02", hasta="2026-03-01")
    page = wrong.text
    assert wrong.status_code == 422
    assert "El último día es anterior al primero." in page
    assert ('value="2026-03-02"' in page, 'value="2026-03-01"' in page) == (True, True)
    for days in ("0001-01-01 9999-12-31", "ayer hoy", "2026-02-30 2026-03-01", "1999-12-31 2026-01-01"):
        asked = dict(zip(("desde", "hasta"), days.split(), strict=True))
        assert ask("facilitadora", **asked).status_code == 422
        assert ask("facilitadora", "_csv", **asked).status_code == 302
    assert "Nada en este periodo." in ask("facilitadora", desde="2030-01-01", hasta="2030-01-31").text


def test_a_key_of_somebody_elses_is_refused_and_shows_nothing(site):
    ajeno = Cohort.objects.get(name="Ajeno")
    forged = [("grupo", ajeno.key), ("centro", ajeno.clinic.key), ("area", ajeno.clinic.area.key), ("grupo", "1")]
    for name, key in forged:
        answer = ask("facilitadora", **WHOLE_YEAR, **{name: str(key)})
        assert answer.status_code == 422
        assert not [words for words in ("Ajeno", "Mixco", "<table") if words in answer.text]
    group = Cohort.objects.get(name="Mañana")
    narrowed = ask("admina", **WHOLE_YEAR, area=str(group.clinic.area.key), centro=str(ajeno.clinic.key))
    assert '<th scope="row">Ayampuc</th>' in narrowed.text


def test_a_report_names_nobody(site):
    page, table = (ask("admina", ending, **WHOLE_YEAR).text for ending in ("", "_csv"))
    book = load_workbook(io.BytesIO(ask("admina", "_xlsx", **WHOLE_YEAR).content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    told = page.split("<main")[1] + table + " ".join(cells)
    assert "Guardián I" in told
    people = User.objects.filter(lessons_read__isnull=False).distinct()
    names = [name for one in people for name in (one.username, one.first_name, one.last_name, str(one.key))]
    assert len(names) == 12
    assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", told)] == []


def test_the_workbook_has_numbers_days_and_what_each_figure_means(site):
    answer = ask("admina", "_xlsx", **WHOLE_YEAR)
    assert "informe-2026-01-01-2026-12-31-" in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [
        "Resumen", "Puestos", "Cargos", "Centros de salud", "Áreas de salud", "Ediciones", "Definiciones",
    ]  # fmt: skip
    summary = dict(book["Resumen"].iter_rows(min_row=2, values_only=True))
    assert (summary["Desde"], summary["Finalizaron"], summary["Se esperaban"]) == (datetime(2026, 1, 1), 3, 3)
    headings, *clinics, total = book["Centros de salud"].iter_rows(values_only=True)
    assert [row[:2] for row in clinics] == [
        ("Ayampuc", "Norte"),
        ("Mixco", "Sur"),
        ("Sin centro de salud", "Sin área de salud"),
    ]
    assert all(isinstance(cell, int | float | None) for row in [*clinics, total] for cell in row[2:])
    assert [sum(row[place] or 0 for row in clinics) for place in (2, 3, 4)] == list(total[2:5])
    defined = {row[0] for row in book["Definiciones"].iter_rows(values_only=True)}
    assert set(headings[2:]) - {"Asistieron", "Se esperaban"} <= defined
    assert {"Periodo", "Hecho el", "Qué incluye"} <= defined
    entry = AuditEntry.objects.get(action="table_exported")
    assert (entry.by.username, entry.subject) == ("admina", "Informe")
    rows = list(csv.reader(io.StringIO(ask("admina", "_csv", **WHOLE_YEAR).content.decode("utf-8-sig"), newline="")))
    assert rows[1][:3] == ["2026-01-01", "2026-12-31", "Total"]
    assert rows[1][rows[0].index("Finalizaron")] == "3"
    assert {row[2] for row in rows[2:]} == {"Puesto", "Cargo", "Área de salud", "Centro de salud", "Edición"}


def add_clinics(numbers):
    north, trainer, edition = Area.objects.get(name="Norte"), person("facilitadora"), Edition.objects.get()
    clinics = Clinic.objects.bulk_create([Clinic(name=f"Centro {number}", area=north) for number in numbers])
    people = User.objects.bulk_create([User(username=f"MAS{one.pk}", role="apoyo", clinic=one) for one in clinics])
    groups = Cohort.objects.bulk_create(
        [Cohort(name=one.name, clinic=one, opens_on=date(2026, 1, 1)) for one in clinics]
    )
    trained = Cohort.trainers.through
    trained.objects.bulk_create([trained(cohort=group, user=trainer) for group in groups])
    sessions = Session.objects.bulk_create(
        [Session(cohort=group, held_on=date(2026, 7, 1), made_by=trainer) for group in groups]
    )
    enrolments, records, came = [], [], []
    for learner, group, session in zip(people, groups, sessions, strict=True):
        enrolments.append(Enrolment(learner=learner, cohort=group, enrolled_at=at(1, 10)))
        records.append(TrainingRecord(learner=learner, edition=edition, finished_at=at(7, 1), cohort_key=group.key))
        came.append(Attendance(session=session, learner=learner, how="tapped"))
    for rows in (enrolments, records, came):
        type(rows[0]).objects.bulk_create(rows)


def test_a_report_of_300_clinics_takes_as_many_queries_as_one_of_3(site, django_assert_num_queries):
    def lines():
        return client.get(reverse("desk_report"), norte).text.count('<th scope="row">Centro ')

    client, norte = Client(), WHOLE_YEAR | {"area": Area.objects.get(name="Norte").key}
    client.force_login(person("jefa"))
    add_clinics(range(3))
    lines()
    with CaptureQueriesContext(connection) as few:
        assert lines() == 3
    add_clinics(range(3, 300))
    with django_assert_num_queries(len(few)):
        assert lines() == 300
