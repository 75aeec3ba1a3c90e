import json
import random
from urllib.parse import urlencode

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from lxml import html

from course.desk import roster_views
from course.models import ADMINISTRATORS, AuditEntry, Enrolment, Job, JobTitle, PersonIdentifier, RosterUpload, User
from course.people.enrolment import enrol_people
from course.people.identifiers import save_identifier, set_optional_fields
from course.roster import importing
from course.roster.importing import PlanChanged, confirm_list, plan_fingerprint
from course.roster.mending import CannotMend, changed_fields, mend
from course.roster.rows import Fate
from course.roster.uploads import (
    ListMovedOn,
    bring_sheets,
    choose_columns,
    choose_sheet,
    plan_of,
    put_away,
    sheets_of,
    way_of_reading,
)
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_staff, make_trainer

from .factories import bring

pytestmark = pytest.mark.django_db
HEADINGS = ["Apellidos", "Nombres", "Puesto", "Centro", "CUI"]
CUI, OTHER_CUI = "2547896540101", "2547896540102"


@pytest.fixture
def cohort():
    return make_cohort(trainers=[make_trainer()], clinic=make_clinic("Centro de Salud de Palencia"))


@pytest.fixture
def desk(client, cohort):
    client.force_login(cohort.trainers.get())
    return client


def plan_page(upload):
    return reverse("desk_roster_plan", args=[upload.cohort_id, upload.pk])


def lines_of(upload):
    return {line.number: line for line in plan_of(upload).lines}


def shown_on(page):
    return dict(html.fromstring(page.text).get_element_by_id("mend").form_values())


def confirm(upload, **options):
    shown = options.pop("shown", None) or plan_fingerprint(plan_of(upload))
    return confirm_list(upload, shown=shown, by=upload.brought_by, now=NOW, chance=random.Random(1))


def test_names_roles_and_clinics_are_mended_row_by_row_and_kept(cohort):
    make_clinic("Hospital de Amatitlán")
    upload = bring(cohort, [HEADINGS, ["Cog", "Ana", "Astronauta", "", ""], ["Paz 2", "Luz", "Caja", "", ""]])
    assert lines_of(upload)[3].fate == Fate.PROBLEM
    mended = {"surnames-2": "COJ TZOC", "role-2": "recepcion", "surnames-3": "Paz", "clinic-3": "hosp. Amatitlán"}
    assert mend(upload, mended)
    lines = lines_of(RosterUpload.objects.get())
    assert (lines[2].surnames, lines[2].role, lines[2].job_title) == ("Coj Tzoc", "recepcion", "Astronauta")
    assert (lines[3].fate, lines[3].clinic_words) == (Fate.CREATE, "Hospital de Amatitlán")
    assert mend(upload, {"out-3": "1"})
    outcome = confirm(upload)
    assert (outcome.created, outcome.left_out, outcome.rows) == (1, 1, [[3, "fuera"]])
    person = User.objects.get(last_name="Coj Tzoc")
    assert (person.role, person.job_title) == ("recepcion", "Astronauta")
    assert not JobTitle.objects.exists()


def test_a_role_for_a_title_mends_all_rows_with_it_and_is_known_from_then_on(cohort):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "Astronauta", "", ""], ["Paz", "Luz", "ASTRONAUTA", "", ""]])
    assert len(plan_of(upload).without_role) == 2
    mend(upload, {"title:astronauta": "apoyo"})
    assert not JobTitle.objects.exists()
    confirm(upload)
    assert set(cohort.learners.values_list("role", flat=True)) == {"apoyo"}
    assert list(JobTitle.objects.values_list("key", "title", "role")) == [("astronauta", "Astronauta", "apoyo")]
    other = make_cohort("Otro", trainers=[make_trainer("otra")], clinic=cohort.clinic)
    assert lines_of(bring(other, [HEADINGS, ["Us", "Leo", "Astronauta", "", ""]]))[2].role == "apoyo"


def test_titles_whose_role_is_guessed_stand_with_those_to_be_looked_at(desk, cohort):
    titles = ["Conserje de clínica", "Enfermera", "Astronauta", "Archivo clínico"]
    rows = [["Coj", name, title] for name, title in zip("ABCD", titles, strict=True)]
    upload = bring(cohort, [["Apellidos", "Nombres", "Puesto"], *rows])
    page = desk.get(plan_page(upload)).text
    sections = page[page.index("<h2>Puestos sin clasificar") :]
    in_order = ["Astronauta", "<h2>Puestos entendidos por parecido", "Conserje de clínica", "Archivo clínico"]
    places = [sections.index(words) for words in [*in_order, "<summary>1 puesto", "Enfermera"]]
    assert places == sorted(places)
    mend(upload, {"title:archivo clinico": "clinica"})
    confirm(upload)
    assert list(JobTitle.objects.values_list("title", "role")) == [("Archivo clínico", "clinica")]
    assert User.objects.get(first_name="A", is_staff=False).role == "apoyo"


