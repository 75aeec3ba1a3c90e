from datetime import timedelta

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from course.management.commands.work import Command as Work
from course.models import Failure, Reminder, User
from course.people.leaving import archive_person
from course.reminders import tasks
from course.reminders.sending import BROKEN_OFF, WAITS
from quizzes.models import Attempt
from tests.factories import attempt_quiz, finish_course, make_quiz, make_trainer

from .factories import NOW, ask, make_group, put, send
from .mail_server import GOODBYE, mail_server, mailers_for

pytestmark = pytest.mark.django_db

TEXT = """Buen día:

Su curso está abierto. Con diez minutos puede avanzar, y lo que haga queda guardado.

Entre aquí:
https://curso.example/

Se ingresa con su código de usuario y su PIN. Si no los tiene o quiere ayuda, hable con Marta Ajú Ñáñez.

Este recordatorio llega una vez por semana como máximo. Para no recibir más, abra esta dirección:
https://curso.example/accounts/correos/{token}/

Nadie lee las respuestas a este correo."""


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://curso.example"
    settings.DEFAULT_FROM_EMAIL = "Curso sobre trabajo sexual <avisos@curso.example>"


@pytest.fixture
def group():
    return make_group("Trabajo sexual y salud")


@pytest.fixture
def server(settings):
    with mail_server() as server:
        settings.MAILERS = mailers_for(server)
        yield server


def problems():
    return dict(Reminder.objects.values_list("learner__username", "problem"))


def test_the_letter_says_that_there_is_a_course_and_no_more(group):
    put("ANA", group)
    ask(group)
    send()
    (letter,) = mail.outbox
    reminder = Reminder.objects.get()
    assert reminder.sent_at == NOW
    assert (letter.subject, letter.body) == ("Recordatorio de su curso", TEXT.format(token=reminder.token))
    headers = letter.message()
    assert headers["From"] == "Trato digno <avisos@curso.example>"
    assert headers["To"] == "ana@ejemplo.gt"
    assert headers["List-Unsubscribe"] == f"<https://curso.example/accounts/correos/{reminder.token}/>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers.get_content_type() == "text/plain"


def test_the_address_that_stops_them_goes_over_the_line_as_it_is_however_long(group, server, settings):
    settings.SITE_URL = "https://un-nombre-largo-de-verdad.area-de-salud.ejemplo.gob.gt"
    put("ANA", group)
    ask(group)
    send()
    (letter,) = server.letters
    address = f"{settings.SITE_URL}/accounts/correos/{Reminder.objects.get().token}/"
    assert f"\r\nList-Unsubscribe: <{address}>\r\n" in letter
    head, _, body = letter.partition("\r\n\r\n")
    assert "\r\nContent-Transfer-Encoding: quoted-printable\r\n" in head
    assert max(map(len, body.split("\r\n"))) <= 78


def test_it_speaks_the_language_of_the_last_attempt_and_without_a_trainer_names_nobody(group):
    ana = put("ANA", group)
    attempt_quiz(ana, make_quiz("practica", 1), now=NOW - timedelta(days=20))
    Attempt.objects.filter(learner=ana).update(language="en")
    ask(group)
    Reminder.objects.update(requested_by=None)
    send()
    (letter,) = mail.outbox
    assert letter.subject == "Reminder about your course"
    assert letter.body.startswith("Hello:\n\nYour course is open.")
    assert "ask whoever runs your group." in letter.body


def test_names_write_no_headers_and_no_lines(group):
    trainer = make_trainer("otra", first_name="Eva\r\nBcc: otra@ejemplo.gt", last_name="Xol\n\nhttps://mala.example/")
    group.trainers.set([trainer])
    ana = put("ANA", group)
    User.objects.filter(pk=ana.pk).update(first_name="Ana\nBcc: mas@ejemplo.gt", last_name="\r\nSubject: Sida")
    ask(group)
    send()
    (letter,) = mail.outbox
    written = letter.message().as_string()
    assert letter.recipients() == ["ana@ejemplo.gt"]
    assert "\nBcc:" not in written
    assert written.count("Subject:") == 1
    assert "mas@ejemplo.gt" not in written
    assert "hable con Eva Bcc: otra@ejemplo.gt Xol https://mala.example/." in letter.body


