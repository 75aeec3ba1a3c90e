import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from course.models import AccountChange, Change, Failure, Reminder, User
from course.people.accounts import change_address
from course.reminders.confirming import ask_to_confirm, person_of, token_for
from course.reminders.tasks import take_up_again
from tests.factories import make_course, make_learner

from .factories import NOW, ask, due_in, put, send

pytestmark = pytest.mark.django_db


def unconfirmed(code, *groups):
    return put(code, *groups, confirmed_email="")


def address_in(letter):
    return re.search(r"http\S+", letter.body.split("botón:")[1])[0].removeprefix("http://localhost:8000")


def test_nobody_is_reminded_at_an_address_that_nobody_confirmed(desk, group):
    ana = unconfirmed("ANA234", group)
    assert ask(group) == []
    assert "todavía no ha confirmado su correo" in desk.get(reverse("desk_reminders")).text.lower()
    User.objects.filter(pk=ana.pk).update(confirmed_email=ana.email)
    assert ask(group) == ["ANA234"]


def test_a_reminder_that_waits_does_not_go_to_an_address_that_came_since(group):
    ana = put("ANA234", group)
    ask(group)
    change_address(ana, "otra@ejemplo.gt", by=ana, now=NOW)
    send()
    assert Reminder.objects.get().problem == Failure.UNCONFIRMED
    assert mail.outbox == []


def test_whoever_writes_an_address_the_letter_says_nothing_of_the_course(
    client, group, django_capture_on_commit_callbacks
):
    ana = put("ANA234", group, email="")
    client.force_login(group.trainers.get())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("desk_address", args=[group.pk, ana.pk]), {"email": "ana@ejemplo.gt"})
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["ana@ejemplo.gt"], "Confirme su correo electrónico")
    text = (letter.subject + letter.body).lower()
    assert not [
        word for word in ("curso", "grupo", "ana", "recordatorio", "sexual", "salud") if re.search(rf"\b{word}\b", text)
    ]
    address = address_in(letter)
    assert "¿Pueden llegar mensajes a este correo?" in client.get(address).text
    ana.refresh_from_db()
    assert not ana.has_confirmed_address, "filters of mail open every address"
    client.logout()
    assert "El correo está confirmado" in client.post(address).text
    ana.refresh_from_db()
    assert ana.has_confirmed_address
    client.post(address)
    assert AccountChange.objects.filter(kind=Change.ADDRESS_CONFIRMED).count() == 1


def test_the_address_holds_for_two_weeks_and_for_this_address_alone(client):
    make_course(modules=0)
    ana = make_learner(email="ana@ejemplo.gt", confirmed_email="")
    token = token_for(ana)
    assert person_of(token) == ana
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert person_of(token) is None
    change_address(ana, "otra@ejemplo.gt", by=ana, now=NOW)
    for wrong in (token, "x", token[:-1], token_for(make_learner("EVA222"))):
        assert person_of(wrong) is None
        assert client.post(reverse("confirm_address", args=[wrong])).status_code == 410
    assert not User.objects.exclude(confirmed_email="").exists()


def test_everybody_is_asked_once_and_again_only_when_they_want_it(client, group, django_capture_on_commit_callbacks):
    ana = unconfirmed("ANA234", group)
    put("EVA222", group)
    unconfirmed("IDA222", group).reminders_stopped_at = NOW
    User.objects.filter(username="IDA222").update(reminders_stopped_at=NOW)
    for _start_of_a_worker in range(2):
        take_up_again(now=NOW)
    assert [letter.to for letter in mail.outbox] == [["ana234@ejemplo.gt"]]
    client.force_login(ana)
    assert "Todavía sin confirmar" in client.get(reverse("my_mail")).text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("ask_confirmation"))
    assert len(mail.outbox) == 2
    client.post(address_in(mail.outbox[1]))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("ask_confirmation"))
    assert len(mail.outbox) == 2
    assert "Todavía sin confirmar" not in client.get(reverse("my_mail")).text


def test_where_no_mail_goes_out_nobody_is_asked(settings, group):
    settings.MAIL_GOES_OUT = False
    unconfirmed("ANA234", group)
    take_up_again(now=NOW)
    assert mail.outbox == []


def test_a_server_that_is_not_there_is_asked_later_and_nobody_is_left_out(settings, group):
    unconfirmed("ANA234", group)
    smtp = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 1}}
    settings.MAILERS = {"default": smtp}
    assert ask_to_confirm(clock=lambda: NOW) == NOW + timedelta(hours=1)
    assert User.objects.get(username="ANA234").confirmation_asked_at is None


def test_the_same_address_again_stays_confirmed_and_another_is_not(group):
    ana = put("ANA234", group)
    change_address(ana, ana.email, by=ana, now=NOW)
    ana.refresh_from_db()
    assert ana.has_confirmed_address
    change_address(ana, "otra@ejemplo.gt", by=ana, now=NOW)
    ana.refresh_from_db()
    assert not ana.has_confirmed_address
    assert len(due_in(group)) == 1


