"""The sign-in page: what it forgives, what it says, where it leads."""

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, PIN, make_cohort, make_course, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
MISMATCH = (
    "El código de usuario y el PIN no corresponden. Revise ambos e inténtelo de nuevo. "
    "Si olvidó su PIN, pida uno nuevo a su facilitador/a."
)


def sign_in(client, code="ANA234", pin=PIN, **fields):
    return client.post(LOGIN, {"login": code, "password": pin, "shared": "on"} | fields)


def signed_in_as(client):
    return int(client.session[SESSION_KEY]) if SESSION_KEY in client.session else None


@pytest.mark.parametrize("code", ["ANA234", "ana234", " ana 234 ", "ANA-234", "Ana – 234"])
def test_the_code_forgives_spaces_dashes_and_lower_case(client, code):
    learner = make_learner()
    assert sign_in(client, code).status_code == 302
    assert signed_in_as(client) == learner.pk


@pytest.mark.parametrize("pin", ["482913", "482 913", "482-913"])
def test_the_pin_may_be_typed_in_groups(client, pin):
    learner = make_learner()
    sign_in(client, pin=pin)
    assert signed_in_as(client) == learner.pk


@pytest.mark.parametrize("code", ["maria-jose", "maria.jose", "maria@salud.gt"])
def test_a_name_with_dashes_or_dots_is_taken_as_it_is(client, code):
    person = make_staff(code, is_staff=True)
    sign_in(client, code.upper(), PASSWORD)
    assert signed_in_as(client) == person.pk


def test_a_password_keeps_its_spaces_and_dashes(client):
    person = make_staff("editora", is_staff=True)
    person.set_password("12 volcanes - y un lago")
    person.save()
    sign_in(client, "editora", "12 volcanes - y un lago")
    assert signed_in_as(client) == person.pk


def test_a_wrong_pin_and_an_unknown_code_are_told_alike(client):
    make_learner()
    wrong_pin, unknown_code = sign_in(client, pin="111222"), sign_in(client, "ZZZ999")
    for answer in (wrong_pin, unknown_code):
        assert answer.status_code == 200
        assert answer.context["form"].errors == {"password": [MISMATCH]}
    assert signed_in_as(client) is None


def test_errors_stand_in_a_summary_linked_to_their_fields(client):
    page = client.post(LOGIN, {"login": "", "password": ""}).content.decode()
    assert '<a href="#id_login">Escriba su código de usuario: está en su tarjeta.</a>' in page
    assert '<a href="#id_password">Escriba su PIN.</a>' in page
    for name, described_by in (("login", "id_login_helptext id_login_error"), ("password", "id_password_error")):
        box = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]
        assert 'aria-invalid="true"' in box
        assert f'aria-describedby="{described_by}"' in box
        for part in described_by.split():
            assert f'id="{part}"' in page


def test_a_pin_is_never_shown_again(client):
    make_learner()
    assert "111222" not in sign_in(client, pin="111222").content.decode()


def test_a_code_in_the_address_of_a_card_fills_the_form(client):
    assert 'value="ANA234"' in client.get(f"{LOGIN}?c=ANA234").content.decode()


def test_a_hostile_code_in_the_address_is_only_text(client):
    page = client.get(f"{LOGIN}?c=%22%3E%3Cscript%3Ealert(1)").content.decode()
    assert "<script>alert" not in page


def test_after_sign_in_a_person_goes_where_they_were_going(client):
    make_learner()
    assert sign_in(client, next="/es/glosario/").url == "/es/glosario/"


@pytest.mark.parametrize(
    "address",
    ["https://mal.example/", "//mal.example/", "javascript:alert(1)", "https:///mal.example", r"\\mal.example"],
)
def test_nobody_is_led_to_another_site(client, address):
    make_learner()
    assert sign_in(client, next=address).url == reverse("my_course")
    assert client.get(LOGIN, {"next": address}).url == reverse("my_course")


def test_a_person_signed_in_already_goes_on(client):
    client.force_login(make_learner())
    assert client.get(f"{LOGIN}?next=/es/glosario/").url == "/es/glosario/"


def test_a_session_that_was_there_before_opens_nothing_after_somebody_signs_in_with_it(client):
    """Whoever leaves a cookie of theirs in a browser has no part in the session of who signs in there."""
    make_learner()
    session = client.session
    session["left"] = "behind"
    session.save()
    sign_in(client)
    assert client.session.session_key != session.session_key
    stranger = Client()
    stranger.cookies["sessionid"] = session.session_key
    assert stranger.get("/accounts/cuenta/").url.startswith(LOGIN)


def test_a_closed_account_is_told_so(client):
    make_learner(is_active=False)
    assert sign_in(client).url == reverse("account_inactive")
    assert "Pida a su facilitador/a que la vuelva a abrir" in client.get("/accounts/inactive/").content.decode()
    assert signed_in_as(client) is None


def test_on_a_shared_computer_the_session_ends_with_the_browser(client):
    make_learner()
    sign_in(client)
    assert client.session.get_expire_at_browser_close() is True
    assert client.session["shared_computer"] is True


def test_on_an_own_phone_the_session_lasts_two_weeks(client):
    make_learner()
    client.post(LOGIN, {"login": "ANA234", "password": PIN})
    assert client.session.get_expire_at_browser_close() is False
    assert client.session.get_expiry_age() == 14 * 24 * 60 * 60
    assert client.session["shared_computer"] is False


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "password/change/", "email/", "confirm-email/", "login/code/"]
)
def test_there_is_no_signing_up_and_no_e_mail(client, path):
    make_course(modules=0)
    assert client.get(f"/accounts/{path}", follow=True).status_code == 404


def test_the_admin_has_no_reset_by_e_mail(client):
    make_course(modules=0)
    assert client.get("/cms/password_reset/", follow=True).status_code == 404


def test_the_admin_has_no_sign_in_of_its_own(client):
    answer = client.get("/cms/login/?next=/cms/pages/")
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/cms/pages/")
    assert client.get("/cms/").url == "/accounts/login/?next=/cms/"
    assert client.post("/cms/login/", {"username": "x", "password": "y"}).status_code in (302, 405)


def test_who_may_not_edit_is_not_sent_round_and_round(client):
    make_course(modules=0)
    trainer = make_trainer(is_staff=True)
    make_cohort(trainers=[trainer])
    client.force_login(trainer)
    answer = client.get("/cms/", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == reverse("my_course")


def test_sign_out_closes_the_session_and_clears_the_cookies(client):
    client.force_login(make_learner())
    answer = client.post("/accounts/logout/")
    assert answer.url == LOGIN
    assert answer.cookies["comfort"]["max-age"] == 0
    assert signed_in_as(client) is None


def test_sign_out_asks_before_it_closes_on_a_get(client):
    learner = make_learner()
    client.force_login(learner)
    assert "Esto cierra la sesión de Ana Lucía Coj de la Cruz" in client.get("/accounts/logout/").content.decode()
    assert signed_in_as(client) == learner.pk