def test_a_title_that_the_course_knows_is_mended_for_one_list_and_taught_to_nobody(cohort):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "Enfermera graduada", "", ""]])
    assert lines_of(upload)[2].role == "clinica"
    mend(upload, {"title:enfermera graduada": "apoyo"})
    confirm(upload)
    assert cohort.learners.get().role == "apoyo"
    assert not JobTitle.objects.exists()
    assert not AuditEntry.objects.filter(action="titles_taught").exists()
    JobTitle.objects.create(title="Enfermera graduada", role="apoyo")
    assert lines_of(bring(cohort, [HEADINGS, ["Us", "Leo", "Enfermera Graduada", "", ""]]))[2].role == "clinica"


def test_what_was_taught_is_in_the_audit_list_once_and_an_administrator_makes_it_forgotten(client, cohort):
    rows = [HEADINGS, ["Coj", "Ana", "Astronauta", "", ""], ["Paz", "Luz", "Cosmonauta", "", ""]]
    for _again in range(2):
        upload = bring(cohort, rows)
        mend(upload, {"title:astronauta": "apoyo", "title:cosmonauta": "clinica"})
        confirm(upload)
    entry = AuditEntry.objects.get(action="titles_taught")
    assert (entry.by, entry.cohort, entry.subject) == (upload.brought_by, cohort, "2: Astronauta, Cosmonauta")
    page = reverse("desk_job_titles")
    client.force_login(make_staff("jefa", ADMINISTRATORS))
    assert page in client.get(reverse("desk_all_audit")).text
    shown = client.get(page).text
    assert "Astronauta" in shown
    assert "Cosmonauta" in shown
    title = JobTitle.objects.get(key="astronauta")
    for _twice in range(2):
        assert client.post(page, {"title": title.pk}).url == page
    assert "Se olvidó «Astronauta»." in client.get(page).text
    assert AuditEntry.objects.get(action="title_forgotten").subject == "Astronauta"
    assert lines_of(bring(cohort, [HEADINGS, ["Us", "Leo", "Astronauta", "", ""]]))[2].role == ""
    assert client.post(page, {"title": "x"}).url == page


@pytest.mark.parametrize(
    ("choice", "clinic"), [("known", "Centro de Salud de Palencia"), ("new", "Palencha"), ("none", None), ("", None)]
)
def test_a_clinic_of_the_list_is_a_known_one_a_new_one_or_none(cohort, choice, clinic):
    make_clinic("Puesto de Salud Palencia")
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "", "Palencha", ""]])
    (named,) = plan_of(upload).clinics
    assert {str(one) for one in named.proposed} == {"Centro de Salud de Palencia", "Puesto de Salud Palencia"}
    assert (named.choice, plan_of(upload).new_clinics) == ("", [])
    value = str(cohort.clinic.pk) if choice == "known" else choice
    mend(upload, {f"clinic:{named.key}": value})
    outcome = confirm(upload)
    if not choice:
        assert (outcome.created, outcome.rows) == (0, [[2, "por-decidir"]])
        return
    assert str(cohort.learners.get().clinic or "") == (clinic or "")


def test_rows_whose_clinic_is_open_are_counted_and_have_a_filter(desk, cohort):
    make_clinic("Puesto de Salud Palencia")
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "", "Palencha", ""], ["Paz", "Luz", "", "Palencha", ""]])
    page = desk.get(plan_page(upload)).text
    assert "2 filas esperan su centro de salud: hasta que lo elija abajo, no entran." in page
    assert "Centro por decidir (2)" in page
    rows = desk.get(f"{plan_page(upload)}?ver=centro-por-decidir").text
    assert rows.count("Falta elegir arriba qué centro es «Palencha».") == 2
    mend(upload, {"clinic-2": "Centro de Salud de Palencia"})
    assert [line.number for line in plan_of(upload).with_open_clinic] == [3]
    mend(upload, {"clinic:palencha": "none"})
    assert confirm(upload).created == 2


def test_palencia_is_the_health_centre_of_palencia_and_no_second_clinic(cohort):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "", "PALENCIA", ""], ["Paz", "Luz", "", "C/S Palencia", ""]])
    assert {line.clinic for line in lines_of(upload).values()} == {cohort.clinic}
    assert [(one.words, one.choice) for one in plan_of(upload).clinics] == [("PALENCIA", str(cohort.clinic.pk))]