@pytest.fixture
def ana(group):
    return put("ANA", group)


@pytest.fixture
def address(ana, group):
    ask(group)
    send()
    letter = mail.outbox[-1]
    address = letter.message()["List-Unsubscribe"].strip("<>")
    assert letter.body.count(address) == 1
    return address.partition("8000")[2]


def wants_none(person):
    person.refresh_from_db()
    return person.reminders_stopped_at is not None


def test_opening_the_address_changes_nothing_and_the_button_stops_them(client, ana, address):
    assert "¿No quiere recibir más recordatorios por correo?" in client.get(address).text
    assert client.head(address).status_code == 200
    assert not wants_none(ana)
    assert "Ya no recibirá recordatorios." in client.post(address, {"action": "stop"}).text
    assert wants_none(ana)
    moment = ana.reminders_stopped_at
    client.post(address, {"action": "stop"})
    ana.refresh_from_db()
    assert ana.reminders_stopped_at == moment


def test_a_program_for_mail_stops_them_with_one_post_and_without_a_cookie(ana, address):
    assert Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wants_none(ana)


def test_it_can_be_taken_back_where_it_was_stopped(client, ana, address, group):
    client.post(address, {"action": "stop"})
    assert "Quiero recibirlos otra vez" in client.get(address).text
    assert "Volverá a recibir recordatorios" in client.post(address, {"action": "again"}).text
    assert not wants_none(ana)


def test_the_page_tells_nothing_of_anybody_and_is_kept_nowhere(client, ana, address, group):
    page = client.get(address)
    assert not any(word in page.text for word in ("Ana", ana.username, ana.email, group.name))
    assert "no-store" in page["Cache-Control"]
    assert str(ana.pk) not in [part for part in address.split("/") if part]


@pytest.mark.parametrize("token", [uuid.uuid4(), "otra-cosa", "1:1tZ9aB:x"])
def test_an_address_that_is_nobodys_says_so(client, ana, address, token):
    for answer in (client.get(f"/accounts/correos/{token}/"), client.post(f"/accounts/correos/{token}/")):
        assert answer.status_code == 410
        assert "Esta dirección no está completa, o ya no sirve" in answer.text
    assert not wants_none(ana)


def test_it_works_while_somebody_else_is_signed_in_who_has_to_choose_a_pin(client, ana, address):
    client.force_login(make_learner("NUE222", must_choose_pin=True))
    assert client.post(address, {"action": "stop"}).status_code == 200
    assert wants_none(ana)


def test_every_letter_of_a_person_has_an_address_of_its_own_and_all_hold(client, ana, address):
    older = Reminder.objects.create(learner=ana, sent_at=NOW)
    assert str(older.token) not in address
    client.post(reverse("stop_reminders", args=[str(older.token)]))
    assert wants_none(ana)


def keep(client, **fields):
    return client.post(reverse("my_mail"), fields)


def test_a_person_writes_changes_and_removes_the_own_address(client):
    luz = make_learner("LUZ567")
    client.force_login(luz)
    assert "sirve para una sola cosa" in client.get(reverse("my_mail")).text
    assert keep(client, email=" Luz@Ejemplo.GT ", wanted="on").url == reverse("my_account")
    luz.refresh_from_db()
    assert (luz.email, luz.reminders_stopped_at) == ("luz@ejemplo.gt", None)
    assert "luz@ejemplo.gt" in client.get(reverse("my_account")).text
    keep(client, email="otra@ejemplo.gt")
    assert wants_none(luz)
    assert "otra@ejemplo.gt · sin recordatorios" in client.get(reverse("my_account")).text
    keep(client, email="", wanted="on")
    assert not wants_none(luz)
    assert luz.email == ""


def test_an_address_that_is_none_or_somebody_elses_is_refused_without_saying_whose(client, ana):
    luz = make_learner("LUZ567")
    client.force_login(luz)
    for email, words in [
        ("luz", "Eso no es un correo."),
        ("luz@ejemplo.gt\nBcc: otra@ejemplo.gt", "Eso no es un correo."),
        ("ANA@ejemplo.gt", "Ese correo no se puede usar aquí."),
    ]:
        answer = keep(client, email=email, wanted="on")
        assert answer.status_code == 422
        assert words in answer.text
    luz.refresh_from_db()
    assert luz.email == ""
    assert ana.email == "ana@ejemplo.gt"


def test_addresses_are_not_tried_out_one_after_the_other(client, ana):
    client.force_login(make_learner("LUZ567"))
    assert [keep(client, email=f"p{n}@ejemplo.gt").status_code for n in range(11)] == [302] * 10 + [429]
