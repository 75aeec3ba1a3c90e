import random
import re
import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from course.models import Attendance, AuditEntry, PaperSheet, Session, User
from course.paper.sheets import hand_out
from course.reports.attendances import sums_of
from course.sessions.attendance import attend, close_door, delete_session, keep_attendance, open_door
from course.sessions.counting import Turnout, attendance_of
from modules.models import ModulePage
from modules.progress.outline import course_outline
from tests.factories import NOW, make_cohort, make_course, make_learner, make_quiz, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(trainer, ana):
    make_course(modules=2, lessons=1, quiz=False)
    return make_cohort(trainers=[trainer], learners=[ana, make_learner("EVA222", "Eva", "Tum")])


@pytest.fixture
def session(group):
    return make_session(group)


def make_session(group, **fields):
    usual = {"held_on": NOW.date(), "place": "Salón comunal", "made_by": group.trainers.get()}
    return Session.objects.create(cohort=group, **usual | fields)


def address(session, name="desk_session"):
    return reverse(name, args=[session.cohort_id, session.pk])


def those_there(session):
    return {row.learner.username: row.how for row in session.attendances.select_related("learner")}


def test_the_trainer_makes_a_session_and_ticks_who_was_there(desk, group):
    page = reverse("desk_sessions", args=[group.pk])
    module = str(ModulePage.objects.get(number=1).translation_key)
    made = desk.post(page, {"held_on": "2026-11-25", "place": "Salón", "modules": [module], "minutes": "90"})
    session = Session.objects.get()
    assert made.url == address(session)
    assert (session.modules, session.minutes) == ([module], 90)
    desk.post(made.url, {"persona": [group.learners.get(username="ANA234").pk, "99999", "otra"]})
    assert those_there(session) == {"ANA234": "tapped"}
    shown = desk.get(page).text
    assert "1/2 asistieron" in shown
    assert "Módulo de prueba 1" in shown
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["session_saved", "attendance_kept"]


def test_a_session_without_a_date_or_too_short_is_refused(desk, group):
    refused = desk.post(reverse("desk_sessions", args=[group.pk]), {"held_on": "", "minutes": "1"})
    assert refused.status_code == 422
    assert set(re.findall(r'<a href="#id_(\w+)">', refused.text)) == {"held_on", "minutes"}
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("day", "taken"),
    [
        ("0001-01-01", False), ("2020-12-31", False), ("2021-01-01", True), ("2028-12-31", True),
        ("2029-01-01", False), ("9999-12-31", False),
    ],
)  # fmt: skip
@pytest.mark.postgres
def test_the_day_of_a_session_lies_between_the_group_s_beginnings_and_two_years_ahead(client, group, day, taken):
    with time_machine.travel(NOW, tick=False):
        client.force_login(group.trainers.get())
        form = {"held_on": day, "place": "", "minutes": "60"}
        answer = client.post(reverse("desk_sessions", args=[group.pk]), form)
        assert (answer.status_code == 302, Session.objects.exists()) == (taken, taken)
        if not taken:
            assert "Escriba un día entre el 1 de enero de 2021 y el 31 de diciembre de 2028." in answer.text
        # One of before, with such a day, keeps it while something else is changed.
        session = Session.objects.create(cohort=group, held_on=day, made_by=group.trainers.get())
        assert client.post(address(session, "desk_session_change"), form | {"place": "Patio"}).status_code == 302