def test_only_what_was_changed_on_a_page_counts_so_two_tabs_undo_nothing(cohort):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "", "", ""], ["Paz", "Luz", "", "", ""]])
    shown = json.dumps({"surnames-2": "Coj", "surnames-3": "Paz", "out-2": "", "out-3": ""})
    first = {"surnames-2": "Cojtí", "surnames-3": "Paz"}
    for tab in (first, {"surnames-2": "Coj", "surnames-3": "Pac", "out-3": "1"}):
        mend(upload, changed_fields(tab, shown))
    lines = lines_of(upload)
    assert (lines[2].surnames, lines[3].surnames, lines[3].fate) == ("Cojtí", "Pac", Fate.OUT)
    assert changed_fields(first, "no JSON") == changed_fields(first, "[1]") == {}
    assert changed_fields({"clinic:x": "none"}, '{"clinic:x": ""}') == {"clinic:x": "none"}


@pytest.mark.parametrize(
    "changed",
    [
        {"surnames-99": "Coj"},
        {"surnames-0": "Coj"},
        {"surnames-x": "Coj"},
        {"password-2": "Coj"},
        {"role-2": "rey"},
        {"title:caja": "rey"},
        {"clinic:palencia": "99999"},
        {"same-2": "kein-uuid"},
    ],
)
def test_what_no_page_sends_is_refused_as_a_whole(cohort, changed):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "Caja", "Palencia", ""]])
    before = dict(upload.chosen)
    with pytest.raises(CannotMend):
        mend(upload, {"given-2": "Eva"} | changed)
    assert RosterUpload.objects.get().chosen == before


def test_who_mends_while_the_list_is_confirmed_changes_what_was_shown(cohort, monkeypatch):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "Caja", "", ""]])
    shown, draw, mended = plan_fingerprint(plan_of(upload)), importing.new_codes, []

    def meanwhile(*arguments, **options):
        if not mended:
            mended.append(mend(RosterUpload.objects.get(), {"given-2": "Eva"}))
        return draw(*arguments, **options)

    monkeypatch.setattr(importing, "new_codes", meanwhile)
    with pytest.raises(PlanChanged):
        confirm(upload, shown=shown)
    assert not cohort.learners.exists()


def test_nothing_is_mended_any_more_once_it_is_written_and_nothing_of_it_is_kept(cohort):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "Caja", "", CUI]])
    mend(upload, {"given-2": "Eva"})
    confirm(upload)
    with pytest.raises(ListMovedOn, match=r"Escribió, por fila: 2: Ana\."):
        mend(upload, {"given-2": "Ana"})
    kept = RosterUpload.objects.get()
    assert (kept.rows, kept.sheets, kept.chosen) == ([], [], {})
    assert CUI not in json.dumps(kept.outcome) + repr(list(AuditEntry.objects.values_list()))


def test_somebody_of_a_group_of_before_comes_back_with_the_same_account(cohort):
    earlier = make_cohort("2025", trainers=[cohort.trainers.get()])
    ana = make_learner(cohort=earlier, is_active=False, clinic=make_clinic("Otro"))
    Enrolment.objects.update(left_at=NOW)
    upload = bring(cohort, [HEADINGS, ["Coj de la Cruz", "Ana Lucía", "Caja", "", ""]])
    line = lines_of(upload)[2]
    assert (line.fate, [one.person for one in line.candidates]) == (Fate.ASK, [ana])
    assert plan_of(upload).writes is False
    mend(upload, {"same-2": str(ana.key)})
    assert lines_of(upload)[2].fate == Fate.JOIN
    outcome = confirm(upload)
    ana.refresh_from_db()
    assert (outcome.created, outcome.joined, ana.is_active, ana.job_title) == (0, 1, True, "Caja")
    assert list(cohort.learners.all()) == [ana]
    assert User.objects.filter(is_staff=False).count() == 1


def test_another_person_of_the_same_name_gets_an_account_of_their_own(cohort):
    make_learner(cohort=make_cohort("2025", trainers=[cohort.trainers.get()]))
    rows = [HEADINGS, ["Coj de la Cruz", "Ana Lucía", "", "", ""]]
    upload = bring(cohort, rows)
    mend(upload, {"same-2": "other"})
    assert confirm(upload).created == 1
    upload = bring(cohort, rows)
    assert lines_of(upload)[2].fate == Fate.UNCHANGED
    mend(upload, {"same-2": "other"})
    assert lines_of(upload)[2].fate == Fate.CREATE


