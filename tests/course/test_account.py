"""*Mi cuenta*: who one is here, and a new PIN."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone

from course.people import limits
from tests.factories import PASSWORD, PIN, make_clinic, make_learner, make_staff

pytestmark = pytest.mark.django_db

ACCOUNT = "/accounts/cuenta/"
NEW = "905172"


def change(client, present=PIN, new=NEW, again=None):
    return client.post(ACCOUNT, {"present": present, "new": new, "again": new if again is None else again})


def test_it_shows_name_code_role_and_health_centre(client):
    client.force_login(make_learner(clinic=make_clinic()))
    page = client.get(ACCOUNT).content.decode()
    for shown in (
        "Ana Lucía Coj de la Cruz",
        "ANA234",
        "Recepción, archivo, caja",
        "Centro de Salud de San Pedro Ayampuc",
    ):
        assert f"<dd>{shown}" in page
    assert "?next=/accounts/cuenta/" in page
    assert "Segundo paso" not in page


def test_a_new_pin_keeps_this_session_and_ends_the_others(client):
    learner = make_learner()
    other = Client()
    other.force_login(learner)
    client.force_login(learner)
    assert change(client).url == ACCOUNT
    assert "Su PIN nuevo quedó guardado." in client.get(ACCOUNT).content.decode()
    assert other.get(ACCOUNT).status_code == 302
    learner.refresh_from_db()
    assert learner.check_password(NEW)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"present": "111222"}, "present", "Ese no es su PIN o contraseña actual. Revíselo e inténtelo de nuevo."),
        ({"present": ""}, "present", "Escriba su PIN o contraseña actual."),
        ({"new": "123456"}, "new", "Ese PIN es fácil de adivinar: sus números van seguidos. Elija otro."),
        ({"again": "905173"}, "again", "Los dos no son iguales. Escríbalos otra vez."),
        ({"again": ""}, "again", "Escriba el mismo PIN por segunda vez."),
    ],
)
def test_what_cannot_be_changed_is_told_at_its_field(client, fields, field, message):
    learner = make_learner()
    client.force_login(learner)
    answer = change(client, **fields)
    assert f'<a href="#id_{field}">{message}</a>' in answer.content.decode()
    learner.refresh_from_db()
    assert learner.check_password(PIN)


def test_who_finds_an_open_computer_may_not_guess_the_pin_there(client):
    learner = make_learner()
    client.force_login(learner)
    for n in range(5):
        change(client, present=f"11122{n}")
    assert limits.is_slowed(learner, now=timezone.now())
    answer = change(client)
    assert "Demasiados intentos equivocados." in answer.text


def test_staff_change_a_password_and_find_the_second_step(client):
    editor = make_staff("editora", is_staff=True)
    client.force_login(editor)
    page = client.get(ACCOUNT).content.decode()
    assert "Cambiar la contraseña" in page
    assert "Segundo paso para ingresar" in page
    change(client, PASSWORD, "otra frase larga de prueba")
    editor.refresh_from_db()
    assert editor.check_password("otra frase larga de prueba")
    assert SESSION_KEY in client.session