def test_attendance_is_noted_from_the_day_of_the_session_on_which_is_guatemala_s(client, group):
    session = Session.objects.create(cohort=group, held_on=date(2026, 12, 1), made_by=group.trainers.get())
    ana, eva = group.learners.order_by("username")
    trainer, change = group.trainers.get(), {"place": "", "minutes": "60"}
    why = "Esta sesión es el 1 de diciembre de 2026; la asistencia se marca desde ese día. "
    why += "Si la fecha está mal, cámbiela."
    scanned = reverse("attend_session", args=[session.token])
    # The first of December has begun in Greenwich by then, and not in Guatemala.
    with time_machine.travel(datetime(2026, 12, 1, 5, 59, tzinfo=UTC), tick=False):
        client.force_login(trainer)
        shown = client.get(address(session)).text
        assert why in shown
        assert not [words for words in ('name="persona"', 'name="abrir"', "/agregar/", "sin lista") if words in shown]
        for page, fields in (("desk_session", {"persona": [ana.pk]}), ("desk_door", {"abrir": ""})):
            answer = client.post(address(session, page), fields, follow=True)
            assert why in answer.text
        assert why in client.get(address(session, "desk_add_to_session"), follow=True).text
        # A door that was open before the day was changed.
        Session.objects.update(open_until=timezone.now() + timedelta(days=2))
        client.force_login(eva)
        for answer in (client.get(scanned), client.post(scanned)):
            assert answer.status_code == 403
            assert "Esta sesión es el 1 de diciembre de 2026: escanee el QR ese día." in answer.text
    assert (Attendance.objects.count(), AuditEntry.objects.count()) == (0, 0)
    with time_machine.travel(datetime(2026, 12, 1, 6, tzinfo=UTC), tick=False):
        assert client.post(scanned).status_code == 200
        client.force_login(trainer)
        client.post(address(session), {"persona": [ana.pk]})
        assert those_there(session) == {"ANA234": "tapped", "EVA222": "qr"}
        refused = client.post(address(session, "desk_session_change"), change | {"held_on": "2026-12-02"})
        assert "En esta sesión ya se anotó asistencia: su día no puede estar por venir." in refused.text
    # Of before this was refused: who was noted too early is unticked, and nobody is added.
    Session.objects.update(held_on=date(2027, 12, 1))
    with time_machine.travel(datetime(2026, 12, 2, 6, tzinfo=UTC), tick=False):
        client.force_login(trainer)
        assert 'name="persona"' in client.get(address(session)).text
        client.post(address(session), {"persona": [ana.pk], "estaba": [ana.pk, eva.pk]})
        assert those_there(session) == {"ANA234": "tapped"}
        client.post(address(session), {"persona": [ana.pk, eva.pk], "estaba": [ana.pk]})
        assert those_there(session) == {"ANA234": "tapped"}


def test_a_double_click_makes_one_session(desk, group):
    form = {"held_on": "2026-11-25", "place": "Salón", "minutes": "60"}
    page = reverse("desk_sessions", args=[group.pk])
    first, second = (desk.post(page, form) for _click in range(2))
    assert first.url == second.url
    assert desk.post(page, form | {"place": "Patio"}).url != first.url
    Session.objects.update(made_at=timezone.now() - timedelta(minutes=1))
    assert desk.post(page, form).url != first.url
    assert Session.objects.count() == 3


def test_saving_the_ticks_twice_is_the_same_and_a_tick_can_be_taken_back(group, session):
    trainer, ana = group.trainers.get(), group.learners.get(username="ANA234")
    assert keep_attendance(session, {ana.pk}, shown={ana.pk}, by=trainer, now=NOW) == 1
    first = Attendance.objects.get()
    assert keep_attendance(session, {ana.pk}, shown={ana.pk}, by=trainer, now=NOW + timedelta(hours=1)) == 1
    assert (Attendance.objects.get(), AuditEntry.objects.count()) == (first, 1)
    assert Attendance.objects.get().noted_at == NOW
    assert keep_attendance(session, set(), shown={ana.pk}, by=trainer, now=NOW) == 0


def test_whoever_came_while_the_page_was_open_stays(desk, group, session):
    ana, eva = group.learners.order_by("username")
    page = reverse("desk_session", args=[group.pk, session.pk])
    assert 'name="estaba"' not in desk.get(page).text
    open_door(session, now=timezone.now())
    attend(session, eva, now=timezone.now())
    desk.post(page, {"persona": [str(ana.pk)]})
    assert set(session.attendances.values_list("learner", flat=True)) == {ana.pk, eva.pk}
    assert set(re.findall(r'name="estaba" value="(\d+)"', desk.get(page).text)) == {str(ana.pk), str(eva.pk)}
    desk.post(page, {"persona": [str(eva.pk)], "estaba": [str(ana.pk), str(eva.pk)]})
    assert set(session.attendances.values_list("learner", flat=True)) == {eva.pk}


def test_everybody_is_ticked_at_once_and_nothing_is_saved_by_that(desk, group, session):
    page = reverse("desk_session", args=[group.pk, session.pk])
    everybody = desk.get(page, {"marcar": "todas"}).text
    assert everybody.count(" checked>") == group.learners.count() > 1
    assert "todavía no se ha guardado nada" in everybody
    assert not session.attendances.exists()
    desk.post(page, {"persona": [str(group.learners.first().pk)]})
    assert desk.get(page).text.count(" checked>") == 1
    assert " checked>" not in desk.get(page, {"marcar": "nadie"}).text


def test_who_was_there_and_left_the_group_can_still_be_ticked(group, session):
    trainer, ana = group.trainers.get(), group.learners.get(username="ANA234")
    keep_attendance(session, {ana.pk}, shown={ana.pk}, by=trainer, now=NOW)
    ana.enrolments.update(left_at=NOW)
    assert keep_attendance(session, {ana.pk}, shown={ana.pk}, by=trainer, now=NOW) == 1