def test_nobody_is_answered_who_is_not_to_be_seen(cohort):
    stranger = make_learner(cohort=make_cohort("Ajeno", trainers=[make_trainer("otra")]))
    upload = bring(cohort, [HEADINGS, ["Coj de la Cruz", "Ana Lucía", "", "", ""]])
    assert lines_of(upload)[2].fate == Fate.CREATE
    with pytest.raises(CannotMend):
        mend(upload, {"same-2": str(stranger.key)})
    RosterUpload.objects.update(chosen={**upload.chosen, "rows": {"2": {"same": str(stranger.key)}}})
    line = lines_of(RosterUpload.objects.get())[2]
    assert (line.person, line.fate) == (None, Fate.CREATE)


def test_somebody_who_is_seen_but_not_asked_about_is_nobody_of_the_row(cohort):
    luz = make_learner("LUZ222", "Luz", "Paz", cohort=cohort)
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "", "", ""]])
    mend(upload, {"same-2": str(luz.key)})
    assert (lines_of(upload)[2].person, lines_of(upload)[2].fate) == (None, Fate.CREATE)


def test_the_number_finds_a_person_and_is_kept_as_a_digest_alone(cohort):
    ana = make_learner(cohort=make_cohort("2025", trainers=[cohort.trainers.get()]), clinic=make_clinic("Otro"))
    confirm(bring(cohort, [HEADINGS, ["Coj de la Cruz", "Ana Lucía", "", "Otro", "2547 89654 0101"]]))
    kept = PersonIdentifier.objects.get()
    assert (kept.person, kept.kind, kept.ends_with) == (ana, "cui", "01")
    assert CUI not in repr(PersonIdentifier.objects.values_list("digest", flat=True))
    # The surname of before marriage, another clinic: the number and a given name say who it is.
    line = lines_of(bring(cohort, [HEADINGS, ["Coj Paz", "Ana Lucía", "", "Hospital", CUI]]))[2]
    assert (line.person, line.fate) == (ana, Fate.UPDATE)
    for surnames, given, cui in (("Xol", "Pedro", CUI), ("Coj de la Cruz", "Ana Lucía", OTHER_CUI)):
        line = lines_of(bring(cohort, [HEADINGS, [surnames, given, "", "", cui]]))[2]
        assert (line.person, line.fate, [one.person for one in line.candidates]) == (None, Fate.ASK, [ana])


def test_a_number_that_is_new_changes_a_person_and_nobody_with_a_role_in_the_site(cohort):
    fields = {"clinic": cohort.clinic, "last_name": "Paz"}
    make_learner("LUZ222", first_name="Luz", cohort=cohort, **fields)
    make_staff("jefa", is_staff=True, first_name="Sonia", **fields).enrolments.create(cohort=cohort)
    upload = bring(cohort, [HEADINGS, ["Paz", "Luz", "", "", CUI], ["Paz", "Sonia", "", "", OTHER_CUI]])
    lines = lines_of(upload)
    assert [(line.fate, line.changes) for line in lines.values()] == [(Fate.UPDATE, {}), (Fate.PROBLEM, {})]
    confirm(upload)
    assert [one.person.username for one in PersonIdentifier.objects.all()] == ["LUZ222"]
    assert lines_of(bring(cohort, [HEADINGS, ["Paz", "Luz", "", "", CUI]]))[2].fate == Fate.UNCHANGED


def test_a_number_of_somebody_elsewhere_makes_no_second_account_and_shows_nobody(cohort, desk):
    foreign = make_cohort("Grupo de Marta", trainers=[make_trainer("otra")])
    save_identifier(make_learner("ZZZ222", "Zoila", "Chavajay", cohort=foreign, email="zoila@ejemplo.gt"), "cui", CUI)
    headings = [*HEADINGS, "Correo"]
    rows = [headings, ["Chavajay", "Zoila", "", "", CUI, ""], ["Chavajay Us", "Zoila", "", "", "", "zoila@ejemplo.gt"]]
    upload = bring(cohort, [*rows, ["Coj", "Ana", "", "", "", "zoila@ejemplo.gt"]])
    lines = lines_of(upload)
    assert [lines[number].fate for number in (2, 3)] == [Fate.PROBLEM] * 2
    assert "Una cuenta que usted no ve" in lines[2].problem
    page = desk.get(plan_page(upload)).text
    assert "Una cuenta que usted no ve" in page
    assert "ZZZ222" not in page
    assert "Grupo de Marta" not in page
    assert "Dejar fuera" in page


