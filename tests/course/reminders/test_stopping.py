"""Wanting no reminders: with the address in a letter, without signing in; on the own account; and taking it back."""

import uuid

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from course.models import Reminder
from tests.factories import make_learner

from .factories import NOW, ask, make_group, put, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def ana(group):
    return put("ANA", group)


@pytest.fixture
def address(ana, group):
    """The address in the letter that Ana got."""
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
    page = client.get(address)
    assert "¿No quiere recibir más recordatorios por correo?" in page.content.decode()
    assert client.head(address).status_code == 200
    assert not wants_none(ana)
    stopped = client.post(address, {"action": "stop"})
    assert "Ya no recibirá recordatorios." in stopped.content.decode()
    assert wants_none(ana)
    moment = ana.reminders_stopped_at
    client.post(address, {"action": "stop"})
    ana.refresh_from_db()
    assert ana.reminders_stopped_at == moment


def test_a_program_for_mail_stops_them_with_one_post_and_without_a_cookie(ana, address):
    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert wants_none(ana)


def test_it_can_be_taken_back_where_it_was_stopped(client, ana, address, group):
    client.post(address, {"action": "stop"})
    assert "Quiero recibirlos otra vez" in client.get(address).content.decode()
    again = client.post(address, {"action": "again"})
    assert "Volverá a recibir recordatorios" in again.content.decode()
    assert not wants_none(ana)


def test_the_page_tells_nothing_of_anybody_and_is_kept_nowhere(client, ana, address, group):
    page = client.get(address)
    assert not any(word in page.content.decode() for word in ("Ana", ana.username, ana.email, group.name))
    assert "no-store" in page["Cache-Control"]
    assert str(ana.pk) not in [part for part in address.split("/") if part]


@pytest.mark.parametrize("token", [uuid.uuid4(), "otra-cosa", "1:1tZ9aB:x"])
def test_an_address_that_is_nobodys_says_so(client, ana, address, token):
    for answer in (client.get(f"/accounts/correos/{token}/"), client.post(f"/accounts/correos/{token}/")):
        assert answer.status_code == 410
        assert "Esta dirección no está completa, o ya no sirve" in answer.content.decode()
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
    page = client.get(reverse("my_mail")).content.decode()
    assert "sirve para una sola cosa" in page
    assert keep(client, email=" Luz@Ejemplo.GT ", wanted="on").url == reverse("my_account")
    luz.refresh_from_db()
    assert (luz.email, luz.reminders_stopped_at) == ("luz@ejemplo.gt", None)
    assert "luz@ejemplo.gt" in client.get(reverse("my_account")).content.decode()
    keep(client, email="otra@ejemplo.gt")
    assert wants_none(luz)
    assert "otra@ejemplo.gt · sin recordatorios" in client.get(reverse("my_account")).content.decode()
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
        assert words in answer.context["form"].errors["email"][0]
    luz.refresh_from_db()
    assert luz.email == ""
    assert ana.email == "ana@ejemplo.gt"


def test_addresses_are_not_tried_out_one_after_the_other(client, ana):
    client.force_login(make_learner("LUZ567"))
    answers = [keep(client, email=f"p{n}@ejemplo.gt").status_code for n in range(11)]
    assert answers == [302] * 10 + [429]