def test_the_qr_notes_whoever_scans_it_while_it_is_open(client, group, session):
    scanned = reverse("attend_session", args=[session.token])
    assert client.get(scanned).url.startswith(reverse("account_login"))
    client.force_login(group.learners.get(username="ANA234"))
    assert client.get(scanned).status_code == 403
    open_door(session, now=timezone.now())
    asked = client.get(scanned).text
    assert ("¿Es usted Ana Lucía Coj de la Cruz?" in asked, Attendance.objects.count()) == (True, 0)
    for _time in range(2):
        assert "Su asistencia quedó anotada" in client.post(scanned).text
    client.force_login(make_learner("LUZ777", "Luz", "Ba"))
    told = client.post(scanned)
    assert client.get(scanned).status_code == 403
    assert (told.status_code, "un grupo en el que usted no está" in told.text) == (403, True)
    close_door(session, now=timezone.now())
    client.force_login(group.learners.get(username="EVA222"))
    for answer in (client.get(scanned), client.post(scanned)):
        assert "no toma asistencia con QR ahora" in answer.text
    assert those_there(session) == {"ANA234": "qr"}


def test_the_qr_of_one_session_is_good_for_no_other(client, group, session):
    open_door(make_session(group), now=timezone.now())
    client.force_login(group.learners.get(username="ANA234"))
    scanned = reverse("attend_session", args=[session.token])
    assert [client.get(scanned).status_code, client.post(scanned).status_code] == [403, 403]
    assert not Attendance.objects.exists()


def test_the_wall_shows_the_qr_only_while_it_is_open(desk, group, session):
    assert str(session.token) not in desk.get(address(session, "desk_wall")).text
    assert desk.post(address(session, "desk_door"), {"abrir": ""}).url == address(session, "desk_wall")
    # Without a language: whoever scans it reads the page in the own one.
    shown = desk.get(address(session, "desk_wall")).text
    shown = re.search(r'wall-address">([^<]+)<', shown)[1]
    assert (str(session.token) in shown, "/es/" in shown) == (True, False)
    desk.post(address(session, "desk_door"), {"cerrar": ""})
    assert str(session.token) not in desk.get(address(session, "desk_wall")).text


def test_the_sign_in_sheet_has_a_row_for_each_and_is_noted(desk, group, session):
    for size in ("letter", "a4"):
        pdf = desk.get(address(session, "desk_sign_in_sheet"), {"hoja": size})
        text = subprocess.run(
            ["pdftotext", "-", "-"], input=pdf.content, capture_output=True, check=True
        ).stdout.decode()
        for words in ("Coj de la Cruz, Ana Lucía", "Tum, Eva", "Salón comunal", "Hoja de asistencia", "Firma"):
            assert words in text
    assert AuditEntry.objects.filter(action="sign_in_sheet_printed").count() == 2


def give_quizzes():
    for module in ModulePage.objects.all():
        module.quiz = make_quiz(f"m{module.number}", 1)
        module.save()
    return course_outline()


def test_sheets_made_for_a_session_are_listed_with_it(desk, group, session):
    first, second = give_quizzes()
    Session.objects.filter(pk=session.pk).update(modules=[str(first.key)])
    ana, eva = group.learners.in_spanish_order()
    session.attendances.create(learner=eva, how="tapped")
    shown = desk.get(address(session)).text
    paper = reverse("desk_paper", args=[group.pk, first.quiz_key])
    assert f'href="{paper}?sesion={session.pk}"' in shown
    assert str(second.quiz_key) not in shown
    assert re.findall(r'name="persona" value="(\d+)"( checked)?', desk.get(paper, {"sesion": session.pk}).text) == [
        (str(ana.pk), ""),
        (str(eva.pk), " checked"),
    ]
    assert desk.post(paper, {"persona": [eva.pk], "sesion": session.pk}).url == f"{paper}?sesion={session.pk}"
    assert PaperSheet.objects.get().session == session
    assert "0/1 ingresadas" in desk.get(address(session)).text
    desk.post(paper, {"persona": [ana.pk]})
    assert "0/1 ingresadas" in desk.get(address(session)).text


@pytest.mark.parametrize("asked", ["", "<b>", "0", "9" * 30, "another"])
def test_a_session_that_is_not_of_the_group_is_no_session(desk, group, session, asked):
    module, _other_module = give_quizzes()
    other = make_session(make_cohort("Otro", trainers=[group.trainers.get()]))
    paper = reverse("desk_paper", args=[group.pk, module.quiz_key])
    asked = str(other.pk) if asked == "another" else asked
    desk.post(paper, {"persona": [group.learners.first().pk], "sesion": asked})
    assert PaperSheet.objects.get().session is None