@pytest.mark.parametrize(
    ("happens", "problem"),
    [
        (lambda ana, group: User.objects.filter(pk=ana.pk).update(email=""), Failure.NO_ADDRESS),
        (lambda ana, group: User.objects.filter(pk=ana.pk).update(email="a@b.gt\nBcc: c@d.gt"), Failure.NO_ADDRESS),
        (lambda ana, group: User.objects.filter(pk=ana.pk).update(reminders_stopped_at=NOW), Failure.STOPPED),
        (lambda ana, group: User.objects.filter(pk=ana.pk).update(is_active=False), Failure.LEFT),
        (lambda ana, group: archive_person(ana, group, by=group.trainers.get(), now=NOW), Failure.LEFT),
        (lambda ana, group: type(group).objects.update(closes_on=NOW.date() - timedelta(days=3)), Failure.LEFT),
        (lambda ana, group: finish_course(ana, now=NOW), Failure.FINISHED),
        (lambda ana, group: Reminder.objects.create(learner=ana, sent_at=NOW - timedelta(days=6)), Failure.EARLY),
    ],
    ids=["no address", "two lines", "wants none", "closed account", "archived", "closed group", "finished", "had one"],
)
def test_what_comes_in_between_keeps_it_from_going_out(group, happens, problem):
    ana = put("ANA", group)
    ask(group)
    happens(ana, group)
    send()
    assert mail.outbox == []
    assert Reminder.objects.get(sent_at=None).problem == problem


def test_an_address_that_is_refused_says_so_and_the_others_get_theirs(group, server):
    for code in ("ANA", "BEA", "CAR"):
        put(code, group)
    server.to_people = {"bea@ejemplo.gt": "550 no such person"}
    ask(group)
    assert send() is None
    assert problems() == {"ANA": "", "BEA": Failure.REFUSED, "CAR": ""}
    assert Reminder.objects.filter(sent_at=NOW).count() == len(server.letters) == 2


def test_what_the_server_does_not_take_now_is_tried_again_and_not_doubled(group, server):
    put("ANA", group)
    server.to_letters = ["451 later"]
    ask(group)
    assert send() == NOW + WAITS[0]
    assert send() is None
    assert Reminder.objects.unfinished().get().tries == 1
    send(now=NOW + WAITS[0])
    send(now=NOW + WAITS[0] + BROKEN_OFF)
    assert len(server.letters) == 1
    assert Reminder.objects.get().sent_at == NOW + WAITS[0]


def test_a_line_that_breaks_in_the_middle_is_not_tried_again_and_the_next_one_goes_out(group, server):
    put("ANA", group)
    put("BEA", group)
    server.to_letters = [GOODBYE]
    ask(group)
    send()
    send(now=NOW + timedelta(hours=8))
    assert problems() == {"ANA": Failure.UNSURE, "BEA": ""}
    assert len(server.letters) == 1
    assert ask(group, now=NOW + timedelta(days=6)) == []


def test_a_server_that_is_not_there_is_tried_four_times_and_then_given_up_for_all(group, settings):
    with mail_server() as gone:
        settings.MAILERS = mailers_for(gone)
    put("ANA", group)
    put("BEA", group)
    ask(group)
    now = NOW
    for wait in WAITS:
        assert send(now=now) == now + wait
        assert send(now=now) is None
        now += wait
    assert set(problems().values()) == {""}
    assert send(now=now) is None
    assert problems() == {"ANA": Failure.SERVER, "BEA": Failure.SERVER}
    assert ask(group, now=now) == ["ANA", "BEA"]


def test_one_that_a_killed_worker_left_is_never_sent_again(group):
    put("ANA", group)
    ask(group)
    Reminder.objects.update(begun_at=NOW)
    send(now=NOW + BROKEN_OFF)
    assert Reminder.objects.unfinished().exists()
    send(now=NOW + BROKEN_OFF + timedelta(seconds=1))
    assert (mail.outbox, problems()) == ([], {"ANA": Failure.UNSURE})


def test_a_worker_that_starts_takes_up_what_waits(group, monkeypatch):
    put("ANA", group)
    ask(group)
    monkeypatch.setattr("course.management.commands.work.call_command", lambda *args, **kwargs: None)
    Work().handle()
    assert len(mail.outbox) == 1


def test_what_was_put_off_comes_back_by_itself_where_tasks_can_wait(group, settings, server):
    settings.TASKS = {"background": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    put("ANA", group)
    ask(group)
    server.to_letters = ["451 later"]
    tasks.send_reminders.call()
    assert DBTaskResult.objects.get().run_after == Reminder.objects.get().next_try_at
