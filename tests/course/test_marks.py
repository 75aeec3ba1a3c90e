import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.test import override_settings

from course.account.sessions import DEVICE_COOKIE
from course.models import KnownDevice, User
from course.people.devices import (
    digest_cookie,
    forget_devices,
    known_device,
    new_device_cookie,
    parse_user_agent,
    remember_device,
)
from tests.factories import NOW, PASSWORD, PIN, make_cohort, make_learner, make_trainer

pytestmark = pytest.mark.django_db


def sign_in(client, code="ANA234", pin=PIN, **fields):
    return client.post("/accounts/login/", {"login": code, "password": pin} | fields)


def known_to(client):
    digest = digest_cookie(client.cookies[DEVICE_COOKIE].value)
    devices = KnownDevice.objects.filter(cookie_digest=digest).select_related("person").order_by("pk")
    return [(device.person.username, device.is_shared) for device in devices]


def test_who_signs_in_is_known_on_the_device_and_the_cookie_is_out_of_reach_of_scripts(client, ana):
    sign_in(client)
    cookie = client.cookies[DEVICE_COOKIE]
    assert known_to(client) == [("ANA234", False)]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (True, "Lax", 34_560_000, "/")
    assert not cookie["secure"]


@override_settings(SESSION_COOKIE_SECURE=True)
def test_where_the_session_goes_over_https_only_the_mark_does_too(client, ana):
    sign_in(client)
    assert client.cookies[DEVICE_COOKIE]["secure"]


def test_neither_a_visit_nor_a_wrong_pin_gives_a_mark(client, ana):
    client.get("/accounts/login/")
    sign_in(client, pin="111222")
    assert DEVICE_COOKIE not in client.cookies
    assert not KnownDevice.objects.exists()


def test_two_people_at_one_computer_are_known_by_its_one_mark_which_stays_when_they_go(client, ana):
    make_learner("BEA342", "Beatriz", "Ñáñez")
    sign_in(client, shared="on")
    mark = client.cookies[DEVICE_COOKIE].value
    client.post("/accounts/logout/")
    sign_in(client, "BEA342", shared="on")
    assert client.cookies[DEVICE_COOKIE].value == mark
    assert known_to(client) == [("ANA234", True), ("BEA342", True)]


@pytest.mark.parametrize("forged", ["ANA234", "x" * 23, "ñ" * 22, "a b" + "c" * 19])
def test_a_mark_that_is_none_of_ours_is_replaced(client, forged, ana):
    client.cookies[DEVICE_COOKIE] = forged
    sign_in(client)
    assert client.cookies[DEVICE_COOKIE].value != forged
    assert known_to(client) == [("ANA234", False)]


def test_the_second_step_comes_before_the_mark(client):
    trainer, secret = make_trainer(), generate_totp_secret()
    TOTP.activate(trainer, secret)
    RecoveryCodes.activate(trainer)
    assert sign_in(client, trainer.username, PASSWORD).headers["Location"] == "/accounts/2fa/authenticate/"
    assert DEVICE_COOKIE not in client.cookies
    client.post("/accounts/2fa/authenticate/", {"code": format_hotp_value(hotp_value(secret, list(counters())[1]))})
    assert known_to(client) == [("facilitadora", False)]


def test_who_joins_with_the_code_of_a_group_is_known_there(client):
    cohort = make_cohort(trainers=[make_trainer()], join_code="ABCD2345", opens_on=NOW.date().replace(year=2020))
    client.post(
        "/accounts/grupo/", {"code": cohort.join_code, "given_names": "Rosa", "surnames": "Tzoc", "shared": "on"}
    )
    assert known_to(client) == [(User.objects.get(last_name="Tzoc").username, True)]


def test_a_device_is_known_to_a_person_by_its_mark_alone():
    ana, luis, mark = make_learner(), make_learner("LUI234"), new_device_cookie()
    assert known_device(ana, mark) is None
    assert remember_device(ana, mark, is_shared=True, now=NOW)
    assert not remember_device(ana, mark, is_shared=True, now=NOW)
    device = known_device(ana, mark)
    assert (device.cookie_digest, device.is_shared) == (digest_cookie(mark), True)
    assert mark not in device.cookie_digest
    assert [known_device(luis, mark), known_device(ana, new_device_cookie()), known_device(ana, "")] == [
        None,
        None,
        None,
    ]
    forget_devices(ana)
    ana.refresh_from_db()
    assert (known_device(ana, mark), ana.offline_epoch) == (None, 1)


CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"Mozilla/5.0 (Linux; Android 13; SM-A135M) {CHROME} Mobile Safari/537.36", ("Chrome", "Android", "phone")),
        (f"Mozilla/5.0 (Linux; Android 13; SM-X200) {CHROME} Safari/537.36", ("Chrome", "Android", "tablet")),
        (
            f"Mozilla/5.0 (Linux; Android 10; SM-A107M) SamsungBrowser/27.0 {CHROME} Mobile Safari/537.36",
            ("Samsung Internet", "Android", "phone"),
        ),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", ("Chrome", "Windows", "computer")),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/131.0.0.0",
            ("Edge", "Windows", "computer"),
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
            ("Firefox", "Linux", "computer"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
            ("Safari", "iPhone", "phone"),
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15", ("Safari", "Mac", "computer")),
        ("Opera/9.80 (Android; Opera Mini/36.2/191.249; U; es) Presto/2.12", ("Opera Mini", "Android", "tablet")),
        ("curl/8.5.0", ("", "", "")),
        ("", ("", "", "")),
        ("<script>" * 1000 + "Firefox/1", ("", "", "")),
    ],
)
def test_it_is_said_in_three_words_and_never_as_it_was_sent(said, words):
    assert parse_user_agent(said) == words