def test_phone_and_sex_are_read_only_where_the_site_says_why(cohort):
    rows = [["Apellidos", "Nombres", "Celular", "Sexo"], ["Coj", "Ana", "5555-1234 / 4444-0000", "F"]]
    rows += [["Paz", "Leo", "x", "M"], ["Sis", "Eva", "", "?"]]
    upload = bring(cohort, rows)
    assert {(line.phone, line.sex) for line in lines_of(upload).values()} == {("", "")}
    set_optional_fields("Informe mensual", "Para avisar", by=make_staff("raiz", is_superuser=True), now=NOW)
    lines = lines_of(upload)
    assert [(line.phone, line.sex) for line in lines.values()] == [("+50255551234", "woman"), ("", "man"), ("", "")]
    confirm(upload)
    assert cohort.learners.get(last_name="Coj").phone == "+50255551234"
    line = lines_of(bring(cohort, [["Apellidos", "Nombres", "Celular"], ["Tum", "Ana", "5555 1234"]]))[2]
    assert (line.fate, line.candidates[0].alike) == (Fate.ASK, ("phone", "clinic"))
    letters = [["Apellidos", "Nombres", "Sexo"], ["Uz", "Eva", "M"], ["Uy", "Leo", "H"]]
    assert [line.sex for line in lines_of(bring(cohort, letters)).values()] == ["woman", "man"]


def test_a_list_without_clinics_takes_nobody_out_of_theirs(cohort):
    ana = make_learner(cohort=cohort, clinic=make_clinic("Otro"))
    line = lines_of(bring(cohort, [["Apellidos", "Nombres"], ["Coj de la Cruz", "Ana Lucía"]]))[2]
    assert (line.person, line.changes) == (ana, {})


def of_two_sheets(cohort):
    headings = ["Nombres", "Apellidos"]
    sheets = [
        {"name": "Norte", "hidden": False, "rows": [headings, ["Luz", "Paz"], ["Eva", "Sis"]]},
        {"name": "Sur", "hidden": False, "rows": [headings, ["Rosa", "Xol"], ["Ana", "Coj"]]},
    ]
    return bring_sheets(cohort, sheets, name="x", by=cohort.trainers.get(), now=NOW)


def given_names(upload):
    upload.refresh_from_db()
    return [line.given_names for line in plan_of(upload).lines]


def test_another_sheet_is_read_when_it_is_chosen(cohort):
    sheets = [
        {"name": "2025", "hidden": False, "rows": [["Nombres", "Apellidos"], ["Ana", "Coj"]]},
        {"name": "2026", "hidden": False, "rows": [["Nombres", "Apellidos"], ["Luz", "Paz"], ["Eva", "Sis"]]},
        {"name": "Todos", "hidden": False, "rows": [["Nombres", "Apellidos"]], "long": True},
        {"name": "Otros", "hidden": False, "rows": [], "unread": True},
    ]
    upload = bring_sheets(cohort, sheets, name="x", by=cohort.trainers.get(), now=NOW)
    assert [(sheet.name, sheet.rows, sheet.is_read) for sheet in sheets_of(upload)] == [
        ("2025", 2, False), ("2026", 3, True), ("Todos", 1, False),
    ]  # fmt: skip
    for number in (99, -1, 2, 3):
        choose_sheet(upload, number, now=NOW)
    assert given_names(upload) == ["Luz", "Eva"]
    choose_sheet(upload, 0, now=NOW)
    assert given_names(upload) == ["Ana"]
    choose_sheet(upload, 1, now=NOW)
    assert given_names(upload) == ["Luz", "Eva"]


def test_what_was_mended_on_a_sheet_is_there_when_it_is_read_again(cohort):
    upload = of_two_sheets(cohort)
    mend(upload, {"given-2": "Lucía", "out-3": "1"})
    choose_sheet(upload, 1, now=NOW)
    assert given_names(upload) == ["Rosa", "Ana"]
    choose_columns(upload, {0: "surnames", 1: "given"}, first=2, now=NOW)
    mend(upload, {"given-3": "Cojtí"})
    choose_sheet(upload, 0, now=NOW)
    assert given_names(upload) == ["Lucía", "Eva"]
    assert lines_of(upload)[3].fate == Fate.OUT
    choose_sheet(upload, 1, now=NOW)
    assert given_names(upload) == ["Cojtí"]
    assert lines_of(upload)[3].surnames == "Ana"


