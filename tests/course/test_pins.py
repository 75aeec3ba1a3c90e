import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from course.models import StartingPin
from course.people.easy_pins import is_easy_to_guess
from course.people.pins import PinOrPassword, is_starting_pin, keep_starting_pin, make_starting_pin
from tests.factories import NOW, PIN, make_learner, make_staff

pytestmark = pytest.mark.django_db

CARD_PIN = "731946"
OWN_PIN = "905172"


def make_newcomer(code="LUZ567", **fields):
    learner = make_learner(code, "Luz", "Ixcot", **fields)
    keep_starting_pin(learner, CARD_PIN, expires_at=timezone.now() + timedelta(days=1))
    return learner


def sign_in(client, code, pin):
    return client.post("/accounts/login/", {"login": code, "password": pin, "shared": "on"})


def choose(client, new, again=None, **fields):
    return client.post("/accounts/pin/", {"new": new, "again": new if again is None else again} | fields)


def test_the_first_sign_in_with_the_card_leads_to_an_own_pin_and_on(client):
    learner = make_newcomer()
    assert sign_in(client, "LUZ567", CARD_PIN).status_code == 302
    assert client.get("/es/glosario/").url == "/accounts/pin/?next=%2Fes%2Fglosario%2F"
    session = client.session.session_key
    assert choose(client, OWN_PIN, next="/es/glosario/").url == "/es/glosario/"
    assert client.get("/accounts/cuenta/").status_code == 200, "choosing keeps the session"
    assert client.session.session_key != session, "with a new key"
    learner.refresh_from_db()
    assert learner.must_choose_pin is False
    assert not StartingPin.objects.filter(user=learner).exists()
    client.logout()
    assert sign_in(client, "LUZ567", CARD_PIN).status_code == 200
    assert sign_in(client, "LUZ567", OWN_PIN).status_code == 302


def test_the_pin_of_the_card_still_works_when_choosing_was_interrupted(client):
    make_newcomer()
    sign_in(client, "LUZ567", CARD_PIN)
    client.logout()
    assert sign_in(client, "LUZ567", CARD_PIN).status_code == 302


def test_the_pin_of_a_card_expires(client):
    learner = make_newcomer()
    StartingPin.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sign_in(client, "LUZ567", CARD_PIN).status_code == 200
    assert not is_starting_pin(learner, CARD_PIN, now=timezone.now())


def test_the_pin_of_a_card_opens_no_other_account(client):
    make_newcomer()
    other = make_newcomer("ANA234")
    StartingPin.objects.filter(user=other).update(digest=StartingPin.objects.get(user__username="LUZ567").digest)
    assert not is_starting_pin(other, CARD_PIN, now=timezone.now())
    assert sign_in(client, "ANA234", CARD_PIN).status_code == 200


def test_a_closed_account_does_not_open_with_a_card(client):
    make_newcomer(is_active=False)
    assert sign_in(client, "LUZ567", CARD_PIN).status_code == 200


def test_a_new_starting_pin_ends_the_old_pin_and_is_kept_as_a_digest_only(client, ana):
    pin = make_starting_pin(ana, now=NOW, chance=random.Random(3))
    ana.refresh_from_db()
    assert (len(pin), pin.isdecimal(), is_easy_to_guess(pin)) == (6, True, False)
    assert ana.must_choose_pin
    assert not ana.check_password(PIN)
    assert pin not in ana.starting_pin.digest
    assert ana.starting_pin.expires_at == NOW + timedelta(days=60)


def test_a_starting_pin_of_staff_lasts_a_week():
    editor = make_staff("editora", is_staff=True)
    make_starting_pin(editor, now=NOW, chance=random.Random(3))
    assert editor.starting_pin.expires_at == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("new", "again", "field", "message"),
    [
        ("", "", "new", "Escriba el PIN que quiere tener."),
        ("12a456", None, "new", "Escriba el PIN solo con números."),
        ("٤٨٢٩١٣", None, "new", "Escriba el PIN solo con números."),
        ("48291", None, "new", "El PIN necesita entre 6 y 12 números."),
        ("4829134829130", None, "new", "El PIN necesita entre 6 y 12 números."),
        ("123456", None, "new", "Ese PIN es fácil de adivinar: sus números van seguidos. Elija otro."),
        (CARD_PIN, None, "new", "Ese es el PIN de su tarjeta. Elija otro, que solo usted sepa."),
        (OWN_PIN, "905173", "again", "Los dos no son iguales. Escríbalos otra vez."),
    ],
)
def test_what_cannot_be_an_own_pin_is_told(client, new, again, field, message):
    learner = make_newcomer()
    sign_in(client, "LUZ567", CARD_PIN)
    answer = choose(client, new, again)
    assert answer.status_code == 200
    assert f'<a href="#id_{field}">{message}</a>' in answer.text
    learner.refresh_from_db()
    assert learner.must_choose_pin


@pytest.mark.parametrize(
    "password",
    [
        "corta",
        "editora-editora",
        "aaaaaaaaaaaa",
        "1234 5678 9012",
        "739184620175",
        "Password2026",
        "password!password",
        "Qwertyuiop12",
        "Elena12345678",
        "Xicará.Elena.1",
        "TratoDigno2026!",
        "Contraseña123",
    ],
)
def test_staff_need_a_good_password(password):
    with pytest.raises(ValidationError):
        PinOrPassword().validate(password, make_staff("editora", is_staff=True))


def test_a_password_of_staff_may_be_long_and_not_endless():
    editor, words = make_staff("editora", is_staff=True), "cuatro volcanes y un lago, "
    PinOrPassword().validate((words * 5)[:128], editor)
    with pytest.raises(ValidationError, match="más de 128 caracteres"):
        PinOrPassword().validate((words * 5)[:129], editor)


def test_who_has_an_own_pin_is_led_on_from_choosing_one(ana_client):
    assert ana_client.get("/accounts/pin/?next=/es/glosario/").url == "/es/glosario/"


def test_choosing_leads_to_no_other_site(client):
    make_newcomer()
    sign_in(client, "LUZ567", CARD_PIN)
    assert choose(client, OWN_PIN, next="//mal.example/").url == "/es/"
