import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from course.people.devices import remember_device
from tests.factories import NOW, PIN, make_cohort, make_course, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db

LOGIN, ACCOUNT, MARK = "/accounts/login/", "/accounts/cuenta/", "a" * 22
MISMATCH = (
    "El código de usuario y el PIN no corresponden. Revise ambos e inténtelo de nuevo. "
    "Si olvidó su PIN, pida uno nuevo a su facilitador/a."
)


def sign_in(client, code="ANA234", pin=PIN, **fields):
    return client.post(LOGIN, {"login": code, "password": pin, "shared": "on"} | fields)


def signed_in_as(client):
    return int(client.session[SESSION_KEY]) if SESSION_KEY in client.session else None


@pytest.mark.parametrize("pin", [PIN, "482 913", "482-913"])
@pytest.mark.parametrize("code", ["ANA234", "ana234", " ana 234 ", "ANA-234", "Ana – 234"])
def test_code_and_pin_forgive_spaces_dashes_and_lower_case(client, code, pin, ana):
    sign_in(client, code, pin)
    assert signed_in_as(client) == ana.pk


@pytest.mark.parametrize("code", ["maria-jose", "maria.jose", "maria@salud.gt"])
def test_a_name_and_a_password_with_dashes_dots_or_spaces_are_taken_as_they_are(client, code):
    person = make_staff(code, is_staff=True)
    person.set_password("12 volcanes - y un lago")
    person.save()
    sign_in(client, code.upper(), "12 volcanes - y un lago")
    assert signed_in_as(client) == person.pk


def test_a_wrong_pin_and_an_unknown_code_are_told_alike(client, ana):
    wrong_pin, unknown_code = sign_in(client, pin="111222"), sign_in(client, "ZZZ999")
    for answer in (wrong_pin, unknown_code):
        assert answer.status_code == 200
        assert f'<a href="#id_password">{MISMATCH}</a>' in answer.text
    assert signed_in_as(client) is None


def test_errors_stand_in_a_summary_linked_to_their_fields(client):
    page = client.post(LOGIN, {"login": "", "password": ""}).text
    assert '<a href="#id_login">Escriba su código de usuario: está en su tarjeta.</a>' in page
    assert '<a href="#id_password">Escriba su PIN.</a>' in page
    for name, described_by in (("login", "id_login_helptext id_login_error"), ("password", "id_password_error")):
        box = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]
        assert 'aria-invalid="true"' in box
        assert f'aria-describedby="{described_by}"' in box
        for part in described_by.split():
            assert f'id="{part}"' in page


def test_a_pin_is_never_shown_again(client, ana):
    assert "111222" not in sign_in(client, pin="111222").text


def test_a_code_in_the_address_of_a_card_fills_the_form(client):
    assert 'value="ANA234"' in client.get(f"{LOGIN}?c=ANA234").text


@pytest.mark.parametrize(
    "address",
    ["https://mal.example/", "//mal.example/", "javascript:alert(1)", "https:///mal.example", r"\\mal.example"],
)
def test_sign_in_never_redirects_to_another_site(client, address, ana):
    assert sign_in(client, next=address).url == reverse("my_course")
    assert client.get(LOGIN, {"next": address}).url == reverse("my_course")


def test_a_person_signed_in_already_goes_on(client):
    client.force_login(make_learner())
    assert client.get(f"{LOGIN}?next=/es/glosario/").url == "/es/glosario/"


def test_session_key_from_before_sign_in_is_invalid_after_it(client, ana):
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
    assert "Pida a su facilitador/a que la vuelva a abrir" in client.get("/accounts/inactive/").text
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/change/",
        "/accounts/email/",
        "/accounts/confirm-email/",
        "/accounts/login/code/",
        "/cms/password_reset/",
    ],
)
def test_there_is_no_signing_up_and_no_e_mail(client, path):
    make_course(modules=0)
    assert client.get(path, follow=True).status_code == 404


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


def test_sign_out_asks_before_it_closes_on_a_get(ana_client, ana):
    assert "Esto cierra la sesión de Ana Lucía Coj de la Cruz" in ana_client.get("/accounts/logout/").text
    assert signed_in_as(ana_client) == ana.pk


@pytest.fixture
def learner():
    learner = make_learner("ANA234")
    make_cohort(trainers=[make_trainer(), make_trainer("otra", first_name="Rosa", last_name="Tum")], learners=[learner])
    return learner


def sign_in_page(code=""):
    browser = Client()
    browser.cookies["device"] = MARK
    return browser.get(LOGIN, {"c": code} if code else {}).text


def help_in(page):
    return page[page.index("<details") : page.index("</details>")]


def names_in(page):
    return [name for name in ("Marta Ajú Ñáñez", "Rosa Tum") if name in page]


def test_on_a_device_of_ones_own_the_page_says_whom_to_ask(learner):
    assert names_in(sign_in_page()) == []
    assert "pregunte en la dirección de su centro de salud" in sign_in_page()
    remember_device(learner, MARK, is_shared=False, now=NOW)
    assert names_in(sign_in_page()) == ["Marta Ajú Ñáñez", "Rosa Tum"]
    learner.enrolments.update(left_at=NOW)
    assert names_in(sign_in_page()) == []


def test_trainers_are_named_on_no_shared_device_and_for_no_typed_code(learner):
    assert help_in(sign_in_page("ANA234")) == help_in(sign_in_page("ZZZ999"))
    remember_device(learner, MARK, is_shared=True, now=NOW)
    assert names_in(sign_in_page("ANA234")) == []
    remember_device(learner, MARK, is_shared=False, now=NOW)
    remember_device(make_learner("EVA222"), MARK, is_shared=False, now=NOW)
    assert names_in(sign_in_page("ANA234")) == []


def test_wrong_present_pin_is_listed_first_and_each_pin_can_be_shown(learner, client):
    client.force_login(learner)
    page = client.post(ACCOUNT, {"present": "000000", "new": "739182", "again": "739182"}).text
    main = page[page.index("<main") :]
    assert main.index('class="error-summary"') < main.index("<h1>")
    assert "autofocus" in main[: main.index("<h1>")]
    assert page.count('<show-pin data-show="Mostrar PIN" data-hide="Ocultar PIN">') == 3
    assert sign_in_page().count("<show-pin ") == 1