def test_a_session_that_did_not_take_place_is_deleted_and_counts_nowhere(desk, group, session, trainer):
    page = address(session, "desk_session_delete")
    assert f'href="{page}"' in desk.get(address(session)).text
    assert 'class="button-danger">Borrar la sesión' in desk.get(page).text
    assert sums_of(Session.objects.all()).unlisted == 1
    answer = desk.post(page, follow=True)
    assert "La sesión se borró." in answer.text
    assert answer.redirect_chain[-1][0] == reverse("desk_sessions", args=[group.pk])
    assert sums_of(Session.objects.all()).sessions == 0
    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.by, entry.cohort) == ("session_deleted", trainer, group)
    assert entry.subject == "2026-11-25 Salón comunal"
    assert [desk.post(page).status_code, desk.get(address(session)).status_code] == [404, 404]
    # At the same moment in another tab: once is enough.
    delete_session(session, by=trainer, now=NOW)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("hangs", ["attendance", "sheet", "hands"])
@pytest.mark.postgres
def test_a_session_on_which_something_hangs_is_not_deleted(desk, group, session, hangs):
    trainer, ana = group.trainers.get(), group.learners.get(username="ANA234")
    if hangs == "attendance":
        session.attendances.create(learner=ana, how="tapped")
    elif hangs == "hands":
        session.hands.create(scenario="saludo", hands={"a": 7, "b": 5}, total=12)
    else:
        quiz = make_quiz("papel", 1)
        how = {"cohort": group, "by": trainer, "now": NOW, "chance": random.Random(1)}
        [sheet] = hand_out(quiz, [ana], **how).sheets
        session.paper_sheets.add(sheet)
    why = {
        "attendance": "Hay asistencia anotada en ella: si nadie estuvo, desmárquela primero.",
        "sheet": "Se hicieron hojas de respuestas para ella.",
        "hands": "En ella se contaron manos.",
    }
    page = address(session, "desk_session_delete")
    assert page not in desk.get(address(session)).text
    for answer, status in ((desk.get(page), 200), (desk.post(page), 409)):
        said = answer.text
        assert (answer.status_code, f"Esta sesión no se borra. {why[hangs]}" in said) == (status, True)
        assert "button-danger" not in said
    assert Session.objects.get() == session
    assert not AuditEntry.objects.filter(action="session_deleted").exists()


def make_changing_group():
    people = [make_learner(f"ALL{number}", name, "Coj") for number, name in enumerate(["Ana", "Eva", "Luz", "Mar"])]
    group = make_cohort(trainers=[make_trainer()], learners=people)
    group.enrolments.filter(learner=people[2]).update(left_at=NOW + timedelta(days=2))
    group.enrolments.filter(learner=people[3]).update(enrolled_at=NOW + timedelta(days=4))
    return group


def test_those_are_counted_who_were_in_the_group_that_day_or_came(client):
    group = make_changing_group()
    trainer = group.trainers.get()
    ana, _eva, _luz, mar = User.objects.filter(enrolments__cohort=group).order_by("username")
    first, later = (make_session(group, held_on=NOW.date() + timedelta(days=days)) for days in (1, 3))
    keep_attendance(first, {ana.pk, mar.pk}, shown=set(), by=trainer, now=NOW + timedelta(days=1))
    keep_attendance(later, {ana.pk}, shown=set(), by=trainer, now=NOW + timedelta(days=3))
    # Mar came to the first session though she was not in the group yet; Luz had left before the other.
    assert attendance_of([first, later]) == {first.pk: Turnout(2, 4), later.pk: Turnout(1, 2)}
    client.force_login(trainer)
    listed = client.get(reverse("desk_sessions", args=[group.pk])).text
    rows = client.get(reverse("desk_sessions_csv", args=[group.pk])).content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[-2:] for row in rows[1:]] == [["1", "2"], ["2", "4"]]
    for session, words in ((first, "2/4 asistieron"), (later, "1/2 asistieron")):
        assert words in listed
        page = client.get(reverse("desk_session", args=[group.pk, session.pk])).text
        assert words in page
        lines = client.get(reverse("desk_attendance_csv", args=[group.pk, session.pk])).text
        assert lines.count("Presente") + lines.count("Ausente") == int(words[2])
    assert (page.count("no estaba en el grupo ese día"), lines.count("No estaba en el grupo ese día")) == (1, 1)


def test_where_nobody_was_noted_there_is_no_list(client):
    group = make_changing_group()
    empty = make_session(group)
    client.force_login(group.trainers.get())
    row = client.get(reverse("desk_sessions_csv", args=[group.pk])).content.decode("utf-8-sig").splitlines()[1]
    assert row.endswith(",,")
    for page in (reverse("desk_sessions", args=[group.pk]), reverse("desk_session", args=[group.pk, empty.pk])):
        shown = client.get(page).text
        assert ("sin lista" in shown, "0/3" in shown) == (True, False)