@pytest.mark.parametrize("pressed", [{"action": "confirm"}, {"action": "save"}, {"go": "ver=nuevas"}])
def test_what_is_typed_on_a_page_of_another_sheet_is_written_on_nobody(desk, cohort, pressed):
    upload = of_two_sheets(cohort)
    page = desk.get(plan_page(upload))
    desk.post(plan_page(upload), {"action": "sheet", "sheet": "1"})
    typed = shown_on(page) | {"given-2": "Luz Elena", "out-3": "1"} | pressed
    (said,) = get_messages(desk.post(plan_page(upload), typed).wsgi_request)
    assert str(said) == (
        "Esta página mostraba la hoja «Norte», y ahora se lee «Sur»: no se guardó nada de lo que escribió. Si es de"
        " «Norte», lea esa hoja de nuevo y escríbalo allí. Escribió, por fila: 2: Luz Elena."
    )
    assert given_names(upload) == ["Rosa", "Ana"]
    assert {line.fate for line in plan_of(upload).lines} == {Fate.CREATE}
    desk.post(plan_page(upload), typed | {"read_as": ""})
    assert given_names(upload) == ["Rosa", "Ana"]
    desk.post(plan_page(upload), {"action": "sheet", "sheet": "0"})
    desk.post(plan_page(upload), typed)
    assert given_names(upload) == ["Luz Elena", "Eva"]


def test_what_is_typed_on_a_page_of_other_columns_is_written_on_nobody(desk, cohort):
    upload = of_two_sheets(cohort)
    page = desk.get(plan_page(upload))
    columns = {"action": "columns", "column-0": "surnames", "column-1": "given", "first": "2"}
    columns["read_as"] = shown_on(page)["read_as"]
    desk.post(plan_page(upload), columns)
    assert given_names(upload) == ["Paz", "Sis"]
    other = {**columns, "column-0": "given", "column-1": "surnames", "first": "3"}
    for stale in (shown_on(page) | {"given-2": "Luz Elena", "action": "save"}, other):
        *_before, said = get_messages(desk.post(plan_page(upload), stale).wsgi_request)
        assert str(said).startswith("Desde que se abrió esta página se eligieron otras columnas u otra primera fila")
        assert given_names(upload) == ["Paz", "Sis"]


def test_a_list_that_is_being_written_is_neither_read_otherwise_nor_put_away(cohort):
    upload = of_two_sheets(cohort)
    before = way_of_reading(upload)
    changes = [
        lambda: mend(upload, {"given-2": "Eva"}),
        lambda: choose_sheet(upload, 1, now=NOW),
        lambda: choose_columns(upload, {0: "surnames", 1: "given"}, first=1, now=NOW),
        lambda: put_away(upload),
    ]
    job = Job.objects.create(kind="list", cohort=cohort, requested_by=upload.brought_by, language="es")
    for written in ({"job": job, "finished_at": None}, {"job": None, "finished_at": NOW}):
        RosterUpload.objects.update(**written)
        for change in changes:
            with pytest.raises(ListMovedOn):
                change()
        assert way_of_reading(RosterUpload.objects.get()) == before
    assert given_names(upload) == ["Luz", "Eva"]


def test_a_row_that_was_taken_for_a_title_is_a_person_when_the_trainer_says_so(cohort):
    upload = bring(cohort, [["Nombre completo", "Cargo"], ["Total Paz Luz", ""], ["Ana Coj", "Caja"]])
    assert [other.number for other in plan_of(upload).others] == [2]
    mend(upload, {"person-2": "1"})
    assert plan_of(upload).others == []
    assert [line.number for line in plan_of(upload).lines] == [2, 3]


def test_what_is_typed_is_saved_before_another_page_or_filter_is_shown(desk, cohort):
    upload = bring(cohort, [HEADINGS, *(["Coj", f"Ana {'A' * number}", "", "", ""] for number in range(1, 102))])
    page = desk.get(plan_page(upload))
    assert 'name="go" value="ver=&amp;pagina=2"' in page.text
    typed = shown_on(page) | {"surnames-2": "Cojtí"}
    answer = desk.post(plan_page(upload), typed | {"go": "ver=&pagina=2&otro=x"}, follow=True)
    assert answer.redirect_chain == [(f"{plan_page(upload)}?pagina=2", 302)]
    assert "Guardado." in answer.text
    assert lines_of(RosterUpload.objects.get())[2].surnames == "Cojtí"
    answer = desk.post(plan_page(upload), {"shown_fields": "{}", "go": "ver=nuevas"}, follow=True)
    assert answer.redirect_chain == [(f"{plan_page(upload)}?ver=nuevas", 302)]
    assert "Guardado." not in answer.text
    assert desk.post(plan_page(upload), {"shown_fields": "{}", "go": ""}).url == plan_page(upload)


