import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import SESSION_KEY
from django.test import override_settings
from django.utils import timezone

from course.people.pins import keep_starting_pin
from tests.factories import PASSWORD, make_course, make_learner, make_staff

pytestmark = pytest.mark.django_db

GLOSSARY = "/es/glosario/"


def make_newcomer(**fields):
    learner = make_learner(role="", **fields)
    keep_starting_pin(learner, "731946", expires_at=timezone.now() + timedelta(days=1))
    return learner


def code_now(secret):
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def make_editor(**fields):
    return make_staff("editora", is_staff=True, **fields)


def sign_in(client, **fields):
    return client.post("/accounts/login/", {"login": "editora", "password": PASSWORD, "shared": "on"} | fields)


def test_a_newcomer_chooses_a_pin_then_says_the_role_then_goes_on(client):
    learner = make_newcomer()
    client.force_login(learner)
    assert client.get(GLOSSARY).url == "/accounts/pin/?next=%2Fes%2Fglosario%2F"
    client.post("/accounts/pin/", {"new": "905172", "again": "905172"})
    assert client.get(GLOSSARY).url == "/accounts/puesto/?next=%2Fes%2Fglosario%2F"
    assert client.post("/accounts/puesto/", {"role": "apoyo", "next": GLOSSARY}).url == GLOSSARY
    assert client.get(GLOSSARY).status_code == 200
    learner.refresh_from_db()
    assert learner.role == "apoyo"


def test_a_role_must_be_one_of_the_five(client):
    client.force_login(make_learner(role=""))
    assert '<a href="#id_role">' in client.post("/accounts/puesto/", {"role": "guardiania"}).text
    nothing = client.post("/accounts/puesto/", {"next": GLOSSARY}).text
    assert '<a href="#id_role">Elija dónde trabaja.</a>' in nothing


def test_before_the_first_steps_one_can_leave_and_change_the_language(client):
    client.force_login(make_newcomer())
    assert client.post("/i18n/setlang/", {"language": "en", "next": "/accounts/pin/"}).url == "/accounts/pin/"
    assert client.post("/accounts/logout/").url == "/accounts/login/"


def test_a_page_that_asks_by_itself_hears_403_before_the_first_steps(client):
    client.force_login(make_newcomer())
    assert client.post("/es/cuestionario/m1/comenzar/", headers={"accept": "application/json"}).status_code == 403


def test_staff_say_no_role(client):
    client.force_login(make_editor())
    assert client.get(GLOSSARY).status_code == 200


@override_settings(REQUIRE_SECOND_FACTOR=True)
@pytest.mark.parametrize("path", [GLOSSARY, "/cms/", "/accounts/cuenta/", "/accounts/2fa/"])
def test_staff_set_up_the_second_step_first(client, path):
    client.force_login(make_editor())
    assert client.get(path).url == "/accounts/2fa/totp/activate/"


@override_settings(REQUIRE_SECOND_FACTOR=True)
def test_learners_need_no_second_step(ana_client):
    assert ana_client.get(GLOSSARY).status_code == 200


@override_settings(REQUIRE_SECOND_FACTOR=True)
def test_a_new_trainer_goes_from_the_card_to_a_password_to_the_app_to_the_codes(client):
    editor = make_editor()
    make_course(modules=0)
    keep_starting_pin(editor, "731946", expires_at=timezone.now() + timedelta(days=1))
    sign_in(client, password="731946")
    assert client.get("/es/").url.startswith("/accounts/pin/")
    client.post("/accounts/pin/", {"new": PASSWORD, "again": PASSWORD})
    assert client.get("/es/").url == "/accounts/2fa/totp/activate/"
    page = client.get("/accounts/2fa/totp/activate/")
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.text)[0]
    assert "Configurar la aplicación" in page.text
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "Ese código no es correcto. Escriba el que la aplicación muestra ahora." in wrong.text
    assert secret in wrong.text, "the app keeps the key it has"
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)})
    assert done.url == "/accounts/2fa/recovery-codes/"
    codes = RecoveryCodes(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)).get_unused_codes()
    page = client.get(done.url).text
    assert (len(codes), [code for code in codes if code not in page]) == (10, [])
    assert client.get("/es/").status_code == 200


@pytest.fixture
def secret():
    return "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def editor(secret):
    editor = make_editor()
    TOTP.activate(editor, secret)
    return editor


def test_with_the_app_set_up_the_password_alone_opens_nothing(client, editor, secret):
    assert sign_in(client, next=GLOSSARY).url == "/accounts/2fa/authenticate/"
    assert SESSION_KEY not in client.session
    page = client.get("/accounts/2fa/authenticate/").text
    assert "Escriba los seis números que muestra ahora su aplicación" in page
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"}).text
    assert '<a href="#id_code">Ese código no es correcto. Escriba el que la aplicación muestra ahora.</a>' in wrong
    assert 'aria-describedby="id_code_error"' in wrong
    code = code_now(secret)
    assert client.post("/accounts/2fa/authenticate/", {"code": f"{code[:3]} {code[3:]}"}).url == GLOSSARY
    assert int(client.session[SESSION_KEY]) == editor.pk
    assert client.session["shared_computer"] is True
    assert client.session.get_expire_at_browser_close() is True


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_works_once(client, editor, secret, kind):
    code = code_now(secret) if kind == "app" else RecoveryCodes.activate(editor).get_unused_codes()[0]
    for is_accepted in (True, False):
        sign_in(client)
        client.post("/accounts/2fa/authenticate/", {"code": code})
        assert (SESSION_KEY in client.session) is is_accepted
        client.logout()


def test_codes_of_the_app_may_not_be_guessed_either(client, editor, secret):
    sign_in(client)
    for n in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": f"00000{n}"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert "Demasiados intentos equivocados." in answer.text


def test_the_app_is_removed_only_by_who_shows_the_second_step_again(client, editor, secret):
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert "Quitar la aplicación" in client.get("/accounts/2fa/totp/deactivate/").text
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=editor).exists()


@pytest.mark.parametrize("path", ["/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/generate/"])
def test_pages_of_the_second_step_ask_again_after_a_while(client, path):
    client.force_login(make_editor())
    answer = client.get(path)
    assert answer.url.startswith("/accounts/reauthenticate/?next=")
    assert "Confirme que es usted" in client.get(answer.url).text
    wrong = client.post(answer.url, {"password": "no es esta"})
    assert "Ese no es su PIN o contraseña actual. Revíselo e inténtelo de nuevo." in wrong.text
    assert client.post(answer.url, {"password": PASSWORD}).url == path
