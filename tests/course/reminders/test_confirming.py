"""Before anything is sent to an address, whoever reads its mail says that it may."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from course.models import AccountChange, Change, Failure, Reminder, User
from course.people.accounts import change_address
from course.reminders.confirming import ask_to_confirm, person_of, token_for
from course.reminders.tasks import take_up_again
from tests.factories import make_course, make_learner

from .factories import NOW, ask, due_in, make_group, put, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


def unconfirmed(code, *groups):
    return put(code, *groups, confirmed_email="")


def address_in(letter):
    return re.search(r"http\S+", letter.body.split("botón:")[1])[0].removeprefix("http://localhost:8000")


def test_nobody_is_reminded_at_an_address_that_nobody_confirmed(client, group):
    ana = unconfirmed("ANA234", group)
    assert ask(group) == []
    client.force_login(group.trainers.get())
    assert "todavía no ha confirmado su correo" in client.get(reverse("desk_reminders")).content.decode().lower()
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
    asked = client.get(address)
    assert "¿Pueden llegar mensajes a este correo?" in asked.content.decode()
    ana.refresh_from_db()
    assert not ana.has_confirmed_address, "filters of mail open every address"
    client.logout()
    assert "El correo está confirmado" in client.post(address).content.decode()
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
    assert "Todavía sin confirmar" in client.get(reverse("my_mail")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("ask_confirmation"))
    assert len(mail.outbox) == 2
    client.post(address_in(mail.outbox[1]))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("ask_confirmation"))
    assert len(mail.outbox) == 2
    assert "Todavía sin confirmar" not in client.get(reverse("my_mail")).content.decode()


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