def test_what_is_typed_is_saved_before_another_sheet_is_shown(desk, cohort):
    upload = of_two_sheets(cohort)
    page = desk.get(plan_page(upload))
    assert page.text.count('form="mend"') == 2
    answer = desk.post(
        plan_page(upload), shown_on(page) | {"given-2": "Lucía", "action": "sheet", "sheet": "1"}, follow=True
    )
    assert "Guardado." in answer.text
    assert given_names(upload) == ["Rosa", "Ana"]
    # Enter in a field presses the first button of the form, which is this one: it saves, and the sheet stays.
    typed = shown_on(answer) | {"given-2": "Rosaura", "action": "sheet", "sheet": "1"}
    assert "Guardado." in desk.post(plan_page(upload), typed, follow=True).text
    assert given_names(upload) == ["Rosaura", "Ana"]
    desk.post(plan_page(upload), {"action": "sheet", "sheet": "0"})
    assert given_names(upload) == ["Lucía", "Eva"]


def test_what_is_typed_is_saved_by_confirming_too_and_shown_once_more(desk, cohort):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "Astronauta", "", CUI]])
    page = desk.get(plan_page(upload))
    assert CUI not in page.text
    typed = shown_on(page) | {"given-2": "Eva", "action": "confirm"}
    answer = desk.post(f"{plan_page(upload)}?ver=nuevas", typed, follow=True)
    assert answer.redirect_chain[0][0] == f"{plan_page(upload)}?ver=nuevas"
    assert "Revise una vez más" in answer.text
    assert not cohort.learners.exists()
    done = desk.post(plan_page(upload), shown_on(answer) | {"action": "confirm"}).text
    assert "1 persona es nueva" in done
    assert "Imprimir las tarjetas" in done
    assert cohort.learners.get().first_name == "Eva"


def test_who_comes_into_the_group_is_not_counted_as_changed_and_without_new_ones_no_cards_are_named(desk, cohort):
    other = make_cohort("Otro", trainers=[cohort.trainers.get()])
    for code, name in (("LUZ222", "Luz"), ("EVA222", "Eva")):
        make_learner(code, name, "Paz", cohort=other, clinic=cohort.clinic)
    upload = bring(
        cohort, [HEADINGS, ["Paz", "Luz", "", "", ""], ["Paz", "Eva", "", "", ""], ["Sis 3", "Ana", "", "", ""]]
    )
    page = desk.get(plan_page(upload))
    assert "0 personas son nuevas, 2 entran al grupo, 0 cambian, 0 quedan igual." in page.text
    done = desk.post(plan_page(upload), shown_on(page) | {"action": "confirm"}).text
    assert "2 entraron al grupo con su cuenta de antes." in done
    assert "Con un problema: filas 4." in done
    assert "tarjetas, cada una" not in done
    assert "Imprimir las tarjetas" not in done


def test_both_are_shown_side_by_side_with_what_tells_namesakes_apart(desk, cohort):
    earlier = make_cohort("Grupo 2025", trainers=[cohort.trainers.get()])
    ana = make_learner(cohort=earlier, clinic=make_clinic("Otro"), job_title="Cajera", last_login=NOW)
    save_identifier(ana, "cui", CUI)
    upload = bring(cohort, [HEADINGS, ["Coj de la Cruz", "Ana Lucía", "Médica", "", OTHER_CUI]])
    page = desk.get(plan_page(upload)).text
    told = ("¿es la misma persona?", "Médica", "Cajera", "Grupo 2025", "••01", "••02", "el mismo nombre", str(ana.key))
    for words in told:
        assert words in page
    assert OTHER_CUI not in page


def test_of_who_went_on_to_somebody_else_the_page_tells_the_name_and_makes_no_second_account_unasked(desk, cohort):
    set_optional_fields("Para el informe", "Para avisarle", by=cohort.trainers.get(), now=NOW)
    theirs = make_cohort("Ajena", trainers=[make_trainer("otra")])
    known = {"phone": "+50255551234", "email": "eva@ejemplo.gt", "job_title": "Vacunadora de ruta", "sex": "woman"}
    eva = make_learner("EVA222", "Eva María", "Tum Sis", cohort=cohort, clinic=make_clinic("C/S Chajul"), **known)
    save_identifier(eva, "cui", CUI)
    Enrolment.objects.update(left_at=NOW)
    enrol_people(theirs, [eva], now=NOW)
    upload = bring(cohort, [["Apellidos", "Nombres"], ["Tum Sis", "Eva María"], ["Paz", "Luz"]])
    page = desk.get(plan_page(upload)).text
    told = ("En un grupo de otra persona", "Tum Sis, Eva María", "código para unirse", "No, es otra: crear una cuenta")
    for words in told:
        assert words in page
    known = ("EVA222", "Vacunadora", "5555", "ejemplo.gt", "Ajena", "••01", str(eva.key), "Sí, es la misma")
    assert [words for words in known if words in page] == []
    assert "Chajul" not in page[page.index('<tr class="compared">') :]
    with pytest.raises(CannotMend):
        mend(upload, {"same-2": str(eva.key)})
    assert confirm(upload).rows == [[2, "por-decidir"]]
    assert [person.last_name for person in cohort.learners.filter(enrolments__left_at=None)] == ["Paz"]


def test_two_rows_that_may_be_one_person_stand_side_by_side(desk, cohort):
    rows = [["Paz Pérez", "Luz María", clinic] for clinic in ("", "Hospital Sur")]
    upload = bring(cohort, [["Apellidos", "Nombres", "Centro"], *rows])
    page = desk.get(plan_page(upload)).text
    for words in ("¿Es la misma persona que en la fila 2?", "Fila 2 de la lista", "deje fuera una de las dos filas"):
        assert words in page
    desk.post(plan_page(upload), shown_on(desk.get(plan_page(upload))) | {"action": "save", "same-3": "other"})
    upload.refresh_from_db()
    assert lines_of(upload)[3].fate == Fate.CREATE
    page = desk.get(plan_page(upload)).text
    assert 'name="same-3" value="other" checked' in page


@pytest.mark.parametrize(
    ("shown", "posted", "status"),
    [
        ({"given-2": "Ana"}, {"given-2": "Lu\0z\u200b Elena"}, 302),
        ({"clinic-2": ""}, {"clinic-2": "\0Amatitlán"}, 302),
        ({"clinic:pal\0encia": ""}, {"clinic:pal\0encia": "new"}, 302),
        ({"title:caj\0a": "", "title:\ud800": ""}, {"title:caj\0a": "apoyo"}, 302),
        ({"same-2": ""}, {"same-2": "\0"}, 302),
        ({"given-2": ["Ana"], "surnames-2": 7}, {"given-2": "Eva"}, 302),
        ({"role-2": ""}, {"role-2": "\0rey"}, 422),
        ({"given-\0": ""}, {"given-\0": "Eva"}, 422),
    ],
)
@pytest.mark.postgres
def test_what_no_list_may_hold_is_kept_of_nothing_that_is_typed(desk, cohort, shown, posted, status):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "Caja", "Palencia", ""]])
    form = {"action": "save", "read_as": way_of_reading(upload), "shown_fields": json.dumps(shown)}
    assert desk.post(plan_page(upload), form | posted).status_code == status
    kept = json.dumps(RosterUpload.objects.get().chosen)
    assert "\\u0000" not in kept
    assert "\\ud800" not in kept
    assert desk.get(plan_page(upload)).status_code == 200
    if "Elena" in str(posted):
        assert lines_of(RosterUpload.objects.get())[2].given_names == "Luz Elena"


def test_a_list_that_was_put_away_meanwhile_is_gone(desk, cohort, monkeypatch):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "Caja", "", ""]])
    typed = shown_on(desk.get(plan_page(upload))) | {"given-2": "Eva"}

    def meanwhile(*arguments):
        RosterUpload.objects.all().delete()
        return changed_fields(*arguments)

    monkeypatch.setattr(roster_views, "changed_fields", meanwhile)
    assert desk.post(plan_page(upload), typed | {"action": "save"}).status_code == 404


def test_a_title_whose_key_ends_with_a_space_is_given_its_role(desk, cohort):
    title = f"{'Astronauta ' * 10}de nuestro viaje"
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", title[:119] + " o más", "", ""]])
    (named,) = plan_of(upload).titles
    assert named.key.endswith(" ")
    typed = shown_on(desk.get(plan_page(upload))) | {named.field_name: "apoyo", "action": "save"}
    # As a browser sends it: in the other way of sending forms, names end with no space.
    desk.post(plan_page(upload), urlencode(typed), content_type="application/x-www-form-urlencoded")
    assert lines_of(RosterUpload.objects.get())[2].role == "apoyo"


def test_brackets_however_deep_are_no_fields(desk, cohort):
    upload = bring(cohort, [HEADINGS, ["Coj", "Ana", "Caja", "", ""]])
    for text in ("[" * 100_000, '{"given-2":' + "[" * 100_000):
        assert desk.post(plan_page(upload), {"action": "save", "shown_fields": text}).status_code == 302
        assert changed_fields({"given-2": "Eva"}, text) == {}
